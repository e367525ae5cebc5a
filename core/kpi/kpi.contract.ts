import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { factDefinitions } from '#core/facts/registry.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Kpi, KpiWindow } from './kpi.ts';
import { createKpiRun, type KpiRun } from './run.ts';
import { HISTORY_START, isFundedThere, randomHistory } from './testing/history.ts';

const DAY_MS = 86_400_000;
const EVENTS = 300;
const around = { isFunded: isFundedThere };

const seeds = fc.nat();
const windows: fc.Arbitrary<KpiWindow> = fc.tuple(fc.nat(70), fc.nat(60)).map(([start, days]) => {
  const from = HISTORY_START + start * DAY_MS;
  return { from, until: from + (days + 1) * DAY_MS };
});

/** The laws that every KPI keeps. A new one is greeted by this suite. */
export function describeKpi(kpi: Kpi): void {
  const runOf = (facts: ReturnType<typeof randomHistory>, resume?: KpiRun): KpiRun => {
    const state = resume && (structuredClone(resume.state()) as ReturnType<KpiRun['state']>);
    const run = createKpiRun({ ...around, kpis: [kpi], ...(state ? { resume: state } : {}) });
    for (const fact of facts) run.apply(fact);
    return run;
  };
  const all = (run: KpiRun, window: KpiWindow): string =>
    canonicalText([run.measure(kpi.id, window), run.rows(kpi.id, window, EVENTS)]);

  describe(`KPI ${kpi.id}`, () => {
    it('says what it is, what it rests on, and what is missing while there is nothing', () => {
      expect(kpi.title).toMatch(/^[A-Z].{5,39}$/);
      expect(kpi.describes).toMatch(/^[A-Z][^]{80,}\.$/);
      expect(kpi.method).toMatch(/^[A-Z].{10,}\.$/);
      expect(kpi.empty).toMatch(/^[A-Z].{20,}\.$/);
      expect(kpi.from.length).toBeGreaterThan(0);
      for (const kind of kpi.from) expect(factDefinitions.find(kind)).toBeDefined();
    });

    it('has no value, and no rows, of nothing', () => {
      const run = runOf([]);
      const window = { from: 0, until: DAY_MS };
      const { value, sample, facts } = run.measure(kpi.id, window);
      expect([sample, facts, run.rows(kpi.id, window, 10)]).toEqual([0, 0, []]);
      expect(kpi.unit === 'count' ? 0 : null).toBe(value);
    });

    it('says of a past moment what it said then, whatever came after', () => {
      fc.assert(
        fc.property(seeds, windows, (seed, window) => {
          const facts = randomHistory(seed, EVENTS);
          let clock = 0;
          const before = facts.filter(({ envelope }) => {
            clock = Math.max(clock, envelope.recordedAt);
            return clock <= window.until;
          });
          expect(all(runOf(facts), window)).toBe(all(runOf(before), window));
        }),
        { numRuns: 25 },
      );
    });

    it('comes to the same when it goes on from what it kept', () => {
      fc.assert(
        fc.property(seeds, windows, fc.nat(EVENTS), (seed, window, cut) => {
          const facts = randomHistory(seed, EVENTS);
          const resumed = runOf(facts.slice(cut), runOf(facts.slice(0, cut)));
          expect(all(resumed, window)).toBe(all(runOf(facts), window));
        }),
        { numRuns: 15 },
      );
    });

    it('lies within its interval, and has as many rows as its sample or more', () => {
      fc.assert(
        fc.property(seeds, windows, (seed, window) => {
          const run = runOf(randomHistory(seed, EVENTS));
          const { value, low, high, sample, parts } = run.measure(kpi.id, window);
          expect(value === null || low === null || low <= value).toBe(true);
          expect(value === null || high === null || high >= value).toBe(true);
          expect(run.rows(kpi.id, window, EVENTS).length).toBeGreaterThanOrEqual(sample);
          for (const by of kpi.breakdowns) {
            const own = parts.filter((part) => part.by === by);
            const sum = own.reduce((counted, part) => counted + part.sample, 0);
            expect(sum).toBeLessThanOrEqual(sample);
          }
        }),
        { numRuns: 25 },
      );
    });

    it('holds no more than the matters that it was told of', () => {
      fc.assert(
        fc.property(seeds, (seed) => {
          const run = runOf(randomHistory(seed, EVENTS));
          expect(run.held()).toBeLessThanOrEqual(3 * EVENTS);
        }),
        { numRuns: 5 },
      );
    });
  });
}
