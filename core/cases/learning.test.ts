import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import type { Signal } from '#core/fraud/signal.ts';
import type { CaseVerb } from './act.ts';
import { isInSample, kpisOf, learningOf, REVIEW_ONE_IN, type Kpi } from './learning.ts';
import { kappaOf, medianOf, quantileOf, rootOf, shareOf } from './shares.ts';
import { aSignal } from './testing/a-signal.ts';
import { openCaseLog, type CaseLog } from './testing/case-log.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('a share', () => {
  it('has the interval that Wilson gives, rounded outwards', () => {
    // Worked out with fractions: 8 of 10 lies between 0.4901 and 0.9433, 1 of 3 between 0.0615 and 0.7923.
    expect(shareOf(8, 10)).toEqual({ of: 10, count: 8, perMille: 800, low: 490, high: 944 });
    expect(shareOf(1, 3)).toEqual({ of: 3, count: 1, perMille: 333, low: 61, high: 793 });
    expect(shareOf(0, 0)).toMatchObject({ perMille: null, low: null, high: null });
  });

  it('lies within its interval, which narrows as more is counted', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(), (of, some) => {
        const count = some % (of + 1);
        const { perMille, low, high } = shareOf(count, of);
        expect(low).toBeLessThanOrEqual(present(perMille, 'a share'));
        expect(high).toBeGreaterThanOrEqual(present(perMille, 'a share'));
        const wider = shareOf(count, of);
        const narrower = shareOf(count * 10, of * 10);
        const width = ({ low: from, high: to }: typeof wider): number => (to ?? 0) - (from ?? 0);
        expect(width(narrower)).toBeLessThanOrEqual(width(wider) + 1);
      }),
    );
  });

  it('rests on a root that is exact', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 40n }), (square) => {
        const root = rootOf(square);
        expect(root * root <= square && (root + 1n) * (root + 1n) > square).toBe(true);
      }),
    );
  });
});

describe('the agreement of two', () => {
  const times = (count: number, pair: readonly [string, string]) =>
    Array.from({ length: count }, () => pair);

  it('is Cohen’s kappa: 0.4 for 20, 5, 10 and 15', () => {
    const pairs = [
      ...times(20, ['yes', 'yes']),
      ...times(5, ['yes', 'no']),
      ...times(10, ['no', 'yes']),
      ...times(15, ['no', 'no']),
    ];
    expect(kappaOf(pairs)).toBe(400);
  });

  it('is whole for those who always agree, nothing for chance, and unknown where all say the same', () => {
    expect(kappaOf([...times(3, ['a', 'a']), ...times(3, ['b', 'b'])])).toBe(1_000);
    expect(
      kappaOf([...times(1, ['a', 'a']), ...times(1, ['a', 'b']), ['b', 'a'], ['b', 'b']]),
    ).toBe(0);
    expect([kappaOf([]), kappaOf(times(4, ['a', 'a']))]).toEqual([null, null]);
  });
});

describe('the middle', () => {
  it('is a value that is there, whatever the order', () => {
    expect([medianOf([]), medianOf([5]), medianOf([9, 1, 5]), medianOf([4, 1, 3, 2])]).toEqual([
      null,
      5,
      5,
      2,
    ]);
    expect(quantileOf([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 900)).toBe(9);
  });
});

const dismiss = { verb: 'dismiss', code: 'household', reason: 'x', departure: 'x' } as const;
const warn = { verb: 'warn', code: 'copiedTrades', reason: 'x', departure: 'x' } as const;

let cases = 0;
/** A case of its own that is decided after some hours. */
function decided(
  log: CaseLog,
  verb: CaseVerb,
  over: Partial<Signal> = {},
  { by = 'ada', afterMs = HOUR_MS } = {},
): string {
  cases += 1;
  const traders = [`L${cases}`];
  log.raise(aSignal({ key: `k${cases}`, traders, ...over }));
  const { caseId } = present(log.cases.of(traders[0] ?? '').at(-1), 'a case');
  log.at += afterMs;
  log.act(by, caseId, verb);
  return caseId;
}

describe('what is learnt', () => {
  it('is how often a detector, a version of it and a reviewer were right, over decided cases', () => {
    const log = openCaseLog();
    decided(log, warn);
    decided(log, dismiss);
    decided(log, dismiss, { detectorVersion: 2 }, { by: 'bo' });
    decided(log, { ...dismiss, code: 'duplicate' }, {}, { by: 'bo' });
    const {
      decided: count,
      detectors,
      versions,
      reviewers,
      dismissed,
    } = learningOf(log.cases, null);
    expect(count).toBe(4);
    expect(detectors).toMatchObject([
      { id: 'copyTrading', hits: { count: 1, of: 3 }, falsePositives: { count: 2, of: 3 } },
    ]);
    expect(versions.map(({ id, version, hits }) => [id, version, hits.count, hits.of])).toEqual([
      ['copyTrading', 1, 1, 2],
      ['copyTrading', 2, 0, 1],
    ]);
    expect(reviewers.map(({ id, hits }) => [id, hits.count, hits.of])).toEqual([
      ['ada', 1, 2],
      ['bo', 0, 1],
    ]);
    expect(dismissed).toEqual([
      { code: 'household', count: 2 },
      { code: 'duplicate', count: 1 },
    ]);
  });

  it('leaves out what was decided before the time that is asked about', () => {
    const log = openCaseLog();
    decided(log, warn);
    const since = log.at + 1;
    decided(log, dismiss);
    expect(learningOf(log.cases, since).decided).toBe(1);
  });

  it('is how long deciding took, by pattern, and how much of it was in time', () => {
    const log = openCaseLog();
    for (const hours of [1, 2, 49]) decided(log, warn, {}, { by: 'ada', afterMs: hours * HOUR_MS });
    expect(learningOf(log.cases, null).timeToDecide).toMatchObject([
      {
        pattern: 'together',
        count: 3,
        median: 2 * HOUR_MS,
        ninetieth: 49 * HOUR_MS,
        inTime: { count: 2, of: 3 },
      },
    ]);
  });

  it('is what a threshold on a detector’s strength would have caught: less and surer as it rises', () => {
    const log = openCaseLog();
    decided(log, dismiss, { strength: 700 });
    decided(log, warn, { strength: 800 });
    decided(log, dismiss, { strength: 800 });
    decided(log, warn, { strength: 950 });
    const [curve] = learningOf(log.cases, null).curves;
    const at = (threshold: number) =>
      present(
        curve?.points.find((point) => point.threshold === threshold),
        'a point',
      );
    expect(at(0)).toEqual({ threshold: 0, caught: 4, precision: 500, recall: 1_000 });
    expect(at(750)).toEqual({ threshold: 750, caught: 3, precision: 666, recall: 1_000 });
    expect(at(950)).toEqual({ threshold: 950, caught: 1, precision: 1_000, recall: 500 });
    expect(at(1_000)).toEqual({ threshold: 1_000, caught: 0, precision: null, recall: 0 });
  });

  it('is how far second opinions agree, of those that were given', () => {
    const log = openCaseLog();
    const judged: string[] = [];
    while (judged.length < 2) {
      const caseId = decided(log, warn);
      if (isInSample(caseId)) judged.push(caseId);
    }
    for (const [at, caseId] of judged.entries()) {
      const outcome = at === 0 ? 'warn' : 'dismiss';
      log.act('bo', caseId, { verb: 'review', outcome, reason: 'x' });
    }
    expect(learningOf(log.cases, null).agreement).toMatchObject({
      n: 2,
      agreed: { count: 1, of: 2 },
      kappa: 0,
    });
  });

  it('asks about one case in ten or so, by the name of the case alone', () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `c-${at}`);
    const asked = names.filter(isInSample).length;
    expect(asked).toBeGreaterThan((names.length / REVIEW_ONE_IN) * 0.9);
    expect(asked).toBeLessThan((names.length / REVIEW_ONE_IN) * 1.1);
    expect(names.filter(isInSample)).toEqual(names.filter(isInSample));
  });
});

describe('the head of the page', () => {
  const kpi = (log: CaseLog, id: Kpi['id']): Kpi =>
    present(
      kpisOf(log.cases, log.at).find((one) => one.id === id),
      id,
    );

  it('counts now and 30 days, and the same 30 days before', () => {
    const log = openCaseLog();
    decided(log, dismiss);
    log.raise(aSignal({ key: 'old', traders: ['OLD'] }));
    log.at += 31 * DAY_MS;
    decided(log, warn);
    decided(log, dismiss, {}, { by: 'ada', afterMs: 3 * HOUR_MS });
    log.raise(aSignal({ key: 'new', traders: ['NEW'] }));
    log.at += HOUR_MS;
    expect(kpi(log, 'openCases')).toMatchObject({ value: 2, baseline: 1, delta: 1 });
    expect(kpi(log, 'decided')).toMatchObject({ value: 2, baseline: 1, delta: 1 });
    expect(kpi(log, 'falsePositives')).toMatchObject({ value: 500, baseline: 1_000, delta: -500 });
    expect(kpi(log, 'timeToDecide')).toMatchObject({ value: HOUR_MS, baseline: HOUR_MS, delta: 0 });
    expect(kpi(log, 'medianAge').value).toBe(HOUR_MS);
    expect(kpi(log, 'overdueCases')).toMatchObject({ value: 1, baseline: 0 });
  });

  it('compares with nothing where there was nothing', () => {
    const log = openCaseLog();
    expect(kpi(log, 'falsePositives')).toMatchObject({ value: null, baseline: null, delta: null });
    expect(kpi(log, 'openCases')).toMatchObject({ value: 0, baseline: 0, delta: 0 });
  });
});
