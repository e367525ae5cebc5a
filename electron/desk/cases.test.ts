import { afterEach, describe, expect, it } from 'vitest';
import type { CaseVerb, ConsequenceWish } from '#core/cases/act.ts';
import { isInSample } from '#core/cases/learning.ts';
import { aSignal } from '#core/cases/testing/a-signal.ts';
import { LOCK_MS } from '#core/cases/work.ts';
import { caseCalls, type CaseDetail, type CaseDraft } from '#core/desk-api/case-calls.ts';
import { present } from '#core/kernel/assert.ts';
import { base64Of } from '#core/kernel/base64.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { openFirmDesk, type FirmDesk } from './testing/firm-desk.ts';

const PROGRAM = 'ftmo-2-step-100k';
const REASON = 'because of the test';
const ALL = { states: ['open', 'snoozed', 'decided', 'merged'], limit: 100 } as const;

const worlds: FirmDesk[] = [];
afterEach(() => {
  for (const world of worlds.splice(0)) world.close();
});
async function deskOf(personId: string, firm = openGovernedFirm()): Promise<FirmDesk> {
  const world = await openFirmDesk(firm);
  worlds.push(world);
  await world.signIn(personId);
  return world;
}
function raise(firm: GovernedFirm, over: Partial<Signal> = {}): string {
  const signal = aSignal({ programs: [PROGRAM], ...over });
  firm.system({ type: 'raiseSignals', signals: [signal] });
  const [trader = ''] = signal.traders;
  return present(firm.partition.governance.cases.of(trader).at(-1), 'a case').caseId;
}
/** Everything that a desk answers fits what it says that it answers. */
async function detail(world: FirmDesk, caseId: string): Promise<CaseDetail> {
  const given = await world.desk.api['cases.get']({ caseId });
  return caseCalls['cases.get'].output.parse(given);
}
async function rows(world: FirmDesk) {
  const given = await world.desk.api['cases.list']({ ...ALL, states: [...ALL.states] });
  return caseCalls['cases.list'].output.parse(given);
}
async function act(world: FirmDesk, caseId: string, verb: CaseVerb): Promise<string> {
  const { row } = await detail(world, caseId);
  const sent = await world.desk.api['cases.act']({ caseId, version: row.version, act: verb });
  await world.connect();
  return sent.state;
}
const said = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as Error).message,
  );

describe('the list of cases', () => {
  it('says of each what it is about, what is at stake, and who has it', async () => {
    const firm = openGovernedFirm();
    const payoutId = firm.request('A1');
    const caseId = raise(firm);
    const world = await deskOf('finn', firm);
    await act(world, caseId, { verb: 'claim' });
    const { cases, counts } = await rows(world);
    expect(cases).toMatchObject([
      {
        caseId,
        number: 1,
        state: 'open',
        title: 'Copy trading',
        patterns: ['together'],
        score: 900,
        reasons: ['Opened 31 of 40 trades within 2 seconds of another trader'],
        stake: { kind: 'payout', amount: 4_000_0000, currency: 'USD' },
        pendingPayouts: [{ payoutId, accountId: 'A1', amount: 4_000_0000, currency: 'USD' }],
        lock: { personId: 'finn', name: 'The person finn', mine: true },
        accounts: [{ accountId: 'A1', status: 'active' }],
        programs: [{ programId: PROGRAM }],
        overdue: false,
        blind: false,
      },
    ]);
    expect(counts).toMatchObject({ open: 1, mine: 1, decided: 0, overdue: 0 });
  });

  it('puts the most urgent first, numbers those that are free, and knows what is over', async () => {
    const firm = openGovernedFirm();
    const [small, large, over] = [
      raise(firm, { key: 'a', traders: ['T2'], accounts: ['A2'], strength: 750 }),
      raise(firm, { key: 'b' }),
      raise(firm, { key: 'c', traders: ['T3'], accounts: ['A3'] }),
    ];
    firm.request('A1');
    const world = await deskOf('finn', firm);
    await act(world, over, {
      verb: 'dismiss',
      code: 'household',
      reason: REASON,
      departure: null,
    });
    const listed = (await rows(world)).cases.map(({ caseId, rank, state }) => [
      caseId,
      rank,
      state,
    ]);
    expect(listed).toEqual([
      [large, 1, 'open'],
      [small, 2, 'open'],
      [over, null, 'decided'],
    ]);
  });

  it('is shown to who may see cases, and to nobody else', async () => {
    const firm = openGovernedFirm();
    raise(firm);
    const world = await deskOf('edda', firm);
    expect(await said(rows(world))).toBe('No role of yours sees cases.');
    expect(await said(world.desk.api['cases.learning']({ days: null }))).toMatch(/^No role/);
  });
});

describe('the page of a case', () => {
  it('shows the evidence itself, what honest people do alike, and what to look at', async () => {
    const firm = openGovernedFirm();
    const picture = {
      type: 'histogram' as const,
      unit: 'seconds apart',
      buckets: [{ label: '0', count: 31, expected: 2 }],
    };
    const caseId = raise(firm, { picture });
    raise(firm, { picture, revision: 2, strength: 950 });
    const world = await deskOf('finn', firm);
    const { signals, checklist, letters, whyNot } = await detail(world, caseId);
    expect(signals.map(({ latest, counts, signal }) => [latest, counts, signal.revision])).toEqual([
      [true, 950, 2],
      [false, 0, 1],
    ]);
    expect(signals[0]?.signal.picture).toEqual(picture);
    expect(signals[0]?.honestReasons).not.toBe('');
    expect(checklist.length).toBeGreaterThan(0);
    expect(letters.map(({ outcome }) => outcome)).not.toContain('dismiss');
    expect(whyNot).toMatchObject({ claim: '', dismiss: '', propose: '', note: '' });
    expect(whyNot.reopen).toBe('it is not decided yet');
    expect(whyNot.releaseHold).toBe('it holds nothing back');
  });

  it('tells what happened by name, notes and files among it', async () => {
    const firm = openGovernedFirm();
    const caseId = raise(firm);
    const world = await deskOf('finn', firm);
    await act(world, caseId, { verb: 'note', text: 'I asked him', mentions: ['gia'] });
    const bytes = base64Of(new TextEncoder().encode('a chat'));
    const digest = digestOfText('a chat');
    const file = { name: 'chat.txt', mediaType: 'text/plain', size: 6, digest, bytes };
    await act(world, caseId, { verb: 'attach', ...file });
    const item = present((await detail(world, caseId)).checklist[0], 'an item').item;
    await act(world, caseId, { verb: 'check', item, done: true });
    const { timeline, notes, attachments, checklist } = await detail(world, caseId);
    expect(timeline.map(({ by, kind }) => [by, kind])).toEqual([
      ['Surveillance', 'caseOpened'],
      ['The person finn', 'noted'],
      ['The person finn', 'attached'],
      ['The person finn', 'checked'],
    ]);
    expect(notes).toMatchObject([{ text: 'I asked him', mentions: [{ name: 'The person gia' }] }]);
    expect(attachments).toMatchObject([{ name: 'chat.txt', kept: true }]);
    expect(checklist[0]?.done?.by.personId).toBe('finn');
    const kept = await world.desk.api['cases.attachment']({ caseId, digest });
    expect(kept).toEqual({ bytes });
    const gia = await deskOf('gia', firm);
    expect((await rows(gia)).cases[0]?.mentionsMe).toBe(true);
  });

  it('says what waits on this desk, and sends it when the server is back', async () => {
    const firm = openGovernedFirm();
    const caseId = raise(firm);
    const world = await deskOf('finn', firm);
    world.disconnect();
    const { row } = await detail(world, caseId);
    const note = { verb: 'note', text: 'on the train', mentions: [] } satisfies CaseVerb;
    const sent = await world.desk.api['cases.act']({ caseId, version: row.version, act: note });
    expect(sent.state).toBe('queued');
    expect(await detail(world, caseId)).toMatchObject({
      waiting: [{ verb: 'note' }],
      timeline: [{ state: 'logged' }, { state: 'queued', kind: 'note' }],
    });
    await world.connect();
    await world.connect();
    expect(await detail(world, caseId)).toMatchObject({
      waiting: [],
      notes: [{ text: 'on the train' }],
    });
  });

  it('tells who did what meanwhile, by name, when a decision comes too late', async () => {
    const firm = openGovernedFirm();
    const caseId = raise(firm);
    const world = await deskOf('finn', firm);
    const { version } = (await detail(world, caseId)).row;
    firm.as('gia', {
      type: 'actOnCase',
      caseId,
      version,
      act: { verb: 'escalate', reason: REASON },
    });
    const dismissal = { verb: 'dismiss', code: 'other', reason: REASON, departure: null } as const;
    const late = world.desk.api['cases.act']({ caseId, version, act: dismissal });
    expect(await said(late)).toMatch(/it was escalated: a senior person decides it/);
    const snooze = { verb: 'snooze', until: firm.clock + 1_000, reason: REASON } as const;
    const stale = world.desk.api['cases.act']({ caseId, version, act: snooze });
    expect(await said(stale)).toMatch(
      /meanwhile The person gia escalated it \(entry \d+\): look at it again/,
    );
  });
});

describe('the next case', () => {
  it('is named once it is the person’s, and is none when none is free', async () => {
    const firm = openGovernedFirm();
    const caseId = raise(firm);
    const world = await deskOf('finn', firm);
    const wanted = { pattern: null, programId: null };
    const taken = world.desk.api['cases.takeNext'](wanted);
    setTimeout(() => void world.connect(), 20);
    expect(await taken).toEqual({ caseId });
    expect(await world.desk.api['cases.takeNext'](wanted)).toEqual({ caseId: null });
    firm.clock += LOCK_MS;
    world.disconnect();
    expect(await said(world.desk.api['cases.takeNext'](wanted))).toMatch(/cannot be reached/);
  });
});

describe('a consequence', () => {
  const wish: ConsequenceWish = {
    consequence: 'payoutHold',
    code: 'copiedTrades',
    accountIds: ['A1'],
    dealIds: [],
    amount: 0,
    departure: null,
  };

  it('is proposed with the letter that the desk shows, signed by another, and shown as held', async () => {
    const firm = openGovernedFirm();
    const caseId = raise(firm);
    const world = await deskOf('finn', firm);
    const { row } = await detail(world, caseId);
    const letterWish = { caseId, outcome: 'payoutHold', code: 'copiedTrades', amount: 0 } as const;
    const { text } = await world.desk.api['cases.letter']({ ...letterWish, accountIds: ['A1'] });
    const { version } = row;
    await world.desk.api['cases.propose']({ caseId, version, wish, reason: REASON });
    await world.connect();
    const waiting = await detail(world, caseId);
    expect(waiting.row.proposed).toMatchObject({ consequence: 'payoutHold' });
    expect(waiting.proposals).toMatchObject([{ consequence: 'payoutHold', state: 'open' }]);
    const { proposalId } = present(waiting.proposals[0], 'a proposal');
    firm.as('gia', firm.desk('gia').decide(proposalId, 'approve'));
    await world.connect();
    const held = await detail(world, caseId);
    expect(held.row).toMatchObject({ state: 'open', hold: { accountIds: ['A1'] } });
    expect(held.decisions).toMatchObject([
      { outcome: 'payoutHold', approvedBy: ['The person gia'], letter: text },
    ]);
    expect(held.whyNot.releaseHold).toBe('');
  });
});

describe('a blind review', () => {
  it('shows a decided case without what was decided, until the person has answered', async () => {
    const firm = openGovernedFirm();
    const world = await deskOf('gia', firm);
    let asked = '';
    for (let number = 0; asked === '' && number < 200; number += 1) {
      const caseId = raise(firm, { key: `k${number}` });
      const { version } = present(firm.partition.governance.cases.file(caseId), caseId);
      const warn = { verb: 'warn', code: 'copiedTrades', reason: REASON, departure: 'x' } as const;
      firm.as('finn', { type: 'actOnCase', caseId, version, act: warn });
      if (isInSample(caseId)) asked = caseId;
    }
    await world.connect();
    const { cases } = await world.desk.api['cases.reviewSample']({});
    expect(cases.map(({ caseId }) => caseId)).toEqual([asked]);
    expect(await detail(world, asked)).toMatchObject({
      row: { blind: true, decision: null },
      decisions: [],
      precedents: [],
    });
    expect(JSON.stringify(await detail(world, asked))).not.toContain('warned');
    await act(world, asked, { verb: 'review', outcome: 'dismiss', reason: REASON });
    expect(await detail(world, asked)).toMatchObject({
      row: { blind: false, decision: { outcome: 'warn' } },
      reviews: [{ agrees: false, outcome: 'dismiss' }],
    });
    const { agreement } = caseCalls['cases.learning'].output.parse(
      await world.desk.api['cases.learning']({ days: null }),
    );
    expect(agreement).toMatchObject({ n: 1, agreed: { count: 0 } });
  }, 20_000);
});

describe('a draft', () => {
  const draft: CaseDraft = {
    outcome: 'warn',
    code: 'copiedTrades',
    reason: 'he copies',
    departure: '',
    note: 'half a sentence',
    accountIds: ['A1'],
    dealIds: [],
    amount: 0,
    savedAt: 5,
  };

  it('outlives a restart and the server’s absence, and is its person’s alone', async () => {
    const world = await deskOf('finn');
    world.disconnect();
    await world.desk.api['cases.saveDraft']({ caseId: 'c-1', draft });
    await world.restart();
    const of = async (): Promise<unknown> =>
      (await world.desk.api['cases.draft']({ caseId: 'c-1' })).draft;
    expect(await of()).toEqual(draft);
    await world.connect();
    await world.signIn('gia');
    expect(await of()).toBeNull();
    await world.signIn('finn');
    await world.desk.api['cases.saveDraft']({ caseId: 'c-1', draft: null });
    expect(await of()).toBeNull();
  });

  it('makes room for the two hundred and first by dropping the one saved longest ago', async () => {
    const world = await deskOf('finn');
    for (let number = 0; number <= 200; number += 1) {
      await world.desk.api['cases.saveDraft']({ caseId: `c-${number}`, draft });
    }
    const of = async (caseId: string) => (await world.desk.api['cases.draft']({ caseId })).draft;
    expect([await of('c-0'), await of('c-1'), await of('c-200')]).toEqual([null, draft, draft]);
  });
});

describe('how findings are scored', () => {
  it('is shown detector by detector, as the policy in force has it', async () => {
    const world = await deskOf('finn');
    const given = await world.desk.api['cases.scoring']({});
    const { policy, detectors } = caseCalls['cases.scoring'].output.parse(given);
    expect(policy.version).toBe(1);
    expect(detectors.find(({ detector }) => detector === 'copyTrading')).toMatchObject({
      mode: 'live',
      weight: 1_000,
      pattern: 'together',
    });
  });
});
