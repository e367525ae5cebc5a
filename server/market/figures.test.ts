import { describe, expect, it } from 'vitest';
import { createMarketModel } from '#core/sim/market-model.ts';
import type { TickSource } from '#core/sim/tick-source.ts';
import { differences, measureMarket } from './figures.ts';

const START = Date.UTC(2026, 0, 5, 12);

function prices(list: readonly (readonly [at: number, bid: number, ask: number])[]): TickSource {
  const { instruments } = createMarketModel({ seed: 1, startAt: START });
  let place = 0;
  return {
    instruments,
    next: (into) => {
      const tick = list[place];
      if (!tick) return false;
      place += 1;
      [into.symbol, into.at, into.bid, into.ask, into.source] = [
        0,
        START + tick[0],
        tick[1],
        tick[2],
        'a',
      ];
      return true;
    },
    state: () => place,
  };
}

describe('figures of a market', () => {
  it('count ticks, spreads, jumps and crossed quotes as they are', () => {
    const measured = measureMarket(
      prices([
        [0, 100_000, 100_010],
        [1_000, 100_100, 100_120],
        [2_000, 100_100, 100_090],
        [3_000, 100_100, 100_110],
      ]),
      Infinity,
    );
    const values = measured.symbols.get('EURUSD')?.values ?? {};
    expect(values).toMatchObject({
      'ticks per hour': 4,
      'crossed, %': 25,
      'spread p50, points': 10,
    });
    expect(values['largest jump, ppm']).toBeCloseTo(1_000, 6);
    expect(measured.symbols.get('EURUSD')?.hourly[12]).toBe(4);
  });

  it('stop at the instant they are told', () => {
    const list = [0, 1, 2, 3].map((at) => [at, 100_000, 100_010] as const);
    expect(measureMarket(prices(list), START + 2).symbols.get('EURUSD')?.hourly[12]).toBe(2);
  });

  it('find no difference between a market and itself, and name one that there is', () => {
    const one = measureMarket(prices([[0, 100_000, 100_010]]), Infinity).symbols.get('EURUSD');
    const wide = measureMarket(prices([[0, 100_000, 100_030]]), Infinity).symbols.get('EURUSD');
    if (!one || !wide) throw new Error('nothing measured');
    expect(differences(one, one)).toEqual([]);
    expect(differences(one, wide)[0]).toBe(
      'spread p50, points: the model has 3.00 times the recorded',
    );
  });
});
