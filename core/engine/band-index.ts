import { createColumns } from './columns.ts';
import { pushTouched, type Touched } from './price-watch.ts';

/**
 * Price bands, sorted by the price that they watch: which of them did a new price leave? Bands lie
 * in blocks, and each block knows how far the price may go before any of its bands could be left;
 * so a price that leaves none costs one comparison a block.
 */
export interface BandIndex {
  /** Watches one more price (a side of a symbol); returns its number. */
  addPrice(): number;
  /** Adds a band of an account that every price leaves, until it is set; returns its handle. */
  add(price: number, slot: number): number;
  remove(handle: number): void;
  /** Inside from `low` to `high`, both included, in points. Bounds beyond Int32 are drawn in. */
  set(handle: number, low: number, high: number): void;
  /** A band that every price leaves. */
  close(handle: number): void;
  /** Appends the slots of the bands that do not hold this price. */
  collect(price: number, points: number, into: Touched): void;
  /** Appends the slots of all bands of a price. */
  collectAll(price: number, into: Touched): void;
  renumber(moved: Int32Array): void;
  bytes(): number;
}

/** Bands per block: fewer make shorter scans after a hit, more make fewer comparisons without. */
const BLOCK = 128;
const LOWEST = -(2 ** 31);
const HIGHEST = 2 ** 31 - 1;
const BANDS_AT_START = 16;

interface BandList {
  slot: Int32Array;
  handle: Int32Array;
  low: Int32Array;
  high: Int32Array;
  count: number;
  /** By block: the highest low and the lowest high, or something tighter. */
  blockLow: Int32Array;
  blockHigh: Int32Array;
}

export function createBandIndex(): BandIndex {
  const lists: BandList[] = [];
  const handles = createColumns({ price: 'int32', place: 'int32' });
  const listOf = (handle: number): BandList =>
    lists[handles.column.price[handle] as number] as BandList;
  const write = (handle: number, low: number, high: number): void => {
    writeBand(listOf(handle), handles.column.place[handle] as number, low, high);
  };
  return {
    addPrice: () => lists.push(createList()) - 1,
    add: (price, slot) => {
      const list = lists[price] as BandList;
      const handle = handles.add();
      if (list.count === list.slot.length) growList(list);
      handles.column.price[handle] = price;
      handles.column.place[handle] = list.count;
      list.slot[list.count] = slot;
      list.handle[list.count] = handle;
      list.count += 1;
      writeBand(list, list.count - 1, HIGHEST, LOWEST);
      return handle;
    },
    remove: (handle) => {
      const list = listOf(handle);
      const place = handles.column.place[handle] as number;
      const last = list.count - 1;
      list.count = last;
      if (place !== last) {
        const moved = list.handle[last] as number;
        list.slot[place] = list.slot[last] as number;
        list.handle[place] = moved;
        handles.column.place[moved] = place;
        writeBand(list, place, list.low[last] as number, list.high[last] as number);
      }
      handles.release(handle);
    },
    set: (handle, low, high) => {
      write(
        handle,
        Math.max(LOWEST, Math.min(HIGHEST, low)),
        Math.max(LOWEST, Math.min(HIGHEST, high)),
      );
    },
    close: (handle) => write(handle, HIGHEST, LOWEST),
    collect: (price, points, into) => collectLeft(lists[price] as BandList, points, into),
    collectAll: (price, into) => {
      const { slot, count } = lists[price] as BandList;
      for (let at = 0; at < count; at += 1) pushTouched(into, slot[at] as number);
    },
    renumber: (moved) => {
      for (const list of lists) renumberList(list, moved, handles.column.place);
    },
    bytes: () =>
      handles.bytes() +
      lists.reduce(
        (sum, { slot, blockLow }) => sum + slot.byteLength * 4 + blockLow.byteLength * 2,
        0,
      ),
  };
}

function createList(): BandList {
  return {
    slot: new Int32Array(BANDS_AT_START),
    handle: new Int32Array(BANDS_AT_START),
    low: new Int32Array(BANDS_AT_START),
    high: new Int32Array(BANDS_AT_START),
    count: 0,
    blockLow: new Int32Array(1).fill(LOWEST),
    blockHigh: new Int32Array(1).fill(HIGHEST),
  };
}

/** Its block is narrowed by the band; it is widened again by the next scan of that block. */
function writeBand(list: BandList, place: number, low: number, high: number): void {
  list.low[place] = low;
  list.high[place] = high;
  const block = Math.floor(place / BLOCK);
  if (low > (list.blockLow[block] as number)) list.blockLow[block] = low;
  if (high < (list.blockHigh[block] as number)) list.blockHigh[block] = high;
}

function collectLeft(list: BandList, points: number, into: Touched): void {
  const { blockLow, blockHigh, count } = list;
  const blocks = Math.ceil(count / BLOCK);
  for (let block = 0; block < blocks; block += 1) {
    if (points < (blockLow[block] as number) || points > (blockHigh[block] as number)) {
      scanBlock(list, block, points, into);
    }
  }
}

/** Collects from one block, and finds anew how far the price may go in it. */
function scanBlock(list: BandList, block: number, points: number, into: Touched): void {
  const { slot, low, high } = list;
  const until = Math.min(list.count, (block + 1) * BLOCK);
  let highestLow = LOWEST;
  let lowestHigh = HIGHEST;
  for (let at = block * BLOCK; at < until; at += 1) {
    const bottom = low[at] as number;
    const top = high[at] as number;
    if (bottom > highestLow) highestLow = bottom;
    if (top < lowestHigh) lowestHigh = top;
    if (points < bottom || points > top) pushTouched(into, slot[at] as number);
  }
  list.blockLow[block] = highestLow;
  list.blockHigh[block] = lowestHigh;
}

function growList(list: BandList): void {
  const length = list.slot.length * 2;
  for (const name of ['slot', 'handle', 'low', 'high'] as const) {
    const larger = new Int32Array(length);
    larger.set(list[name]);
    list[name] = larger;
  }
  const blocks = Math.ceil(length / BLOCK);
  const blockLow = new Int32Array(blocks).fill(LOWEST);
  const blockHigh = new Int32Array(blocks).fill(HIGHEST);
  blockLow.set(list.blockLow);
  blockHigh.set(list.blockHigh);
  list.blockLow = blockLow;
  list.blockHigh = blockHigh;
}

/** Orders the bands by their accounts' new slots, so that a scan walks memory forwards. */
function renumberList(list: BandList, moved: Int32Array, place: Int32Array): void {
  const { count } = list;
  const named = Int32Array.from(
    { length: count },
    (_unused, at) => moved[list.slot[at] as number] as number,
  );
  const order = Int32Array.from({ length: count }, (_unused, at) => at);
  order.sort((one, other) => (named[one] as number) - (named[other] as number) || one - other);
  const [handle, low, high] = [list.handle.slice(), list.low.slice(), list.high.slice()];
  list.blockLow.fill(LOWEST);
  list.blockHigh.fill(HIGHEST);
  for (const [to, from] of order.entries()) {
    list.slot[to] = named[from] as number;
    list.handle[to] = handle[from] as number;
    place[handle[from] as number] = to;
    writeBand(list, to, low[from] as number, high[from] as number);
  }
}
