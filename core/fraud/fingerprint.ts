import { seedFor } from '#core/kernel/random.ts';
import { mulDivFloor } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Trade } from './observation.ts';
import { PER_MILLE } from './signal.ts';
import { bucketOf, createExpiringMap, type ExpiringMapState } from './windows.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TRADERS_MAX = 40_000;
const KEPT_MS = 200 * DAY_MS;
/** With so many trades the counts are halved: what is recent counts more. */
const HALVED_AT = 400;
/** Fewer trades than this are no habit. */
const TRADES_MIN = 15;
/** Others that two habits are compared with. */
const CONTROLS_MAX = 60;
export const FINGERPRINTS_HELD_MAX = TRADERS_MAX + CONTROLS_MAX;

const HOURS = 8;
const SYMBOLS = 12;
const HELD_EDGES_S = [60, 300, 1_800, 7_200, 28_800] as const;
/** Value held for each unit of balance, in tenths. */
const SIZE_EDGES = [2, 5, 10, 30, 100] as const;
const HELD = HELD_EDGES_S.length + 1;
const SIZES = SIZE_EDGES.length + 1;
/** Where each question begins among the counts. */
const PARTS = [0, HOURS, HOURS + SYMBOLS, HOURS + SYMBOLS + HELD] as const;
const WIDTH = HOURS + SYMBOLS + HELD + SIZES;

/** How people trade: at which hours, what, for how long and how large. */
export interface Fingerprints {
  trade(trader: string, trade: Trade): void;
  /** How alike two are, and how alike others are to the first; null where there is too little. */
  compare(one: string, other: string): Likeness | null;
  expire(at: EpochMs): void;
  size(): number;
  state(): FingerprintsState;
}

export interface Likeness {
  /** In thousandths: 1,000 is the same shares of everything. */
  readonly alike: number;
  /** Others who were compared with the first, and those of them at least as alike. */
  readonly controls: number;
  readonly asAlike: number;
}

export interface FingerprintsState {
  readonly counts: ExpiringMapState<readonly number[]>;
  readonly controls: readonly string[];
}

export function createFingerprints(resume?: FingerprintsState): Fingerprints {
  const counts = createExpiringMap<readonly number[]>(
    { entriesMax: TRADERS_MAX, keepMs: KEPT_MS },
    resume?.counts,
  );
  // Whoever has the smallest digests: the same ones, in whatever order they traded.
  let controls: readonly string[] = resume?.controls ?? [];
  const enlist = (trader: string): void => {
    if (controls.includes(trader)) return;
    const next = [...controls.filter((one) => counts.has(one)), trader];
    next.sort((one, other) => seedFor(0, one) - seedFor(0, other) || (one < other ? -1 : 1));
    controls = next.slice(0, CONTROLS_MAX);
  };
  const habitOf = (trader: string): readonly number[] | null => {
    const own = counts.get(trader);
    return own && totalOf(own) >= TRADES_MIN ? own : null;
  };
  return {
    trade: (trader, trade) => {
      const before = counts.get(trader) ?? Array.from({ length: WIDTH }, () => 0);
      const own = totalOf(before) >= HALVED_AT ? before.map((count) => count >> 1) : [...before];
      for (const place of placesOf(trade)) own[place] = (own[place] ?? 0) + 1;
      counts.set(trader, own, trade.at);
      if (totalOf(own) === TRADES_MIN) enlist(trader);
    },
    compare: (one, other) => {
      const [first, second] = [habitOf(one), habitOf(other)];
      if (!first || !second) return null;
      const alike = alikeness(first, second);
      const others = controls.filter((trader) => trader !== one && trader !== other);
      const habits = others.flatMap((trader) => [habitOf(trader) ?? []].filter(isKept));
      const asAlike = habits.filter((own) => alikeness(first, own) >= alike).length;
      return { alike, controls: habits.length, asAlike };
    },
    expire: counts.expire,
    size: counts.size,
    state: () => ({ counts: counts.state(), controls }),
  };
}

/** What two habits have in common of each part, on average over the parts. */
function alikeness(one: readonly number[], other: readonly number[]): number {
  let sum = 0;
  for (const [part, from] of PARTS.entries()) {
    const to = PARTS[part + 1] ?? WIDTH;
    const [ownTotal, otherTotal] = [totalOf(one, from, to), totalOf(other, from, to)];
    for (let at = from; at < to; at += 1) {
      const own = mulDivFloor(one[at] ?? 0, PER_MILLE, Math.max(1, ownTotal));
      sum += Math.min(own, mulDivFloor(other[at] ?? 0, PER_MILLE, Math.max(1, otherTotal)));
    }
  }
  return Math.floor(sum / PARTS.length);
}

function placesOf({ symbol, openedAt, at, notional, balance }: Trade): number[] {
  const hour = Math.floor(openedAt / HOUR_MS) % 24;
  const tenths = balance > 0 ? mulDivFloor(notional, 10, balance) : 0;
  const places = [
    Math.floor((hour * HOURS) / 24),
    symbolPlace(symbol),
    bucketOf(HELD_EDGES_S, Math.floor((at - openedAt) / 1_000)),
    bucketOf(SIZE_EDGES, tenths),
  ];
  return places.map((place, part) => (PARTS[part] ?? 0) + place);
}

/** Symbols share places by their letters: a few dozen of them are told apart well enough. */
function symbolPlace(symbol: string): number {
  let sum = 0;
  for (let at = 0; at < symbol.length; at += 1) sum = (sum * 31 + symbol.charCodeAt(at)) % 9_973;
  return sum % SYMBOLS;
}

function totalOf(counts: readonly number[], from = 0, to: number = HOURS): number {
  let total = 0;
  for (let at = from; at < to; at += 1) total += counts[at] ?? 0;
  return total;
}

function isKept(own: readonly number[]): boolean {
  return own.length > 0;
}
