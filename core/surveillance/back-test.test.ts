import { describe, expect, it } from 'vitest';
import { createCases, type Cases } from '#core/cases/cases.ts';
import { decideSignals } from '#core/cases/decide-signals.ts';
import { backTestHash, type BackTestResult } from '#core/fraud/back-test.ts';
import type { Detector } from '#core/fraud/detector.ts';
import { DEFAULT_SCORING, type ScoringPolicy } from '#core/fraud/scoring.ts';
import { openBackTest } from './back-test.ts';
import { createSurveillance } from './surveil.ts';
import { createInsister } from './testing/fake-detectors.ts';
import {
  createFacts,
  dealOf,
  feed,
  LOG_START,
  termsOf,
  type LogItem,
} from './testing/log-items.ts';

const DAY_MS = 86_400_000;
const detector: Detector = createInsister(() => 900);
const off: ScoringPolicy = {
  ...DEFAULT_SCORING,
  version: 2,
  detectors: [{ detector: detector.id, mode: 'off', weight: 1_000, params: {} }],
};

/** Two accounts of two people, each with a fill every day for a week. */
function week(): LogItem[] {
  const fact = createFacts();
  const items = ['1', '2'].map((one) =>
    fact({ kind: 'accountOpened', data: termsOf(`A${one}`, `T${one}`) }, LOG_START),
  );
  for (let day = 0; day < 7; day += 1) {
    for (const accountId of ['A1', 'A2']) {
      const at = LOG_START + day * DAY_MS + 1;
      const data = dealOf({ accountId, dealId: `D${day}`, positionId: `P${day}`, at });
      items.push(fact({ kind: 'dealBooked', data }, at));
    }
  }
  return items;
}

function trial(
  over: {
    draft?: ScoringPolicy;
    published?: ScoringPolicy;
    decided?: Cases;
    fromDay?: number;
  } = {},
): BackTestResult {
  const fromAt = LOG_START + (over.fromDay ?? 0) * DAY_MS;
  const test = openBackTest({
    draft: over.draft ?? DEFAULT_SCORING,
    published: over.published ?? DEFAULT_SCORING,
    isFunded: () => false,
    fromAt,
    listenFromAt: fromAt,
    detectors: [detector],
  });
  for (const item of week()) if (item.type === 'fact') test.fact(item.fact);
  test.settle();
  return test.result(over.decided ?? createCases(), 14);
}

/** The cases that live surveillance opens over the week, about one person each. */
function casesOfWeek(): { readonly cases: Cases; readonly caseIds: readonly string[] } {
  const surveillance = createSurveillance({
    policy: DEFAULT_SCORING,
    isFunded: () => false,
    detectors: [detector],
  });
  for (const item of week()) feed(surveillance, item);
  surveillance.settle();
  const cases = createCases();
  let seq = 0;
  for (const draft of decideSignals(surveillance.drain(), {
    cases,
    at: LOG_START,
    patternOf: () => detector.pattern,
  })) {
    seq += 1;
    if (draft.kind === 'signalRaised') cases.raise(draft.data, seq);
    else if (draft.kind === 'caseOpened') cases.open(draft.data, seq);
    else cases.addSignal(draft.data, seq);
  }
  return { cases, caseIds: [...cases.all()].map(({ caseId }) => caseId) };
}

describe('a back-test', () => {
  it('of the policy in force finds what that one finds', () => {
    const { detectors, overlap, summary } = trial();
    expect(detectors[0]?.draft).toEqual(detectors[0]?.published);
    expect(detectors[0]?.draft).toMatchObject({ matters: 2, traders: 2, cases: 2 });
    expect(overlap).toEqual({ both: 2, onlyDraft: 0, onlyPublished: 0 });
    expect(summary).toMatchObject({ cases: 2, casesBefore: 2 });
  });

  it('of a policy without its only detector opens nothing', () => {
    const { summary, overlap, days } = trial({ draft: off });
    expect(summary).toMatchObject({ cases: 0, casesBefore: 2 });
    expect(overlap).toEqual({ both: 0, onlyDraft: 0, onlyPublished: 2 });
    expect(days).toEqual([{ day: '2026-01-05', draft: 0, published: 2 }]);
  });

  it('counts nothing from before its first day', () => {
    const { days, detectors } = trial({ fromDay: 5 });
    expect(days.map(({ day }) => day)).toEqual(['2026-01-10']);
    expect(detectors[0]?.draft.signals).toBeLessThan(trial().detectors[0]?.draft.signals ?? 0);
  });

  it('names its numbers by their hash, the same each time', () => {
    const [one, other] = [trial().summary, trial().summary];
    expect(one).toEqual(other);
    expect(one.hash).toBe(backTestHash(one));
    expect(trial({ draft: off }).summary.hash).not.toBe(one.hash);
  });

  it('says about how many decided cases it would have opened one', () => {
    const { cases, caseIds } = casesOfWeek();
    const decided = (caseId: string, outcome: 'dismiss' | 'warn', seq: number): void =>
      cases.decide(
        {
          caseId,
          outcome,
          code: outcome === 'dismiss' ? 'coincidence' : 'copiedTrades',
          personId: 'p',
          proposalId: null,
          reason: 'reason',
          departure: null,
          accountIds: [],
          dealIds: [],
          amount: 0,
          letter: null,
          at: LOG_START,
        },
        seq,
      );
    expect(caseIds).toHaveLength(2);
    decided(caseIds[0] ?? '', 'warn', 900);
    decided(caseIds[1] ?? '', 'dismiss', 901);
    expect(trial({ decided: cases, draft: off }).agreement).toEqual({
      confirmed: { cases: 1, draft: 0, published: 1 },
      dismissed: { cases: 1, draft: 0, published: 1 },
    });
  });
});
