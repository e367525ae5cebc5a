import type { Holdings } from './holdings.ts';

/**
 * Finds the accounts whose equity leaves its band as prices move. The band of an account lies in
 * the columns `atOrBelow`, `atOrAbove`, `highest` and `drop`. There are two ways, which give the
 * same answers to the last unit: the linear pass (see linear-watch) moves every equity with every
 * price, safe bands (see band-watch) leave accounts alone until a price could matter to them.
 *
 * Who changes an account must `settle` it first, then change it, then `reband` it.
 */
export interface PriceWatch {
  symbolDefined(symbol: number): void;
  /** A leg with something in it came to be watched, or is no longer. */
  placeLeg(leg: number): void;
  takeLeg(leg: number): void;
  placeSingle(row: number): void;
  takeSingle(row: number): void;
  /** Stores the new quote and lists the slots that left their band; their equity is up to date. */
  move(symbol: number, bid: number, ask: number): Touched;
  /** Brings the equity of an account, and the highest that it reached, up to the present prices. */
  settle(slot: number): void;
  /** Brings the equity alone up to date. */
  value(slot: number): void;
  /** The band's columns were set anew; `following` is whether its highest equity is remembered. */
  reband(slot: number, following: boolean): void;
  /** So many accounts more (or fewer) must be looked at by every mark, one that moves nothing too. */
  lookAlways(accounts: number): void;
  /** Applies a new numbering of slots: `moved[old]` is the new slot. */
  renumber(moved: Int32Array): void;
  bytes(): number;
}

export type CreatePriceWatch = (holdings: Holdings) => PriceWatch;

/** Slots found, in the order found; the same slot may stand there twice. */
export interface Touched {
  slots: Int32Array;
  count: number;
}

const TOUCHED_AT_START = 64;

export function createTouched(): Touched {
  return { slots: new Int32Array(TOUCHED_AT_START), count: 0 };
}

export function pushTouched(touched: Touched, slot: number): void {
  if (touched.count === touched.slots.length) makeRoom(touched, touched.count + 1);
  touched.slots[touched.count] = slot;
  touched.count += 1;
}

/** Makes room for `count` slots in all, keeping those found. */
export function makeRoom(touched: Touched, count: number): void {
  if (touched.slots.length >= count) return;
  const larger = new Int32Array(count * 2);
  larger.set(touched.slots.subarray(0, touched.count));
  touched.slots = larger;
}

/** `column` with room for index `at`: itself, or a larger copy. */
export function withRoom(column: Int32Array<ArrayBuffer>, at: number): Int32Array<ArrayBuffer> {
  if (at < column.length) return column;
  const larger = new Int32Array(Math.max(at + 1, column.length * 2));
  larger.set(column);
  return larger;
}
