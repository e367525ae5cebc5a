import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, atLeast, CERTAIN, chanceOf, oneIn, ONE_IN_MAX, type Chance } from './chance.ts';

/** Every outcome of so many opportunities, one by one, in exact fractions. */
function enumerated(matches: number, chances: readonly (readonly [number, number])[]): Fraction {
  let tail: Fraction = [0n, 1n];
  for (let outcome = 0; outcome < 2 ** chances.length; outcome += 1) {
    let chance: Fraction = [1n, 1n];
    let matched = 0;
    for (const [at, [part, whole]] of chances.entries()) {
      const hit = (outcome >> at) % 2 === 1;
      if (hit) matched += 1;
      chance = [chance[0] * BigInt(hit ? part : whole - part), chance[1] * BigInt(whole)];
    }
    if (matched >= matches) tail = [tail[0] * chance[1] + chance[0] * tail[1], tail[1] * chance[1]];
  }
  return tail;
}
type Fraction = readonly [bigint, bigint];

/** Above the exact fraction, by a rounding at most. */
function expectRoundedUp(chance: Chance, [numerator, denominator]: Fraction): void {
  const exact = (numerator * CERTAIN) / denominator;
  expect(chance >= exact).toBe(true);
  expect(chance - exact <= 10n ** 20n).toBe(true);
}

const part = fc
  .tuple(fc.nat(60), fc.integer({ min: 1, max: 60 }))
  .map(([one, whole]) => [Math.min(one, whole), whole] as const);

describe('chances in whole numbers', () => {
  it('of equal opportunities equal the enumeration of every outcome, rounded up', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9 }), fc.nat(10), part, (count, matches, each) => {
        const chances = Array.from({ length: count }, () => each);
        expectRoundedUp(atLeast(matches, count, chanceOf(...each)), enumerated(matches, chances));
      }),
      { numRuns: 150 },
    );
  });

  it('of much less than is expected are not rare, however small their first terms are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_000 }), part, fc.nat(1_000), (count, each, below) => {
        const chance = chanceOf(...each);
        const expected = Number((BigInt(count) * chance) / CERTAIN);
        const tail = atLeast(Math.floor((expected * below) / 1_000), count, chance);
        expect(tail * 2n >= CERTAIN - 1n).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect(atLeast(125, 250, chanceOf(95, 100))).toBe(CERTAIN);
  });

  it('fall as more is asked for and never leave zero to certain', () => {
    fc.assert(
      fc.property(fc.nat(300), fc.nat(300), part, (count, matches, each) => {
        const chance = chanceOf(...each);
        const [here, further] = [
          atLeast(matches, count, chance),
          atLeast(matches + 1, count, chance),
        ];
        expect(further <= here && here <= CERTAIN && further >= 0n).toBe(true);
      }),
    );
  });

  it('combine as products, and say one in so many among all comparisons', () => {
    expect(allOf(chanceOf(1, 4), chanceOf(1, 5))).toBe(chanceOf(1, 20));
    expect(oneIn(chanceOf(1, 5_000), 1)).toBe(5_000);
    expect(oneIn(chanceOf(1, 5_000), 10)).toBe(500);
    expect(oneIn(chanceOf(1, 5), 10)).toBe(1);
    expect(oneIn(0n, 1_000_000)).toBe(ONE_IN_MAX);
    expect(oneIn(CERTAIN, 1)).toBe(1);
  });
});
