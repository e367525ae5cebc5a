import { describe, expect, it } from 'vitest';
import { createMarketModel, MODEL_SOURCE, REFERENCE_SOURCE } from './market-model.ts';
import type { Tick } from './tick-source.ts';

const START = Date.UTC(2026, 0, 5);
const DAY_MS = 86_400_000;

function ticksOf(seed: number, days: number, hoursAhead = 0): Tick[] {
  const model = createMarketModel({ seed, startAt: START, hoursAhead });
  const ticks: Tick[] = [];
  for (;;) {
    const tick: Tick = { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
    model.next(tick);
    if (tick.at > START + days * DAY_MS) return ticks;
    ticks.push(tick);
  }
}

describe('the modelled market', () => {
  it('lets the platform speak first of every symbol, so that its prices are the ones used', () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const heard = new Set<number>();
      const early = ticksOf(seed, 0.02).filter(({ symbol, source }) => {
        if (source === MODEL_SOURCE) heard.add(symbol);
        return !heard.has(symbol);
      });
      expect(early).toEqual([]);
      expect(heard.size).toBe(5);
    }
  });

  it('tells the reference of sudden moves a third of a second to two seconds before', () => {
    const ticks = ticksOf(3, 1).filter(({ symbol }) => symbol === 0);
    const lags: number[] = [];
    let ledAt: number | null = null;
    for (const [at, tick] of ticks.entries()) {
      const alone = ticks[at - 1]?.at !== tick.at;
      if (tick.source === REFERENCE_SOURCE && alone) ledAt ??= tick.at;
      if (tick.source !== MODEL_SOURCE || ledAt === null) continue;
      lags.push(tick.at - ledAt);
      ledAt = null;
    }
    expect(lags.length).toBeGreaterThan(20);
    expect(Math.min(...lags)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...lags)).toBeLessThan(2_000);
  });

  it.each([0, 7])(
    'quotes no symbol within its break, and says when that is (%d hours ahead)',
    (hours) => {
      const model = createMarketModel({ seed: 5, startAt: START, hoursAhead: hours });
      const ticks = ticksOf(5, 2, hours);
      for (const [symbol, { symbol: name }] of model.instruments.entries()) {
        const coming = model.nextBreak?.(symbol, START) ?? null;
        expect(coming === null).toBe(!['ES', 'GER40'].includes(name));
        if (!coming) continue;
        const within = ticks.filter(
          (tick) =>
            tick.symbol === symbol && tick.at >= coming.closesAt && tick.at < coming.opensAt,
        );
        expect(within).toEqual([]);
        const around = ticks.filter(
          (tick) => tick.symbol === symbol && Math.abs(tick.at - coming.closesAt) < 30 * 60_000,
        );
        expect(around.length).toBeGreaterThan(50);
        expect(model.nextBreak?.(symbol, coming.closesAt)?.closesAt).toBe(coming.closesAt + DAY_MS);
      }
    },
  );
});
