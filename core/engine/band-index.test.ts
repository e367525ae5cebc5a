import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import { createBandIndex } from './band-index.ts';
import { createTouched } from './price-watch.ts';

const SEEDS = Array.from({ length: 25 }, (_unused, at) => 900 + at);

interface Kept {
  slot: number;
  readonly price: number;
  low: number;
  high: number;
}

function found(collect: (into: ReturnType<typeof createTouched>) => void): number[] {
  const into = createTouched();
  collect(into);
  return [...into.slots.subarray(0, into.count)].sort((one, other) => one - other);
}

describe('the index of bands', () => {
  it.each(SEEDS)('finds the bands that a price leaves, as a plain list would (seed %i)', (seed) => {
    const random = createRandom(seed);
    const index = createBandIndex();
    const prices = [index.addPrice(), index.addPrice()];
    const kept = new Map<number, Kept>();
    const slots = 600;
    const differences: object[] = [];
    let asked = 0;
    for (let step = 0; step < 3_000; step += 1) {
      const choice = random.below(10);
      const handles = [...kept.keys()];
      if (choice < 3 || handles.length === 0) {
        const price = random.pick(prices);
        const slot = random.below(slots);
        // Until it is set, every price leaves it.
        kept.set(index.add(price, slot), { slot, price, low: Infinity, high: -Infinity });
      } else if (choice < 8) {
        const handle = random.pick(handles);
        const band = kept.get(handle) as Kept;
        const middle = random.below(2_000);
        const room = random.below(400);
        if (random.below(12) === 0) {
          index.close(handle);
          [band.low, band.high] = [Infinity, -Infinity];
        } else {
          const unbounded = random.below(8) === 0;
          band.low = unbounded ? -Infinity : middle - room;
          band.high = middle + room;
          index.set(handle, band.low, band.high);
        }
      } else if (choice < 9) {
        const handle = random.pick(handles);
        index.remove(handle);
        kept.delete(handle);
      } else {
        const price = random.pick(prices);
        const points = random.below(2_000);
        asked += 1;
        const left = [...kept.values()].filter(
          (band) => band.price === price && (points < band.low || points > band.high),
        );
        const expected = left.map(({ slot }) => slot).sort((one, other) => one - other);
        const actual = found((into) => index.collect(price, points, into));
        if (actual.join() !== expected.join()) differences.push({ step, points, actual, expected });
      }
      if (step % 400 === 399) {
        const moved = Int32Array.from(
          { length: slots },
          (_unused, slot) => (slot * 7 + step) % slots,
        );
        // 7 and 600 have no common divisor, so that every slot keeps a place of its own.
        index.renumber(moved);
        for (const band of kept.values()) band.slot = moved[band.slot] as number;
      }
    }
    expect(differences).toEqual([]);
    expect(asked).toBeGreaterThan(100);
    for (const price of prices) {
      const all = [...kept.values()].filter((band) => band.price === price);
      const expected = all.map(({ slot }) => slot).sort((one, other) => one - other);
      expect(found((into) => index.collectAll(price, into))).toEqual(expected);
    }
  });

  it('takes prices and bounds beyond what it can hold as left', () => {
    const index = createBandIndex();
    const price = index.addPrice();
    const handle = index.add(price, 5);
    index.set(handle, 2 ** 40, 2 ** 41);
    expect(found((into) => index.collect(price, 2 ** 40 + 1, into))).toEqual([5]);
    index.set(handle, 0, Infinity);
    expect(found((into) => index.collect(price, 3, into))).toEqual([]);
    expect(found((into) => index.collect(price, 2 ** 33, into))).toEqual([5]);
    expect(found((into) => index.collect(price, -1, into))).toEqual([5]);
  });
});
