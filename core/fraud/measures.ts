import { PER_MILLE, type Picture } from './signal.ts';

/*
 * What detectors count, weigh and draw with. Everything is whole: strengths and shares are
 * thousandths.
 */

/** Nothing below `from`, there `lowest`, and from there in a line to a thousand at `to`. */
export function rising(value: number, from: number, to: number, lowest = 0): number {
  if (value < from) return 0;
  if (value >= to) return PER_MILLE;
  return lowest + Math.floor(((value - from) * (PER_MILLE - lowest)) / (to - from));
}

/** Strengths that must all be there: their product. */
export function allStrong(...strengths: readonly number[]): number {
  return strengths.reduce((product, one) => Math.floor((product * one) / PER_MILLE), PER_MILLE);
}

/**
 * How much it counts that honest traders show something once in so many cases, all comparisons
 * already counted in: once in ten is a curiosity, once in ten thousand is hardly chance.
 */
export function rareness(oneIn: number): number {
  const tens = String(oneIn).length - 1;
  return [0, 350, 650, 850, 930, 970][tens] ?? PER_MILLE;
}

/** `part` of `whole` in thousandths; nothing of nothing is nothing. */
export function perMilleOf(part: number, whole: number): number {
  return whole <= 0 ? 0 : Math.floor((part * PER_MILLE) / whole);
}

/** A share of a thousand as people read it: 683 is "68 %". */
export function percentOf(perMille: number): string {
  return `${Math.floor(perMille / 10)} %`;
}

/** No counts yet, so many of them. */
export function noCounts(width: number): number[] {
  return Array.from({ length: width }, () => 0);
}

export function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Adds to one of several counts. */
export function add(counts: number[], at: number, amount: number): void {
  counts[at] = (counts[at] ?? 0) + amount;
}

/** A histogram beside what others show, scaled to the same total. */
export function histogramOf(
  unit: string,
  labels: readonly string[],
  counts: readonly number[],
  others: readonly number[],
): Picture {
  const total = sumOf(counts);
  const othersTotal = sumOf(others);
  const expected = (at: number): number | null =>
    othersTotal === 0 ? null : Math.round(((others[at] ?? 0) * total) / othersTotal);
  const buckets = labels.map((label, at) => ({
    label,
    count: counts[at] ?? 0,
    expected: expected(at),
  }));
  return { type: 'histogram', unit, buckets };
}

/** Halves every count: what is recent counts more. */
export function halve(counts: number[] | Record<string, number>): void {
  const named = counts as Record<string, number>;
  for (const name of Object.keys(named)) named[name] = Math.floor((named[name] ?? 0) / 2);
}
