import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  EXACT_SAMPLE_MAX,
  quantileInterval,
  quantileWithOpen,
  ranksOf,
  rateInterval,
  shareInterval,
} from './intervals.ts';

const HALF = 500_000;
const P95 = 950_000;
const bound = (value: number | null): number => value ?? Number.NaN;

/** Binomial probabilities in floating point: close enough to judge by, and another way. */
function binomial(size: number, share: number): number[] {
  let row = [1];
  for (let draw = 0; draw < size; draw += 1) {
    const next = Array.from({ length: row.length + 1 }, () => 0);
    for (const [count, chance] of row.entries()) {
      next[count] = (next[count] ?? 0) + chance * (1 - share);
      next[count + 1] = (next[count + 1] ?? 0) + chance * share;
    }
    row = next;
  }
  return row;
}

describe('the interval of a share', () => {
  it('solves the equation that defines Wilson’s interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(), (of, any) => {
        const count = any % (of + 1);
        const { low, high } = shareInterval(count, of);
        for (const [edge, end] of [
          [bound(low) / 1e6, 0],
          [bound(high) / 1e6, 1],
        ] as const) {
          const distance = Math.abs(count / of - edge);
          const away = 1.96 * Math.sqrt((edge * (1 - edge)) / of);
          expect(edge === end || Math.abs(distance - away) < 3e-6 + 1e-4 / of).toBe(true);
        }
      }),
    );
  });

  it('is 0 to 27.8 % for none of ten, and 23.7 to 76.3 % for five of ten', () => {
    expect(shareInterval(0, 10)).toEqual({ low: 0, high: 277_541 });
    expect(shareInterval(5, 10)).toEqual({ low: 236_589, high: 763_411 });
    expect(shareInterval(0, 0)).toEqual({ low: null, high: null });
  });
});

describe('the interval of a rate', () => {
  it('solves the equation that defines the score interval of a Poisson mean', () => {
    fc.assert(
      fc.property(fc.nat(5_000), fc.integer({ min: 1, max: 100_000 }), (count, exposure) => {
        const { low, high } = rateInterval(count, exposure);
        for (const edge of [bound(low), bound(high)]) {
          const mean = (edge / 1e6) * exposure;
          const away = 1.96 * Math.sqrt(mean);
          const near = 2e-6 * exposure + 1e-3;
          expect(count === 0 || Math.abs(Math.abs(count - mean) - away) < near * 4).toBe(true);
        }
        expect(bound(low)).toBeLessThanOrEqual(bound(high));
      }),
    );
  });
});

describe('order statistics', () => {
  it.each([HALF, P95])('hold the quantile at %i ppm in 95 of 100 samples, and are tight', (ppm) => {
    for (const size of [1, 2, 5, 6, 20, 59, 60, 100, 250]) {
      const chances = binomial(size, ppm / 1e6);
      const { lower, upper } = ranksOf(size, ppm);
      const sum = (from: number, to: number): number =>
        chances.slice(Math.max(0, from), to).reduce((all, one) => all + one, 0);
      expect(sum(0, lower)).toBeLessThanOrEqual(0.025 + 1e-9);
      expect(sum(upper, size + 1)).toBeLessThanOrEqual(0.025 + 1e-9);
      expect(sum(0, lower + 1)).toBeGreaterThan(0.025 - 1e-9);
      expect(sum(upper - 1, size + 1)).toBeGreaterThan(0.025 - 1e-9);
    }
  });

  it('go on by the normal approximation where counting out would take long', () => {
    const [exact, near] = [ranksOf(EXACT_SAMPLE_MAX, HALF), ranksOf(EXACT_SAMPLE_MAX + 1, HALF)];
    expect(Math.abs(exact.lower - near.lower)).toBeLessThanOrEqual(2);
    expect(Math.abs(exact.upper - near.upper)).toBeLessThanOrEqual(2);
    expect(ranksOf(100_000, HALF)).toEqual({ lower: 49_690, upper: 50_311 });
  });
});

describe('a duration of which some are not over', () => {
  const some = fc.array(fc.nat(50), { maxLength: 40 });

  it('is the smallest that as many do not exceed, while nothing is open', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(HALF, P95, 100_000), (ended, ppm) => {
        const sorted = ended.toSorted((one, other) => one - other);
        const place = Math.ceil((sorted.length * ppm) / 1e6) - 1;
        expect(quantileWithOpen({ ended, open: [] }, ppm)).toBe(sorted[place] ?? null);
      }),
    );
  });

  it('gives what is open equally to what lasts longer', () => {
    // Efron's way to the same estimate: the weight of an open one goes to those behind it.
    fc.assert(
      fc.property(some, some, fc.constantFrom(HALF, P95), (ended, open, ppm) => {
        const all = [
          ...ended.map((ms) => ({ ms, isOver: true, weight: 1 })),
          ...open.map((ms) => ({ ms, isOver: false, weight: 1 })),
        ].sort((one, other) => one.ms - other.ms || Number(other.isOver) - Number(one.isOver));
        let [weight, value] = [0, null as number | null];
        for (const [place, one] of all.entries()) {
          const behind = all.slice(place + 1);
          if (one.isOver) weight += one.weight;
          else for (const other of behind) other.weight += one.weight / behind.length;
          if (value === null && one.isOver && weight >= (all.length * ppm) / 1e6 - 1e-9) {
            value = one.ms;
          }
        }
        expect(quantileWithOpen({ ended, open }, ppm)).toBe(value);
      }),
    );
  });

  it('lies between what it were with the open ones over now, and with them endless', () => {
    fc.assert(
      fc.property(some, some, (ended, open) => {
        const value = quantileWithOpen({ ended, open }, HALF) ?? Infinity;
        const now = quantileWithOpen({ ended: [...ended, ...open], open: [] }, HALF) ?? Infinity;
        const endless = [...ended, ...open.map(() => 1_000)];
        const never = quantileWithOpen({ ended: endless, open: [] }, HALF) ?? Infinity;
        expect(value).toBeGreaterThanOrEqual(now);
        expect(value === Infinity || value <= never).toBe(true);
        const { low, high } = quantileInterval({ ended, open }, HALF);
        expect((low ?? 0) <= value && value <= (high ?? Infinity)).toBe(true);
      }),
    );
  });
});
