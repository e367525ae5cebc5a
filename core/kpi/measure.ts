import { PPM_UNIT, type Ppm } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import {
  quantileInterval,
  quantileWithOpen,
  rateInterval,
  shareIn,
  shareInterval,
} from './intervals.ts';
import type { Figure, Measurement, Part } from './kpi.ts';

/** Parts of one breakdown; the smallest are left out beyond it. */
export const PARTS_MAX = 50;
const HALF: Ppm = 500_000;
const NINETEEN_IN_TWENTY: Ppm = 950_000;

/**
 * How one matter counts in a window. `hit` and `miss` make shares, `hit` alone makes counts and
 * rates, `ended` and `open` are durations, `over` and `under` are amounts: sums, or the two sides of
 * a ratio. `leftOut` does not count, and says why.
 */
export interface Seen {
  readonly type: 'hit' | 'miss' | 'ended' | 'open' | 'over' | 'under' | 'leftOut';
  /** Milliseconds or money; 0 for the others. */
  readonly value: number;
  readonly at: EpochMs;
  /** The entry that decided it. */
  readonly seq: number;
  readonly says: string;
  /** What it is broken down by that changes with time: how it ended, what it is about by now. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** A matter with how it counts, its entries up to then, and its tags. */
export interface SeenMatter {
  readonly seen: readonly Seen[];
  readonly facts: number;
  readonly tags: Readonly<Record<string, string>>;
}

export const SHAPES = ['share', 'rate', 'count', 'duration', 'money', 'ratio'] as const;
export type Shape = (typeof SHAPES)[number];

/** One number from how its matters count. `exposure` is what rates are on. */
export function measured(
  shape: Shape,
  matters: readonly SeenMatter[],
  breakdowns: readonly string[],
  exposure: number | null,
): Measurement {
  const counted = matters.filter(({ seen }) => seen.some(({ type }) => type !== 'leftOut'));
  const figure = figureOf(shape, counted, exposure);
  return {
    ...figure,
    facts: counted.reduce((sum, { facts }) => sum + facts, 0),
    open: counted.filter(({ seen }) => seen.some(({ type }) => type === 'open')).length,
    exposure,
    others: shape === 'duration' ? [{ name: 'p95', ...quantileOf(counted, 950_000) }] : [],
    leftOut: leftOutOf(matters),
    parts: breakdowns.flatMap((by) => partsOf(shape, counted, by, exposure)),
  };
}

function figureOf(shape: Shape, matters: readonly SeenMatter[], exposure: number | null): Figure {
  const sample = matters.length;
  switch (shape) {
    case 'share': {
      const hits = countOf(matters, 'hit');
      const of = hits + countOf(matters, 'miss');
      return { value: shareIn(hits, of), ...shareInterval(hits, of), sample };
    }
    case 'rate': {
      const [hits, on] = [countOf(matters, 'hit'), exposure ?? 0];
      return { value: shareIn(hits, on), ...rateInterval(hits, on), sample };
    }
    case 'count':
      // All there were are counted, not a sample of them: there is no interval to it.
      return { value: countOf(matters, 'hit'), low: null, high: null, sample };
    case 'duration':
      return quantileOf(matters, HALF);
    case 'money': {
      const value = sample === 0 ? null : sumOf(matters, 'over') - sumOf(matters, 'under');
      return { value, low: null, high: null, sample };
    }
    case 'ratio': {
      const [over, under] = [sumOf(matters, 'over'), sumOf(matters, 'under')];
      const value = under <= 0 ? null : Number((BigInt(over) * BigInt(PPM_UNIT)) / BigInt(under));
      return { value, low: null, high: null, sample };
    }
  }
}

export function quantileName(ppm: Ppm): string {
  return ppm === HALF ? 'p50' : ppm === NINETEEN_IN_TWENTY ? 'p95' : `${ppm} ppm`;
}

function quantileOf(matters: readonly SeenMatter[], ppm: Ppm): Figure {
  const durations = { ended: valuesOf(matters, 'ended'), open: valuesOf(matters, 'open') };
  const value = quantileWithOpen(durations, ppm);
  return { value, ...quantileInterval(durations, ppm), sample: matters.length };
}

function partsOf(
  shape: Shape,
  matters: readonly SeenMatter[],
  by: string,
  exposure: number | null,
): Part[] {
  const groups = new Map<string, SeenMatter[]>();
  for (const matter of matters) {
    const key = matter.tags[by];
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(matter);
    else groups.set(key, [matter]);
  }
  return [...groups]
    .sort(([key, group], [otherKey, other]) =>
      group.length === other.length ? (key < otherKey ? -1 : 1) : other.length - group.length,
    )
    .slice(0, PARTS_MAX)
    .map(([key, group]) => {
      const { low: shareLow, high: shareHigh } = shareInterval(group.length, matters.length);
      const share = shareIn(group.length, matters.length);
      return { by, key, ...figureOf(shape, group, exposure), share, shareLow, shareHigh };
    });
}

function leftOutOf(matters: readonly SeenMatter[]): Measurement['leftOut'] {
  const counts = new Map<string, number>();
  for (const { seen } of matters) {
    const reasons = new Set(seen.flatMap(({ type, says }) => (type === 'leftOut' ? [says] : [])));
    for (const says of reasons) counts.set(says, (counts.get(says) ?? 0) + 1);
  }
  return [...counts]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([says, count]) => ({ says, count }));
}

function countOf(matters: readonly SeenMatter[], type: Seen['type']): number {
  return matters.filter(({ seen }) => seen.some((one) => one.type === type)).length;
}

function valuesOf(matters: readonly SeenMatter[], type: Seen['type']): number[] {
  return matters.flatMap(({ seen }) =>
    seen.flatMap((one) => (one.type === type ? [one.value] : [])),
  );
}

function sumOf(matters: readonly SeenMatter[], type: Seen['type']): number {
  return valuesOf(matters, type).reduce((sum, value) => sum + value, 0);
}
