import type { Touched } from './price-watch.ts';

/**
 * The loops of the linear pass. A segment lists the legs of one symbol that move by the same price
 * (longs by the bid, shorts by the ask, accounts holding both by both at once, because a phantom
 * equity would stand between two passes).
 */
export interface Segment {
  slot: Int32Array;
  /** Money units per point: gained when the bid rises. */
  long: Float64Array;
  /** Money units per point: lost when the ask rises. */
  short: Float64Array;
  leg: Int32Array;
  count: number;
}

/** What the pass reads and writes, by account slot. */
export interface SweptAccounts {
  readonly equity: Float64Array;
  readonly atOrBelow: Float64Array;
  readonly atOrAbove: Float64Array;
  readonly highest: Float64Array;
  readonly drop: Float64Array;
}

const LEGS_AT_START = 16;

export function createSegment(): Segment {
  return {
    slot: new Int32Array(LEGS_AT_START),
    long: new Float64Array(LEGS_AT_START),
    short: new Float64Array(LEGS_AT_START),
    leg: new Int32Array(LEGS_AT_START),
    count: 0,
  };
}

/** Moves the equity of every leg in a one-sided segment by `weight × points`. */
export function sweepOneSided(
  segment: Segment,
  side: 'long' | 'short',
  points: number,
  accounts: SweptAccounts,
  touched: Touched,
): void {
  const { slot, count } = segment;
  const weight = side === 'long' ? segment.long : segment.short;
  const { equity, atOrBelow, atOrAbove } = accounts;
  const { slots } = touched;
  let found = touched.count;
  for (let at = 0; at < count; at += 1) {
    const account = slot[at] as number;
    const moved = (equity[account] as number) + (weight[at] as number) * points;
    equity[account] = moved;
    if (moved <= (atOrBelow[account] as number) || moved >= (atOrAbove[account] as number)) {
      slots[found] = account;
      found += 1;
    }
  }
  touched.count = found;
}

/** As sweepOneSided for accounts that hold both sides: bid and ask move together. */
export function sweepBothSides(
  segment: Segment,
  points: { readonly bid: number; readonly ask: number },
  accounts: SweptAccounts,
  touched: Touched,
): void {
  const { slot, long, short, count } = segment;
  const { equity, atOrBelow, atOrAbove } = accounts;
  const { bid, ask } = points;
  const { slots } = touched;
  let found = touched.count;
  for (let at = 0; at < count; at += 1) {
    const account = slot[at] as number;
    const gained = (long[at] as number) * bid - (short[at] as number) * ask;
    const moved = (equity[account] as number) + gained;
    equity[account] = moved;
    if (moved <= (atOrBelow[account] as number) || moved >= (atOrAbove[account] as number)) {
      slots[found] = account;
      found += 1;
    }
  }
  touched.count = found;
}

/**
 * As the two above for accounts whose floors follow equity: remembers the highest equity of each,
 * and finds those that fell by their drop from it. A mark that reaches `atOrAbove` is not
 * remembered: the rules will see it themselves, after all that came before it.
 */
export function sweepFollowing(
  segment: Segment,
  points: { readonly bid: number; readonly ask: number },
  accounts: SweptAccounts,
  touched: Touched,
): void {
  const { slot, long, short, count } = segment;
  const { equity, atOrBelow, atOrAbove, highest, drop } = accounts;
  const { bid, ask } = points;
  const { slots } = touched;
  let found = touched.count;
  for (let at = 0; at < count; at += 1) {
    const account = slot[at] as number;
    const gained = (long[at] as number) * bid - (short[at] as number) * ask;
    const moved = (equity[account] as number) + gained;
    equity[account] = moved;
    let high = highest[account] as number;
    if (moved >= (atOrAbove[account] as number)) {
      slots[found] = account;
      found += 1;
      continue;
    }
    if (moved > high) {
      highest[account] = moved;
      high = moved;
    }
    if (moved <= (atOrBelow[account] as number) || moved <= high - (drop[account] as number)) {
      slots[found] = account;
      found += 1;
    }
  }
  touched.count = found;
}

/** Adds a leg; returns its place. */
export function addToSegment(
  segment: Segment,
  entry: { slot: number; long: number; short: number; leg: number },
): number {
  if (segment.count === segment.slot.length) growSegment(segment);
  const place = segment.count;
  segment.slot[place] = entry.slot;
  segment.long[place] = entry.long;
  segment.short[place] = entry.short;
  segment.leg[place] = entry.leg;
  segment.count += 1;
  return place;
}

/** Removes the leg at a place by moving the last one there; returns the moved leg, or -1. */
export function removeFromSegment(segment: Segment, place: number): number {
  const last = segment.count - 1;
  segment.count = last;
  if (place === last) return -1;
  segment.slot[place] = segment.slot[last] as number;
  segment.long[place] = segment.long[last] as number;
  segment.short[place] = segment.short[last] as number;
  const moved = segment.leg[last] as number;
  segment.leg[place] = moved;
  return moved;
}

export function segmentBytes(segment: Segment): number {
  const { slot, long, short, leg } = segment;
  return slot.byteLength + long.byteLength + short.byteLength + leg.byteLength;
}

function growSegment(segment: Segment): void {
  const length = segment.slot.length * 2;
  const slot = new Int32Array(length);
  const long = new Float64Array(length);
  const short = new Float64Array(length);
  const leg = new Int32Array(length);
  slot.set(segment.slot);
  long.set(segment.long);
  short.set(segment.short);
  leg.set(segment.leg);
  Object.assign(segment, { slot, long, short, leg });
}
