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
  symbolDefined(): void;
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

/** Marks in a block, and blocks of the lower level in one of the upper. */
const FINE = 64;
const COARSE = 1_024;

/** By block: the price in force as it began, and the best for longs and for shorts within it. */
interface SymbolLog {
  bid: number;
  ask: number;
  readonly openBid: Float64Array;
  readonly openAsk: Float64Array;
  readonly fine: BestPrices;
  readonly coarse: BestPrices;
}
interface BestPrices {
  readonly bid: Float64Array;
  readonly ask: Float64Array;
}

/** `marks` is a multiple of 1,024: as many are kept, the oldest block of them in the making. */
export function createPriceLog(marks: number): PriceLog {
  const symbolOf = new Int32Array(marks);
  const bids = new Float64Array(marks);
  const asks = new Float64Array(marks);
  const symbols: SymbolLog[] = [];
  const now = { bid: [] as number[], ask: [] as number[] };
  let end = 0;

  /** The most that the account can have been worth within the block that begins at a mark. */
  const bound = (size: number, mark: number, held: HeldPrices): number => {
    const block = (mark % marks) / size;
    const level = size === COARSE ? 'coarse' : 'fine';
    let most = held.base;
    for (let at = 0; at < held.count; at += 1) {
      const best = (symbols[held.symbol[at] as number] as SymbolLog)[level];
      const long = held.long[at] as number;
      const short = held.short[at] as number;
      if (long !== 0) most += long * (best.bid[block] as number);
      if (short !== 0) most -= short * (best.ask[block] as number);
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
    size: number,
    { from, until }: Span,
    highest: number,
    held: HeldPrices,
  ): number => {
    let most = highest;
    let opened = false;
    const exact = isOnePrice(held);
    for (let start = from - (from % size); start < until; start += size) {
      const best = bound(size, start, held);
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
      else if (size === COARSE) most = search(FINE, part, most, held);
      else most = replay(part.from, part.until, most, held);
    }
    return most;
  };
  return {
    get end() {
      return end;
    },
    kept: marks - COARSE,
    symbolDefined: () => {
      symbols.push(createSymbolLog(marks));
    },
    append: (symbol, bid, ask) => {
      const place = end % marks;
      if (place % FINE === 0) for (const log of symbols) beginBlock(log, place);
      symbolOf[place] = symbol;
      bids[place] = bid;
      asks[place] = ask;
      const log = symbols[symbol] as SymbolLog;
      log.bid = bid;
      log.ask = ask;
      keepBest(log.fine, Math.floor(place / FINE), bid, ask);
      keepBest(log.coarse, Math.floor(place / COARSE), bid, ask);
      end += 1;
    },
    boundSince: (from, highest, held) => {
      let most = highest;
      for (let mark = from - (from % COARSE); mark < end; mark += COARSE) {
        most = Math.max(most, bound(COARSE, mark, held));
      }
      return most;
    },
    highestBetween: (from, until, highest, held) => {
      return search(COARSE, { from, until }, highest, held);
    },
    bytes: () =>
      symbolOf.byteLength +
      bids.byteLength * 2 +
      symbols.reduce(
        (sum, { openBid, fine, coarse }) =>
          sum + (openBid.byteLength + fine.bid.byteLength + coarse.bid.byteLength) * 2,
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

function createSymbolLog(marks: number): SymbolLog {
  const best = (blocks: number): BestPrices => ({
    bid: new Float64Array(blocks).fill(Number.NaN),
    ask: new Float64Array(blocks).fill(Number.NaN),
  });
  const fine = marks / FINE;
  return {
    bid: Number.NaN,
    ask: Number.NaN,
    openBid: new Float64Array(fine).fill(Number.NaN),
    openAsk: new Float64Array(fine).fill(Number.NaN),
    fine: best(fine),
    coarse: best(marks / COARSE),
  };
}

/** The price in force as a block begins is one that the account lived through in it. */
function beginBlock(log: SymbolLog, place: number): void {
  const fine = place / FINE;
  log.openBid[fine] = log.bid;
  log.openAsk[fine] = log.ask;
  log.fine.bid[fine] = log.bid;
  log.fine.ask[fine] = log.ask;
  if (place % COARSE !== 0) return;
  log.coarse.bid[place / COARSE] = log.bid;
  log.coarse.ask[place / COARSE] = log.ask;
}

/** Longs are best at the highest bid, shorts at the lowest ask. Unknown (NaN) gives way. */
function keepBest(best: BestPrices, block: number, bid: number, ask: number): void {
  if (!((best.bid[block] as number) >= bid)) best.bid[block] = bid;
  if (!((best.ask[block] as number) <= ask)) best.ask[block] = ask;
}
