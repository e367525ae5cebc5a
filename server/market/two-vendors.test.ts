import { expect, it } from 'vitest';
import type { Tick, TickSource } from '#core/sim/tick-source.ts';
import { instrumentFor } from './recorded.ts';
import { playBehind, playTwoVendors } from './two-vendors.ts';

function play(source: string, symbols: readonly string[], ticks: readonly [number, number][]) {
  let next = 0;
  return {
    instruments: symbols.map(instrumentFor),
    next: (into: Tick) => {
      const tick = ticks[next];
      next += 1;
      if (tick) Object.assign(into, { symbol: tick[0], at: tick[1], bid: 1, ask: 2, source });
      return tick !== undefined;
    },
    state: () => next,
  } satisfies TickSource;
}

it('plays a second vendor between the first one’s prices, only for what that one has printed', () => {
  const first = play(
    'one',
    ['EURUSD', 'XAUUSD'],
    [
      [0, 10],
      [1, 20],
      [0, 40],
    ],
  );
  const other = play(
    'two',
    ['GBPUSD', 'XAUUSD', 'EURUSD'],
    [
      [2, 5],
      [1, 15],
      [2, 16],
      [0, 17],
      [1, 30],
      [2, 90],
    ],
  );
  const merged = playTwoVendors(first, other);
  const played: string[] = [];
  const tick: Tick = { symbol: 0, at: 0, bid: 0, ask: 0, source: '' };
  while (merged.next(tick)) {
    played.push(`${merged.instruments[tick.symbol]?.symbol} ${tick.source} ${tick.at}`);
  }
  expect(played).toEqual([
    'EURUSD one 10',
    'EURUSD two 16',
    'XAUUSD one 20',
    'XAUUSD two 30',
    'EURUSD one 40',
  ]);
});

it('tells two vendors apart whose recordings have one name', () => {
  const merged = playTwoVendors(
    play(
      'eurusd',
      ['EURUSD'],
      [
        [0, 10],
        [0, 30],
      ],
    ),
    play('eurusd', ['EURUSD'], [[0, 20]]),
  );
  const sources = new Set<string>();
  const tick: Tick = { symbol: 0, at: 0, bid: 0, ask: 0, source: '' };
  while (merged.next(tick)) sources.add(tick.source);
  expect([...sources]).toEqual(['eurusd', 'eurusd of another vendor']);
});

it('hears a platform that lags behind its vendor after the vendor that does not', () => {
  const quotes: readonly [number, number][] = [
    [0, 10],
    [0, 1_000],
  ];
  const merged = playTwoVendors(
    playBehind(play('slow', ['EURUSD'], quotes), 700),
    play('prompt', ['EURUSD'], quotes),
  );
  const played: string[] = [];
  const tick: Tick = { symbol: 0, at: 0, bid: 0, ask: 0, source: '' };
  while (merged.next(tick)) played.push(`${tick.source} ${tick.at}`);
  expect(played).toEqual(['slow 710', 'prompt 1000', 'slow 1700']);
});
