import type { PositionRounding } from '#core/accounts/account.ts';
import { conversionBetween } from '#core/accounts/market-view.ts';
import {
  convert,
  floatingInQuote,
  remainingOpenValue,
  roundPosition,
  type Conversion,
  type Position,
  type Quote,
} from '#core/accounts/positions.ts';
import { assert, present } from '#core/kernel/assert.ts';
import { ok, type Result } from '#core/kernel/result.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import type { AccountsTable } from './accounts-table.ts';
import { createColumns } from './columns.ts';
import {
  addToSegment,
  createSegment,
  removeFromSegment,
  segmentBytes,
  sweepBothSides,
  sweepFollowing,
  sweepOneSided,
  type Segment,
  type Touched,
} from './sweep.ts';

/** A product of volume, price and point value beyond this would not be exact in a float64. */
export const EXACT_MAX = Number.MAX_SAFE_INTEGER;

export interface ValuedAccount {
  readonly slot: number;
  readonly currency: string;
  readonly positionRounding: PositionRounding;
}

/**
 * What is open, and what it is worth. Positions of one account in one symbol and on one side merge
 * into a leg, because their value is linear in the price. Positions that round on their own (a
 * converted currency, or a platform that rounds each to the cent) are valued one by one.
 */
export interface Exposure {
  defineInstrument(instrument: Instrument): Result<number, string>;
  instruments(): readonly Instrument[];
  instrument(symbol: string): Instrument | undefined;
  quote(symbol: string): Quote | null;
  /** Moves equity by a new price; `touched` lists the slots that left their band. */
  applyMark(symbol: string, bid: number, ask: number): Touched | null;
  position(slot: number, positionId: string): Position | null;
  positions(slot: number): Position[];
  /** Why a deal cannot be valued, or null when it can. */
  refusal(symbol: string, volume: number, price: number, currency: string): string | null;
  /** Opens, adds to, reduces or closes (volume 0); keeps `equity` in step with floating P&L. */
  change(account: ValuedAccount, before: Position | null, after: Position | null): void;
  /** Moves an account's legs among those whose highest equity is remembered, or back. */
  setFollowing(slot: number, following: boolean): void;
  /** So many accounts more (or fewer) must be looked at by every mark, one that moves nothing too. */
  watch(accounts: number): void;
  /** Floating P&L from scratch: what `equity` must exceed `balance` by. */
  floating(slot: number): number;
  floatingOf(slot: number, positionId: string): number;
  isFlatIn(slot: number, symbol: string): boolean;
  /** Applies a new numbering of slots: `moved[old]` is the new slot. */
  renumber(moved: Int32Array): void;
  bytes(): number;
}

interface SymbolBook {
  readonly instrument: Instrument;
  readonly pointValue: number;
  quote: { bid: number; ask: number } | null;
  readonly longs: Segment;
  readonly shorts: Segment;
  readonly both: Segment;
  /** Legs of accounts whose floors follow equity, whichever sides they hold. */
  readonly following: Segment;
  /** Rows of positions valued one by one that this symbol prices or converts. */
  readonly singles: Set<number>;
}

export function createExposure(accounts: AccountsTable): Exposure {
  const symbols: SymbolBook[] = [];
  const symbolIndex = new Map<string, number>();
  const conversions: Conversion[] = [{ type: 'none' }];
  const positionIds: string[] = [];
  const positionRows = createColumns({
    slot: 'int32',
    symbol: 'int32',
    buy: 'uint8',
    volume: 'float64',
    openValue: 'float64',
    openedAt: 'float64',
    next: 'int32',
    /** Valued on its own: 1; then `value` is its present worth. */
    single: 'uint8',
    cent: 'uint8',
    conversion: 'int32',
    value: 'float64',
  });
  const legRows = createColumns({
    slot: 'int32',
    symbol: 'int32',
    long: 'float64',
    short: 'float64',
    /** What longs paid less what shorts received, in money units. */
    openMoney: 'float64',
    positions: 'int32',
    place: 'int32',
    next: 'int32',
  });
  const touched: Touched = { slots: new Int32Array(64), count: 0 };

  const symbolBook = (symbol: string): SymbolBook =>
    present(symbols[present(symbolIndex.get(symbol), `symbol ${symbol}`)], symbol);
  const instrumentOf = (symbol: string): Instrument | undefined =>
    symbols[symbolIndex.get(symbol) ?? -1]?.instrument;

  const segmentOf = (book: SymbolBook, leg: number): Segment => {
    const { long, short, slot } = legRows.column;
    if (accounts.column.following[slot[leg] as number] === 1) return book.following;
    if (short[leg] === 0) return book.longs;
    return long[leg] === 0 ? book.shorts : book.both;
  };
  const legFloating = (leg: number): number => {
    const { symbol, long, short, openMoney } = legRows.column;
    const quote = symbols[symbol[leg] as number]?.quote;
    if (!quote) return 0;
    return (
      (long[leg] as number) * quote.bid -
      (short[leg] as number) * quote.ask -
      (openMoney[leg] as number)
    );
  };
  const singleValue = (row: number): number => {
    const { symbol, buy, volume, openValue, conversion, cent } = positionRows.column;
    const book = present(symbols[symbol[row] as number], 'symbol');
    const how = present(conversions[conversion[row] as number], 'conversion');
    const rate = how.type === 'none' ? book.quote : symbolBook(how.symbol).quote;
    if (!book.quote || !rate) return 0;
    const held = {
      side: buy[row] === 1 ? ('buy' as const) : ('sell' as const),
      volume: volume[row] as number,
      openValue: openValue[row] as number,
    };
    const amount = floatingInQuote(held, book.quote, book.pointValue);
    return roundPosition(convert(amount, how, rate), cent[row] === 1 ? 'cent' : 'exact');
  };
  const findLeg = (slot: number, symbol: number): number => {
    let link = accounts.column.firstLeg[slot] as number;
    while (link !== 0) {
      if (legRows.column.symbol[link - 1] === symbol) return link - 1;
      link = legRows.column.next[link - 1] as number;
    }
    return -1;
  };
  const findPosition = (slot: number, positionId: string): number => {
    let link = accounts.column.firstPosition[slot] as number;
    while (link !== 0) {
      if (positionIds[link - 1] === positionId) return link - 1;
      link = positionRows.column.next[link - 1] as number;
    }
    return -1;
  };
  const readPosition = (row: number): Position => {
    const { symbol, buy, volume, openValue, openedAt } = positionRows.column;
    return {
      positionId: positionIds[row] as string,
      symbol: present(symbols[symbol[row] as number], 'symbol').instrument.symbol,
      side: buy[row] === 1 ? 'buy' : 'sell',
      volume: volume[row] as number,
      openValue: openValue[row] as number,
      openedAt: openedAt[row] as number,
    };
  };

  /** Takes a leg out of its segment, applies the change, and puts it where it now belongs. */
  const changeLeg = (leg: number, longBy: number, shortBy: number, openMoneyBy: number): void => {
    const column = legRows.column;
    const book = present(symbols[column.symbol[leg] as number], 'symbol');
    const place = column.place[leg] as number;
    if (place >= 0) {
      const moved = removeFromSegment(segmentOf(book, leg), place);
      if (moved >= 0) column.place[moved] = place;
    }
    column.long[leg] = (column.long[leg] as number) + longBy;
    column.short[leg] = (column.short[leg] as number) + shortBy;
    column.openMoney[leg] = (column.openMoney[leg] as number) + openMoneyBy;
    const long = column.long[leg] as number;
    const short = column.short[leg] as number;
    const slot = column.slot[leg] as number;
    column.place[leg] =
      long === 0 && short === 0
        ? -1
        : addToSegment(segmentOf(book, leg), { slot, long, short, leg });
  };
  const openLeg = (slot: number, symbol: number): number => {
    const leg = legRows.add();
    const column = legRows.column;
    column.slot[leg] = slot;
    column.symbol[leg] = symbol;
    column.place[leg] = -1;
    column.next[leg] = accounts.column.firstLeg[slot] as number;
    accounts.column.firstLeg[slot] = leg + 1;
    return leg;
  };
  const closeLeg = (leg: number): void => {
    const column = legRows.column;
    const slot = column.slot[leg] as number;
    assert(
      column.place[leg] === -1 && column.openMoney[leg] === 0,
      'an empty leg is worth nothing',
    );
    unlink(accounts.column.firstLeg, slot, column.next, leg);
    legRows.release(leg);
  };

  /** The merged way: a position is a share of its account's leg. */
  const changeMerged = (slot: number, symbol: number, by: LegChange): void => {
    const known = findLeg(slot, symbol);
    const leg = known >= 0 ? known : openLeg(slot, symbol);
    const valueBefore = legFloating(leg);
    changeLeg(leg, by.long, by.short, by.openMoney);
    const column = legRows.column;
    column.positions[leg] = (column.positions[leg] as number) + by.positions;
    const { equity } = accounts.column;
    equity[slot] = (equity[slot] as number) + legFloating(leg) - valueBefore;
    if (column.positions[leg] === 0) closeLeg(leg);
  };
  /** The single way: the position keeps its own worth, and its symbols know of it. */
  const changeSingle = (slot: number, row: number, closed: boolean): void => {
    const column = positionRows.column;
    const value = closed ? 0 : singleValue(row);
    const { equity } = accounts.column;
    equity[slot] = (equity[slot] as number) + value - (column.value[row] as number);
    column.value[row] = value;
    if (closed) countSingle(slot, -1);
    const book = present(symbols[column.symbol[row] as number], 'symbol');
    const how = present(conversions[column.conversion[row] as number], 'conversion');
    const pricing = how.type === 'none' ? [book] : [book, symbolBook(how.symbol)];
    for (const one of pricing) {
      if (closed) one.singles.delete(row);
      else one.singles.add(row);
    }
  };

  const countSingle = (slot: number, by: 1 | -1): void => {
    const { singles } = accounts.column;
    singles[slot] = (singles[slot] as number) + by;
  };

  const openRow = (account: ValuedAccount, position: Position): number => {
    const row = positionRows.add();
    const column = positionRows.column;
    const symbol = present(symbolIndex.get(position.symbol), position.symbol);
    const quoteCurrency = present(symbols[symbol], 'symbol').instrument.quoteCurrency;
    const how = present(
      conversionBetween(quoteCurrency, account.currency, instrumentOf),
      `a rate from ${quoteCurrency} to ${account.currency}`,
    );
    positionIds[row] = position.positionId;
    column.slot[row] = account.slot;
    column.symbol[row] = symbol;
    column.buy[row] = position.side === 'buy' ? 1 : 0;
    column.openedAt[row] = position.openedAt;
    column.conversion[row] = internConversion(conversions, how);
    column.cent[row] = account.positionRounding === 'cent' ? 1 : 0;
    column.single[row] = how.type !== 'none' || account.positionRounding === 'cent' ? 1 : 0;
    if (column.single[row] === 1) countSingle(account.slot, 1);
    column.next[row] = accounts.column.firstPosition[account.slot] as number;
    accounts.column.firstPosition[account.slot] = row + 1;
    const { openPositions } = accounts.column;
    openPositions[account.slot] = (openPositions[account.slot] as number) + 1;
    return row;
  };
  const closeRow = (slot: number, row: number): void => {
    unlink(accounts.column.firstPosition, slot, positionRows.column.next, row);
    positionIds[row] = '';
    positionRows.release(row);
    const { openPositions } = accounts.column;
    openPositions[slot] = (openPositions[slot] as number) - 1;
  };

  /** Accounts that every mark of what they hold must look at, moved or not: time alone can tell. */
  let watching = 0;
  const sweep = (book: SymbolBook, bid: number, ask: number): void => {
    const before = book.quote;
    book.quote = { bid, ask };
    touched.count = 0;
    const legs = segmentsOf(book).reduce((sum, segment) => sum + segment.count, book.singles.size);
    if (touched.slots.length < legs) touched.slots = new Int32Array(legs * 2);
    const swept = accounts.column;
    if (before === null) {
      firstQuote(book);
    } else {
      const up = bid - before.bid;
      const askUp = ask - before.ask;
      const look = watching > 0;
      if (up !== 0 || look) sweepOneSided(book.longs, 'long', up, swept, touched);
      if (askUp !== 0 || look) sweepOneSided(book.shorts, 'short', -askUp, swept, touched);
      if (up !== 0 || askUp !== 0 || look) {
        sweepBothSides(book.both, { bid: up, ask: askUp }, swept, touched);
        sweepFollowing(book.following, { bid: up, ask: askUp }, swept, touched);
      }
    }
    for (const row of book.singles) revalue(row);
  };
  /** Positions opened before their first price are worth nothing until now. */
  const firstQuote = (book: SymbolBook): void => {
    const { equity, highest, atOrAbove } = accounts.column;
    for (const segment of segmentsOf(book)) {
      for (let at = 0; at < segment.count; at += 1) {
        const slot = segment.slot[at] as number;
        const moved = (equity[slot] as number) + legFloating(segment.leg[at] as number);
        equity[slot] = moved;
        if (moved > (highest[slot] as number) && moved < (atOrAbove[slot] as number)) {
          highest[slot] = moved;
        }
        touched.slots[touched.count++] = slot;
      }
    }
  };
  const revalue = (row: number): void => {
    const column = positionRows.column;
    const slot = column.slot[row] as number;
    const value = singleValue(row);
    const { equity, atOrBelow, atOrAbove } = accounts.column;
    const moved = (equity[slot] as number) + value - (column.value[row] as number);
    column.value[row] = value;
    equity[slot] = moved;
    // Such an account remembers no highest equity, so its band alone decides.
    if (moved <= (atOrBelow[slot] as number) || moved >= (atOrAbove[slot] as number)) {
      touched.slots[touched.count++] = slot;
    }
  };
  const floatingOfRow = (row: number): number => {
    const { single, symbol, buy, volume, openValue } = positionRows.column;
    if (single[row] === 1) return singleValue(row);
    const book = present(symbols[symbol[row] as number], 'symbol');
    if (!book.quote) return 0;
    const side = buy[row] === 1 ? 'buy' : 'sell';
    const held = {
      side,
      volume: volume[row] as number,
      openValue: openValue[row] as number,
    } as const;
    return floatingInQuote(held, book.quote, book.pointValue);
  };
  const legsOf = (slot: number): number[] => {
    const legs: number[] = [];
    let link = accounts.column.firstLeg[slot] as number;
    while (link !== 0) {
      legs.push(link - 1);
      link = legRows.column.next[link - 1] as number;
    }
    return legs;
  };
  const rowsOf = (slot: number): number[] => {
    const rows: number[] = [];
    let link = accounts.column.firstPosition[slot] as number;
    while (link !== 0) {
      rows.push(link - 1);
      link = positionRows.column.next[link - 1] as number;
    }
    return rows;
  };

  return {
    defineInstrument: (instrument) => {
      const known = symbolIndex.get(instrument.symbol);
      if (known !== undefined) return ok(known);
      const value = pointValue(instrument);
      if (!value.ok) return value;
      symbols.push({
        instrument,
        pointValue: value.value,
        quote: null,
        longs: createSegment(),
        shorts: createSegment(),
        both: createSegment(),
        following: createSegment(),
        singles: new Set(),
      });
      symbolIndex.set(instrument.symbol, symbols.length - 1);
      return ok(symbols.length - 1);
    },
    instruments: () => symbols.map((book) => book.instrument),
    instrument: instrumentOf,
    quote: (symbol) => symbols[symbolIndex.get(symbol) ?? -1]?.quote ?? null,
    applyMark: (symbol, bid, ask) => {
      const book = symbols[symbolIndex.get(symbol) ?? -1];
      if (!book) return null;
      sweep(book, bid, ask);
      return touched;
    },
    position: (slot, positionId) => {
      const row = findPosition(slot, positionId);
      return row < 0 ? null : readPosition(row);
    },
    positions: (slot) => rowsOf(slot).map(readPosition),
    refusal: (symbol, volume, price, currency) => {
      const book = symbols[symbolIndex.get(symbol) ?? -1];
      if (!book) return `symbol "${symbol}" is not defined`;
      if (!conversionBetween(book.instrument.quoteCurrency, currency, instrumentOf)) {
        return `no rate from ${book.instrument.quoteCurrency} to ${currency} is defined`;
      }
      const worth = volume * Math.abs(price) * book.pointValue;
      return worth < EXACT_MAX
        ? null
        : `volume ${volume} at ${price} is too large to be kept exactly`;
    },
    change: (account, before, after) => {
      const { slot } = account;
      const held = present(after ?? before, 'a position');
      const symbol = present(symbolIndex.get(held.symbol), held.symbol);
      const row = before ? findPosition(slot, before.positionId) : openRow(account, held);
      assert(row >= 0, `position ${held.positionId} is not open`);
      const column = positionRows.column;
      column.volume[row] = after?.volume ?? 0;
      column.openValue[row] = after?.openValue ?? 0;
      if (column.single[row] === 1) {
        changeSingle(slot, row, after === null);
      } else {
        const unit = present(symbols[symbol], 'symbol').pointValue;
        changeMerged(slot, symbol, legChange(before, after, unit));
      }
      if (after === null) closeRow(slot, row);
    },
    watch: (accounts) => {
      watching += accounts;
    },
    setFollowing: (slot, following) => {
      const legs = legsOf(slot);
      const places = legRows.column.place;
      for (const leg of legs) {
        const book = present(symbols[legRows.column.symbol[leg] as number], 'symbol');
        const moved = removeFromSegment(segmentOf(book, leg), places[leg] as number);
        if (moved >= 0) places[moved] = places[leg] as number;
      }
      accounts.column.following[slot] = following ? 1 : 0;
      for (const leg of legs) {
        const book = present(symbols[legRows.column.symbol[leg] as number], 'symbol');
        const { long, short } = legRows.column;
        const weights = { long: long[leg] as number, short: short[leg] as number };
        places[leg] = addToSegment(segmentOf(book, leg), { slot, ...weights, leg });
      }
    },
    floating: (slot) => rowsOf(slot).reduce((sum, row) => sum + floatingOfRow(row), 0),
    floatingOf: (slot, positionId) => {
      const row = findPosition(slot, positionId);
      return row < 0 ? 0 : floatingOfRow(row);
    },
    isFlatIn: (slot, symbol) => {
      const index = symbolIndex.get(symbol);
      return rowsOf(slot).every((row) => positionRows.column.symbol[row] !== index);
    },
    renumber: (moved) => {
      renumberColumn(positionRows.column.slot, positionRows.length, moved);
      renumberColumn(legRows.column.slot, legRows.length, moved);
      for (const book of symbols) {
        for (const segment of segmentsOf(book)) {
          renumberColumn(segment.slot, segment.count, moved);
          sortSegment(segment, legRows.column.place);
        }
      }
    },
    bytes: () =>
      positionRows.bytes() +
      legRows.bytes() +
      symbols.reduce(
        (sum, book) =>
          segmentsOf(book).reduce((bytes, segment) => bytes + segmentBytes(segment), sum),
        0,
      ),
  };
}

function segmentsOf(book: SymbolBook): readonly Segment[] {
  return [book.longs, book.shorts, book.both, book.following];
}

interface LegChange {
  readonly long: number;
  readonly short: number;
  readonly openMoney: number;
  readonly positions: number;
}

function legChange(before: Position | null, after: Position | null, unit: number): LegChange {
  const volume = ((after?.volume ?? 0) - (before?.volume ?? 0)) * unit;
  const value = ((after?.openValue ?? 0) - (before?.openValue ?? 0)) * unit;
  const buys = (after ?? before)?.side === 'buy';
  return {
    long: buys ? volume : 0,
    short: buys ? 0 : volume,
    openMoney: buys ? value : -value,
    positions: (after ? 1 : 0) - (before ? 1 : 0),
  };
}

/** What remains of a position after closing `volume` of it; null when nothing does. */
export function reducePosition(position: Position, volume: number): Position | null {
  if (volume >= position.volume) return null;
  return {
    ...position,
    volume: position.volume - volume,
    openValue: remainingOpenValue(position.openValue, position.volume, volume),
  };
}

function internConversion(conversions: Conversion[], wanted: Conversion): number {
  if (wanted.type === 'none') return 0;
  const known = conversions.findIndex(
    (one) => one.type === wanted.type && one.symbol === wanted.symbol,
  );
  return known >= 0 ? known : conversions.push(wanted) - 1;
}

/** Takes `row` out of the chain that starts at `heads[owner]`; links hold row + 1. */
function unlink(heads: Int32Array, owner: number, next: Int32Array, row: number): void {
  if (heads[owner] === row + 1) {
    heads[owner] = next[row] as number;
    return;
  }
  let link = heads[owner] as number;
  while (link !== 0) {
    const after = next[link - 1] as number;
    if (after === row + 1) {
      next[link - 1] = next[row] as number;
      return;
    }
    link = after;
  }
  assert(false, 'a row stands in its own chain');
}

function renumberColumn(slots: Int32Array, length: number, moved: Int32Array): void {
  for (let row = 0; row < length; row += 1) slots[row] = moved[slots[row] as number] as number;
}

/** Orders a segment by slot, so that the sweep walks memory forwards. */
function sortSegment(segment: Segment, place: Int32Array): void {
  const order = Array.from({ length: segment.count }, (_unused, at) => at);
  order.sort((one, other) => (segment.slot[one] as number) - (segment.slot[other] as number));
  const { slot, long, short, leg } = segment;
  segment.slot = slot.slice();
  segment.long = long.slice();
  segment.short = short.slice();
  segment.leg = leg.slice();
  for (const [to, from] of order.entries()) {
    segment.slot[to] = slot[from] as number;
    segment.long[to] = long[from] as number;
    segment.short[to] = short[from] as number;
    segment.leg[to] = leg[from] as number;
    place[leg[from] as number] = to;
  }
}
