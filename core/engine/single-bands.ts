import type { Quote } from '#core/accounts/positions.ts';
import type { BandIndex } from './band-index.ts';
import type { Holdings } from './holdings.ts';
import { withRoom } from './price-watch.ts';

/** How far equity may fall and rise while nothing can happen, in whole money units. */
export interface Room {
  readonly down: number;
  readonly up: number;
}

/** Numbers of the two prices of a symbol in the index of bands. */
export const bidOf = (symbol: number): number => symbol * 2;
export const askOf = (symbol: number): number => symbol * 2 + 1;

/** Whole points that a price may move within its share of the room. */
export function pointsFor(room: number, share: number, perPoint: number): number {
  return Math.floor((room * share) / perPoint);
}

/**
 * Bands of positions that round on their own: of the price each is in, and, where it is converted,
 * of both sides of the rate.
 *
 * A single's worth rises or falls with its price throughout, and so with either side of its rate
 * (rounding never turns that round): the most and the least of it in a box of prices stand in the
 * box's corners. So a box that its corners allow is safe; one that they do not is halved.
 */
export interface SingleBands {
  place(row: number): void;
  take(row: number): void;
  /** Whatever happens next is looked at. */
  close(row: number): void;
  set(row: number, room: Room, share: number): void;
  /** About what a point of its price is worth to its account; above zero once there is a price. */
  perPoint(row: number): number;
  bytes(): number;
}

/** Bands of one single: its price, and both sides of its rate. */
const SIDES = 3;
/** Points above and below, to see what a point is worth. */
const PROBE = 1_000;
/** Halvings of a box before it is drawn in to the present prices. */
const ATTEMPTS = 6;
/** The band of a single ends at this part of its price, however much room there is. */
const NEARBY_PART = 8;

/** How far its price may go to either side of good for its account, and its rate to both. */
interface Reach {
  readonly adverse: number;
  readonly favourable: number;
  readonly rate: number;
}
const NO_REACH: Reach = { adverse: 0, favourable: 0, rate: 0 };

export function createSingleBands(holdings: Holdings, bands: BandIndex): SingleBands {
  const { positions, symbols } = holdings;
  /** By row, three each: handles plus one; 0 is none. */
  let handles = new Int32Array(SIDES * 64);

  const each = (row: number, act: (handle: number) => void): void => {
    for (let side = 0; side < SIDES; side += 1) {
      const handle = handles[row * SIDES + side] as number;
      if (handle !== 0) act(handle - 1);
    }
  };
  const close = (row: number): void => each(row, bands.close);
  const quoteOf = (row: number): Quote | null =>
    symbols[positions.column.symbol[row] as number]?.quote ?? null;
  const rateQuoteOf = (row: number): Quote | null => {
    const by = holdings.rateOf(row);
    return by < 0 ? quoteOf(row) : (symbols[by]?.quote ?? null);
  };
  const isBought = (row: number): boolean => positions.column.buy[row] === 1;
  const perPoint = (row: number): number => {
    const [quote, rate] = [quoteOf(row), rateQuoteOf(row)];
    if (!quote || !rate) return 0;
    const worthAt = (points: number): number =>
      holdings.singleValueAt(row, { bid: points, ask: points }, rate);
    const worth = Math.abs(worthAt(quote.bid + PROBE) - worthAt(quote.bid - PROBE)) / (2 * PROBE);
    return worth > 0 ? worth : (positions.column.volume[row] as number);
  };
  /** A first guess, by the worth of single points; the corners decide. */
  const reachFor = (row: number, room: Room, share: number, quote: Quote, rate: Quote): Reach => {
    const converted = holdings.rateOf(row) >= 0;
    // Of a single that is converted, half of the share is for its price and half for its rate.
    const forPrice = converted ? share / 2 : share;
    const lowestRate = Math.min(rate.bid, rate.ask);
    const worth = Math.max(1, Math.abs(positions.column.value[row] as number));
    const forRate = pointsFor(Math.min(room.down, room.up), share / 2, worth / lowestRate);
    const worthOfPoint = perPoint(row);
    // Prices are tried out near the present ones only, so that products stay exact.
    const near = nearby(isBought(row) ? quote.bid : quote.ask);
    return {
      adverse: Math.min(pointsFor(room.down, forPrice, worthOfPoint), near),
      favourable: Math.min(pointsFor(room.up, forPrice, worthOfPoint), near),
      rate: converted ? Math.min(forRate, nearby(lowestRate)) : 0,
    };
  };
  const holdsWithin = (row: number, box: Box, lowest: number, highest: number): boolean => {
    for (const point of [box.low, box.high]) {
      for (const bid of [box.rate.bid - box.rateBy, box.rate.bid + box.rateBy]) {
        for (const ask of [box.rate.ask - box.rateBy, box.rate.ask + box.rateBy]) {
          const worth = holdings.singleValueAt(row, { bid: point, ask: point }, { bid, ask });
          if (worth < lowest || worth > highest) return false;
        }
      }
    }
    return true;
  };
  const setBox = (row: number, { low, high, rate, rateBy }: Box): void => {
    const handleAt = (side: number): number => (handles[row * SIDES + side] as number) - 1;
    bands.set(handleAt(0), low, high);
    if (holdings.rateOf(row) < 0) return;
    bands.set(handleAt(1), rate.bid - rateBy, rate.bid + rateBy);
    bands.set(handleAt(2), rate.ask - rateBy, rate.ask + rateBy);
  };
  return {
    place: (row) => {
      const { slot, symbol } = positions.column;
      const owner = slot[row] as number;
      const own = symbol[row] as number;
      const rate = holdings.rateOf(row);
      handles = withRoom(handles, row * SIDES + SIDES - 1);
      handles[row * SIDES] = bands.add(isBought(row) ? bidOf(own) : askOf(own), owner) + 1;
      handles[row * SIDES + 1] = rate < 0 ? 0 : bands.add(bidOf(rate), owner) + 1;
      handles[row * SIDES + 2] = rate < 0 ? 0 : bands.add(askOf(rate), owner) + 1;
    },
    take: (row) => each(row, bands.remove),
    close,
    set: (row, room, share) => {
      const [quote, rate] = [quoteOf(row), rateQuoteOf(row)];
      if (!quote || !rate || rate.bid <= 0 || rate.ask <= 0) return close(row);
      const now = positions.column.value[row] as number;
      const lowest = now - Math.floor(room.down * share);
      const highest = now + Math.floor(room.up * share);
      const boxOf = (reach: Reach): Box =>
        isBought(row)
          ? boxAround(quote.bid, reach.adverse, reach.favourable, rate, reach.rate)
          : boxAround(quote.ask, reach.favourable, reach.adverse, rate, reach.rate);
      let reach = reachFor(row, room, share, quote, rate);
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const box = boxOf(reach);
        if (holdsWithin(row, box, lowest, highest)) return setBox(row, box);
        reach = halved(reach);
      }
      setBox(row, boxOf(NO_REACH));
    },
    perPoint,
    bytes: () => handles.byteLength,
  };
}

interface Box {
  readonly low: number;
  readonly high: number;
  readonly rate: Quote;
  readonly rateBy: number;
}

function boxAround(price: number, down: number, up: number, rate: Quote, rateBy: number): Box {
  return { low: price - down, high: price + up, rate, rateBy };
}

function halved({ adverse, favourable, rate }: Reach): Reach {
  return {
    adverse: Math.floor(adverse / 2),
    favourable: Math.floor(favourable / 2),
    rate: Math.floor(rate / 2),
  };
}

function nearby(price: number): number {
  return Math.floor(Math.abs(price) / NEARBY_PART);
}
