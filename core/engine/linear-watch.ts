import type { Holdings } from './holdings.ts';
import {
  createTouched,
  makeRoom,
  pushTouched,
  withRoom,
  type PriceWatch,
  type Touched,
} from './price-watch.ts';
import {
  addToSegment,
  createSegment,
  removeFromSegment,
  segmentBytes,
  sweepBothSides,
  sweepFollowing,
  sweepOneSided,
  type Segment,
} from './sweep.ts';

interface WatchedSymbol {
  readonly longs: Segment;
  readonly shorts: Segment;
  readonly both: Segment;
  /** Legs of accounts whose floors follow equity, whichever sides they hold. */
  readonly following: Segment;
  /** Rows of singles that this symbol prices or converts. */
  readonly singles: Set<number>;
}

const NOWHERE = -1;

/**
 * The linear pass: every price moves the equity of every account that holds its symbol. Simple, and
 * what safe bands are held against.
 */
export function createLinearWatch(holdings: Holdings): PriceWatch {
  const { accounts, legs, positions, symbols } = holdings;
  const watched: WatchedSymbol[] = [];
  const touched: Touched = createTouched();
  /** By leg: where it stands in its segment. */
  let places = new Int32Array(64);
  let lookAlways = 0;

  const watchedAt = (symbol: number | undefined): WatchedSymbol =>
    watched[symbol as number] as WatchedSymbol;
  const segmentOf = (leg: number): Segment => {
    const { long, short, slot, symbol } = legs.column;
    const segments = watchedAt(symbol[leg]);
    if (accounts.column.following[slot[leg] as number] === 1) return segments.following;
    if (short[leg] === 0) return segments.longs;
    return long[leg] === 0 ? segments.shorts : segments.both;
  };
  const placeLeg = (leg: number): void => {
    const { slot, long, short } = legs.column;
    places = withRoom(places, leg);
    places[leg] = addToSegment(segmentOf(leg), {
      slot: slot[leg] as number,
      long: long[leg] as number,
      short: short[leg] as number,
      leg,
    });
  };
  const takeLeg = (leg: number): void => {
    const place = places[leg] as number;
    const moved = removeFromSegment(segmentOf(leg), place);
    if (moved >= 0) places[moved] = place;
    places[leg] = NOWHERE;
  };
  /** The symbols whose prices a single depends on. */
  const pricing = (row: number): WatchedSymbol[] => {
    const rate = holdings.rateOf(row);
    const own = watchedAt(positions.column.symbol[row]);
    return rate < 0 ? [own] : [own, watchedAt(rate)];
  };
  /** Positions opened before their first price are worth nothing until now. */
  const firstQuote = (symbol: WatchedSymbol): void => {
    const { equity, highest, atOrAbove } = accounts.column;
    for (const segment of segmentsOf(symbol)) {
      for (let at = 0; at < segment.count; at += 1) {
        const slot = segment.slot[at] as number;
        const moved = (equity[slot] as number) + holdings.legFloating(segment.leg[at] as number);
        equity[slot] = moved;
        if (moved > (highest[slot] as number) && moved < (atOrAbove[slot] as number)) {
          highest[slot] = moved;
        }
        pushTouched(touched, slot);
      }
    }
  };
  const revalue = (row: number): void => {
    const { column } = positions;
    const slot = column.slot[row] as number;
    const value = holdings.singleValue(row);
    const { equity, atOrBelow, atOrAbove } = accounts.column;
    const moved = (equity[slot] as number) + value - (column.value[row] as number);
    column.value[row] = value;
    equity[slot] = moved;
    // Such an account remembers no highest equity, so its band alone decides.
    if (moved <= (atOrBelow[slot] as number) || moved >= (atOrAbove[slot] as number)) {
      pushTouched(touched, slot);
    }
  };
  const sweep = (symbol: WatchedSymbol, up: number, askUp: number): void => {
    const swept = accounts.column;
    const look = lookAlways > 0;
    if (up !== 0 || look) sweepOneSided(symbol.longs, 'long', up, swept, touched);
    if (askUp !== 0 || look) sweepOneSided(symbol.shorts, 'short', -askUp, swept, touched);
    if (up === 0 && askUp === 0 && !look) return;
    sweepBothSides(symbol.both, { bid: up, ask: askUp }, swept, touched);
    sweepFollowing(symbol.following, { bid: up, ask: askUp }, swept, touched);
  };
  return {
    symbolDefined: (symbol) => {
      watched[symbol] = {
        longs: createSegment(),
        shorts: createSegment(),
        both: createSegment(),
        following: createSegment(),
        singles: new Set(),
      };
    },
    placeLeg,
    takeLeg,
    placeSingle: (row) => {
      for (const symbol of pricing(row)) symbol.singles.add(row);
    },
    takeSingle: (row) => {
      for (const symbol of pricing(row)) symbol.singles.delete(row);
    },
    move: (index, bid, ask) => {
      const symbol = watchedAt(index);
      const held = symbols[index] as Holdings['symbols'][number];
      const before = held.quote;
      held.quote = { bid, ask };
      touched.count = 0;
      makeRoom(
        touched,
        segmentsOf(symbol).reduce((sum, { count }) => sum + count, 0),
      );
      if (before === null) firstQuote(symbol);
      else sweep(symbol, bid - before.bid, ask - before.ask);
      for (const row of symbol.singles) revalue(row);
      return touched;
    },
    settle: () => {},
    value: () => {},
    reband: (slot, following) => {
      if ((accounts.column.following[slot] === 1) === following) return;
      const placed = holdings.legsOf(slot);
      for (const leg of placed) takeLeg(leg);
      accounts.column.following[slot] = following ? 1 : 0;
      for (const leg of placed) placeLeg(leg);
    },
    lookAlways: (count) => {
      lookAlways += count;
    },
    renumber: (moved) => {
      for (const symbol of watched) {
        for (const segment of segmentsOf(symbol)) renumberSegment(segment, moved, places);
      }
    },
    bytes: () =>
      places.byteLength +
      watched.reduce(
        (sum, symbol) =>
          segmentsOf(symbol).reduce((bytes, segment) => bytes + segmentBytes(segment), sum),
        0,
      ),
  };
}

function segmentsOf(symbol: WatchedSymbol): readonly Segment[] {
  return [symbol.longs, symbol.shorts, symbol.both, symbol.following];
}

/** Renames the slots of a segment and orders it by them, so that the sweep walks memory forwards. */
function renumberSegment(segment: Segment, moved: Int32Array, places: Int32Array): void {
  const named = segment.slot.map((slot, at) =>
    at < segment.count ? (moved[slot] as number) : slot,
  );
  const order = Int32Array.from({ length: segment.count }, (_unused, at) => at);
  order.sort((one, other) => (named[one] as number) - (named[other] as number));
  const { long, short, leg } = segment;
  segment.slot = named.slice();
  segment.long = long.slice();
  segment.short = short.slice();
  segment.leg = leg.slice();
  for (const [to, from] of order.entries()) {
    segment.slot[to] = named[from] as number;
    segment.long[to] = long[from] as number;
    segment.short[to] = short[from] as number;
    segment.leg[to] = leg[from] as number;
    places[leg[from] as number] = to;
  }
}
