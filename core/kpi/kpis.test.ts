import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFact } from '#core/facts/registry.ts';
import { kpis } from './kpis/index.ts';
import { describeKpi } from './kpi.contract.ts';
import { createKpiRun } from './run.ts';
import { HISTORY_START, isFundedThere, randomHistory } from './testing/history.ts';
import { NAIVE, worldAt } from './testing/naive.ts';

const DAY_MS = 86_400_000;
const around = { isFunded: isFundedThere, currency: 'USD' };

for (const kpi of kpis.all) describeKpi(kpi);

describe('all KPIs', () => {
  it('are each computed a second time by code that shares nothing with them', () => {
    expect(Object.keys(NAIVE).sort()).toEqual(kpis.all.map(({ id }) => id).sort());
    const counted = new Map<string, number>();
    const property = fc.property(fc.nat(), fc.nat(80), fc.nat(60), (seed, start, days) => {
      const facts = randomHistory(seed, 260);
      const from = HISTORY_START + start * DAY_MS;
      const window = { from, until: from + (days + 1) * DAY_MS };
      const run = createKpiRun(around);
      for (const fact of facts) run.apply(fact);
      const world = worldAt(facts, window, around);
      for (const { id } of kpis.all) {
        const { value, sample } = run.measure(id, window);
        const wanted = NAIVE[id]?.(world);
        expect({ id, value, sample }).toEqual({ id, ...wanted });
        if (value !== null && value !== 0) counted.set(id, (counted.get(id) ?? 0) + 1);
      }
    });
    fc.assert(property, { numRuns: 120 });
    // The comparison means nothing for a number that never was one.
    expect(kpis.all.filter(({ id }) => (counted.get(id) ?? 0) < 5).map(({ id }) => id)).toEqual([]);
  });

  it('rest on histories that a log would take', () => {
    for (const fact of randomHistory(7, 1_500)) {
      const parsed = parseFact(fact);
      expect(parsed.ok ? '' : parsed.error).toBe('');
    }
  });
});
