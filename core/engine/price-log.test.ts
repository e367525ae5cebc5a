import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '#core/kernel/random.ts';
import { createHeldPrices, createPriceLog, type HeldPrices, type PriceLog } from './price-log.ts';

const SEEDS = Array.from({ length: 40 }, (_unused, at) => 700 + at);
const MARKS = 4_096;
const SYMBOLS = 3;

interface Written {
  readonly symbol: number;
  readonly bid: number;
  readonly ask: number;
}

/** Writes a walk to a log, and keeps it as a plain list beside it. */
function writeWalk(random: Random, log: PriceLog, length: number): Written[] {
  for (let symbol = 0; symbol < SYMBOLS; symbol += 1) log.symbolDefined(null);
  const bids = [5_000, 90_000, 300];
  return Array.from({ length }, (_unused, at) => {
    // Every symbol has its first price before anything else happens.
    const symbol = at < SYMBOLS ? at : random.below(SYMBOLS);
    const step = random.below(50) === 0 ? 2_000 : 9;
    const bid = (bids[symbol] as number) + random.below(2 * step + 1) - step;
    bids[symbol] = bid;
    const ask = bid + random.below(12);
    log.append(symbol, bid, ask);
    return { symbol, bid, ask };
  });
}

function randomHeld(random: Random): HeldPrices {
  const held = createHeldPrices();
  held.count = 1 + random.below(SYMBOLS);
  held.base = random.below(1_000_000) - 500_000;
  const first = random.below(SYMBOLS);
  for (let at = 0; at < held.count; at += 1) {
    const sides = random.below(3);
    held.symbol.push((first + at) % SYMBOLS);
    held.long.push(sides === 1 ? 0 : 1 + random.below(300));
    held.short.push(sides === 0 ? 0 : 1 + random.below(300));
  }
  return held;
}

/** What the log is asked for, found by going through every mark. */
function slowly(walk: readonly Written[], held: HeldPrices, from: number, until: number): number {
  const now: Written[] = [];
  let most = -Infinity;
  for (const [at, written] of walk.entries()) {
    now[written.symbol] = written;
    if (at < from || at >= until) continue;
    let equity = held.base;
    for (let leg = 0; leg < held.count; leg += 1) {
      const price = now[held.symbol[leg] as number] as Written;
      equity += (held.long[leg] as number) * price.bid - (held.short[leg] as number) * price.ask;
    }
    most = Math.max(most, equity);
  }
  return most;
}

describe('the log of prices', () => {
  it.each(SEEDS)('finds the highest equity of any span that it keeps (seed %i)', (seed) => {
    const random = createRandom(seed);
    const log = createPriceLog(random.pick([128, 2_048, MARKS, 65_536]));
    const walk = writeWalk(random, log, 1_000 + random.below(random.pick([9_000, 40_000])));
    for (let asked = 0; asked < 40; asked += 1) {
      const held = randomHeld(random);
      const oldest = Math.max(SYMBOLS, log.end - log.kept);
      const from = oldest + random.below(log.end - oldest);
      const until = random.below(3) === 0 ? log.end - 1 : log.end;
      if (from >= until) continue;
      // As in life: the worth at the beginning of the span is known.
      const known = slowly(walk, held, from - 1, from) + random.pick([0, 0, 50_000, 2_000_000]);
      const expected = Math.max(known, slowly(walk, held, from, until));
      expect(log.highestBetween(from, until, known, held)).toBe(expected);
      expect(log.boundSince(from, known, held)).toBeGreaterThanOrEqual(expected);
    }
  });

  it('bounds a price that stood still by what it is', () => {
    const log = createPriceLog(MARKS);
    log.symbolDefined(null);
    for (let at = 0; at < 3_000; at += 1) log.append(0, 100, 101);
    const held = { count: 1, base: 7, symbol: [0], long: [3], short: [0] };
    expect(log.boundSince(10, -Infinity, held)).toBe(307);
  });
});
