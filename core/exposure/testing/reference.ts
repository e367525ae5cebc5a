import { hasEnded } from '#core/accounts/account.ts';
import type { Prices } from '#core/accounts/held-position.ts';
import { conversionBetween } from '#core/accounts/market-view.ts';
import { floatingInQuote, type Position } from '#core/accounts/positions.ts';
import type { Book } from '#core/engine/book.ts';
import { present } from '#core/kernel/assert.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import { mulDivFloor, type Money } from '#core/money/money.ts';
import { startOf, traderShareOf, type PayoutPolicy } from '#core/payouts/policy.ts';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { baseOf } from '../unit-value.ts';

/*
 * Exposure the slow and obvious way: every account's state is read as the account page reads it,
 * every position is valued by itself, and every row is a sum over positions. What the columns say
 * must be the same.
 */

export interface ReferencePorts {
  policyOf(terms: AccountTerms): PayoutPolicy | undefined;
  /** By trader. */
  regionOf(traderId: string): string;
  /** "2026-05-04" by trader, or "unknown". */
  firstDayOf(traderId: string): string;
  readonly at: number;
}

export interface ReferenceRow {
  long: Money;
  short: Money;
  positions: number;
  readonly accounts: Set<string>;
  /** Volumes' profit by symbol and side, in the quote currency: converted when it is summed up. */
  readonly floating: Map<string, { amount: Money; currency: string }>;
  payable: Money;
  ifClosed: Money;
}

export type ReferenceSlices = Map<string, Map<string, ReferenceRow>>;

export function referenceSlices(book: Book, ports: ReferencePorts): ReferenceSlices {
  const slices: ReferenceSlices = new Map();
  const row = (by: string, key: string): ReferenceRow => {
    const rows = slices.get(by) ?? new Map<string, ReferenceRow>();
    slices.set(by, rows);
    const found = rows.get(key) ?? {
      long: 0,
      short: 0,
      positions: 0,
      accounts: new Set<string>(),
      floating: new Map<string, { amount: Money; currency: string }>(),
      payable: 0,
      ifClosed: 0,
    };
    rows.set(key, found);
    return found;
  };
  for (let number = 0; number < book.accounts; number += 1) {
    const state = book.state(number, ports.at);
    const prices = pricesOf(state);
    const keys = keysOf(state, ports);
    for (const position of state.positions) {
      const instrument = present(prices.instrument(position.symbol), position.symbol);
      for (const [by, key] of [...keys, ['symbol', position.symbol]] as const) {
        addPosition(row(by, key), state, position, prices);
      }
      addPosition(row('assetClass', instrument.assetClass), state, position, prices);
      addLegs(row, position, prices);
    }
    const owed = owedOf(state, book.equity(number), ports);
    for (const [by, key] of keys) {
      row(by, key).payable += owed.payable;
      row(by, key).ifClosed += owed.ifClosed;
    }
  }
  return slices;
}

/** Profit of a row in the firm's currency: each symbol and side converted once. */
export function floatingOfRow({ floating }: ReferenceRow, book: Book): Money {
  if (book.accounts === 0) return 0;
  const prices = pricesOf(book.state(0, 0));
  return [...floating.values()].reduce(
    (sum, { amount, currency }) => sum + (atMid(amount, currency, prices) ?? 0),
    0,
  );
}

function keysOf(
  { terms, status: _status }: AccountState,
  { policyOf, regionOf, firstDayOf }: ReferencePorts,
): (readonly [string, string])[] {
  const day = firstDayOf(terms.traderId);
  return [
    ['firm', 'firm'],
    ['program', terms.program.programId],
    ['phase', terms.phase.phaseId],
    ['stage', policyOf(terms) ? 'funded' : 'evaluation'],
    ['region', regionOf(terms.traderId)],
    ['month', day === 'unknown' ? day : day.slice(0, 7)],
    ['week', day === 'unknown' ? day : mondayOf(day)],
  ];
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

function pricesOf({ market }: AccountState): Prices {
  const of = (symbol: string) => market.find(({ instrument }) => instrument.symbol === symbol);
  return {
    instrument: (symbol) => of(symbol)?.instrument,
    quote: (symbol) => {
      const { bid = null, ask = null } = of(symbol) ?? {};
      return bid === null || ask === null ? null : { bid, ask };
    },
  };
}

function addPosition(
  row: ReferenceRow,
  { terms }: AccountState,
  position: Position,
  prices: Prices,
): void {
  const instrument = present(prices.instrument(position.symbol), position.symbol);
  const value = position.volume * unitNotional(instrument, prices);
  if (position.side === 'buy') row.long += value;
  else row.short += value;
  row.positions += 1;
  row.accounts.add(terms.accountId);
  addFloating(row, position, prices);
}

function addFloating(row: ReferenceRow, position: Position, prices: Prices): void {
  const quote = prices.quote(position.symbol);
  if (!quote) return;
  const instrument = present(prices.instrument(position.symbol), position.symbol);
  const value = pointValue(instrument);
  const name = `${position.symbol} ${position.side}`;
  const before = row.floating.get(name)?.amount ?? 0;
  const amount = before + floatingInQuote(position, quote, value.ok ? value.value : 0);
  row.floating.set(name, { amount, currency: instrument.quoteCurrency });
}

function addLegs(
  row: (by: string, key: string) => ReferenceRow,
  position: Position,
  prices: Prices,
): void {
  const instrument = present(prices.instrument(position.symbol), position.symbol);
  const notional = unitNotional(instrument, prices);
  const base = baseOf(instrument);
  const isLong = position.side === 'buy';
  const quoted = row('currency', instrument.quoteCurrency);
  quoted.positions += 1;
  addFloating(quoted, position, prices);
  const first = row('currency', base ?? 'none');
  first.positions += 1;
  const perUnit = base === null ? notional : (baseNotional(instrument, base, prices) ?? notional);
  if (isLong) first.long += position.volume * perUnit;
  else first.short += position.volume * perUnit;
  if (base === null) return;
  if (isLong) quoted.short += position.volume * notional;
  else quoted.long += position.volume * notional;
}

/** One smallest volume at the mid price, in the firm's currency. */
function unitNotional(instrument: Instrument, prices: Prices): Money {
  const quote = prices.quote(instrument.symbol);
  const value = pointValue(instrument);
  if (!quote || !value.ok) return 0;
  const inQuote = Math.floor((Math.abs(quote.bid + quote.ask) * value.value) / 2);
  return atMid(inQuote, instrument.quoteCurrency, prices) ?? 0;
}

/** Whole units of the base, as many as the smallest volume holds, at their own rate. */
function baseNotional(instrument: Instrument, base: string, prices: Prices): Money | null {
  const units = (Number(instrument.contractSize) * 10_000) / 10 ** instrument.volumeDecimals;
  return atMid(units, base, prices);
}

function atMid(amount: Money, currency: string, prices: Prices): Money | null {
  const how = conversionBetween(currency, 'USD', prices.instrument);
  if (!how) return null;
  if (how.type === 'none') return amount;
  const quote = prices.quote(how.symbol);
  if (!quote) return null;
  const unit = 2 * 10 ** how.digits;
  const twice = quote.bid + quote.ask;
  return how.type === 'multiply'
    ? mulDivFloor(amount, twice, unit)
    : mulDivFloor(amount, unit, twice);
}

function owedOf(
  state: AccountState,
  equity: Money,
  { policyOf }: ReferencePorts,
): { payable: Money; ifClosed: Money } {
  const policy = policyOf(state.terms);
  if (!policy || hasEnded(state.status)) return { payable: 0, ifClosed: 0 };
  const share = (profit: Money): Money => {
    const leaves = mulDivFloor(Math.max(0, profit), policy.share, 1_000_000);
    const part = traderShareOf(policy.split, leaves, { payouts: 0, paidToTrader: 0 });
    return atMid(part, state.terms.currency, pricesOf(state)) ?? 0;
  };
  const start = startOf(state.terms);
  return {
    payable: share(Math.min(state.balance, equity) - start),
    ifClosed: share(equity - start),
  };
}
