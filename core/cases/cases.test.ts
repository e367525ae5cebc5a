import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import type { CaseDecided } from './cases.events.ts';
import { createCases, LOOSE_PER_TRADER_MAX, stateOf, type CaseFile, type Cases } from './cases.ts';
import { decideSignals } from './decide-signals.ts';
import type { CaseOutcome } from './outcomes.ts';
import { aSignal } from './testing/a-signal.ts';
import {
  applyDraft,
  onlyCase,
  openCaseLog,
  patternOf,
  type AnyDraft,
  type CaseLog,
} from './testing/case-log.ts';

const REASON = { reason: 'because of a test' };

function decide(log: CaseLog, outcome: CaseOutcome, over: Partial<CaseDecided> = {}): void {
  const data: CaseDecided = {
    caseId: onlyCase(log),
    outcome,
    code: 'other',
    personId: 'ada',
    proposalId: 'p-1',
    reason: 'because of a test',
    departure: null,
    accountIds: ['A1'],
    dealIds: [],
    amount: 0,
    letter: null,
    at: log.at,
    ...over,
  };
  log.append([{ kind: 'caseDecided', data }]);
}
function opened(): CaseLog {
  const log = openCaseLog();
  log.raise(aSignal({ accounts: ['A1', 'A2'] }));
  return log;
}
const holders = ({ cases }: CaseLog): readonly boolean[] =>
  ['A1', 'A2', 'A3'].map((accountId) => cases.holdOn(accountId) !== null);

describe('a hold', () => {
  it('holds the accounts it names, leaves the case undecided, and ends account by account', () => {
    const log = opened();
    decide(log, 'payoutHold', { accountIds: ['A1', 'A2'] });
    expect(holders(log)).toEqual([true, true, false]);
    expect(log.cases.liveCount).toBe(1);
    decide(log, 'releaseHold', { accountIds: ['A1'] });
    expect(holders(log)).toEqual([false, true, false]);
    decide(log, 'releaseHold', { accountIds: ['A2'] });
    expect(log.cases.file(onlyCase(log))?.hold).toBeNull();
  });

  it.each([
    ['dismiss', false],
    ['warn', false],
    ['restrict', true],
    ['close', true],
    ['profitDeduction', true],
  ] as const)('when the case comes to %s stands on: %s', (outcome, stands) => {
    const log = opened();
    decide(log, 'payoutHold');
    decide(log, outcome);
    expect(holders(log)).toEqual([stands, false, false]);
  });

  it('ends when the case is reopened', () => {
    const log = opened();
    decide(log, 'payoutHold');
    decide(log, 'restrict');
    log.act('ada', onlyCase(log), { verb: 'reopen', ...REASON });
    expect(holders(log)).toEqual([false, false, false]);
    expect(log.cases.liveAbout('T1')).toHaveLength(1);
  });

  it('of two cases on one account stands until both have let go', () => {
    const log = openCaseLog();
    log.raise(aSignal({ key: 'a' }), aSignal({ key: 'b', traders: ['T2'] }));
    const [one, other] = [...log.cases.all()].map(({ caseId }) => caseId);
    const data = (caseId: string | undefined, outcome: CaseOutcome): AnyDraft => ({
      kind: 'caseDecided',
      data: {
        caseId: caseId ?? '',
        outcome,
        code: 'other',
        personId: 'ada',
        proposalId: null,
        reason: 'x',
        departure: null,
        accountIds: ['A1'],
        dealIds: [],
        amount: 0,
        letter: null,
        at: log.at,
      },
    });
    log.append([data(one, 'payoutHold'), data(other, 'payoutHold'), data(one, 'releaseHold')]);
    expect(log.cases.holdOn('A1')?.caseId).toBe(other);
    log.append([data(other, 'releaseHold')]);
    expect(log.cases.holdOn('A1')).toBeNull();
  });
});

describe('what is deducted', () => {
  it('is asked of the next payout of its account, once', () => {
    const log = opened();
    decide(log, 'profitDeduction', { amount: 700, dealIds: ['D1'] });
    expect(log.cases.deductionsOn('A1')).toMatchObject([{ amount: 700, dealIds: ['D1'] }]);
    log.cases.paid('A2');
    expect(log.cases.deductionsOn('A1')).toHaveLength(1);
    log.cases.paid('A1');
    expect(log.cases.deductionsOn('A1')).toEqual([]);
  });

  it('is taken back with the decision, while nothing was paid', () => {
    const log = opened();
    decide(log, 'profitDeduction', { amount: 700, dealIds: ['D1'] });
    log.act('ada', onlyCase(log), { verb: 'reopen', ...REASON });
    expect(log.cases.deductionsOn('A1')).toEqual([]);
  });
});

describe('loose signals of one trader', () => {
  it('are so many at the most; the oldest are forgotten, and known still', () => {
    const log = openCaseLog();
    const signals = Array.from({ length: LOOSE_PER_TRADER_MAX + 3 }, (_, at) =>
      aSignal({ key: `k${at}`, strength: 1 }),
    );
    for (const signal of signals) log.raise(signal);
    const loose = [...log.cases.loose('T1')];
    expect(loose).toHaveLength(LOOSE_PER_TRADER_MAX);
    expect(loose[0]?.signalId).toBe(signals[3]?.signalId);
    expect(log.raise(present(signals[0], 'the first'))).toEqual([]);
  });
});

/** What two folds of one log have to agree on. */
function lookOf(cases: Cases): unknown {
  return [...cases.all()].map((file: CaseFile) => ({
    ...file,
    signals: [...file.signals],
    patterns: [...file.patterns],
    detectors: [...file.detectors],
    traders: [...file.traders],
    accounts: [...file.accounts],
    programs: [...file.programs],
    checked: [...file.checked],
  }));
}

type Deed = 'raise' | 'merge' | 'split' | 'dismiss' | 'reopen' | 'claim' | 'snooze' | 'note';
const deeds = fc.array(
  fc.record({
    deed: fc.constantFrom<Deed>(
      'raise',
      'raise',
      'raise',
      'merge',
      'split',
      'dismiss',
      'reopen',
      'claim',
      'snooze',
      'note',
    ),
    pick: fc.nat(7),
    trader: fc.constantFrom('T1', 'T2', 'T3', 'T4'),
    revision: fc.integer({ min: 1, max: 3 }),
    strength: fc.integer({ min: 600, max: 1_000 }),
  }),
  { maxLength: 40 },
);

function run(given: typeof deeds extends fc.Arbitrary<infer Deeds> ? Deeds : never): CaseLog {
  const log = openCaseLog();
  for (const { deed, pick, trader, revision, strength } of given) {
    log.at += 60_000;
    if (deed === 'raise') {
      log.raise(aSignal({ key: `k${pick}`, traders: [trader], revision, strength }));
      continue;
    }
    const files = [...log.cases.all()];
    const file = files[pick % Math.max(1, files.length)];
    if (!file) continue;
    const { caseId } = file;
    const into = files[(pick + 1) % files.length]?.caseId ?? '';
    const [first] = [...file.signals.values()];
    const signalIds = [first?.seen.signalId ?? '-'];
    const dismissed = { code: 'other', departure: 'x' } as const;
    const until = log.at + 90_000;
    if (deed === 'merge') log.act('ada', caseId, { verb: 'merge', into, ...REASON });
    if (deed === 'split') log.act('ada', caseId, { verb: 'split', signalIds, ...REASON });
    if (deed === 'dismiss') log.act('bo', caseId, { verb: 'dismiss', ...dismissed, ...REASON });
    if (deed === 'reopen') log.act('ada', caseId, { verb: 'reopen', ...REASON });
    if (deed === 'claim') log.act('bo', caseId, { verb: 'claim' });
    if (deed === 'snooze') log.act('ada', caseId, { verb: 'snooze', until, ...REASON });
    if (deed === 'note') log.act('ada', caseId, { verb: 'note', text: 'x', mentions: [] });
  }
  return log;
}

describe('any life of cases', () => {
  it('folds the same from the log alone as where it was decided', () => {
    fc.assert(
      fc.property(deeds, (given) => {
        const log = run(given);
        const again = createCases();
        for (const [at, draft] of log.drafts.entries()) applyDraft(again, draft, at + 1);
        expect(lookOf(again)).toEqual(lookOf(log.cases));
      }),
    );
  });

  it('loses no signal and has none twice, through merging and splitting', () => {
    fc.assert(
      fc.property(deeds, (given) => {
        const { cases, drafts } = run(given);
        const joined = drafts.flatMap((draft) => {
          if (draft.kind === 'caseOpened') return draft.data.signals.map((one) => one.signalId);
          return draft.kind === 'caseSignalAdded' ? [draft.data.signalId] : [];
        });
        const held = [...cases.all()]
          .filter(({ mergedInto }) => mergedInto === null)
          .flatMap(({ signals, replaced }) =>
            [...signals.values(), ...replaced].map(({ seen }) => seen.signalId),
          );
        expect(held.toSorted()).toEqual(joined.toSorted());
      }),
    );
  });

  it('knows its live cases, the cases of its traders, and where its matters are', () => {
    fc.assert(
      fc.property(deeds, (given) => {
        const { cases, at } = run(given);
        const files = [...cases.all()];
        const live = files.filter((file) => ['open', 'snoozed'].includes(stateOf(file, at)));
        expect([...cases.live()].map(({ caseId }) => caseId).toSorted()).toEqual(
          live.map(({ caseId }) => caseId).toSorted(),
        );
        for (const file of files) {
          expect(file.version).toBeLessThanOrEqual(file.entries.at(-1)?.seq ?? 0);
          if (file.mergedInto !== null) continue;
          for (const trader of file.traders) expect(cases.of(trader)).toContain(file);
          for (const { seen } of file.signals.values()) {
            expect(seen.traders.every((one) => file.traders.has(one))).toBe(true);
          }
        }
      }),
    );
  });
});

/** As many cases as wanted, each of people of its own, as the log would hold them. */
function draftsOf(cases: number, signalsEach: number): AnyDraft[] {
  const drafts: AnyDraft[] = [];
  for (let number = 0; number < cases; number += 1) {
    const caseId = `c-${number}`;
    const about = { traders: [`T${number}`], accounts: [`A${number}`], key: `k${number}` };
    for (let revision = 1; revision <= signalsEach; revision += 1) {
      const signalId = `s-${number}-${revision}`;
      const joins = { signalId, pattern: 'together' as const };
      const at = 1_800_000_000_000 + number;
      drafts.push({ kind: 'signalRaised', data: { ...SIGNAL, ...about, signalId, revision } });
      drafts.push(
        revision === 1
          ? {
              kind: 'caseOpened',
              data: { caseId, signals: [joins], score: 900, earlier: [], because: null, at },
            }
          : { kind: 'caseSignalAdded', data: { caseId, ...joins, score: 900, at } },
      );
    }
  }
  return drafts;
}
const SIGNAL = aSignal({});

describe('many cases', () => {
  /** Of a square it would be a hundred, of a line ten. */
  const RATIO_MAX = 40;
  const folded = (drafts: readonly AnyDraft[]): { cases: Cases; ms: number } => {
    const cases = createCases();
    const started = performance.now();
    for (const [at, draft] of drafts.entries()) applyDraft(cases, draft, at + 1);
    return { cases, ms: performance.now() - started };
  };

  it('of 10,000 with five signals each are folded in little more than ten times as long as 1,000', () => {
    const [few, many] = [draftsOf(1_000, 5), draftsOf(10_000, 5)];
    folded(few);
    const once = folded(few);
    const all = folded(many);
    expect([all.cases.liveCount, all.cases.signals]).toEqual([10_000, 50_000]);
    expect(all.ms / Math.max(5, once.ms)).toBeLessThan(RATIO_MAX);
  }, 60_000);

  it('make deciding about one more signal no slower than it was about the first', () => {
    const { cases } = folded(draftsOf(10_000, 5));
    const deciding = (over: Cases): number => {
      const started = performance.now();
      for (let number = 0; number < 200; number += 1) {
        const signal = { ...SIGNAL, signalId: `new-${number}`, key: `n${number}` };
        const at = 1_900_000_000_000;
        decideSignals([signal], { cases: over, at, patternOf });
      }
      return performance.now() - started;
    };
    const empty = createCases();
    deciding(empty);
    expect(deciding(cases) / Math.max(5, deciding(empty))).toBeLessThan(RATIO_MAX);
  }, 60_000);
});
