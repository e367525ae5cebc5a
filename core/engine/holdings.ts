import type { PositionRounding } from '#core/accounts/account.ts';
import { conversionBetween } from '#core/accounts/market-view.ts';
import {
  convert,
  floatingInQuote,
  roundPosition,
  type Conversion,
  type Position,
  type Quote,
} from '#core/accounts/positions.ts';
import { assert, present } from '#core/kernel/assert.ts';
import { ok, type Result } from '#core/kernel/result.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import type { AccountsTable } from './accounts-table.ts';
import { createColumns, type Columns } from './columns.ts';

/**
 * What is open and what it is worth, in columns. Positions of one account in one symbol merge into
 * a leg, because their value is linear in the price. Positions that round on their own (a converted
 * currency, or a platform that rounds each to the cent) are singles, valued one by one.
 */
export interface Holdings {
  readonly accounts: AccountsTable;
  readonly symbols: readonly HeldSymbol[];
  readonly legs: Columns<typeof LEG_COLUMNS>;
  readonly positions: Columns<typeof POSITION_COLUMNS>;
  defineInstrument(instrument: Instrument): Result<number, string>;
  symbolIndex(symbol: string): number;
  instrument(symbol: string): Instrument | undefined;
  /** Floating P&L of a leg at the present quote; 0 before the first. */
  legFloating(leg: number): number;
  singleValue(row: number): number;
  /** A single's worth at other prices, of what it is in and of the rate that converts it. */
  singleValueAt(row: number, price: Quote, rate: Quote): number;
  /** The index of the symbol whose price converts a single, or -1. */
  rateOf(row: number): number;
  floatingOfRow(row: number): number;
  findLeg(slot: number, symbol: number): number;
  findPosition(slot: number, positionId: string): number;
  readPosition(row: number): Position;
  /** Rows of an account's legs and of its positions, the latest first. */
  legsOf(slot: number): number[];
  rowsOf(slot: number): number[];
  openLeg(slot: number, symbol: number): number;
  closeLeg(leg: number): void;
  openRow(account: ValuedAccount, position: Position): number;
  closeRow(slot: number, row: number): void;
}

export interface HeldSymbol {
  readonly instrument: Instrument;
  readonly pointValue: number;
  /** Changed in place; null before the first price. */
  quote: { bid: number; ask: number } | null;
}

export interface ValuedAccount {
  readonly slot: number;
  readonly currency: string;
  readonly positionRounding: PositionRounding;
}

export const LEG_COLUMNS = {
  slot: 'int32',
  symbol: 'int32',
  /** Money units per point: gained when the bid rises, lost when the ask rises. */
  long: 'float64',
  short: 'float64',
  /** What longs paid less what shorts received, in money units. */
  openMoney: 'float64',
  positions: 'int32',
  next: 'int32',
} as const;

export const POSITION_COLUMNS = {
  slot: 'int32',
  symbol: 'int32',
  buy: 'uint8',
  volume: 'float64',
  openValue: 'float64',
  openedAt: 'float64',
  next: 'int32',
  /** Valued on its own: 1; then `value` is what it was worth when equity was last brought up to date. */
  single: 'uint8',
  cent: 'uint8',
  conversion: 'int32',
  value: 'float64',
} as const;

export function createHoldings(accounts: AccountsTable): Holdings {
  const symbols: HeldSymbol[] = [];
  const indexOf = new Map<string, number>();
  const conversions: Conversion[] = [{ type: 'none' }];
  const rates: number[] = [-1];
  const positionIds: string[] = [];
  const positions = createColumns(POSITION_COLUMNS);
  const legs = createColumns(LEG_COLUMNS);

  const symbolAt = (index: number | undefined): HeldSymbol =>
    present(symbols[present(index, 'symbol')], 'symbol');
  const instrument = (symbol: string): Instrument | undefined =>
    symbols[indexOf.get(symbol) ?? -1]?.instrument;
  const holdingAt = (row: number): Pick<Position, 'side' | 'volume' | 'openValue'> => {
    const { buy, volume, openValue } = positions.column;
    return {
      side: buy[row] === 1 ? 'buy' : 'sell',
      volume: volume[row] as number,
      openValue: openValue[row] as number,
    };
  };
  const rateOf = (row: number): number =>
    rates[positions.column.conversion[row] as number] as number;
  const singleValueAt = (row: number, price: Quote, rate: Quote): number => {
    const { symbol, conversion, cent } = positions.column;
    const unit = symbolAt(symbol[row]).pointValue;
    const how = present(conversions[conversion[row] as number], 'conversion');
    const amount = floatingInQuote(holdingAt(row), price, unit);
    return roundPosition(convert(amount, how, rate), cent[row] === 1 ? 'cent' : 'exact');
  };
  const singleValue = (row: number): number => {
    const { quote } = symbolAt(positions.column.symbol[row]);
    const by = rateOf(row);
    const rate = by < 0 ? quote : symbolAt(by).quote;
    return quote && rate ? singleValueAt(row, quote, rate) : 0;
  };
  const internConversion = (wanted: Conversion): number => {
    if (wanted.type === 'none') return 0;
    const known = conversions.findIndex(
      (one) => one.type === wanted.type && one.symbol === wanted.symbol,
    );
    if (known >= 0) return known;
    rates.push(present(indexOf.get(wanted.symbol), wanted.symbol));
    return conversions.push(wanted) - 1;
  };
  return {
    accounts,
    symbols,
    legs,
    positions,
    defineInstrument: (defined) => {
      const known = indexOf.get(defined.symbol);
      if (known !== undefined) return ok(known);
      const value = pointValue(defined);
      if (!value.ok) return value;
      symbols.push({ instrument: defined, pointValue: value.value, quote: null });
      indexOf.set(defined.symbol, symbols.length - 1);
      return ok(symbols.length - 1);
    },
    symbolIndex: (symbol) => indexOf.get(symbol) ?? -1,
    instrument,
    legFloating: (leg) => {
      const { symbol, long, short, openMoney } = legs.column;
      const quote = symbols[symbol[leg] as number]?.quote;
      if (!quote) return 0;
      const worth = (long[leg] as number) * quote.bid - (short[leg] as number) * quote.ask;
      return worth - (openMoney[leg] as number);
    },
    singleValue,
    singleValueAt,
    rateOf,
    floatingOfRow: (row) => {
      const { single, symbol } = positions.column;
      if (single[row] === 1) return singleValue(row);
      const held = symbolAt(symbol[row]);
      return held.quote ? floatingInQuote(holdingAt(row), held.quote, held.pointValue) : 0;
    },
    findLeg: (slot, symbol) => {
      const { next, symbol: symbolOf } = legs.column;
      let link = accounts.column.firstLeg[slot] as number;
      while (link !== 0 && symbolOf[link - 1] !== symbol) link = next[link - 1] as number;
      return link - 1;
    },
    findPosition: (slot, positionId) => {
      const { next } = positions.column;
      let link = accounts.column.firstPosition[slot] as number;
      while (link !== 0 && positionIds[link - 1] !== positionId) link = next[link - 1] as number;
      return link - 1;
    },
    readPosition: (row) => ({
      positionId: positionIds[row] as string,
      symbol: symbolAt(positions.column.symbol[row]).instrument.symbol,
      ...holdingAt(row),
      openedAt: positions.column.openedAt[row] as number,
    }),
    legsOf: (slot) => chainOf(accounts.column.firstLeg[slot] as number, legs.column.next),
    rowsOf: (slot) => chainOf(accounts.column.firstPosition[slot] as number, positions.column.next),
    openLeg: (slot, symbol) => {
      const leg = legs.add();
      const { column } = legs;
      column.slot[leg] = slot;
      column.symbol[leg] = symbol;
      column.next[leg] = accounts.column.firstLeg[slot] as number;
      accounts.column.firstLeg[slot] = leg + 1;
      return leg;
    },
    closeLeg: (leg) => {
      const { column } = legs;
      const { long, short, openMoney } = column;
      const empty = long[leg] === 0 && short[leg] === 0 && openMoney[leg] === 0;
      assert(empty, 'an empty leg is worth nothing');
      unlink(accounts.column.firstLeg, column.slot[leg] as number, column.next, leg);
      legs.release(leg);
    },
    openRow: (account, position) => {
      const row = positions.add();
      const { column } = positions;
      const { slot, currency, positionRounding } = account;
      const symbol = present(indexOf.get(position.symbol), position.symbol);
      const { quoteCurrency } = symbolAt(symbol).instrument;
      const how = present(
        conversionBetween(quoteCurrency, currency, instrument),
        `a rate from ${quoteCurrency} to ${currency}`,
      );
      positionIds[row] = position.positionId;
      column.slot[row] = slot;
      column.symbol[row] = symbol;
      column.buy[row] = position.side === 'buy' ? 1 : 0;
      column.openedAt[row] = position.openedAt;
      column.conversion[row] = internConversion(how);
      column.cent[row] = positionRounding === 'cent' ? 1 : 0;
      column.single[row] = how.type !== 'none' || positionRounding === 'cent' ? 1 : 0;
      column.next[row] = accounts.column.firstPosition[slot] as number;
      accounts.column.firstPosition[slot] = row + 1;
      addTo(accounts.column.openPositions, slot, 1);
      addTo(accounts.column.singles, slot, column.single[row] as number);
      return row;
    },
    closeRow: (slot, row) => {
      const { column } = positions;
      addTo(accounts.column.openPositions, slot, -1);
      addTo(accounts.column.singles, slot, -(column.single[row] as number));
      unlink(accounts.column.firstPosition, slot, column.next, row);
      positionIds[row] = '';
      positions.release(row);
    },
  };
}

function addTo(column: Int32Array, slot: number, amount: number): void {
  column[slot] = (column[slot] as number) + amount;
}

/** The rows of a chain; links hold row + 1, and 0 ends it. */
function chainOf(head: number, next: Int32Array): number[] {
  const rows: number[] = [];
  for (let link = head; link !== 0; link = next[link - 1] as number) rows.push(link - 1);
  return rows;
}

/** Takes `row` out of the chain that starts at `heads[owner]`. */
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
