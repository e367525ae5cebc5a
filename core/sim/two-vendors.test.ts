import { expect, it } from 'vitest';
import { createMarketModel } from './market-model.ts';
import type { Tick, TickSource } from './tick-source.ts';
import { playTogether } from './two-vendors.ts';

const { instruments } = createMarketModel({ seed: 1, startAt: 0 });
type Print = readonly [symbol: number, at: number, bid: number];

function recording(source: string, prints: readonly Print[], known = instruments) {
  return (resume: unknown): TickSource => {
    let place = typeof resume === 'number' ? resume : 0;
    return {
      instruments: known,
      next: (into) => {
        const print = prints[place];
        if (!print) return false;
        place += 1;
        const [symbol, at, bid] = print;
        Object.assign(into, { symbol, at, bid, ask: bid + 2, source });
        return true;
      },
      state: () => place,
    };
  };
}

const first = recording('first', [
  [0, 10, 100],
  [1, 20, 500],
  [0, 30, 101],
]);
// The other vendor numbers its symbols in its own way, and begins earlier.
const second = recording(
  'second',
  [
    [1, 5, 99],
    [1, 10, 100],
    [0, 25, 501],
    [1, 30, 102],
    [2, 31, 7],
  ],
  [instruments[1], instruments[0], instruments[4]].flatMap((one) => one ?? []),
);

function play(resume: unknown, count = Infinity): { seen: string[]; source: TickSource } {
  const source = playTogether({ first, second }, resume);
  const tick: Tick = { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
  const seen: string[] = [];
  while (seen.length < count && source.next(tick)) {
    seen.push(`${tick.at} ${tick.source} ${tick.symbol} ${tick.bid}`);
  }
  return { seen, source };
}

it('two vendors are merged by time, and the second never speaks of a symbol first', () => {
  expect(play(null).seen).toEqual([
    '10 first 0 100',
    '10 second 0 100',
    '20 first 1 500',
    '25 second 1 501',
    '30 first 0 101',
    '30 second 0 102',
    // The second vendor's symbol 2 is the first one's 4, of which the first has said nothing.
  ]);
});

it('two vendors go on from wherever they stood', () => {
  const whole = play(null).seen;
  for (let cut = 0; cut <= whole.length; cut += 1) {
    const { seen, source } = play(null, cut);
    const state = JSON.parse(JSON.stringify(source.state())) as unknown;
    expect([...seen, ...play(state).seen]).toEqual(whole);
  }
});
