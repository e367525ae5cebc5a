import type { Quote } from '#core/accounts/positions.ts';
import { createBandIndex } from './band-index.ts';
import type { Holdings } from './holdings.ts';
import { createPeaks } from './peaks.ts';
import { createTouched, pushTouched, withRoom, type PriceWatch } from './price-watch.ts';
import { askOf, bidOf, createSingleBands, pointsFor, type Room } from './single-bands.ts';

/**
 * Safe bands: every holding of an account gets a band of prices, such that no rule can have
 * anything to say while all of them stay inside. A mark then costs only the accounts whose bands
 * it left. They are valued exactly, judged if they must be, and given new bands.
 *
 * The room that an account has (down to its floor, up to where rules wake) is shared out among its
 * holdings in proportion to (money per point × movement)^(2/3), which makes leaving rarest. Shares
 * and movement decide only how often an account is looked at, never what is found.
 *
 * Where the highest equity is remembered (floors that trail), the band allows for a new highest on
 * the way; what it was is found from the log of marks when somebody needs it.
 *
 * The idea of sharing a threshold out as safe zones: Sharfman, Schuster and Keren, "A geometric
 * approach to monitoring threshold functions over distributed data streams", SIGMOD 2006.
 */
export function createBandWatch(holdings: Holdings, marksKept?: number): PriceWatch {
  const { accounts, legs, positions, symbols } = holdings;
  const bands = createBandIndex();
  const peaks = createPeaks(holdings, marksKept);
  const singles = createSingleBands(holdings, bands);
  const left = createTouched();
  const touched = createTouched();
  /** By symbol: the sum of squared movements of its price, older ones worth less. */
  const movement: number[] = [];
  /** By leg: handle of its long band and of its short band, plus one; 0 is none. */
  let longBand = new Int32Array(64);
  let shortBand = new Int32Array(64);
  let lookAlways = 0;

  const value = (slot: number): void => {
    const { equity, balance, firstLeg, firstPosition, singles } = accounts.column;
    let worth = balance[slot] as number;
    let link = firstLeg[slot] as number;
    while (link !== 0) {
      worth += holdings.legFloating(link - 1);
      link = legs.column.next[link - 1] as number;
    }
    if ((singles[slot] as number) > 0) {
      const { single, value: kept, next } = positions.column;
      for (link = firstPosition[slot] as number; link !== 0; link = next[link - 1] as number) {
        if (single[link - 1] !== 1) continue;
        const now = holdings.singleValue(link - 1);
        kept[link - 1] = now;
        worth += now;
      }
    }
    equity[slot] = worth;
  };
  /**
   * How far equity may fall and rise while nothing can happen, in whole units; negative is not at
   * all. `peak` is the highest equity since the account was judged, or more.
   */
  const roomOf = (slot: number, peak: number): Room => {
    const { equity, atOrBelow, atOrAbove, drop, following } = accounts.column;
    const now = equity[slot] as number;
    const down = Math.ceil(now - (atOrBelow[slot] as number)) - 1;
    const up = Math.ceil((atOrAbove[slot] as number) - now) - 1;
    const fall = drop[slot] as number;
    if (following[slot] !== 1 || fall === Infinity) return { down, up };
    const below = peak - now;
    // Whatever happens within the room, the highest is at most `rise` above what it is now.
    const rise = Math.min(up, Math.max(below, Math.floor(fall / 2)));
    return { down: Math.min(down, Math.ceil(fall - Math.max(below, rise)) - 1), up: rise };
  };
  /** Money per point times movement, to the power that makes leaving rarest. */
  const claimOf = (perPoint: number, symbol: number): number =>
    Math.cbrt(perPoint ** 2 * (movement[symbol] as number)); // tidy-allow: shares decide how often an account is looked at, never what is found

  const singlesOf = (slot: number): readonly number[] =>
    accounts.column.singles[slot] === 0
      ? NONE
      : holdings.rowsOf(slot).filter((row) => positions.column.single[row] === 1);
  const closeBands = (slot: number): void => {
    for (const leg of holdings.legsOf(slot)) {
      if (longBand[leg] !== 0) bands.close((longBand[leg] as number) - 1);
      if (shortBand[leg] !== 0) bands.close((shortBand[leg] as number) - 1);
    }
    for (const row of singlesOf(slot)) singles.close(row);
  };
  const setBands = (slot: number, peak: number): void => {
    const room = roomOf(slot, peak);
    if (room.down < 0 || room.up < 0) closeBands(slot);
    else shareOut(slot, room);
  };
  /** Every holding gets its share of the room. */
  const shareOut = (slot: number, room: Room): void => {
    const { symbol, long, short, next } = legs.column;
    const first = accounts.column.firstLeg[slot] as number;
    const own = singlesOf(slot).map((row) => ({
      row,
      claim: claimOf(singles.perPoint(row), positions.column.symbol[row] as number),
    }));
    let claims = own.reduce((sum, { claim }) => sum + claim, 0);
    for (let link = first; link !== 0; link = next[link - 1] as number) {
      const at = symbol[link - 1] as number;
      claims += claimOf(long[link - 1] as number, at) + claimOf(short[link - 1] as number, at);
    }
    for (let link = first; link !== 0; link = next[link - 1] as number) {
      setLeg(link - 1, room, claims);
    }
    for (const { row, claim } of own) singles.set(row, room, claim / claims);
  };
  /** Longs lose as the bid falls, shorts as the ask rises. */
  const setLeg = (leg: number, room: Room, claims: number): void => {
    const { symbol, long, short } = legs.column;
    const at = symbol[leg] as number;
    const quote = symbols[at]?.quote ?? null;
    const gained = long[leg] as number;
    const lost = short[leg] as number;
    if (gained !== 0) {
      const share = claimOf(gained, at) / claims;
      const [down, up] = [pointsFor(room.down, share, gained), pointsFor(room.up, share, gained)];
      setBand(longBand[leg] as number, quote && quote.bid, down, up);
    }
    if (lost !== 0) {
      const share = claimOf(lost, at) / claims;
      const [down, up] = [pointsFor(room.up, share, lost), pointsFor(room.down, share, lost)];
      setBand(shortBand[leg] as number, quote && quote.ask, down, up);
    }
  };
  /** Around the present price; without one, the first price leaves it. */
  const setBand = (link: number, price: number | null, down: number, up: number): void => {
    if (price === null) bands.close(link - 1);
    else bands.set(link - 1, price - down, price + up);
  };

  /** Values an account that a price concerns; lists it, or gives it new bands. */
  const look = (slot: number): void => {
    value(slot);
    const { equity, atOrBelow, atOrAbove, following } = accounts.column;
    const now = equity[slot] as number;
    if (now >= (atOrAbove[slot] as number)) {
      // The rules will see this equity themselves, after all that came before it.
      peaks.settleBeforeLatest(slot);
      pushTouched(touched, slot);
    } else if (now <= (atOrBelow[slot] as number)) {
      peaks.settle(slot);
      pushTouched(touched, slot);
    } else if (following[slot] === 1) lookAtFollowing(slot, now);
    else setBands(slot, now);
  };
  const lookAtFollowing = (slot: number, now: number): void => {
    const fall = accounts.column.drop[slot] as number;
    const peak = peaks.peakOf(slot, now + Math.floor(fall * FALL_PART));
    if (now <= peak - fall) pushTouched(touched, slot);
    else setBands(slot, peak);
  };
  const noteMovement = (symbol: number, before: Quote, bid: number): void => {
    movement[symbol] = (movement[symbol] as number) + (bid - before.bid) ** 2;
    if (peaks.marks % FORGET_EACH !== 0) return;
    for (const [at, sum] of movement.entries()) movement[at] = sum / 2 + REST;
  };
  /** The slots whose bands a mark leaves. */
  const collectLeft = (symbol: number, before: Quote | null, bid: number, ask: number): void => {
    left.count = 0;
    if (before === null) {
      bands.collectAll(bidOf(symbol), left);
      bands.collectAll(askOf(symbol), left);
      // The log cannot tell what such an account was worth before there was a price.
      for (let at = 0; at < left.count; at += 1) peaks.settle(left.slots[at] as number);
      return;
    }
    const all = lookAlways > 0;
    if (all || bid !== before.bid) bands.collect(bidOf(symbol), bid, left);
    if (all || ask !== before.ask) bands.collect(askOf(symbol), ask, left);
    noteMovement(symbol, before, bid);
  };

  return {
    symbolDefined: (symbol) => {
      peaks.symbolDefined();
      bands.addPrice();
      bands.addPrice();
      movement[symbol] = 1;
    },
    placeLeg: (leg) => {
      const { slot, symbol, long, short } = legs.column;
      longBand = withRoom(longBand, leg);
      shortBand = withRoom(shortBand, leg);
      const [at, owner] = [symbol[leg] as number, slot[leg] as number];
      longBand[leg] = long[leg] === 0 ? 0 : bands.add(bidOf(at), owner) + 1;
      shortBand[leg] = short[leg] === 0 ? 0 : bands.add(askOf(at), owner) + 1;
    },
    takeLeg: (leg) => {
      if (longBand[leg] !== 0) bands.remove((longBand[leg] as number) - 1);
      if (shortBand[leg] !== 0) bands.remove((shortBand[leg] as number) - 1);
    },
    placeSingle: singles.place,
    takeSingle: singles.take,
    move: (symbol, bid, ask) => {
      const held = symbols[symbol] as Holdings['symbols'][number];
      touched.count = 0;
      collectLeft(symbol, held.quote, bid, ask);
      held.quote = { bid, ask };
      peaks.append(symbol, bid, ask);
      for (let at = 0; at < left.count; at += 1) look(left.slots[at] as number);
      peaks.tend();
      return touched;
    },
    settle: (slot) => {
      peaks.settle(slot);
      value(slot);
    },
    value,
    reband: (slot, following) => {
      accounts.column.following[slot] = following ? 1 : 0;
      peaks.begin(slot);
      setBands(slot, accounts.column.highest[slot] as number);
    },
    lookAlways: (count) => {
      lookAlways += count;
    },
    renumber: bands.renumber,
    bytes: () => bands.bytes() + peaks.bytes() + singles.bytes() + longBand.byteLength * 2,
  };
}

const NONE: readonly number[] = [];
/** Marks after which movement counts half as much. */
const FORGET_EACH = 4_096;
/** Keeps the movement of a price that stands still above nothing. */
const REST = 1e-6;
/** Of the way down to its floor, how much a peak may have taken up before it is looked at closely. */
const FALL_PART = 3 / 4;
