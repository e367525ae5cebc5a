import type { Quote } from '#core/accounts/positions.ts';

/**
 * The latest marks, kept so that the highest equity of an account can be found afterwards, exactly,
 * from the prices that it lived through. Marks lie in blocks that know the best prices in them: a
 * block in which even those could not have lifted the account is passed over whole.
 */
export interface PriceLog {
  /** Marks since the beginning: the number of the next one. */
  readonly end: number;
  /** Marks that are surely kept; whoever asks must not ask for older ones. */
  readonly kept: number;
  /** Another symbol, at its present quote; null before the first. */
  symbolDefined(quote: Quote | null): void;
  append(symbol: number, bid: number, ask: number): void;
  /** The highest equity after any mark from number `from` to before `until`, or `highest` if higher. */
  highestBetween(from: number, until: number, highest: number, held: HeldPrices): number;
  /** What highestBetween cannot exceed, up to the end; found in a fraction of the time. */
  boundSince(from: number, highest: number, held: HeldPrices): number;
  bytes(): number;
}

/** What an account held all the while: equity is `base + Σ long × bid - short × ask`. */
export interface HeldPrices {
  count: number;
  base: number;
  readonly symbol: number[];
  readonly long: number[];
  readonly short: number[];
}

export function createHeldPrices(): HeldPrices {
  return { count: 0, base: 0, symbol: [], long: [], short: [] };
}

interface Span {
  readonly from: number;
  readonly until: number;
}

/** Marks in a block, level by level: each block lies in one of the level above. */
const BLOCK_SIZES = [64, 1_024, 16_384];
const FINE = 64;

interface SymbolLog {
  bid: number;
  ask: number;
  /** By the finest blocks: the price in force as each began. */
  readonly openBid: Float64Array;
  readonly openAsk: Float64Array;
  /** By level and block: the best prices within, for longs and for shorts. */
  readonly best: readonly BestPrices[];
}
interface BestPrices {
  readonly bid: Float64Array;
  readonly ask: Float64Array;
  /** The narrowest spread: what holding both sides costs at the least. */
  readonly spread: Float64Array;
}

/** `marks` is a power of two from 128 on: as many are kept, the oldest block of them in the making. */
export function createPriceLog(marks: number): PriceLog {
  // Of a small log the largest blocks would be most.
  const sizes = BLOCK_SIZES.filter((size) => size * 2 <= marks);
  const top = sizes.length - 1;
  const symbolOf = new Int32Array(marks);
  const bids = new Float64Array(marks);
  const asks = new Float64Array(marks);
  const symbols: SymbolLog[] = [];
  const now = { bid: [] as number[], ask: [] as number[] };
  let end = 0;

  /** The most that the account can have been worth within the block that begins at a mark. */
  const bound = (level: number, mark: number, held: HeldPrices): number => {
    const block = (mark % marks) / (sizes[level] as number);
    let most = held.base;
    for (let at = 0; at < held.count; at += 1) {
      const best = (symbols[held.symbol[at] as number] as SymbolLog).best[level] as BestPrices;
      const long = held.long[at] as number;
      const short = held.short[at] as number;
      most += bestWorth(best, block, long, short);
    }
    return most;
  };
  /** Takes up the prices in force as a block began. */
  const takeOpening = (mark: number, held: HeldPrices): void => {
    const block = (mark % marks) / FINE;
    for (let at = 0; at < held.count; at += 1) {
      const log = symbols[held.symbol[at] as number] as SymbolLog;
      now.bid[at] = log.openBid[block] as number;
      now.ask[at] = log.openAsk[block] as number;
    }
  };
  /** Goes through the marks of one fine block, of which those from `from` to `until` count. */
  const replay = (from: number, until: number, highest: number, held: HeldPrices): number => {
    const start = from - (from % FINE);
    takeOpening(start, held);
    let most = highest;
    for (let mark = start; mark < until; mark += 1) {
      const place = mark % marks;
      const symbol = symbolOf[place] as number;
      let changed = false;
      for (let at = 0; at < held.count; at += 1) {
        if (held.symbol[at] !== symbol) continue;
        now.bid[at] = bids[place] as number;
        now.ask[at] = asks[place] as number;
        changed = true;
      }
      if (!changed || mark < from) continue;
      const equity = equityAt(held, now);
      if (equity > most) most = equity;
    }
    return most;
  };
  /** What the account was worth as a block began, which it lived through. */
  const equityAtStart = (mark: number, held: HeldPrices): number => {
    takeOpening(mark, held);
    return equityAt(held, now);
  };
  const search = (
    level: number,
    { from, until }: Span,
    highest: number,
    held: HeldPrices,
  ): number => {
    let most = highest;
    let opened = false;
    const size = sizes[level] as number;
    const exact = isOnePrice(held);
    for (let start = from - (from % size); start < until; start += size) {
      const best = bound(level, start, held);
      if (best <= most) continue;
      if (!opened) {
        // Worths that are quickly known come first: the higher the most, the more is passed over.
        opened = true;
        for (let mark = Math.ceil(from / size) * size; mark < until; mark += size) {
          most = Math.max(most, equityAtStart(mark, held));
        }
        if (best <= most) continue;
      }
      const ends = start + size;
      const part = { from: Math.max(from, start), until: Math.min(until, ends) };
      const whole = start >= from && (ends <= until || until === end);
      if (exact && whole) most = best;
      else if (level > 0) most = search(level - 1, part, most, held);
      else most = replay(part.from, part.until, most, held);
    }
    return most;
  };
  return {
    get end() {
      return end;
    },
    kept: marks - (sizes[top] as number),
    symbolDefined: (quote) => {
      symbols.push(createSymbolLog(marks, sizes, quote));
    },
    append: (symbol, bid, ask) => {
      const place = end % marks;
      if (place % FINE === 0) for (const log of symbols) beginBlocks(log, place, sizes);
      symbolOf[place] = symbol;
      bids[place] = bid;
      asks[place] = ask;
      const log = symbols[symbol] as SymbolLog;
      log.bid = bid;
      log.ask = ask;
      for (let level = 0; level <= top; level += 1) {
        const block = Math.floor(place / (sizes[level] as number));
        keepBest(log.best[level] as BestPrices, block, bid, ask);
      }
      end += 1;
    },
    boundSince: (from, highest, held) => {
      const middle = Math.max(0, top - 1);
      const step = sizes[middle] as number;
      let most = highest;
      let mark = from - (from % step);
      while (mark < end) {
        // Large blocks where they begin; before that, smaller ones that fit closer.
        const level = mark % (sizes[top] as number) === 0 ? top : middle;
        most = Math.max(most, bound(level, mark, held));
        mark += sizes[level] as number;
      }
      return most;
    },
    highestBetween: (from, until, highest, held) => {
      return search(top, { from, until }, highest, held);
    },
    bytes: () =>
      symbolOf.byteLength +
      bids.byteLength * 2 +
      symbols.reduce(
        (sum, { openBid, best }) =>
          sum + openBid.byteLength * 2 + best.reduce((all, { bid }) => all + bid.byteLength * 3, 0),
        0,
      ),
  };
}

/** One price alone moves the account: then the best price of a block was reached within it. */
function isOnePrice({ count, long, short }: HeldPrices): boolean {
  return count === 1 && (long[0] === 0 || short[0] === 0);
}

function equityAt(
  held: HeldPrices,
  now: { readonly bid: number[]; readonly ask: number[] },
): number {
  let equity = held.base;
  for (let at = 0; at < held.count; at += 1) {
    const gained = (held.long[at] as number) * (now.bid[at] as number);
    equity += gained - (held.short[at] as number) * (now.ask[at] as number);
  }
  return equity;
}

function createSymbolLog(marks: number, sizes: readonly number[], quote: Quote | null): SymbolLog {
  const unknown = (blocks: number): Float64Array => new Float64Array(blocks).fill(Number.NaN);
  return {
    bid: quote?.bid ?? Number.NaN,
    ask: quote?.ask ?? Number.NaN,
    openBid: unknown(marks / FINE),
    openAsk: unknown(marks / FINE),
    best: sizes.map((size) => ({
      bid: unknown(marks / size),
      ask: unknown(marks / size),
      spread: unknown(marks / size),
    })),
  };
}

/** The price in force as a block begins is one that the account lived through in it. */
function beginBlocks(log: SymbolLog, place: number, sizes: readonly number[]): void {
  log.openBid[place / FINE] = log.bid;
  log.openAsk[place / FINE] = log.ask;
  for (const [level, size] of sizes.entries()) {
    if (place % size !== 0) return;
    const best = log.best[level] as BestPrices;
    best.bid[place / size] = log.bid;
    best.ask[place / size] = log.ask;
    best.spread[place / size] = log.ask - log.bid;
  }
}

/**
 * The most that longs and shorts of one symbol can have been worth. Where both are held, the net of
 * them moves with one price, and the rest costs the spread: no price is best for both at once.
 */
function bestWorth(best: BestPrices, block: number, long: number, short: number): number {
  const bid = best.bid[block] as number;
  const ask = best.ask[block] as number;
  if (short === 0) return long * bid;
  if (long === 0) return -short * ask;
  const net = long - short;
  const spread = best.spread[block] as number;
  return net >= 0 ? net * bid - short * spread : net * ask - long * spread;
}

/** Longs are best at the highest bid, shorts at the lowest ask. Unknown (NaN) gives way. */
function keepBest(best: BestPrices, block: number, bid: number, ask: number): void {
  if (!((best.bid[block] as number) >= bid)) best.bid[block] = bid;
  if (!((best.ask[block] as number) <= ask)) best.ask[block] = ask;
  if (!((best.spread[block] as number) <= ask - bid)) best.spread[block] = ask - bid;
}
