import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountSummary } from '#core/sync/protocol.ts';
import { encodeRowFrame, ROW_COLUMNS, ROW_WIDTH } from '#core/sync/row-frame.ts';
import { createBook, type Book } from './book.ts';
import { createOrder, type Sorting } from './order.ts';

const summary = (number: number): AccountSummary =>
  ({ number, status: 'active', terms: { traderName: `Trader ${number % 7}` } }) as AccountSummary;

function bookOf(count: number): Book {
  const book = createBook();
  book.setAccounts(Array.from({ length: count }, (_unused, number) => summary(number)));
  return book;
}

function setEquity(book: Book, account: number, equity: number): void {
  const values = new Float64Array(ROW_WIDTH);
  values[0] = account;
  values[ROW_COLUMNS.indexOf('equity') + 1] = equity;
  book.applyFrame(encodeRowFrame({ marketAt: 0, serverAt: 0, rows: 1, values }));
}

const byEquity: Sorting = {
  key: (book, account) => book.value(account, 'equity'),
  descending: false,
};

describe('the order of the grid', () => {
  it('after any changes is the order of a full sort', () => {
    const change = fc.tuple(fc.integer({ min: 0, max: 39 }), fc.integer({ min: -50, max: 50 }));
    fc.assert(
      fc.property(
        fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 6 }),
        fc.boolean(),
        (rounds, descending) => {
          const book = bookOf(40);
          const order = createOrder(book, { ...byEquity, descending });
          const equities = new Map<number, number>();
          for (const round of rounds) {
            for (const [account, equity] of round) {
              setEquity(book, account, equity);
              equities.set(account, equity);
            }
            order.update();
            const sign = descending ? -1 : 1;
            const rank = (account: number): number =>
              equities.has(account) ? (equities.get(account) as number) * sign : Infinity;
            const expected = Array.from({ length: 40 }, (_unused, account) => account).sort(
              (one, other) =>
                rank(one) === rank(other) ? one - other : rank(one) < rank(other) ? -1 : 1,
            );
            expect([...order.accounts]).toEqual(expected);
          }
        },
      ),
      { seed: 20_261_124 },
    );
  });

  it('shows what a filter keeps, and what is new', () => {
    const book = bookOf(10);
    const order = createOrder(book, byEquity);
    order.setKeep((_book, account) => account % 2 === 0, false);
    order.update();
    expect([...order.accounts]).toEqual([0, 2, 4, 6, 8]);
    book.setAccounts([summary(10), summary(11)]);
    order.update();
    expect([...order.accounts]).toEqual([0, 2, 4, 6, 8, 10]);
  });

  it('a filter on live numbers follows them, any other waits for a summary', () => {
    const book = bookOf(3);
    const order = createOrder(book, byEquity);
    for (const account of [0, 1, 2]) setEquity(book, account, 10 + account);
    const above = (from: Book, account: number): boolean => from.value(account, 'equity') > 10;
    order.setKeep(above, true);
    order.update();
    expect([...order.accounts]).toEqual([1, 2]);
    setEquity(book, 0, 99);
    setEquity(book, 1, 0);
    order.update();
    expect([...order.accounts]).toEqual([2, 0]);
  });

  it('sorts texts too', () => {
    const book = bookOf(9);
    const order = createOrder(book, {
      key: (from, account) => from.accounts[account]?.terms.traderName ?? '',
      descending: true,
    });
    order.update();
    expect([...order.accounts]).toEqual([6, 5, 4, 3, 2, 1, 8, 0, 7]);
  });
});
