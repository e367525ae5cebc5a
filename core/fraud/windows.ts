import { assert } from '#core/kernel/assert.ts';
import type { EpochMs } from '#core/time/time.ts';

/*
 * What detectors keep of the past. Every container has a limit, counts what it holds, and gives
 * its state as plain data: `state()` shares its values with the container, so it is serialised
 * before the next observation.
 */

export interface ExpiringMapLimits {
  readonly entriesMax: number;
  /** Entries that were not set for longer than this are dropped by `expire`. */
  readonly keepMs: number;
}

/** Values by key that are forgotten when nobody sets them any more; the least recent go first. */
export interface ExpiringMap<Value> {
  get(key: string): Value | undefined;
  has(key: string): boolean;
  /** Sets and makes it the most recent. Times must not fall, or it is dropped later than due. */
  set(key: string, value: Value, at: EpochMs): void;
  delete(key: string): boolean;
  /** Drops what was last set before `at - keepMs`; costs only what it drops. */
  expire(at: EpochMs): void;
  /** Drops what was set least recently; false when there is nothing. */
  dropOldest(): boolean;
  size(): number;
  /** From the least to the most recently set. */
  entries(): IterableIterator<readonly [key: string, value: Value]>;
  state(): ExpiringMapState<Value>;
}
export type ExpiringMapState<Value> = readonly (readonly [
  key: string,
  setAt: EpochMs,
  value: Value,
])[];

interface Kept<Value> {
  readonly at: EpochMs;
  readonly value: Value;
}

/** `dropped` is told of what left by age or by the limit, not of what was deleted. */
export function createExpiringMap<Value>(
  { entriesMax, keepMs }: ExpiringMapLimits,
  resume: ExpiringMapState<Value> = [],
  dropped?: (key: string, value: Value) => void,
): ExpiringMap<Value> {
  assert(entriesMax >= 1, `a map holds at least one entry, was ${entriesMax}`);
  const kept = new Map<string, Kept<Value>>(
    resume.slice(-entriesMax).map(([key, at, value]) => [key, { at, value }]),
  );
  // One walk through the map for ever: a new one would pass all that was deleted at its beginning.
  const walk = kept.entries();
  let first: readonly [string, Kept<Value>] | undefined;
  /** The least recently set; what was set again since the walk came by lies further on. */
  const oldest = (): readonly [string, Kept<Value>] | undefined => {
    while (kept.size > 0 && (first === undefined || kept.get(first[0]) !== first[1])) {
      first = walk.next().value;
    }
    return kept.size > 0 ? first : undefined;
  };
  const dropOldest = (): boolean => {
    const entry = oldest();
    if (!entry) return false;
    kept.delete(entry[0]);
    dropped?.(entry[0], entry[1].value);
    return true;
  };
  return {
    get: (key) => kept.get(key)?.value,
    has: (key) => kept.has(key),
    set: (key, value, at) => {
      // A map iterates in order of insertion: taken out and put in again, it is the latest.
      kept.delete(key);
      if (kept.size === entriesMax) dropOldest();
      kept.set(key, { at, value });
    },
    dropOldest,
    delete: (key) => kept.delete(key),
    expire: (at) => {
      for (let entry = oldest(); entry && entry[1].at < at - keepMs; entry = oldest()) dropOldest();
    },
    size: () => kept.size,
    entries: function* () {
      for (const [key, { value }] of kept) yield [key, value] as const;
    },
    state: () => [...kept].map(([key, { at, value }]) => [key, at, value] as const),
  };
}

/** The bucket of a value among ascending edges: 0 below the first, `edges.length` from the last. */
export function bucketOf(edges: readonly number[], value: number): number {
  let at = 0;
  while (at < edges.length && value >= (edges[at] ?? 0)) at += 1;
  return at;
}

/** How many of something there were under a name, by short slots of time. */
export interface SlotCounts {
  /** Times may come late, within what is kept. */
  add(name: string, at: EpochMs): void;
  /** In the slot of this instant and so many on both sides of it. */
  around(name: string, at: EpochMs, slots: number): number;
  /** In the stretch of `stretchSlots` slots around this instant, whole stretches by the clock. */
  inStretch(name: string, at: EpochMs): number;
  /** False where the stretch is older than what is kept: nothing is known of it. */
  knows(at: EpochMs): boolean;
  /** Forgets what is older than kept. */
  expire(at: EpochMs): void;
  size(): number;
  state(): SlotCountsState;
}
export interface SlotCountsLimits {
  readonly slotMs: number;
  /** How many slots make a stretch, such as the hour around. */
  readonly stretchSlots: number;
  readonly stretchesKept: number;
  /** Slots and stretches together that may be held; beyond, the oldest stretch goes. */
  readonly countsMax: number;
}
/** By stretch and name: how many in all, and by slot. */
export interface SlotCountsState {
  readonly knownFrom: number;
  readonly stretches: readonly (readonly [
    stretch: number,
    names: readonly (readonly [
      name: string,
      total: number,
      slots: readonly (readonly [slot: number, count: number])[],
    ])[],
  ])[];
}

interface Counted {
  total: number;
  readonly slots: Map<number, number>;
}

export function createSlotCounts(
  { slotMs, stretchSlots, stretchesKept, countsMax }: SlotCountsLimits,
  resume?: SlotCountsState,
): SlotCounts {
  // Slots lie within their stretch, so that a stretch is forgotten as one.
  const stretches = new Map<number, Map<string, Counted>>(
    resume?.stretches.map(([stretch, names]) => [
      stretch,
      new Map(names.map(([name, total, slots]) => [name, { total, slots: new Map(slots) }])),
    ]),
  );
  const sizeOf = (names: ReadonlyMap<string, Counted>): number => {
    let entries = 0;
    for (const { slots } of names.values()) entries += 1 + slots.size;
    return entries;
  };
  let size = 0;
  for (const names of stretches.values()) size += sizeOf(names);
  /** The first stretch of which everything is known; what was dropped lies before it. */
  let knownFrom = resume?.knownFrom ?? Number.MIN_SAFE_INTEGER;
  const slotOf = (at: EpochMs): number => Math.floor(at / slotMs);
  const stretchOf = (slot: number): number => Math.floor(slot / stretchSlots);
  const drop = (stretch: number): void => {
    size -= sizeOf(stretches.get(stretch) ?? new Map<string, Counted>());
    stretches.delete(stretch);
    knownFrom = Math.max(knownFrom, stretch + 1);
  };
  const countedIn = (stretch: number, name: string): Counted => {
    let names = stretches.get(stretch);
    if (names === undefined) stretches.set(stretch, (names = new Map()));
    let counted = names.get(name);
    if (counted === undefined) {
      names.set(name, (counted = { total: 0, slots: new Map() }));
      size += 1;
    }
    return counted;
  };
  return {
    add: (name, at) => {
      const slot = slotOf(at);
      const stretch = stretchOf(slot);
      if (stretch < knownFrom) return;
      const counted = countedIn(stretch, name);
      const before = counted.slots.get(slot);
      if (before === undefined) size += 1;
      counted.slots.set(slot, (before ?? 0) + 1);
      counted.total += 1;
      while (size > countsMax) drop(oldestOf(stretches));
    },
    around: (name, at, slots) => {
      const [from, to] = [slotOf(at) - slots, slotOf(at) + slots];
      let count = 0;
      for (let stretch = stretchOf(from); stretch <= stretchOf(to); stretch += 1) {
        const counts = stretches.get(stretch)?.get(name)?.slots;
        if (!counts) continue;
        for (let slot = from; slot <= to; slot += 1) count += counts.get(slot) ?? 0;
      }
      return count;
    },
    inStretch: (name, at) => stretches.get(stretchOf(slotOf(at)))?.get(name)?.total ?? 0,
    knows: (at) => stretchOf(slotOf(at)) >= knownFrom,
    expire: (at) => {
      const first = stretchOf(slotOf(at)) - stretchesKept + 1;
      for (const stretch of stretches.keys()) if (stretch < first) drop(stretch);
    },
    size: () => size,
    state: () => ({
      knownFrom,
      stretches: [...stretches].map(
        ([stretch, names]) =>
          [
            stretch,
            [...names].map(([name, { total, slots }]) => [name, total, [...slots]] as const),
          ] as const,
      ),
    }),
  };
}

function oldestOf(stretches: ReadonlyMap<number, unknown>): number {
  let oldest = Infinity;
  for (const stretch of stretches.keys()) if (stretch < oldest) oldest = stretch;
  return oldest;
}
