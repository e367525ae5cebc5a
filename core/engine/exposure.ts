import { conversionBetween } from '#core/accounts/market-view.ts';
import { remainingOpenValue, type Position, type Quote } from '#core/accounts/positions.ts';
import { assert, present } from '#core/kernel/assert.ts';
import type { Result } from '#core/kernel/result.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { AccountsTable } from './accounts-table.ts';
import { createHoldings, type Holdings, type ValuedAccount } from './holdings.ts';
import type { CreatePriceWatch, Touched } from './price-watch.ts';

/** A product of volume, price and point value beyond this would not be exact in a float64. */
export const EXACT_MAX = Number.MAX_SAFE_INTEGER;

/**
 * Everything open in the book, kept in step with deals and prices. Who changes an account settles
 * it first, then changes it, then rebands it.
 */
export interface Exposure {
  defineInstrument(instrument: Instrument): Result<number, string>;
  instruments(): readonly Instrument[];
  instrument(symbol: string): Instrument | undefined;
  quote(symbol: string): Quote | null;
  /** Moves the market; `touched` lists the slots that left their band. Null: the symbol is unknown. */
  applyMark(symbol: string, bid: number, ask: number): Touched | null;
  /** Brings an account's equity, and the highest that it reached, up to the present prices. */
  settle(slot: number): void;
  /** Brings its equity alone up to the present prices. */
  value(slot: number): void;
  /** Its band was set anew; `following` is whether the highest equity is remembered. */
  reband(slot: number, following: boolean): void;
  /** So many accounts more (or fewer) must be looked at by every mark, one that moves nothing too. */
  lookAlways(accounts: number): void;
  position(slot: number, positionId: string): Position | null;
  positions(slot: number): Position[];
  /** Why a deal cannot be valued, or null when it can. */
  refusal(symbol: string, volume: number, price: number, currency: string): string | null;
  /** Opens, adds to, reduces or closes (`after` is null); keeps equity in step with floating P&L. */
  change(account: ValuedAccount, before: Position | null, after: Position | null): void;
  floatingOf(slot: number, positionId: string): number;
  isFlatIn(slot: number, symbol: string): boolean;
  /** Applies a new numbering of slots: `moved[old]` is the new slot. */
  renumber(moved: Int32Array): void;
  bytes(): number;
  /** What is open, row by row: see OpenBook. */
  readonly holdings: Pick<Holdings, 'positions' | 'symbols'>;
}

export function createExposure(accounts: AccountsTable, createWatch: CreatePriceWatch): Exposure {
  const holdings = createHoldings(accounts);
  const watch = createWatch(holdings);
  const { symbols, legs, positions } = holdings;

  /** The merged way: a position is a share of its account's leg. */
  const changeMerged = (slot: number, symbol: number, by: LegChange): void => {
    const known = holdings.findLeg(slot, symbol);
    const leg = known >= 0 ? known : holdings.openLeg(slot, symbol);
    if (known >= 0) watch.takeLeg(leg);
    const valueBefore = holdings.legFloating(leg);
    const { long, short, openMoney, positions: held } = legs.column;
    addTo(long, leg, by.long);
    addTo(short, leg, by.short);
    addTo(openMoney, leg, by.openMoney);
    addTo(held, leg, by.positions);
    addTo(accounts.column.equity, slot, holdings.legFloating(leg) - valueBefore);
    if (held[leg] === 0) holdings.closeLeg(leg);
    else watch.placeLeg(leg);
  };
  /** The single way: the position keeps its own worth. */
  const changeSingle = (slot: number, row: number, change: 'opened' | 'kept' | 'closed'): void => {
    const { value } = positions.column;
    const worth = change === 'closed' ? 0 : holdings.singleValue(row);
    addTo(accounts.column.equity, slot, worth - (value[row] as number));
    value[row] = worth;
    if (change === 'opened') watch.placeSingle(row);
    if (change === 'closed') watch.takeSingle(row);
  };

  return {
    defineInstrument: (instrument) => {
      const known = symbols.length;
      const defined = holdings.defineInstrument(instrument);
      if (symbols.length > known) watch.symbolDefined(known);
      return defined;
    },
    instruments: () => symbols.map(({ instrument }) => instrument),
    instrument: holdings.instrument,
    quote: (symbol) => symbols[holdings.symbolIndex(symbol)]?.quote ?? null,
    applyMark: (symbol, bid, ask) => {
      const index = holdings.symbolIndex(symbol);
      return index < 0 ? null : watch.move(index, bid, ask);
    },
    settle: watch.settle,
    value: watch.value,
    reband: watch.reband,
    lookAlways: watch.lookAlways,
    position: (slot, positionId) => {
      const row = holdings.findPosition(slot, positionId);
      return row < 0 ? null : holdings.readPosition(row);
    },
    positions: (slot) => holdings.rowsOf(slot).map(holdings.readPosition),
    refusal: (symbol, volume, price, currency) => {
      const held = symbols[holdings.symbolIndex(symbol)];
      if (!held) return `symbol "${symbol}" is not defined`;
      const { quoteCurrency } = held.instrument;
      if (!conversionBetween(quoteCurrency, currency, holdings.instrument)) {
        return `no rate from ${quoteCurrency} to ${currency} is defined`;
      }
      const worth = volume * Math.abs(price) * held.pointValue;
      return worth < EXACT_MAX
        ? null
        : `volume ${volume} at ${price} is too large to be kept exactly`;
    },
    change: (account, before, after) => {
      const { slot } = account;
      const held = present(after ?? before, 'a position');
      const row = before
        ? holdings.findPosition(slot, before.positionId)
        : holdings.openRow(account, held);
      assert(row >= 0, `position ${held.positionId} is not open`);
      const { column } = positions;
      column.volume[row] = after?.volume ?? 0;
      column.openValue[row] = after?.openValue ?? 0;
      if (column.single[row] === 1) {
        changeSingle(slot, row, before ? (after ? 'kept' : 'closed') : 'opened');
      } else {
        const symbol = column.symbol[row] as number;
        const unit = present(symbols[symbol], 'symbol').pointValue;
        changeMerged(slot, symbol, legChange(before, after, unit));
      }
      if (after === null) holdings.closeRow(slot, row);
    },
    floatingOf: (slot, positionId) => {
      const row = holdings.findPosition(slot, positionId);
      return row < 0 ? 0 : holdings.floatingOfRow(row);
    },
    isFlatIn: (slot, symbol) => {
      const index = holdings.symbolIndex(symbol);
      return holdings.rowsOf(slot).every((row) => positions.column.symbol[row] !== index);
    },
    renumber: (moved) => {
      renumberColumn(positions.column.slot, positions.length, moved);
      renumberColumn(legs.column.slot, legs.length, moved);
      watch.renumber(moved);
    },
    bytes: () => positions.bytes() + legs.bytes() + watch.bytes(),
    holdings,
  };
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

function addTo(column: Float64Array | Int32Array, row: number, amount: number): void {
  column[row] = (column[row] as number) + amount;
}

function renumberColumn(slots: Int32Array, length: number, moved: Int32Array): void {
  for (let row = 0; row < length; row += 1) slots[row] = moved[slots[row] as number] as number;
}
