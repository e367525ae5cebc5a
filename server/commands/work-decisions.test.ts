import { afterEach, describe, expect, it } from 'vitest';
import type { Board } from '#core/board/board.ts';
import { episodeOf, queueOf, type WorkItem } from '#core/board/item.ts';
import { aSignal } from '#core/cases/testing/a-signal.ts';
import type { Fact } from '#core/facts/registry.ts';
import { auditGovernance } from '#core/governance/verify-governance.ts';
import { present } from '#core/kernel/assert.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { PAUSE_MAX_MS, type WorkVerb } from '#core/work/act.ts';
import { DEFAULT_WORK_POLICY } from '#core/work/default-policy.ts';
import { zones } from '../time/zones.ts';
import { startEscalations } from '../work/escalations.ts';
import { boardOf, factsForDesks } from '../work/work-log.ts';
import { openGovernedFirm, type GovernedFirm } from './testing/governed-firm.ts';
import { verifyInTests } from './testing/signing-desk.ts';

const PROGRAM = 'ftmo-2-step-100k';
const HOUR = 3_600_000;
const REASON = 'because of the test';

const opened: GovernedFirm[] = [];
function openFirm(): GovernedFirm {
  const firm = openGovernedFirm();
  opened.push(firm);
  return firm;
}
const factsIn = ({ store }: GovernedFirm): Fact[] => [
  ...store.facts(0, 1, Number.MAX_SAFE_INTEGER),
];

/** What the verifier, which judges everything a second time from the log alone, finds wrong. */
function findingsIn(firm: GovernedFirm, facts: readonly Fact[] = factsIn(firm)) {
  const { store } = firm;
  const tree = store.tree(0);
  const audit = auditGovernance({
    origin: `propdesk/${store.logId}`,
    content: store.content,
    verify: verifyInTests,
    rootAt: (size) => (size <= tree.size ? Buffer.from(tree.root(size)).toString('hex') : null),
  });
  for (const fact of facts) audit.take(fact);
  audit.end();
  return audit.findings;
}
afterEach(() => {
  const found = opened.splice(0).flatMap((firm) => findingsIn(firm));
  if (found.length > 0) throw new Error(`the verifier disagrees: ${JSON.stringify(found)}`);
});

const boardIn = ({ store }: GovernedFirm): Board => boardOf(store, 0, Infinity);
const itemIn = (firm: GovernedFirm, itemId: string): WorkItem =>
  present(boardIn(firm).item(itemId), itemId);

/** A feed falls silent: the item that follows. */
function silence(firm: GovernedFirm, symbol: string): string {
  const feed = { symbol, source: 's', state: 'silent', lastAt: 1, silentMs: 200_000 } as const;
  expect(firm.system({ type: 'observeFeed', feed })).toBe('accepted');
  return present([...boardIn(firm).open()].at(-1), symbol).itemId;
}

function aCase(firm: GovernedFirm, over: Parameters<typeof aSignal>[0] = {}): string {
  const signals = [aSignal({ programs: [PROGRAM], ...over })];
  expect(firm.system({ type: 'raiseSignals', signals })).toBe('accepted');
  return present([...boardIn(firm).open()].at(-1), 'a case').itemId;
}

function acting(firm: GovernedFirm, itemId: string, act: WorkVerb, version?: number): Intent {
  return { type: 'actOnWork', itemId, version: version ?? itemIn(firm, itemId).version, act };
}
const act = (firm: GovernedFirm, personId: string, itemId: string, verb: WorkVerb): string =>
  firm.ask(personId, acting(firm, itemId, verb));

describe('working on an item', () => {
  it('is for who may work on its kind, and leaves it to who has it', () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    expect(act(firm, 'ada', itemId, { verb: 'note', text: 'x' })).toMatch(/^forbidden/);
    expect(act(firm, 'finn', itemId, { verb: 'assign', to: 'gia' })).toMatch(
      /gives work to others/,
    );
    expect(act(firm, 'finn', itemId, { verb: 'assign', to: 'finn' })).toBe('accepted');
    expect(queueOf(itemIn(firm, itemId), firm.clock)).toEqual({ queue: 'mine', personId: 'finn' });
    expect(act(firm, 'edda', itemId, { verb: 'settle', reason: REASON })).toMatch(
      /^conflict: finn has it in hand/,
    );
    expect(act(firm, 'gia', itemId, { verb: 'assign', to: 'ada' })).toMatch(
      /no role of ada works on this/,
    );
    expect(act(firm, 'gia', itemId, { verb: 'assign', to: 'edda' })).toBe('accepted');
    expect(act(firm, 'edda', itemId, { verb: 'settle', reason: REASON })).toBe('accepted');
    expect(itemIn(firm, itemId).state).toBe('settled');
    expect(act(firm, 'edda', itemId, { verb: 'pause', until: 1, reason: 'x' })).toMatch(/settled/);
    expect(act(firm, 'finn', itemId, { verb: 'reopen', reason: REASON })).toBe('accepted');
    expect(queueOf(itemIn(firm, itemId), firm.clock).queue).toBe('unassigned');
  });

  it('is told what others did since the person looked', () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    const seen = itemIn(firm, itemId).version;
    act(firm, 'gia', itemId, { verb: 'prioritise', priority: 'urgent', reason: REASON });
    const settle = { verb: 'settle', reason: REASON } as const;
    expect(firm.ask('finn', acting(firm, itemId, settle, seen))).toMatch(/meanwhile gia was here/);
    // What one did oneself is no news.
    expect(firm.ask('gia', acting(firm, itemId, settle, seen))).toBe('accepted');
  });

  it('pauses for a time that has an end, and comes back then', () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    const { clock } = firm;
    const pause = (until: number): WorkVerb => ({ verb: 'pause', until, reason: REASON });
    expect(act(firm, 'finn', itemId, pause(clock))).toMatch(/^invalid/);
    expect(act(firm, 'finn', itemId, pause(clock + PAUSE_MAX_MS + 1))).toMatch(/30 days/);
    expect(act(firm, 'finn', itemId, pause(clock + HOUR))).toBe('accepted');
    const item = itemIn(firm, itemId);
    expect(queueOf(item, clock + HOUR - 1).queue).toBe('paused');
    expect(queueOf(item, clock + HOUR).queue).toBe('unassigned');
    expect(act(firm, 'finn', itemId, { verb: 'resume' })).toBe('accepted');
    expect(queueOf(itemIn(firm, itemId), clock + 1).queue).toBe('unassigned');
  });

  it('takes the most urgent free item, so that two who ask get two', () => {
    const firm = openFirm();
    const one = silence(firm, 'EURUSD');
    const two = silence(firm, 'GBPUSD');
    act(firm, 'gia', two, { verb: 'prioritise', priority: 'urgent', reason: REASON });
    const next = { type: 'takeNextWork', kinds: ['dataQuality'] } as const;
    expect(firm.ask('finn', { ...next, kinds: ['dataQuality'] })).toBe('accepted');
    expect(firm.ask('gia', { ...next, kinds: ['dataQuality'] })).toBe('accepted');
    expect(firm.ask('edda', { ...next, kinds: ['dataQuality'] })).toMatch(/nothing .* is free/);
    expect([itemIn(firm, two).owner, itemIn(firm, one).owner]).toEqual(['finn', 'gia']);
  });

  it('hands all that one has over at once, or nothing', () => {
    const firm = openFirm();
    const items = ['EURUSD', 'GBPUSD'].map((symbol) => silence(firm, symbol));
    for (const itemId of items) act(firm, 'finn', itemId, { verb: 'assign', to: 'finn' });
    const over = (to: string | null, ...given: readonly string[]): string =>
      firm.ask('finn', {
        type: 'handOverWork',
        to,
        items: given.map((itemId) => ({ itemId, note: REASON })),
      });
    const foreign = silence(firm, 'USDJPY');
    expect(over('edda', ...items, foreign)).toMatch(/^conflict/);
    expect(over('ada', ...items)).toMatch(/no role of ada/);
    expect(over('finn', ...items)).toMatch(/somebody else/);
    expect(items.map((itemId) => itemIn(firm, itemId).owner)).toEqual(['finn', 'finn']);
    expect(over('edda', ...items)).toBe('accepted');
    expect(items.map((itemId) => itemIn(firm, itemId).owner)).toEqual(['edda', 'edda']);
    expect(itemIn(firm, foreign).owner).toBeNull();
  });
});

describe('an item whose own room decides', () => {
  it('is a case: who has it and when it comes back stands in the case', () => {
    const firm = openFirm();
    const itemId = aCase(firm);
    const caseId = itemId.split('/')[1] ?? '';
    const file = () => present(firm.partition.governance.cases.file(caseId), caseId);
    expect(act(firm, 'finn', itemId, { verb: 'assign', to: 'finn' })).toBe('accepted');
    expect([file().assignee, itemIn(firm, itemId).owner]).toEqual(['finn', 'finn']);
    const until = firm.clock + HOUR;
    expect(act(firm, 'finn', itemId, { verb: 'pause', until, reason: REASON })).toBe('accepted');
    expect(file().snoozedUntil).toBe(until);
    expect(queueOf(itemIn(firm, itemId), firm.clock)).toEqual({ queue: 'paused', until });
    expect(act(firm, 'finn', itemId, { verb: 'settle', reason: REASON })).toMatch(/on its page/);
    const ofWork = factsIn(firm).filter(({ kind }) => kind === 'workDone');
    expect(ofWork).toEqual([]);
  });

  it('is left alone by who is not to look into cases', () => {
    const firm = openFirm();
    const itemId = aCase(firm);
    expect(act(firm, 'edda', itemId, { verb: 'note', text: 'x' })).toMatch(/^forbidden/);
    expect(firm.ask('edda', { type: 'takeNextWork', kinds: [] })).toMatch(/nothing .* is free/);
    expect(firm.ask('finn', { type: 'takeNextWork', kinds: [] })).toBe('accepted');
    expect(itemIn(firm, itemId).owner).toBe('finn');
  });
});

describe('what work is owed', () => {
  const wish = (over: object = {}, baseVersion = 1): Intent => ({
    type: 'changeWorkPolicy',
    policy: {
      calendars: DEFAULT_WORK_POLICY.calendars,
      levels: DEFAULT_WORK_POLICY.levels,
      ...over,
    },
    baseVersion,
    reason: REASON,
  });

  it('changes by one version after the other, by who may', () => {
    const firm = openFirm();
    expect(firm.ask('gia', wish())).toMatch(/^forbidden/);
    expect(firm.ask('jona', wish())).toBe('accepted');
    expect(boardIn(firm).policy.version).toBe(2);
    expect(firm.ask('jona', wish())).toMatch(/^conflict: meanwhile version 2/);
    expect(firm.ask('jona', wish({}, 2))).toBe('accepted');
  });

  it.each([
    ['no zone', { zone: 'Mars/Olympus' }, /is no zone/],
    ['never open', { open: [] }, /never open/],
    ['ends before it begins', { open: [{ weekday: 1, from: 600, until: 500 }] }, /two stretches/],
  ])('refuses a calendar with %s, and says so', (_what, over, says) => {
    const firm = openFirm();
    const [office, always] = DEFAULT_WORK_POLICY.calendars;
    expect(firm.ask('jona', wish({ calendars: [{ ...office, ...over }, always] }))).toMatch(says);
  });

  it('refuses levels that contradict each other', () => {
    const firm = openFirm();
    const [level] = DEFAULT_WORK_POLICY.levels;
    const with_ = (over: object): Intent => wish({ levels: [{ ...level, ...over }] });
    expect(firm.ask('jona', with_({ firstTouchMinutes: 999, settleMinutes: 9 }))).toMatch(/before/);
    expect(firm.ask('jona', with_({ calendarId: 'nowhere' }))).toMatch(/no calendar "nowhere"/);
    expect(firm.ask('jona', wish({ levels: [level, level] }))).toMatch(/two levels/);
  });
});

describe('the ladder', () => {
  /** The server's timer, on the firm's clock. */
  function watching(firm: GovernedFirm) {
    const problems: string[] = [];
    const watch = startEscalations(
      {
        board: () => boardIn(firm),
        clocks: zones,
        command: async (command) => firm.partition.command(command).result,
        now: () => firm.clock,
        failed: (problem) => problems.push(problem),
      },
      1_000_000,
    );
    return { watch, problems };
  }
  const levelsOf = (firm: GovernedFirm) =>
    factsIn(firm).flatMap((fact) => (fact.kind === 'workEscalated' ? [fact.data.level] : []));

  it('is climbed step by step, once each, by the server alone', async () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    const { watch, problems } = watching(firm);
    expect(await watch.look()).toBe(0);
    // Data quality at high priority: 480 minutes around the clock; 80 % of them are 384.
    firm.clock += 384 * 60_000 - 1;
    expect(await watch.look()).toBe(0);
    firm.clock += 1;
    expect(await watch.look()).toBe(1);
    expect(await watch.look()).toBe(0);
    firm.clock += 24 * HOUR;
    for (const _step of [2, 3, 4]) expect(await watch.look()).toBe(1);
    expect(await watch.look()).toBe(0);
    expect(levelsOf(firm)).toEqual([1, 2, 3, 4]);
    expect(itemIn(firm, itemId).escalated).toBe(4);
    watch.stop();
    expect(problems).toEqual([]);
  });

  it('does not go on while an item is paused, nor after it is settled', async () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    const { watch } = watching(firm);
    const until = firm.clock + 48 * HOUR;
    act(firm, 'finn', itemId, { verb: 'pause', until, reason: REASON });
    firm.clock += 47 * HOUR;
    expect(await watch.look()).toBe(0);
    act(firm, 'finn', itemId, { verb: 'settle', reason: REASON });
    firm.clock += 47 * HOUR;
    expect(await watch.look()).toBe(0);
    expect(levelsOf(firm)).toEqual([]);
    watch.stop();
  });

  it('takes no step that is not due, whoever asks', () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    expect(firm.system({ type: 'escalateWork', itemId, level: 1 })).toMatch(/not due/);
  });
});

describe('the verifier', () => {
  it('finds work that nobody could have done', () => {
    const firm = openFirm();
    const itemId = silence(firm, 'EURUSD');
    act(firm, 'finn', itemId, { verb: 'note', text: 'seen' });
    const facts = factsIn(firm);
    const last = present(facts.at(-1), 'a note');
    const changed = (data: object, actor = last.envelope.actor): readonly string[] => {
      const forged = { ...last, envelope: { ...last.envelope, actor }, data } as Fact;
      return findingsIn(firm, [...facts.slice(0, -1), forged]).map(({ sentence }) => sentence);
    };
    const data = last.data as object;
    expect(changed(data)).toEqual([]);
    expect(changed({ ...data, itemId: 'dataQuality/99999' }).join()).toMatch(/nothing opened it/);
    expect(changed({ ...data, personId: 'gia' }).join()).toMatch(/not gia’s own/);
    const other = { ...data, change: { type: 'assigned', to: 'gia' } };
    expect(changed(other).join()).toMatch(/gives .* to others/);
    const settled = { ...data, itemId: 'ticket/t-1', change: { type: 'settled', reason: 'x' } };
    expect(changed(settled).join()).toMatch(/settled by hand/);
    const system = { type: 'system', id: 'server' } as const;
    expect(changed(data, system).join()).toMatch(/not finn’s own/);
  });
});

describe('what a desk is told at its beginning', () => {
  it('is enough to know the same open work as the server', () => {
    const firm = openFirm();
    const one = silence(firm, 'EURUSD');
    act(firm, 'finn', one, { verb: 'assign', to: 'finn' });
    aCase(firm);
    const board = boardIn(firm);
    const told = factsForDesks(firm.store, 0, board, firm.clock);
    const seqs = told.map(({ envelope }) => envelope.seq);
    expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
    const again = boardOf(
      {
        stream: () => told,
        reviews: () => [],
        acknowledgementsOf: () => [],
      },
      0,
      Infinity,
    );
    const plain = (from: Board) =>
      [...from.open()].map((item) => ({ ...item, episode: episodeOf(item) }));
    expect(plain(again)).toEqual(plain(board));
  });
});
