import type { Quote } from '#core/accounts/positions.ts';
import { createBandIndex } from './band-index.ts';
import type { Holdings } from './holdings.ts';
import { createHeldPrices, createPriceLog } from './price-log.ts';
import { createTouched, pushTouched, withRoom, type PriceWatch } from './price-watch.ts';

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
  let log = createPriceLog(marksKept ?? MARKS_LEAST);
  const held = createHeldPrices();
  const left = createTouched();
  const touched = createTouched();
  /** By symbol: the sum of squared movements of its price, older ones worth less. */
  const movement: number[] = [];
  /** By leg: handle of its long band and of its short band, plus one; 0 is none. */
  let longBand = new Int32Array(64);
  let shortBand = new Int32Array(64);
  /** By row of a single, three each: the price it is in, and both sides of its rate. */
  let singleBands = new Int32Array(192);
  let lookAlways = 0;
  let cursor = 0;
  let marksLogged = marksKept ?? MARKS_LEAST;

  const bidOf = (symbol: number): number => symbol * 2;
  const askOf = (symbol: number): number => symbol * 2 + 1;

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
  /** What the account holds at prices that are known, for the log. */
  const gatherHeld = (slot: number): void => {
    const { symbol, long, short, openMoney, next } = legs.column;
    held.count = 0;
    held.base = accounts.column.balance[slot] as number;
    let link = accounts.column.firstLeg[slot] as number;
    for (; link !== 0; link = next[link - 1] as number) {
      const at = symbol[link - 1] as number;
      if (symbols[at]?.quote === null) continue;
      held.symbol[held.count] = at;
      held.long[held.count] = long[link - 1] as number;
      held.short[held.count] = short[link - 1] as number;
      held.base -= openMoney[link - 1] as number;
      held.count += 1;
    }
  };
  /** Finds the highest equity up to the last mark in the log, or up to the one before it. */
  const settleHighest = (slot: number, until: number = log.end): void => {
    const { following, settledAt, highest } = accounts.column;
    const from = settledAt[slot] as number;
    settledAt[slot] = log.end;
    if (following[slot] !== 1 || from >= until) return;
    gatherHeld(slot);
    highest[slot] = log.highestBetween(from, until, highest[slot] as number, held);
  };
  /** No account's highest may need marks that the log has let go of. */
  const settleOldest = (): void => {
    const { length } = accounts;
    const each = Math.ceil((length * 4) / log.kept);
    const { settledAt } = accounts.column;
    for (let looked = 0; looked < each; looked += 1) {
      cursor = cursor + 1 < length ? cursor + 1 : 0;
      if (log.end - (settledAt[cursor] as number) > log.kept / 2) settleHighest(cursor);
    }
  };
  /** The more accounts, the longer the log: settling each in turn must not cost every mark much. */
  const fitLog = (): void => {
    const { length } = accounts;
    if (marksKept !== undefined || length <= marksLogged || marksLogged === MARKS_MOST) return;
    for (let slot = 0; slot < length; slot += 1) settleHighest(slot);
    while (marksLogged < Math.min(length, MARKS_MOST)) marksLogged *= 2;
    log = createPriceLog(marksLogged);
    for (const { quote } of symbols) log.symbolDefined(quote);
    accounts.column.settledAt.fill(0, 0, length);
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

  const closeBands = (slot: number): void => {
    for (const leg of holdings.legsOf(slot)) {
      if (longBand[leg] !== 0) bands.close((longBand[leg] as number) - 1);
      if (shortBand[leg] !== 0) bands.close((shortBand[leg] as number) - 1);
    }
    if (accounts.column.singles[slot] === 0) return;
    for (const row of holdings.rowsOf(slot))
      if (positions.column.single[row] === 1) closeSingle(row);
  };
  const closeSingle = (row: number): void => {
    for (let side = 0; side < 3; side += 1) {
      const handle = singleBands[row * 3 + side] as number;
      if (handle !== 0) bands.close(handle - 1);
    }
  };
  const setBands = (slot: number, peak: number): void => {
    const room = roomOf(slot, peak);
    if (room.down < 0 || room.up < 0) closeBands(slot);
    else shareOut(slot, room);
  };
  const shareOut = (slot: number, room: Room): void => {
    const { symbol, long, short, next } = legs.column;
    const first = accounts.column.firstLeg[slot] as number;
    const singles = accounts.column.singles[slot] === 0 ? [] : singlesOf(slot);
    let claims = 0;
    for (let link = first; link !== 0; link = next[link - 1] as number) {
      const at = symbol[link - 1] as number;
      claims += claimOf(long[link - 1] as number, at) + claimOf(short[link - 1] as number, at);
    }
    for (const single of singles) claims += single.claim;
    for (let link = first; link !== 0; link = next[link - 1] as number) {
      const leg = link - 1;
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
    }
    for (const { row, claim } of singles) setSingleBands(row, room, claim / claims);
  };
  /** Around the present price; without one, the first price leaves it. */
  const setBand = (link: number, price: number | null, down: number, up: number): void => {
    if (price === null) bands.close(link - 1);
    else bands.set(link - 1, price - down, price + up);
  };

  const singlesOf = (slot: number): { readonly row: number; readonly claim: number }[] =>
    holdings
      .rowsOf(slot)
      .filter((row) => positions.column.single[row] === 1)
      .map((row) => {
        const symbol = positions.column.symbol[row] as number;
        return { row, claim: claimOf(perPointOf(row), symbol) };
      });
  /** About what a point of its price is worth to a single's account. */
  const perPointOf = (row: number): number => {
    const { symbol, volume } = positions.column;
    const held = symbols[symbol[row] as number];
    const rate = rateQuoteOf(row);
    if (!held?.quote || !rate) return 0;
    const around = held.quote.bid;
    const up = holdings.singleValueAt(row, { bid: around + PROBE, ask: around + PROBE }, rate);
    const down = holdings.singleValueAt(row, { bid: around - PROBE, ask: around - PROBE }, rate);
    const perPoint = Math.abs(up - down) / (2 * PROBE);
    return perPoint > 0 ? perPoint : (volume[row] as number);
  };
  const rateQuoteOf = (row: number): Quote | null => {
    const by = holdings.rateOf(row);
    const symbol = by < 0 ? (positions.column.symbol[row] as number) : by;
    return symbols[symbol]?.quote ?? null;
  };
  /**
   * A single's worth rises or falls with its price throughout, and so with either side of its rate
   * (rounding never turns that round): the most and the least of it in a box of prices stand in the
   * box's corners. So a box that its corners allow is safe; one that they do not is halved.
   */
  const setSingleBands = (row: number, room: Room, share: number): void => {
    const held = symbols[positions.column.symbol[row] as number];
    const rate = rateQuoteOf(row);
    if (!held?.quote || !rate || rate.bid <= 0 || rate.ask <= 0) return closeSingle(row);
    const buy = positions.column.buy[row] === 1;
    const price = buy ? held.quote.bid : held.quote.ask;
    const converted = holdings.rateOf(row) >= 0;
    const least = Math.min(room.down, room.up) * share;
    // Of a single that is converted, half of the share is for its price and half for its rate.
    const forPrice = converted ? 0.5 : 1;
    const perPoint = perPointOf(row);
    let adverse = pointsFor(room.down, share * forPrice, perPoint);
    let favourable = pointsFor(room.up, share * forPrice, perPoint);
    const now = positions.column.value[row] as number;
    const perRatePoint = Math.max(1, Math.abs(now)) / Math.min(rate.bid, rate.ask);
    let rateBy = converted ? pointsFor(least, 0.5, perRatePoint) : 0;
    // Prices are tried out near the present ones only, so that products stay exact.
    rateBy = Math.min(rateBy, nearby(Math.min(rate.bid, rate.ask)));
    adverse = Math.min(adverse, nearby(price));
    favourable = Math.min(favourable, nearby(price));
    const lowest = now - Math.floor(room.down * share);
    const highest = now + Math.floor(room.up * share);
    for (let attempt = 0; ; attempt += 1) {
      if (attempt === ATTEMPTS) [adverse, favourable, rateBy] = [0, 0, 0];
      const box = {
        low: price - (buy ? adverse : favourable),
        high: price + (buy ? favourable : adverse),
        rate,
        rateBy,
      };
      if (attempt === ATTEMPTS || holdsWithin(row, box, lowest, highest)) return setBox(row, box);
      [adverse, favourable, rateBy] = [adverse, favourable, rateBy].map((by) =>
        Math.floor(by / 2),
      ) as [number, number, number];
    }
  };
  const holdsWithin = (row: number, box: Box, lowest: number, highest: number): boolean => {
    const { rate, rateBy } = box;
    for (const point of [box.low, box.high]) {
      for (const bid of [rate.bid - rateBy, rate.bid + rateBy]) {
        for (const ask of [rate.ask - rateBy, rate.ask + rateBy]) {
          const worth = holdings.singleValueAt(row, { bid: point, ask: point }, { bid, ask });
          if (worth < lowest || worth > highest) return false;
        }
      }
    }
    return true;
  };
  const setBox = (row: number, { low, high, rate, rateBy }: Box): void => {
    bands.set((singleBands[row * 3] as number) - 1, low, high);
    if (holdings.rateOf(row) < 0) return;
    bands.set((singleBands[row * 3 + 1] as number) - 1, rate.bid - rateBy, rate.bid + rateBy);
    bands.set((singleBands[row * 3 + 2] as number) - 1, rate.ask - rateBy, rate.ask + rateBy);
  };

  /** Values an account that a price concerns; lists it, or gives it new bands. */
  const look = (slot: number): void => {
    value(slot);
    const { equity, atOrBelow, atOrAbove, following } = accounts.column;
    const now = equity[slot] as number;
    if (now >= (atOrAbove[slot] as number)) {
      // The rules will see this equity themselves, after all that came before it.
      settleHighest(slot, log.end - 1);
      pushTouched(touched, slot);
    } else if (now <= (atOrBelow[slot] as number)) {
      settleHighest(slot);
      pushTouched(touched, slot);
    } else if (following[slot] === 1) lookAtFollowing(slot, now);
    else setBands(slot, now);
  };
  /**
   * That its highest equity was not much is found quickly, and mostly enough; what it was is found
   * when it matters, or when the log is about to let go of it.
   */
  const lookAtFollowing = (slot: number, now: number): void => {
    const { highest, settledAt, drop } = accounts.column;
    const [from, known, fall] = [
      settledAt[slot] as number,
      highest[slot] as number,
      drop[slot] as number,
    ];
    const enough = now + Math.floor(fall * FALL_PART);
    gatherHeld(slot);
    const bound = log.boundSince(from, known, held);
    if (bound <= enough) return setBands(slot, bound);
    const found = log.highestBetween(from, log.end, Math.max(known, enough), held);
    if (found === enough && known < enough) return setBands(slot, enough);
    highest[slot] = found;
    settledAt[slot] = log.end;
    if (now <= found - fall) pushTouched(touched, slot);
    else setBands(slot, found);
  };
  const noteMovement = (symbol: number, before: Quote, bid: number): void => {
    movement[symbol] = (movement[symbol] as number) + (bid - before.bid) ** 2;
    if (log.end % FORGET_EACH !== 0) return;
    for (const [at, sum] of movement.entries()) movement[at] = sum / 2 + REST;
  };
  const storeQuote = (symbol: number, bid: number, ask: number): void => {
    (symbols[symbol] as Holdings['symbols'][number]).quote = { bid, ask };
    log.append(symbol, bid, ask);
  };
  const addBand = (symbol: number, side: 'bid' | 'ask', slot: number): number =>
    bands.add(side === 'bid' ? bidOf(symbol) : askOf(symbol), slot) + 1;

  return {
    symbolDefined: (symbol) => {
      log.symbolDefined(null);
      bands.addPrice();
      bands.addPrice();
      movement[symbol] = 1;
    },
    placeLeg: (leg) => {
      const { slot, symbol, long, short } = legs.column;
      longBand = withRoom(longBand, leg);
      shortBand = withRoom(shortBand, leg);
      const [at, owner] = [symbol[leg] as number, slot[leg] as number];
      longBand[leg] = long[leg] === 0 ? 0 : addBand(at, 'bid', owner);
      shortBand[leg] = short[leg] === 0 ? 0 : addBand(at, 'ask', owner);
    },
    takeLeg: (leg) => {
      if (longBand[leg] !== 0) bands.remove((longBand[leg] as number) - 1);
      if (shortBand[leg] !== 0) bands.remove((shortBand[leg] as number) - 1);
    },
    placeSingle: (row) => {
      const { slot, symbol, buy } = positions.column;
      const owner = slot[row] as number;
      const rate = holdings.rateOf(row);
      singleBands = withRoom(singleBands, row * 3 + 2);
      const side = buy[row] === 1 ? 'bid' : 'ask';
      singleBands[row * 3] = addBand(symbol[row] as number, side, owner);
      singleBands[row * 3 + 1] = rate < 0 ? 0 : addBand(rate, 'bid', owner);
      singleBands[row * 3 + 2] = rate < 0 ? 0 : addBand(rate, 'ask', owner);
    },
    takeSingle: (row) => {
      for (let side = 0; side < 3; side += 1) {
        const handle = singleBands[row * 3 + side] as number;
        if (handle !== 0) bands.remove(handle - 1);
      }
    },
    move: (symbol, bid, ask) => {
      const before = symbols[symbol]?.quote ?? null;
      touched.count = 0;
      left.count = 0;
      if (before === null) {
        bands.collectAll(bidOf(symbol), left);
        bands.collectAll(askOf(symbol), left);
        // The log cannot tell what such an account was worth before there was a price.
        for (let at = 0; at < left.count; at += 1) settleHighest(left.slots[at] as number);
      } else {
        const all = lookAlways > 0;
        if (all || bid !== before.bid) bands.collect(bidOf(symbol), bid, left);
        if (all || ask !== before.ask) bands.collect(askOf(symbol), ask, left);
        noteMovement(symbol, before, bid);
      }
      storeQuote(symbol, bid, ask);
      for (let at = 0; at < left.count; at += 1) look(left.slots[at] as number);
      settleOldest();
      fitLog();
      return touched;
    },
    settle: (slot) => {
      settleHighest(slot);
      value(slot);
    },
    value,
    reband: (slot, following) => {
      accounts.column.following[slot] = following ? 1 : 0;
      accounts.column.settledAt[slot] = log.end;
      setBands(slot, accounts.column.highest[slot] as number);
    },
    lookAlways: (count) => {
      lookAlways += count;
    },
    renumber: bands.renumber,
    bytes: () => bands.bytes() + log.bytes() + longBand.byteLength * 2 + singleBands.byteLength,
  };
}

interface Room {
  readonly down: number;
  readonly up: number;
}
interface Box {
  readonly low: number;
  readonly high: number;
  readonly rate: Quote;
  readonly rateBy: number;
}

/** Marks in the log of a small book, and of the largest. */
const MARKS_LEAST = 2 ** 14;
const MARKS_MOST = 2 ** 20;
/** Marks after which movement counts half as much. */
const FORGET_EACH = 4_096;
/** Keeps the movement of a price that stands still above nothing. */
const REST = 1e-6;
/** Points above and below, to see what a point is worth. */
const PROBE = 1_000;
/** Halvings of a box before it is drawn in to the present prices. */
const ATTEMPTS = 6;
/** Of the way down to its floor, how much a peak may have taken up before it is looked at closely. */
const FALL_PART = 3 / 4;
/** The band of a single ends at this part of its price, however much room there is. */
const NEARBY_PART = 8;

function nearby(price: number): number {
  return Math.floor(Math.abs(price) / NEARBY_PART);
}

/** Whole points that a price may move within its share of the room. */
function pointsFor(room: number, share: number, perPoint: number): number {
  return Math.floor((room * share) / perPoint);
}
