import { PER_MILLE } from '#core/fraud/signal.ts';

/** A share of what was counted, with the interval that holds the true one in 95 of 100. */
export interface Share {
  readonly of: number;
  readonly count: number;
  /** In thousandths; null of nothing. */
  readonly perMille: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** 1.96 squared, in ten thousandths. */
const Z_SQUARED = 38_416n;
const SCALE = 10_000n;
/** Digits that the root is computed to beyond whole numbers. */
const ROOT_SCALE = 1_000_000n;

/**
 * Wilson's interval for a share, in whole thousandths: rounded outwards, so that it holds at least
 * what the exact one holds. In whole numbers alone: it is the same on every machine.
 */
export function shareOf(count: number, of: number): Share {
  if (of === 0) return { of, count, perMille: null, low: null, high: null };
  const [k, n] = [BigInt(count), BigInt(of)];
  // Both sides of 2k + z² ± z·√(z² + 4k(n − k)/n), over 2(n + z²), each times SCALE.
  const centre = 2n * SCALE * k + Z_SQUARED;
  const under = (Z_SQUARED * (Z_SQUARED * n + 4n * SCALE * k * (n - k))) / n;
  const root = rootOf(under * ROOT_SCALE * ROOT_SCALE);
  const whole = 2n * (SCALE * n + Z_SQUARED) * ROOT_SCALE;
  const thousand = BigInt(PER_MILLE);
  const low = (thousand * (centre * ROOT_SCALE - root - 1n)) / whole;
  const high = (thousand * (centre * ROOT_SCALE + root + 1n) + whole - 1n) / whole;
  return {
    of,
    count,
    perMille: Math.floor((count * PER_MILLE) / of),
    low: count === 0 ? 0 : Math.max(0, Number(low)),
    high: count === of ? PER_MILLE : Math.min(PER_MILLE, Number(high)),
  };
}

/** The largest whole number whose square is no larger. */
export function rootOf(square: bigint): bigint {
  if (square < 2n) return square;
  let root = 1n << (BigInt(square.toString(2).length + 1) / 2n);
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

/**
 * Cohen's kappa of pairs of judgements, in thousandths: how far two agree beyond what they would by
 * chance. Null where there is nothing to compare, or where all say the same.
 */
export function kappaOf(pairs: readonly (readonly [string, string])[]): number | null {
  const first = new Map<string, number>();
  const second = new Map<string, number>();
  let same = 0;
  for (const [one, other] of pairs) {
    first.set(one, (first.get(one) ?? 0) + 1);
    second.set(other, (second.get(other) ?? 0) + 1);
    if (one === other) same += 1;
  }
  const n = pairs.length;
  let byChance = 0;
  for (const [name, count] of first) byChance += count * (second.get(name) ?? 0);
  const most = n * n - byChance;
  if (most === 0) return null;
  return Math.round(((n * same - byChance) * PER_MILLE) / most) + 0;
}

/** The value in the middle, or below it where two are; null of none. */
export function medianOf(values: readonly number[]): number | null {
  return quantileOf(values, 500);
}

/** The smallest value that so many of a thousand do not exceed; null of none. */
export function quantileOf(values: readonly number[], perMille: number): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const at = Math.max(0, Math.ceil((sorted.length * perMille) / PER_MILLE) - 1);
  return sorted[at] ?? null;
}
