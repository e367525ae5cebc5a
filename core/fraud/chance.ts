import { assert } from '#core/kernel/assert.ts';
import type { Flavour } from '#core/kernel/brand.ts';

/*
 * How likely something is by chance, in whole numbers only, so that every machine says the same.
 * Whatever is rounded is rounded up: a chance said here is never smaller than the real one, and
 * what looks rare is at least so rare.
 */

/** A probability in units of 1e-40. */
export type Chance = Flavour<bigint, 'Chance'>;
export const CERTAIN: Chance = 10n ** 40n;
/** What is rarer than this is said as this. */
export const ONE_IN_MAX = 1_000_000_000;

/** `part` in `whole`, at most certain. */
export function chanceOf(part: number, whole: number): Chance {
  assert(part >= 0 && whole > 0, `a chance is a part of a whole, was ${part} of ${whole}`);
  return least(ratio(CERTAIN * BigInt(part), BigInt(whole)), CERTAIN);
}

/** Several things at once, each given the ones before it. */
export function allOf(...chances: readonly Chance[]): Chance {
  return chances.reduce((product, chance) => ratio(product * chance, CERTAIN), CERTAIN);
}

/**
 * At least `matches` of `opportunities` when each matches with the chance `each` (the upper tail of
 * the binomial distribution).
 */
export function atLeast(matches: number, opportunities: number, each: Chance): Chance {
  assert(matches >= 0 && opportunities >= 0, 'matches and opportunities are counts');
  if (matches === 0) return CERTAIN;
  if (matches > opportunities || each === 0n) return 0n;
  if (each >= CERTAIN) return CERTAIN;
  // No more than is expected is nothing rare: at least one in two, too many digits below it to count.
  const isExpected = BigInt(matches) * CERTAIN <= BigInt(opportunities) * each;
  const other = CERTAIN - each;
  // The large factors come first: what is multiplied down later loses no digits on the way.
  let term = CERTAIN;
  for (let at = 1; at <= matches; at += 1) {
    const way = BigInt(opportunities - matches + at) * each;
    term = ratio(term * way, BigInt(at) * CERTAIN);
  }
  for (let at = matches; at < opportunities; at += 1) term = ratio(term * other, CERTAIN);
  let tail = 0n;
  for (let at = matches; at <= opportunities; at += 1) {
    tail += term;
    if (tail >= CERTAIN) return CERTAIN;
    // Far out a term is nothing but its own rounding: the rest is as many of them at most.
    if (term <= 1n) return isExpected ? CERTAIN : least(tail + BigInt(opportunities - at), CERTAIN);
    term = ratio(term * BigInt(opportunities - at) * each, BigInt(at + 1) * other);
  }
  return tail;
}

/**
 * "Once in so many": how rare it still is when so many comparisons were made, any of which could
 * have shown it. Never beyond ONE_IN_MAX, never below 1.
 */
export function oneIn(chance: Chance, comparisons: number): number {
  assert(Number.isSafeInteger(comparisons) && comparisons >= 1, 'at least one comparison is made');
  const among = chance * BigInt(comparisons);
  if (among * BigInt(ONE_IN_MAX) <= CERTAIN) return ONE_IN_MAX;
  return among >= CERTAIN ? 1 : Number(CERTAIN / among);
}

function ratio(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

function least(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
