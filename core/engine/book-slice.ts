import { hasEnded, type AccountTerms } from '#core/accounts/account.ts';
import type { Prices } from '#core/accounts/held-position.ts';
import { conversionBetween } from '#core/accounts/market-view.ts';
import { convert } from '#core/accounts/positions.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import type { BreachLines } from '#core/rules/judge.ts';
import type { Book } from './book.ts';

/**
 * The columns of a book that what-ifs on the whole of it need: see what-if/book-shock. `paysOut`
 * says whether accounts on these terms are in a phase that pays profit out, `owedPpmOf` which part
 * of it is the trader's.
 */
export function sliceBook(
  book: Book,
  paysOut: (terms: AccountTerms) => boolean = () => false,
  owedPpmOf: (account: number) => number = () => 0,
) {
  const instruments = book.instruments();
  const symbolAt = new Map(instruments.map(({ symbol }, at) => [symbol, at]));
  const programs: string[] = [];
  const programAt = new Map<string, number>();
  const rows: { account: number; program: number; lines: BreachLines }[] = [];
  const legFrom: number[] = [0];
  const legSymbol: number[] = [];
  const long: number[] = [];
  const short: number[] = [];
  const prices: Prices = {
    instrument: (symbol) => instruments[symbolAt.get(symbol) ?? -1],
    quote: book.quote,
  };
  for (let account = 0; account < book.accounts; account += 1) {
    const status = book.status(account);
    if (hasEnded(status)) continue;
    const { program, currency } = book.terms(account);
    if (!programAt.has(program.name)) programAt.set(program.name, programs.push(program.name) - 1);
    const row = { account, program: programAt.get(program.name) ?? 0 };
    rows.push({ ...row, lines: book.lines(account) });
    for (const position of book.positions(account)) {
      const instrument = prices.instrument(position.symbol);
      if (!instrument) continue;
      const perPoint = position.volume * pointInAccount(instrument, currency, prices);
      legSymbol.push(symbolAt.get(position.symbol) ?? 0);
      long.push(position.side === 'buy' ? perPoint : 0);
      short.push(position.side === 'sell' ? perPoint : 0);
    }
    legFrom.push(legSymbol.length);
  }
  return {
    symbols: instruments.map(({ symbol, digits }) => ({
      symbol,
      digits,
      bid: book.quote(symbol)?.bid ?? 0,
      ask: book.quote(symbol)?.ask ?? 0,
    })),
    programs,
    number: Int32Array.from(rows, ({ account }) => account),
    program: Int32Array.from(rows, (row) => row.program),
    equity: Float64Array.from(rows, ({ account }) => book.equity(account)),
    warnLine: Float64Array.from(rows, ({ lines }) => lines.warn),
    pauseLine: Float64Array.from(rows, ({ lines }) => lines.pause),
    failLine: Float64Array.from(rows, ({ lines }) => lines.fail),
    payable: Float64Array.from(rows, ({ account }) => payableOf(book, account, paysOut)),
    start: Float64Array.from(rows, ({ account }) => book.terms(account).startBalance),
    owedPpm: Int32Array.from(rows, ({ account }) => owedPpmOf(account)),
    legFrom: Int32Array.from(legFrom),
    legSymbol: Int32Array.from(legSymbol),
    long: Float64Array.from(long),
    short: Float64Array.from(short),
  };
}

/** Closed profit, less what stands open against it, where it can be paid out. */
function payableOf(book: Book, account: number, paysOut: (terms: AccountTerms) => boolean): number {
  const terms = book.terms(account);
  if (!paysOut(terms)) return 0;
  const worth = Math.min(book.balance(account), book.equity(account));
  return Math.max(0, worth - terms.startBalance);
}

/** Money that one point of one unit is worth to the account, at the present rate. */
function pointInAccount(instrument: Instrument, currency: string, prices: Prices): number {
  const value = pointValue(instrument);
  const conversion = conversionBetween(instrument.quoteCurrency, currency, prices.instrument);
  if (!value.ok || !conversion) return 0;
  if (conversion.type === 'none') return value.value;
  const rate = prices.quote(conversion.symbol);
  // A single point is too small to be converted in whole units: a thousand are, then shared out.
  const thousand = 1_000;
  return rate ? convert(value.value * thousand, conversion, rate) / thousand : 0;
}
