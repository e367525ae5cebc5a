import { mulDivCeil } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import { PPB, type Ppb } from './controls.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const DAY_MS = 86_400_000;
/** Markets times sizes that are counted. */
const CLASSES_MAX = 40_000;
const KEPT_MS = 14 * DAY_MS;
/** Sizes that lie within about six per cent of each other are of one class. */
const CLASSES_PER_DOUBLING = 16;
export const SIZES_HELD_MAX = CLASSES_MAX;

/** How common each size is in a market: round ones are, odd ones are not. */
export interface Sizes {
  add(market: string, size: number, at: EpochMs): void;
  /** That somebody else's trade is of about this size. */
  chance(market: string, size: number): Ppb;
  expire(at: EpochMs): void;
  size(): number;
  state(): SizesState;
}
export type SizesState = ExpiringMapState<number>;

export function createSizes(resume?: SizesState): Sizes {
  const counts = createExpiringMap<number>({ entriesMax: CLASSES_MAX, keepMs: KEPT_MS }, resume);
  const bump = (key: string, at: EpochMs): void => counts.set(key, (counts.get(key) ?? 0) + 1, at);
  return {
    add: (market, size, at) => {
      bump(`${market} ${sizeClass(size)}`, at);
      bump(market, at);
    },
    chance: (market, size) => {
      const own = sizeClass(size);
      const near = [own - 1, own, own + 1].map((one) => counts.get(`${market} ${one}`) ?? 0);
      // The two that are compared are among them.
      const alike = Math.max(0, near.reduce((sum, count) => sum + count, 0) - 2);
      const all = Math.max(alike, (counts.get(market) ?? 0) - 2);
      return mulDivCeil(PPB, alike + 1, all + 1);
    },
    expire: counts.expire,
    size: counts.size,
    state: counts.state,
  };
}

/** The class of a size above zero: one more for every six per cent or so. */
export function sizeClass(size: number): number {
  let doublings = 0;
  let left = Math.max(1, size);
  for (; left >= 65_536; left /= 65_536) doublings += 16;
  for (; left >= 2; left /= 2) doublings += 1;
  return doublings * CLASSES_PER_DOUBLING + Math.floor((left - 1) * CLASSES_PER_DOUBLING);
}
