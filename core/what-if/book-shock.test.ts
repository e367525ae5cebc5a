import { describe, expect, it } from 'vitest';
import { hasEnded, STATUS } from '#core/accounts/account.ts';
import { sliceBook } from '#core/engine/book-slice.ts';
import { createBook, type Book } from '#core/engine/book.ts';
import { randomHistory } from '#core/engine/testing/random-history.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';
import { createRandom } from '#core/kernel/random.ts';
import { movedBy, mostFragile, shockBook, type Shock } from './book-shock.ts';

const SEEDS = Array.from({ length: 25 }, (_unused, at) => 7_100 + at);

/**
 * Rules on single positions answer to more than equity, and a balance that stands still can be
 * caught by a floor that rises under equity: a shock is about equity and floors.
 */
function hasFloorsOnly({ ruleSet }: { readonly ruleSet: RuleSet }): boolean {
  return ruleSet.content.rules.every(
    ({ kind, params }) =>
      kind !== 'tradeIdeaLoss' &&
      kind !== 'stopLossRequired' &&
      (params.measured === undefined || params.measured === 'equity'),
  );
}

function played(seed: number): Book {
  const history = randomHistory(seed, { accounts: 14, events: 220 });
  const book = createBook();
  for (const instrument of history.instruments) book.defineInstrument(instrument);
  for (const event of history.events) {
    if (event.type === 'open') {
      if (hasFloorsOnly(event)) book.openAccount(event);
    } else if (event.type === 'mark') book.mark(event.mark, () => {});
    else if (event.type === 'deal') book.deal(event.deal);
    else if (event.type === 'balanceOperation') book.balanceOperation(event.operation);
    else if (event.type === 'protection') book.protect(event.change);
    else if (event.type === 'news') book.scheduleNews(event.release);
    else if (event.type === 'rollOver') book.rollOver(event.clockId, event.day, () => {});
  }
  return book;
}

/** What really happens when the marks come: counted from the live engine itself. */
function live(book: Book, shock: Shock): { paused: number; failed: number } {
  const before = Array.from({ length: book.accounts }, (_unused, at) => book.status(at));
  for (const { symbol, ppm } of shock.moves) {
    const quote = book.quote(symbol);
    if (!quote) continue;
    const step = movedBy(quote.bid, quote.ask, ppm);
    const mark = { index: 0, symbol, bid: quote.bid + step, ask: quote.ask + step, at: 1 };
    book.mark({ ...mark, source: 'shock', quality: 0 }, () => {});
  }
  const changed = (to: number): number =>
    before.filter((status, at) => status !== to && book.status(at) === to).length;
  return { paused: changed(STATUS.paused), failed: changed(STATUS.failed) };
}

describe('a shock of the whole book', () => {
  it.each(SEEDS)(
    'of one symbol in the account currency ends whom the engine ends (seed %i)',
    (seed) => {
      const random = createRandom(seed);
      const symbol = random.pick(['EURUSD', 'XAUUSD', 'ES']);
      const shock = { name: 'one', moves: [{ symbol, ppm: random.below(60_000) - 30_000 }] };
      const book = played(seed);
      const { paused, failed } = shockBook(sliceBook(book), shock);
      expect({ paused, failed }).toEqual(live(book, shock));
    },
  );

  it('of nothing changes nothing', () => {
    const slice = sliceBook(played(1));
    const result = shockBook(slice, { name: 'still', moves: [] });
    expect(result).toMatchObject({ warned: 0, paused: 0, failed: 0, pnl: 0 });
  });

  it('counts the profit that failing accounts could have been paid', () => {
    for (const seed of SEEDS.slice(0, 12)) {
      const book = played(seed);
      const shock = { name: 'crash', moves: [{ symbol: 'XAUUSD', ppm: -60_000 }] };
      const payable = Array.from({ length: book.accounts }, (_unused, account) => {
        const status = book.status(account);
        const profit = Math.min(book.balance(account), book.equity(account));
        const over = profit - book.terms(account).startBalance;
        return status === STATUS.failed || status === STATUS.passed ? 0 : Math.max(0, over);
      });
      const result = shockBook(
        sliceBook(book, () => true),
        shock,
      );
      const running = payable.map((_unused, account) => book.status(account) !== STATUS.failed);
      live(book, shock);
      const lost = payable.filter(
        (_unused, account) => running[account] && book.status(account) === STATUS.failed,
      );
      const sum = (amounts: readonly number[]): number =>
        amounts.reduce((total, amount) => total + amount, 0);
      expect([result.payable, result.payableLost]).toEqual([sum(payable), sum(lost)]);
      expect(shockBook(sliceBook(book), shock).payable).toBe(0);
    }
  });

  it('owes what is left of profit after it, and to those who fail nothing', () => {
    let lost = 0;
    for (const seed of SEEDS.slice(0, 12)) {
      const random = createRandom(seed);
      const book = played(seed);
      const ppm = random.below(80_000) - 40_000;
      const shock = { name: 'one', moves: [{ symbol: 'XAUUSD', ppm }] };
      const slice = sliceBook(
        book,
        () => true,
        () => 800_000,
      );
      const owed = (): number =>
        Array.from({ length: book.accounts }, (_unused, account) => {
          if (hasEnded(book.status(account))) return 0;
          const profit = book.equity(account) - book.terms(account).startBalance;
          return Math.floor((Math.max(0, profit) * 8) / 10);
        }).reduce((sum, amount) => sum + amount, 0);
      const result = shockBook(slice, shock);
      expect(result.owed).toBe(owed());
      const before = Array.from({ length: book.accounts }, (_unused, at) => book.status(at));
      live(book, shock);
      // Who passes is the engine's business: a shock counts only what a fall ends.
      const passed = before.filter(
        (status, at) => book.status(at) !== status && book.status(at) === STATUS.passed,
      ).length;
      // A position that is rounded to the cent moves by whole cents.
      const most = passed > 0 ? Infinity : 100 * slice.legSymbol.length;
      expect(Math.abs(result.owedAfter - owed())).toBeLessThanOrEqual(most);
      lost += result.owed - result.owedAfter;
    }
    expect(lost).not.toBe(0);
  });

  it('lists the weakest first, each by the move of its own symbol that breaks it', () => {
    for (const seed of SEEDS.slice(0, 8)) {
      const fragile = mostFragile(sliceBook(played(seed)), 5);
      const sizes = fragile.map(({ ppm }) => Math.abs(ppm));
      expect(sizes).toEqual([...sizes].sort((one, other) => one - other));
    }
  });
});
