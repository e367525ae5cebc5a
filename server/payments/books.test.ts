import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeBankFile } from './take-bank-file.ts';
import { createBooks, type Books } from './books.ts';
import { statementOf } from './files/testing/messages.ts';
import { firmFacts } from './testing/facts.ts';
import { openPayingFirm, type PayingFirm } from './testing/paying-firm.ts';

let paying: PayingFirm;
beforeEach(async () => {
  paying = await openPayingFirm({ accounts: 6 });
  paying.rail.tellAt(null);
  for (const number of [4, 5, 6]) {
    const traderId = `T${number}`;
    paying.firm.system({ type: 'recordCheck', traderId, check: 'identity', result: 'passed' });
  }
});
afterEach(() => paying.close());

const booksNow = (): Books => {
  const books = createBooks();
  for (const fact of firmFacts(paying)) books.apply(fact);
  return books;
};
const balances = (books: Books, currency = 'USD') =>
  Object.fromEntries(
    books
      .trialBalance(currency)
      .map(({ account, debit, credit }) => [account, debit - credit] as const)
      .filter(([, balance]) => balance !== 0),
  );
const take = (text: string) =>
  takeBankFile({ governance: () => paying.governance, command: paying.command }, 'f', text);
const ending = (last4: string) => ({ account: `TEST-ACCOUNT-${last4}` });
const AMOUNT = 4_000_0000;

describe('the books', () => {
  it('follow a payout from its approval to the bank', async () => {
    paying.approved('A1');
    expect(balances(booksNow())).toEqual({ payoutExpense: AMOUNT, traderPayable: -AMOUNT });
    await paying.pass(0);
    expect(balances(booksNow())).toEqual({ payoutExpense: AMOUNT, clearing: -AMOUNT });
    await take(paying.rail.camt());
    const books = booksNow();
    expect(balances(books)).toEqual({ payoutExpense: AMOUNT, bank: -AMOUNT });
    expect(books.problems()).toEqual([]);
  });

  it('void what was approved and then changed, refused or taken back', async () => {
    const payoutId = paying.approved('A1');
    paying.firm.as('finn', {
      type: 'revisePayout',
      payoutId,
      deductions: [
        { dealIds: ['A1-out'], amount: 100_0000, ruleId: null, reason: 'a wrong price' },
      ],
      reason: 'a wrong price',
    });
    expect(balances(booksNow())).toEqual({});
    const other = paying.approved('A2');
    paying.firm.system({ type: 'withdrawPayout', payoutId: other, reason: 'changed my mind' });
    const books = booksNow();
    expect(balances(books)).toEqual({});
    expect(books.problems()).toEqual([]);
  });

  it('owe again what the rail refused or sent back', async () => {
    paying.approved('A1', ending('0003'));
    const returned = paying.approved('A2');
    await paying.pass(0);
    const key = paying.governance.payout(returned)?.payment?.instructionId ?? '';
    await take(paying.rail.camt());
    await paying.command({
      commandId: 'returned',
      actor: { type: 'system', id: 'test' },
      intent: {
        type: 'reportPayment',
        report: {
          payoutId: returned,
          instructionId: key,
          state: 'returned',
          reportId: 'returned-1',
          providerReference: '',
          message: '',
        },
      },
    });
    const books = booksNow();
    expect(balances(books)).toEqual({
      payoutExpense: 2 * AMOUNT,
      traderPayable: -2 * AMOUNT,
      clearing: AMOUNT,
      bank: -AMOUNT,
    });
    expect(books.openOf(returned)).toMatchObject({ payable: AMOUNT, comingBack: AMOUNT });
    expect(books.problems()).toEqual([]);
  });

  it('keep what nobody ordered in suspense, and charges apart', async () => {
    const entry = (amount: string, code: string, direction = 'DBIT') =>
      `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
      `<BookgDt><Dt>2026-01-21</Dt></BookgDt><BkTxCd><Prtry><Cd>${code}</Cd></Prtry></BkTxCd></Ntry>`;
    const parts = entry('12.00', 'X') + entry('1.50', 'CHRG') + entry('2.00', 'Y', 'CRDT');
    await take(statementOf({ parts }));
    const books = booksNow();
    expect(books.currencies()).toEqual(['EUR']);
    expect(balances(books, 'EUR')).toEqual({ suspense: 10_0000, fees: 1_5000, bank: -11_5000 });
  });

  it('tie to the facts and come to zero, whatever the rail does', async () => {
    const endings = ['4410', '0002', '0003', '0004', '0005', '0006'];
    const payouts = endings.map((last4, at) => paying.approved(`A${at + 1}`, ending(last4)));
    for (let tick = 0; tick < 4; tick += 1) await paying.pass(5_000);
    await take(paying.rail.camt());
    await paying.pass(5_000);
    paying.rail.settle();
    await paying.pass(3_600_000);
    await take(paying.rail.camt());
    const books = booksNow();
    const sides = books.trialBalance('USD');
    const sum = (side: 'debit' | 'credit') => sides.reduce((total, one) => total + one[side], 0);
    expect(sum('debit')).toBe(sum('credit'));
    expect(books.problems()).toEqual([]);
    for (const payoutId of payouts) {
      const { governance } = paying;
      const payout = governance.payout(payoutId);
      const matched = payout?.entries.length === 1;
      const isOwed = governance.paymentState(payoutId) === 'declined';
      const amount = payout?.payment?.amount ?? 0;
      expect([payoutId, books.openOf(payoutId)]).toEqual([
        payoutId,
        {
          currency: 'USD',
          payable: isOwed ? amount : 0,
          leaving: matched || isOwed ? 0 : amount,
          comingBack: 0,
          paid: matched ? amount : 0,
        },
      ]);
    }
    const lines = firmFacts(paying).flatMap((fact) =>
      fact.kind === 'bankEntryBooked' ? [fact.data] : [],
    );
    const left = lines.reduce(
      (total, { amount, direction }) => total + (direction === 'out' ? amount : -amount),
      0,
    );
    expect(balances(books)['bank']).toBe(-left);
    const matched = lines.filter(({ entryId }) => paying.governance.entryIsMatched(entryId));
    const suspense = left - matched.reduce((total, { amount }) => total + amount, 0);
    expect(balances(books)['suspense'] ?? 0).toBe(suspense);
  });

  it('are the same when they are kept again, and list a month line by line', async () => {
    paying.approved('A1');
    await paying.pass(0);
    await take(paying.rail.camt());
    const [one, other] = [booksNow(), booksNow()];
    const month = new Date(paying.firm.clock).toISOString().slice(0, 7);
    expect(one.statement(month)).toEqual(other.statement(month));
    expect(one.statement(month).map(({ type }) => type)).toEqual(
      ['approved', 'instructed', 'bankOut', 'matched'].flatMap((type) => [type, type]),
    );
    for (const fact of firmFacts(paying)) one.apply(fact);
    expect(balances(one)).toEqual(balances(other));
  });
});
