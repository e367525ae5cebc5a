import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PATTERNS, type Pattern } from '#core/fraud/detector.ts';
import { present } from '#core/kernel/assert.ts';
import type { CaseFile } from './cases.ts';
import {
  byUrgency,
  DECIDE_WITHIN_MS,
  dueAtOf,
  stakeOf,
  urgencyOf,
  type StakeOf,
} from './priority.ts';
import { aSignal } from './testing/a-signal.ts';
import { onlyCase, openCaseLog } from './testing/case-log.ts';

const HOUR_MS = 3_600_000;

function file(over: Partial<CaseFile> = {}): CaseFile {
  const log = openCaseLog();
  log.raise(aSignal({}));
  return { ...present(log.cases.file(onlyCase(log)), 'the case'), ...over };
}
const stake = (kind: StakeOf['kind'], amount: number): StakeOf => ({ kind, amount });

describe('what is at stake', () => {
  it('is the payouts that wait, else profit above the start, else about what was paid to begin', () => {
    const money = { payouts: [300, 200], profits: [900, -5_000], nominalSizes: [1_000_0000] };
    expect([
      stakeOf(money),
      stakeOf({ ...money, payouts: [] }),
      stakeOf({ ...money, payouts: [], profits: [-1] }),
      stakeOf({ payouts: [], profits: [], nominalSizes: [] }),
    ]).toEqual([
      { kind: 'payout', amount: 500 },
      { kind: 'profit', amount: 900 },
      { kind: 'fee', amount: 10_0000 },
      { kind: 'nothing', amount: 0 },
    ]);
  });
});

describe('until when a case is to be decided', () => {
  it('is said by the hastiest of its patterns, and by a payout that waits', () => {
    const { openedAt } = file();
    const within = (patterns: Pattern[], kind: StakeOf['kind'] = 'fee'): number =>
      (dueAtOf(file({ patterns: new Set(patterns) }), stake(kind, 1)) - openedAt) / HOUR_MS;
    expect([within(['identity']), within(['identity', 'prices'])]).toEqual([72, 8]);
    expect([within(['identity'], 'payout'), within(['prices'], 'payout')]).toEqual([24, 8]);
    expect(Object.keys(DECIDE_WITHIN_MS).sort()).toEqual([...PATTERNS].sort());
  });
});

describe('urgency', () => {
  const amount = fc.integer({ min: 0, max: 20_000_000_000_000 });
  const score = fc.integer({ min: 0, max: 1_000 });
  const age = fc.integer({ min: 0, max: 400 * 24 * HOUR_MS });
  const base = file();

  it('is a whole number, and never falls with more money, a higher score or a greater age', () => {
    fc.assert(
      fc.property(amount, score, age, amount, score, age, (a1, s1, g1, a2, s2, g2) => {
        const of = (money: number, strength: number, ms: number): number =>
          urgencyOf({ ...base, score: strength }, stake('payout', money), base.openedAt + ms);
        const less = of(Math.min(a1, a2), Math.min(s1, s2), Math.min(g1, g2));
        const more = of(Math.max(a1, a2), Math.max(s1, s2), Math.max(g1, g2));
        expect(Number.isSafeInteger(more)).toBe(true);
        expect(more).toBeGreaterThanOrEqual(less);
      }),
    );
  });

  it('puts a payout before as much profit, and that before as much of a fee', () => {
    const kinds = (['payout', 'profit', 'fee'] as const).map((kind) =>
      urgencyOf(base, stake(kind, 1_000_0000), base.openedAt),
    );
    expect(kinds).toEqual(kinds.toSorted((one, other) => other - one));
    expect(new Set(kinds).size).toBe(3);
  });

  it('doubles by the time a case is due', () => {
    const due = dueAtOf(base, stake('profit', 1_000_0000));
    const [fresh, late] = [base.openedAt, due].map((at) =>
      urgencyOf(base, stake('profit', 1_000_0000), at),
    );
    expect(late).toBe(2 * (fresh ?? 0));
  });

  it('orders all cases: no two are equal, and the order is the same however they are shuffled', () => {
    const some = fc.array(fc.record({ amount: fc.nat(3), seq: fc.nat(5) }), { maxLength: 12 });
    fc.assert(
      fc.property(some, (given) => {
        const ranked = given.map(({ amount: money, seq }, at) => {
          const one = { ...base, openedSeq: seq * 100 + at, openedAt: base.openedAt + seq };
          const at0 = stake('fee', money * 1_0000);
          return { file: one, stake: at0, urgency: urgencyOf(one, at0, base.openedAt + 1_000) };
        });
        const sorted = ranked.toSorted(byUrgency);
        expect(ranked.toReversed().toSorted(byUrgency)).toEqual(sorted);
        const inOrder = sorted.slice(1).map((next, at) => {
          return byUrgency(present(sorted[at], 'one'), next) < 0;
        });
        expect(inOrder).not.toContain(false);
      }),
    );
  });
});
