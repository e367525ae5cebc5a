import { rootOf } from '#core/cases/shares.ts';
import { atLeast, CERTAIN, type Chance } from '#core/fraud/chance.ts';
import { PPM_UNIT, type Ppm } from '#core/money/money.ts';

/*
 * How sure a number is, in whole numbers alone, so that every machine says the same. All intervals
 * hold the true value in 95 of 100 at least; bounds are rounded outwards.
 */

export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
}

/** 1.96 squared, in ten thousandths. */
const Z_SQUARED = 38_416n;
const SCALE = 10_000n;
/** Digits that roots are computed to beyond whole numbers. */
const ROOT_SCALE = 1_000_000n;
const PPM = BigInt(PPM_UNIT);
/** Samples up to this size are counted out exactly; larger ones by the normal approximation. */
export const EXACT_SAMPLE_MAX = 400;
/** Digits of a product of fractions beyond which both parts are cut alike. */
const PRODUCT_BITS_MAX = 4_096;

/** The share that `count` is of `of`, rounded down; null of nothing. */
export function shareIn(count: number, of: number): Ppm | null {
  return of === 0 ? null : Number((BigInt(count) * PPM) / BigInt(of));
}

/**
 * Wilson's score interval of a share, in parts per million (E. B. Wilson, "Probable inference, the
 * law of succession, and statistical inference", 1927).
 */
export function shareInterval(count: number, of: number): Interval {
  if (of === 0) return { low: null, high: null };
  const [k, n] = [BigInt(count), BigInt(of)];
  // Both sides of 2k + z² ± z·√(z² + 4k(n − k)/n), over 2(n + z²), each times SCALE.
  const centre = (2n * SCALE * k + Z_SQUARED) * ROOT_SCALE;
  const under = (Z_SQUARED * (Z_SQUARED * n + 4n * SCALE * k * (n - k)) * ROOT_SCALE ** 2n) / n;
  const root = rootOf(under) + 1n;
  const whole = 2n * (SCALE * n + Z_SQUARED) * ROOT_SCALE;
  const low = centre > root ? (PPM * (centre - root)) / whole : 0n;
  const high = (PPM * (centre + root) + whole - 1n) / whole;
  return {
    low: count === 0 ? 0 : Number(low),
    high: count === of ? PPM_UNIT : Math.min(PPM_UNIT, Number(high)),
  };
}

/**
 * The score interval of a rate, `count` events on so much exposure, in parts per million of it:
 * (k + z²/2 ± z·√(k + z²/4)) / exposure (L. Barker, "A comparison of nine confidence intervals for
 * a Poisson parameter", 2002). What is counted may happen to one trader more than once.
 */
export function rateInterval(count: number, exposure: number): Interval {
  if (exposure === 0) return { low: null, high: null };
  const k = BigInt(count);
  const centre = (2n * SCALE * k + Z_SQUARED) * ROOT_SCALE;
  const under = (4n * SCALE * k * Z_SQUARED + Z_SQUARED * Z_SQUARED) * ROOT_SCALE ** 2n;
  const root = rootOf(under) + 1n;
  const whole = 2n * SCALE * BigInt(exposure) * ROOT_SCALE;
  const low = centre > root ? (PPM * (centre - root)) / whole : 0n;
  return {
    low: count === 0 ? 0 : Number(low),
    high: Number((PPM * (centre + root) + whole - 1n) / whole),
  };
}

/** How long things took: of those that ended, and of those that have not, how long they last by now. */
export interface Durations {
  readonly ended: readonly number[];
  readonly open: readonly number[];
}

/**
 * The duration that so many of a million do not exceed, with what is still open taken into account:
 * the product-limit estimate (E. L. Kaplan and P. Meier, "Nonparametric estimation from incomplete
 * observations", 1958). With nothing open it is the smallest value that as many do not exceed. Null
 * while too much is open to say it.
 */
export function quantileWithOpen({ ended, open }: Durations, ppm: Ppm): number | null {
  const events = ended.toSorted((one, other) => one - other);
  const waits = open.toSorted((one, other) => one - other);
  const stay = PPM - BigInt(ppm);
  // The share that lasts longer is (part / whole) · (risk − done) / risk, up to the next open one.
  let [part, whole] = [1n, 1n];
  let risk = BigInt(events.length + waits.length);
  let done = 0n;
  let waited = 0;
  for (const ms of events) {
    while (waited < waits.length && (waits[waited] ?? 0) < ms) {
      [part, whole] = cut(part * (risk - done), whole * risk);
      risk -= done + 1n;
      done = 0n;
      waited += 1;
    }
    done += 1n;
    if (part * (risk - done) * PPM <= stay * whole * risk) return ms;
  }
  return null;
}

function cut(part: bigint, whole: bigint): [bigint, bigint] {
  const bits = whole.toString(16).length * 4;
  if (bits <= PRODUCT_BITS_MAX) return [part, whole];
  const drop = BigInt(bits - PRODUCT_BITS_MAX / 2);
  return [part >> drop, whole >> drop];
}

/**
 * What holds that quantile whatever becomes of the open ones: order statistics (H. A. David and H. N.
 * Nagaraja, "Order Statistics", 3rd ed. 2003, 7.1). The lower bound takes the open ones as long as
 * they last by now, the upper one as endless; null where the sample is too small for a bound.
 */
export function quantileInterval({ ended, open }: Durations, ppm: Ppm): Interval {
  const least = [...ended, ...open].sort((one, other) => one - other);
  const most = ended.toSorted((one, other) => one - other);
  const { lower, upper } = ranksOf(least.length, ppm);
  return {
    low: lower >= 1 ? (least[lower - 1] ?? null) : null,
    high: upper <= most.length ? (most[upper - 1] ?? null) : null,
  };
}

interface Ranks {
  readonly lower: number;
  readonly upper: number;
}
/** Ranks hang on size and quantile alone, and are asked for again and again. */
const known = new Map<number, Ranks>();
const KNOWN_MAX = 2_000;

/** Places from 1 of the two order statistics; below 1 and above `size` there are none. */
export function ranksOf(size: number, ppm: Ppm): Ranks {
  const key = size * PPM_UNIT + ppm;
  const before = known.get(key);
  if (before) return before;
  if (known.size >= KNOWN_MAX) known.clear();
  const ranks = size > EXACT_SAMPLE_MAX ? approximateRanks(size, ppm) : exactRanks(size, ppm);
  known.set(key, ranks);
  return ranks;
}

function exactRanks(size: number, ppm: Ppm): Ranks {
  const below = (CERTAIN * BigInt(ppm)) / PPM;
  return {
    lower: size + 1 - rareFrom(size, CERTAIN - below),
    upper: rareFrom(size, below),
  };
}

/** The smallest count that one in forty of binomial samples reach at most: never below their mean. */
function rareFrom(size: number, each: Chance): number {
  const mean = Number((BigInt(size) * each + CERTAIN - 1n) / CERTAIN);
  let [low, high] = [mean, size + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (atLeast(middle, size, each) * 40n <= CERTAIN) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** size · p ± 1.96 · √(size · p · (1 − p)), outwards. */
function approximateRanks(size: number, ppm: Ppm): Ranks {
  const [n, p] = [BigInt(size), BigInt(ppm)];
  const width = rootOf((Z_SQUARED * n * p * (PPM - p)) / SCALE) + 1n;
  return {
    lower: Number((n * p - width) / PPM),
    upper: Number((n * p + width + PPM - 1n) / PPM) + 1,
  };
}
