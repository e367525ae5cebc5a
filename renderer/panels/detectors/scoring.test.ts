import { describe, expect, it } from 'vitest';
import type { BackTestResult } from '#core/fraud/back-test.ts';
import { DEFAULT_SCORING, scoringPolicySchema, type Allowance } from '#core/fraud/scoring.ts';
import {
  changesOf,
  draftOf,
  factorText,
  paramsOver,
  queueSize,
  withAllowance,
  withoutAllowance,
  withSensitivity,
  withUse,
} from './scoring.ts';

const policy = DEFAULT_SCORING;
const titleOf = (detector: string): string => `“${detector}”`;
const allowance: Allowance = {
  allowanceId: 'a1',
  detector: null,
  subjects: ['T1'],
  until: 5,
  reason: 'one household',
};

describe('a draft of the scoring policy', () => {
  it('is the next version and changes nothing by itself', () => {
    expect(draftOf(policy).version).toBe(policy.version + 1);
    expect(changesOf(policy, draftOf(policy), titleOf)).toEqual([]);
  });

  it('what is set back to a detector’s own use is not named any more', () => {
    const off = withUse(policy, 'copyTrading', { mode: 'off' });
    expect(off.detectors).toHaveLength(1);
    expect(withUse(off, 'copyTrading', { mode: 'live' })).toEqual(policy);
  });

  it('a detector keeps its place when it is changed again', () => {
    const one = withUse(policy, 'a', { weight: 500 });
    const two = withUse(withUse(one, 'b', { weight: 500 }), 'a', { weight: 400 });
    expect(two.detectors.map(({ detector }) => detector)).toEqual(['a', 'b']);
  });

  it('only parameters that differ from the detector’s own are written', () => {
    const defaults = { seconds: 5, symbols: ['EURUSD'], deep: { a: 1 } };
    const filled = { seconds: 7, symbols: ['EURUSD'], deep: { a: 1 } };
    expect(paramsOver(defaults, filled)).toEqual({ seconds: 7 });
    expect(paramsOver(defaults, defaults)).toEqual({});
  });

  it('a program at its ordinary weight has no entry', () => {
    const doubled = withSensitivity(policy, 'two-step', 2_000);
    expect(doubled.sensitivity).toEqual([{ programId: 'two-step', factor: 2_000 }]);
    expect(withSensitivity(doubled, 'two-step', 1_000)).toEqual(policy);
  });

  it('every change is told in a sentence', () => {
    const draft = withAllowance(
      withSensitivity(
        withUse({ ...policy, openAt: 650 }, 'copyTrading', {
          mode: 'shadow',
          weight: 800,
          params: { matchesMin: 4 },
        }),
        'two-step',
        1_250,
      ),
      allowance,
    );
    expect(scoringPolicySchema.parse(draft)).toEqual(draft);
    expect(changesOf(policy, draft, titleOf)).toEqual([
      'A case is opened from 650 of 1,000, not 700',
      '“copyTrading” is shadow, not live',
      '“copyTrading” counts 0.8 times, not 1',
      '“copyTrading”: matchesMin is 4, was its own',
      'In two-step scores count 1.25 times, not 1',
      'Allowed: every detector about T1',
    ]);
    expect(changesOf(draft, withoutAllowance(draft, 'a1'), titleOf)).toEqual([
      'No longer allowed: every detector about T1',
    ]);
  });

  it('a factor is told without needless zeros', () => {
    expect([0, 500, 1_000, 1_250].map(factorText)).toEqual(['0', '0.5', '1', '1.25']);
  });
});

it('cases a day count the days on which none was opened', () => {
  const day = 86_400_000;
  const result = {
    summary: { fromAt: 0, toAt: 10 * day, cases: 25, casesBefore: 40 },
    days: [
      { day: '2026-11-01', draft: 9, published: 12 },
      { day: '2026-11-04', draft: 16, published: 28 },
    ],
  } as unknown as BackTestResult;
  expect(queueSize(result)).toEqual({
    draft: 25,
    published: 40,
    draftMost: 16,
    publishedMost: 28,
  });
});
