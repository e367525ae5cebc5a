import { hasEnded } from '#core/accounts/account.ts';
import type { Prices } from '#core/accounts/held-position.ts';
import type { Quote } from '#core/accounts/positions.ts';
import type { Book } from '#core/engine/book.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { mulDivFloor, type Money } from '#core/money/money.ts';
import {
  cohortIn,
  productIn,
  regionIn,
  type AccountGroups,
  type Cohort,
  type Product,
} from './account-groups.ts';
import { owedOn, type Owed } from './owed.ts';
import { FIRM_CURRENCY, inFirmCurrency, unitValueOf } from './unit-value.ts';

/** Accounts that are named as the largest. */
export const LARGEST_MAX = 50;

/** Numbers of one cell: a symbol, held on one side, in one group. */
export const CELL_WIDTH = 3;
export const CELL_PLACE = { volume: 0, openValue: 1, positions: 2 } as const;
export const SIDES = ['long', 'short'] as const;
export type Side = (typeof SIDES)[number];

/** An instrument with its latest price, null before the first. */
export interface PricedInstrument {
  readonly instrument: Instrument;
  readonly quote: Quote | null;
}

export interface LargeAccount {
  readonly account: number;
  readonly long: Money;
  readonly short: Money;
}

/**
 * Everything that is open in a book at one instant, added up: by symbol, side and group. Groups are
 * the products, then the regions, then the cohorts; each kind of them adds up to the
 * whole book. All that desks show of exposure follows from this and from nothing else.
 */
export interface BookCells {
  readonly symbols: readonly PricedInstrument[];
  readonly products: readonly Product[];
  readonly regions: readonly string[];
  readonly cohorts: readonly Cohort[];
  /** By group, symbol, side: volume, open value and number of positions. */
  readonly cells: Float64Array;
  /** By symbol: accounts that hold it, that hold it long, and short. */
  readonly holders: Int32Array;
  /** By group: accounts with anything open. */
  readonly accounts: Int32Array;
  /** By group: payable, and owed if everything closed now, in the firm's currency. */
  readonly owed: Float64Array;
  /** Accounts that are paid of profit and have not ended, and those that something is owed if closed. */
  readonly paying: number;
  readonly inProfit: number;
  /** Those with the largest gross notional, the largest first. */
  readonly largest: readonly LargeAccount[];
  /** How concentrated the gross notional is over accounts: one account holds all at 1,000. */
  readonly herfindahl: number;
}

/**
 * One pass over everything open, position by position and then account by account. Reads the
 * engine's columns and changes nothing but what valuing an account brings up to date.
 */
export function collectCells(book: Book, groups: AccountGroups): BookCells {
  groups.follow();
  const symbols = book.open.symbols.map(({ instrument, quote }) => ({
    instrument,
    quote: quote && { bid: quote.bid, ask: quote.ask },
  }));
  const units = unitValues(symbols);
  const { products, regions, cohorts } = groups;
  const count = products.length + regions.length + cohorts.length;
  const tally: Tally = {
    symbols: symbols.length,
    firstRegion: products.length,
    firstCohort: products.length + regions.length,
    cells: new Float64Array(count * symbols.length * SIDES.length * CELL_WIDTH),
    holders: new Int32Array(symbols.length * HOLDER_KINDS),
    accounts: new Int32Array(count),
    owed: new Float64Array(count * 2),
    gross: new Float64Array(book.accounts),
    holds: new Uint8Array(book.accounts),
    units,
  };
  addPositions(tally, book, groups);
  const { largest, herfindahl } = addAccounts(tally, book, groups);
  const { paying, inProfit } = addOwed(tally, book, groups);
  const { cells, holders, accounts, owed } = tally;
  const named = { products: [...products], regions: [...regions], cohorts: [...cohorts] };
  return {
    symbols,
    ...named,
    cells,
    holders,
    accounts,
    owed,
    paying,
    inProfit,
    largest,
    herfindahl,
  };
}

/** Which of the holders of a symbol are counted: all, and by side. */
export const HOLDER_KINDS = 3;

interface Tally {
  readonly symbols: number;
  readonly firstRegion: number;
  readonly firstCohort: number;
  readonly cells: Float64Array;
  readonly holders: Int32Array;
  readonly accounts: Int32Array;
  readonly owed: Float64Array;
  /** By account number. */
  readonly gross: Float64Array;
  /** By account number: whether anything is open. */
  readonly holds: Uint8Array;
  /** Notional of one smallest volume, by symbol. */
  readonly units: Float64Array;
}

/** What one smallest volume of each symbol stands for. */
function unitValues(symbols: readonly PricedInstrument[]): Float64Array {
  const prices = pricesOf(symbols);
  return Float64Array.from(symbols, ({ instrument }) => unitValueOf(instrument, prices).notional);
}

export function pricesOf(symbols: readonly PricedInstrument[]): Prices {
  const bySymbol = new Map(symbols.map((one) => [one.instrument.symbol, one]));
  return {
    instrument: (symbol) => bySymbol.get(symbol)?.instrument,
    quote: (symbol) => bySymbol.get(symbol)?.quote,
  };
}

function addPositions(tally: Tally, { open }: Book, { words }: AccountGroups): void {
  const { slot, symbol, buy, volume, openValue, next } = open.positions.column;
  const { number } = open.accounts.column;
  const { cells, holders, gross, holds, units, firstRegion, firstCohort, symbols } = tally;
  const stride = symbols * SIDES.length * CELL_WIDTH;
  const { length } = open.positions;
  for (let row = 0; row < length; row += 1) {
    const size = volume[row] as number;
    if (size === 0) continue;
    const account = number[slot[row] as number] as number;
    const word = words[account] as number;
    const held = symbol[row] as number;
    const side = buy[row] === 1 ? 0 : 1;
    const value = openValue[row] as number;
    const place = (held * SIDES.length + side) * CELL_WIDTH;
    add(cells, productIn(word) * stride + place, size, value);
    add(cells, (firstRegion + regionIn(word)) * stride + place, size, value);
    add(cells, (firstCohort + cohortIn(word)) * stride + place, size, value);
    gross[account] = (gross[account] as number) + size * (units[held] as number);
    holds[account] = 1;
    // An account counts once, whatever it holds: at the row of its chain that nothing like it follows.
    let isLast = true;
    let isLastOnSide = true;
    for (let link = next[row] as number; link !== 0; link = next[link - 1] as number) {
      if (symbol[link - 1] !== held) continue;
      isLast = false;
      if (buy[link - 1] !== buy[row]) continue;
      isLastOnSide = false;
      break;
    }
    const counted = held * HOLDER_KINDS;
    if (isLast) holders[counted] = (holders[counted] as number) + 1;
    if (isLastOnSide) {
      holders[counted + 1 + side] = (holders[counted + 1 + side] as number) + 1;
    }
  }
}

function add(cells: Float64Array, at: number, volume: number, openValue: number): void {
  cells[at] = (cells[at] as number) + volume;
  cells[at + 1] = (cells[at + 1] as number) + openValue;
  cells[at + 2] = (cells[at + 2] as number) + 1;
}

function addAccounts(
  { accounts, gross, holds, units, firstRegion, firstCohort }: Tally,
  book: Book,
  { words }: AccountGroups,
): Pick<BookCells, 'largest' | 'herfindahl'> {
  const largest = createLargest(LARGEST_MAX);
  let total = 0;
  let squares = 0;
  for (let account = 0; account < holds.length; account += 1) {
    if (holds[account] === 0) continue;
    const word = words[account] as number;
    count(accounts, productIn(word));
    count(accounts, firstRegion + regionIn(word));
    count(accounts, firstCohort + cohortIn(word));
    const size = gross[account] as number;
    total += size;
    squares += size * size;
    largest.offer(account, size);
  }
  return {
    largest: largest.numbers().map((account) => sidesOf(account, book, units)),
    herfindahl: total === 0 ? 0 : Math.floor((squares / total / total) * 1_000),
  };
}

function count(counts: Int32Array, at: number): void {
  counts[at] = (counts[at] as number) + 1;
}

function sidesOf(account: number, book: Book, units: Float64Array): LargeAccount {
  const at = new Map(book.open.symbols.map(({ instrument }, index) => [instrument.symbol, index]));
  let long = 0;
  let short = 0;
  for (const { symbol, side, volume } of book.positions(account)) {
    const value = volume * (units[at.get(symbol) ?? -1] ?? 0);
    if (side === 'buy') long += value;
    else short += value;
  }
  return { account, long, short };
}

/** What every account that is paid of its profit has coming. */
function addOwed(
  { owed, firstRegion, firstCohort }: Tally,
  book: Book,
  { paying, words }: AccountGroups,
): { readonly paying: number; readonly inProfit: number } {
  const prices: Prices = { instrument: instrumentIn(book), quote: book.quote };
  const addTo = (group: number, { payable, ifClosed }: Owed): void => {
    owed[group * 2] = (owed[group * 2] as number) + payable;
    owed[group * 2 + 1] = (owed[group * 2 + 1] as number) + ifClosed;
  };
  let accounts = 0;
  let inProfit = 0;
  for (const one of paying) {
    const { account, start } = one;
    if (hasEnded(book.status(account))) continue;
    accounts += 1;
    const equity = book.equity(account);
    if (equity <= start) continue;
    inProfit += 1;
    const due = owedOn(one, { balance: book.balance(account), equity });
    const counted = inFirm(due, one.currency, prices);
    const word = words[account] as number;
    addTo(productIn(word), counted);
    addTo(firstRegion + regionIn(word), counted);
    addTo(firstCohort + cohortIn(word), counted);
  }
  return { paying: accounts, inProfit };
}

function instrumentIn(book: Book): Prices['instrument'] {
  const bySymbol = new Map(book.instruments().map((one) => [one.symbol, one]));
  return (symbol) => bySymbol.get(symbol);
}

/** Rounded down once per account; nothing where no rate is known. */
export function inFirm({ payable, ifClosed }: Owed, currency: string, prices: Prices): Owed {
  if (currency === FIRM_CURRENCY) return { payable, ifClosed };
  return {
    payable: inFirmCurrency(payable, currency, prices) ?? 0,
    ifClosed: inFirmCurrency(ifClosed, currency, prices) ?? 0,
  };
}

interface Largest {
  offer(account: number, size: number): void;
  /** The largest first; of equals the lower number. */
  numbers(): number[];
}

/** Keeps the few largest of many: most are refused by one comparison. */
export function createLargest(most: number): Largest {
  const kept: { readonly account: number; readonly size: number }[] = [];
  const isBefore = (size: number, account: number, other: (typeof kept)[number]): boolean =>
    size > other.size || (size === other.size && account < other.account);
  return {
    offer: (account, size) => {
      const last = kept.at(-1);
      if (size === 0 || (kept.length === most && last && !isBefore(size, account, last))) return;
      let at = kept.length;
      while (at > 0 && isBefore(size, account, kept[at - 1] as (typeof kept)[number])) at -= 1;
      kept.splice(at, 0, { account, size });
      if (kept.length > most) kept.pop();
    },
    numbers: () => kept.map(({ account }) => account),
  };
}

/** Floating profit of volumes and open values of one symbol, in its quote currency: exact. */
export function floatingOf(
  side: Side,
  cell: { readonly volume: number; readonly openValue: number },
  { quote }: PricedInstrument,
  pointValue: Money,
): Money {
  if (!quote) return 0;
  return side === 'long'
    ? (cell.volume * quote.bid - cell.openValue) * pointValue
    : (cell.openValue - cell.volume * quote.ask) * pointValue;
}

/** `part` of `whole` in thousandths, rounded down; 0 of nothing. */
export function perMilleOf(part: Money, whole: Money): number {
  return whole === 0 ? 0 : mulDivFloor(part, 1_000, whole);
}
