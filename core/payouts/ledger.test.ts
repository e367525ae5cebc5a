import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLedger,
  LEDGER_ACCOUNTS,
  type Ledger,
  type LedgerAccount,
  type LedgerEvent,
} from './ledger.ts';

const AT = Date.UTC(2026, 10, 30, 12);
type Bare<Event> = Event extends unknown ? Omit<Event, 'id' | 'at'> : never;

/** Posts in turn, each under a name of its own, and stops at the first that is refused. */
function ledgerOf(...events: readonly Bare<LedgerEvent>[]): Ledger {
  const ledger = createLedger();
  for (const [at, event] of events.entries()) {
    const posted = ledger.post({ id: `fact-${at}`, at: AT + at, ...event } as LedgerEvent);
    if (!posted.ok) throw new Error(`${event.type}: ${posted.error}`);
  }
  return ledger;
}

type Of<Type extends LedgerEvent['type']> = Bare<Extract<LedgerEvent, { readonly type: Type }>>;
const [payoutId, amount, currency] = ['PO-1', 1_000, 'USD'] as const;
const approved: Of<'approved'> = { type: 'approved', payoutId, amount, currency };
const instructed: Of<'instructed'> = { type: 'instructed', payoutId, amount };
const out: Of<'bankOut'> = { type: 'bankOut', payoutId, entryId: 'B-1', amount, currency };
const back: Of<'bankIn'> = { type: 'bankIn', payoutId, entryId: 'B-2', amount, currency };
const matched: Of<'matched'> = { type: 'matched', payoutId, entryId: 'B-1' };
const returned: Of<'returned'> = { type: 'returned', payoutId };
const declined: Of<'declined'> = { type: 'declined', payoutId };
const voided: Of<'approvalVoided'> = { type: 'approvalVoided', payoutId };
const fee: Of<'fee'> = { type: 'fee', entryId: 'B-9', amount: 25, currency };

/** Debits above zero, by account; accounts at zero are left out. */
function balancesOf(ledger: Ledger, currency = 'USD'): Partial<Record<LedgerAccount, number>> {
  return Object.fromEntries(
    ledger
      .trialBalance(currency)
      .filter(({ debit, credit }) => debit !== credit)
      .map(({ account, debit, credit }) => [account, debit - credit]),
  );
}

describe('the books of a payout', () => {
  const histories: readonly [string, readonly Bare<LedgerEvent>[], object][] = [
    ['approved: owed', [approved], { payoutExpense: 1_000, traderPayable: -1_000 }],
    ['voided: as if it had never been', [approved, voided], {}],
    ['instructed: on its way', [approved, instructed], { payoutExpense: 1_000, clearing: -1_000 }],
    [
      'booked by the bank: paid',
      [approved, instructed, out],
      { payoutExpense: 1_000, bank: -1_000 },
    ],
    [
      'declined: owed again',
      [approved, instructed, declined],
      { payoutExpense: 1_000, traderPayable: -1_000 },
    ],
    [
      'returned before the bank booked it: owed again',
      [approved, instructed, returned],
      { payoutExpense: 1_000, traderPayable: -1_000 },
    ],
    [
      'returned after the bank booked it: owed again, and expected back',
      [approved, instructed, out, returned],
      { payoutExpense: 1_000, traderPayable: -1_000, clearing: 1_000, bank: -1_000 },
    ],
    [
      'returned and back: owed again',
      [approved, instructed, out, returned, back],
      { payoutExpense: 1_000, traderPayable: -1_000 },
    ],
    [
      'back before it is said to be returned: the same',
      [approved, instructed, out, back, returned],
      { payoutExpense: 1_000, traderPayable: -1_000 },
    ],
    [
      'returned before a late statement has both lines: the same',
      [approved, instructed, returned, out, back],
      { payoutExpense: 1_000, traderPayable: -1_000 },
    ],
    ['returned, back and voided: nothing', [approved, instructed, out, returned, back, voided], {}],
    [
      'paid again after a return: paid once',
      [approved, instructed, out, returned, back, instructed, { ...out, entryId: 'B-3' }],
      { payoutExpense: 1_000, bank: -1_000 },
    ],
    [
      'paid after a decline and another order: paid once',
      [approved, instructed, declined, instructed, out],
      { payoutExpense: 1_000, bank: -1_000 },
    ],
    ['a fee of the bank', [fee], { fees: 25, bank: -25 }],
  ];
  it.each(histories)('%s', (_name, events, balances) => {
    expect(balancesOf(ledgerOf(...events))).toEqual(balances);
  });

  it('keep what the bank booked and nobody knows in suspense, until it is matched', () => {
    const unknown = { ...out, payoutId: null };
    const before = ledgerOf(approved, instructed, unknown);
    expect(balancesOf(before)).toEqual({
      payoutExpense: 1_000,
      clearing: -1_000,
      suspense: 1_000,
      bank: -1_000,
    });
    const after = ledgerOf(approved, instructed, unknown, matched);
    expect(balancesOf(after)).toEqual({ payoutExpense: 1_000, bank: -1_000 });
    expect(after.openOf('PO-1')).toMatchObject({ leaving: 0, paid: 1_000 });
  });

  it('refuse no line of the bank: what is paid twice, or more than was instructed, is in suspense', () => {
    const twice = ledgerOf(approved, instructed, out, { ...out, entryId: 'B-7' });
    expect(balancesOf(twice)).toEqual({ payoutExpense: 1_000, suspense: 1_000, bank: -2_000 });
    const more = ledgerOf(approved, instructed, { ...out, amount: 1_300 });
    expect(balancesOf(more)).toEqual({ payoutExpense: 1_000, suspense: 300, bank: -1_300 });
    const neverApproved = ledgerOf({ ...out, payoutId: 'PO-404' }, { ...back, payoutId: null });
    expect(balancesOf(neverApproved)).toEqual({});
    expect(neverApproved.openOf('PO-404')).toBeNull();
  });

  it('keep currencies apart', () => {
    const ledger = ledgerOf(approved, instructed, { ...out, currency: 'EUR' });
    expect(balancesOf(ledger)).toEqual({ payoutExpense: 1_000, clearing: -1_000 });
    expect(balancesOf(ledger, 'EUR')).toEqual({ suspense: 1_000, bank: -1_000 });
    expect(balancesOf(ledger, 'GBP')).toEqual({});
    const accounts = ledger.trialBalance('GBP').map(({ account }) => account);
    expect(accounts).toEqual(LEDGER_ACCOUNTS);
    expect(ledger.post({ id: 'next', at: AT, ...matched })).toEqual({
      ok: false,
      error: 'PO-1 is in USD',
    });
  });

  it('tell what is open', () => {
    expect(ledgerOf(approved, instructed).openOf('PO-1')).toEqual({
      currency: 'USD',
      payable: 0,
      leaving: 1_000,
      comingBack: 0,
      paid: 0,
    });
    expect(ledgerOf(approved, instructed, out, returned).openOf('PO-1')).toEqual({
      currency: 'USD',
      payable: 1_000,
      leaving: 0,
      comingBack: 1_000,
      paid: 1_000,
    });
  });
});

describe('an event of the books', () => {
  it('counts once: the same again does nothing, another of its name is refused', () => {
    const ledger = ledgerOf(approved);
    const again = { id: 'fact-0', at: AT, ...approved };
    expect(ledger.post(again)).toEqual({ ok: true, value: null });
    expect(ledger.post({ ...again, amount: 2_000 })).toEqual({
      ok: false,
      error: 'fact-0 is the name of something else already',
    });
    expect(balancesOf(ledger)).toEqual({ payoutExpense: 1_000, traderPayable: -1_000 });
  });

  it('of one line of the bank counts once, under whatever name', () => {
    const ledger = ledgerOf(approved, instructed, out);
    const again = ledger.post({ id: 'another', at: AT, ...out });
    expect(again).toEqual({ ok: false, error: "the bank's line B-1 is booked already" });
  });

  const refusals: readonly [string, readonly Bare<LedgerEvent>[], Bare<LedgerEvent>, string][] = [
    ['an amount of nothing', [], { ...approved, amount: 0 }, 'above zero, was 0'],
    ['a part of a unit', [], { ...approved, amount: 0.5 }, 'a whole number above zero'],
    ['an amount below zero', [], { ...approved, amount: -5 }, 'above zero, was -5'],
    ['a second approval', [approved], approved, 'PO-1 is approved already: void that first'],
    ['an approval of what is paid', [approved, instructed, out], approved, 'is approved already'],
    ['another currency', [approved, voided], { ...approved, currency: 'EUR' }, 'PO-1 is in USD'],
    ['an unknown payout', [], instructed, 'PO-1 was never approved'],
    ['more than is owed', [approved], { ...instructed, amount: 1_001 }, 'PO-1 owes 0.10 USD'],
    ['a second order', [approved, instructed], instructed, 'PO-1 owes 0.00 USD'],
    ['voiding what is on its way', [approved, instructed], voided, 'nothing of PO-1 is owed'],
    ['declining what was never sent', [approved], declined, 'nothing of PO-1 is instructed'],
    ['declining what has left', [approved, instructed, out], declined, 'can only be returned'],
    [
      'declining what has left and is back',
      [approved, instructed, out, back],
      declined,
      'can only be returned',
    ],
    ['returning twice', [approved, instructed, returned], returned, 'that could be returned'],
    [
      'matching a line that is explained',
      [approved, instructed, out],
      matched,
      "nothing of the bank's line B-1 is in suspense",
    ],
    [
      'matching a line to what expects none',
      [approved, { ...out, payoutId: null }],
      matched,
      'PO-1 expects nothing that goes out',
    ],
  ];
  it.each(refusals)('is refused for %s, and changes nothing', (_name, before, event, sentence) => {
    const ledger = ledgerOf(...before);
    const balances = ledger.trialBalance('USD');
    const posted = ledger.post({ id: 'next', at: AT, ...event } as LedgerEvent);
    expect(posted.ok ? '' : posted.error).toContain(sentence);
    expect(ledger.trialBalance('USD')).toEqual(balances);
    expect(ledger.openOf('PO-2')).toBeNull();
  });

  it('is refused when sums would leave exact numbers', () => {
    const ledger = ledgerOf({ ...approved, amount: Number.MAX_SAFE_INTEGER });
    expect(ledger.post({ id: 'x', at: AT, ...approved, payoutId: 'PO-2' })).toEqual({
      ok: false,
      error: 'payoutExpense would be beyond exact numbers',
    });
    expect(ledger.openOf('PO-2')).toBeNull();
  });
});

describe('the statement of a month', () => {
  it('has every line of its postings, by the calendar of UTC', () => {
    const ledger = createLedger();
    const at = Date.UTC(2026, 11, 1);
    ledger.post({ id: 'a', at: at - 1, ...approved });
    ledger.post({ id: 'b', at, ...instructed });
    ledger.post({ id: 'c', at, ...out });
    expect(ledger.statement('2026-11')).toEqual([
      row('a', at - 1, 'approved', 'payoutExpense', 1_000, 0),
      row('a', at - 1, 'approved', 'traderPayable', 0, 1_000),
    ]);
    expect(ledger.statement('2026-12').map(({ account }) => account)).toEqual([
      'traderPayable',
      'clearing',
      'clearing',
      'bank',
    ]);
    expect(ledger.statement('2027-01')).toEqual([]);
    expect(ledger.statement('2026-12').at(-1)).toMatchObject({ entryId: 'B-1', credit: 1_000 });
  });
});

/** A step of a random history; which payout and line it is about is drawn from few. */
const step = fc.record({
  // The more often an event is refused, the more often it is tried.
  type: fc.constantFrom<LedgerEvent['type']>(
    'approved',
    'approved',
    'approvalVoided',
    'instructed',
    'instructed',
    'declined',
    'returned',
    'bankOut',
    'bankOut',
    'bankIn',
    'matched',
    'matched',
    'matched',
    'matched',
    'matched',
    'fee',
  ),
  payout: fc.integer({ min: 0, max: 2 }),
  unknown: fc.boolean(),
  entry: fc.integer({ min: 0, max: 14 }),
  amount: fc.constantFrom(100, 100, 100, 60, 250),
  id: fc.integer({ min: 0, max: 900 }),
});

const CURRENCIES = ['USD', 'EUR'] as const;
const PAYOUTS = ['PO-0', 'PO-1', 'PO-2'];

function currencyOf(payout: string | null): string {
  return payout === 'PO-1' ? 'EUR' : 'USD';
}

const history = fc.array(
  step.map(({ type, payout, unknown, entry, amount: size, id }) => {
    const about = PAYOUTS[payout] ?? 'PO-0';
    return {
      type,
      id: `fact-${id}`,
      at: AT,
      amount: size,
      currency: currencyOf(about),
      payoutId: unknown && (type === 'bankOut' || type === 'bankIn') ? null : about,
      entryId: `B-${entry}`,
    } as LedgerEvent;
  }),
  { minLength: 20, maxLength: 80, size: 'max' },
);

/**
 * The same books by another way: every unit of money is a token that events move between places,
 * and balances are counts of tokens. "way" is of what was ordered and is not out; it holds less
 * than nothing while what was sent back is still to come.
 */
class Tokens {
  readonly places = new Map<string, number>();
  readonly strays = new Map<string, { amount: number; isOut: boolean }>();

  count(place: string): number {
    return this.places.get(place) ?? 0;
  }
  total(kind: string): number {
    const places = [...this.places].filter(([place]) => place.startsWith(kind));
    return places.reduce((sum, [, count]) => sum + count, 0);
  }
  add(place: string, amount: number): void {
    this.places.set(place, this.count(place) + amount);
  }
  move(from: string, to: string, amount: number): void {
    this.add(from, -amount);
    this.add(to, amount);
  }

  approved({ payoutId, amount }: Of<'approved'>): void {
    this.add(`owed ${payoutId}`, amount);
    this.add('expense', amount);
  }
  approvalVoided({ payoutId }: Of<'approvalVoided'>): void {
    this.add('expense', -this.count(`owed ${payoutId}`));
    this.places.set(`owed ${payoutId}`, 0);
  }
  instructed({ payoutId, amount }: Of<'instructed'>): void {
    this.move(`owed ${payoutId}`, `way ${payoutId}`, amount);
    this.add(`live order ${payoutId}`, amount);
    this.add(`due out ${payoutId}`, amount);
  }
  declined({ payoutId }: Of<'declined'>): void {
    const amount = this.count(`live order ${payoutId}`);
    this.add(`due out ${payoutId}`, -amount);
    this.endOrder(payoutId);
  }
  returned({ payoutId }: Of<'returned'>): void {
    this.endOrder(payoutId);
  }
  endOrder(payoutId: string): void {
    this.move(`way ${payoutId}`, `owed ${payoutId}`, this.count(`live order ${payoutId}`));
    this.places.set(`live order ${payoutId}`, 0);
  }
  bankOut({ entryId, payoutId, amount }: Of<'bankOut'>): void {
    this.add('bank', -amount);
    this.strays.set(entryId, {
      amount: amount - this.explain(payoutId, amount, true),
      isOut: true,
    });
  }
  bankIn({ entryId, payoutId, amount }: Of<'bankIn'>): void {
    this.add('bank', amount);
    this.strays.set(entryId, {
      amount: amount - this.explain(payoutId, amount, false),
      isOut: false,
    });
  }
  matched({ entryId, payoutId }: Of<'matched'>): void {
    const { amount, isOut } = this.strays.get(entryId) ?? { amount: 0, isOut: true };
    this.strays.set(entryId, { amount: amount - this.explain(payoutId, amount, isOut), isOut });
  }
  fee({ amount }: Of<'fee'>): void {
    this.move('bank', 'fees', amount);
  }

  /** How much of a bank's line is of this payout: moved at once. */
  explain(payoutId: string | null, amount: number, isOut: boolean): number {
    if (payoutId === null) return 0;
    const [way, gone, due] = [`way ${payoutId}`, `gone ${payoutId}`, `due out ${payoutId}`];
    const taken = Math.min(amount, this.count(isOut ? due : gone));
    this.move(isOut ? way : gone, isOut ? gone : way, taken);
    if (isOut) this.add(due, -taken);
    return taken;
  }
}

function replayTokens(accepted: readonly LedgerEvent[], wanted: string): Tokens {
  const tokens = new Tokens();
  for (const event of accepted) {
    const own = 'currency' in event ? event.currency : currencyOf(event.payoutId);
    if (own === wanted) tokens[event.type](event as never);
  }
  for (const { amount, isOut } of tokens.strays.values()) {
    tokens.add('suspense', isOut ? amount : -amount);
  }
  return tokens;
}

describe('random histories of the books', () => {
  const reached = new Map<string, number>();

  it('balance after every event, never leave an amount below zero, and tie to the events', () => {
    fc.assert(
      fc.property(history, (events) => {
        const ledger = createLedger();
        const accepted: LedgerEvent[] = [];
        for (const event of events) {
          const posted = ledger.post(event);
          if (!posted.ok || !posted.value) continue;
          accepted.push(event);
          reached.set(event.type, (reached.get(event.type) ?? 0) + 1);
          expect(faultsOf(ledger)).toEqual([]);
        }
        for (const one of CURRENCIES) expectTied(ledger, accepted, one);
        expect(new Set(ledger.statement('2026-11').map(({ eventId }) => eventId)).size).toBe(
          accepted.length,
        );
      }),
      { seed: 20_261_221, numRuns: 700 },
    );
  });

  it('reached every kind of event many times', () => {
    expect([...reached].filter(([, times]) => times < 150)).toEqual([]);
    expect(reached.size).toBe(9);
  });

  it('come to the same when every event is told twice', () => {
    fc.assert(
      fc.property(history, (events) => {
        const [once, twice] = [createLedger(), createLedger()];
        for (const event of events) {
          const first = once.post(event);
          expect(twice.post(event)).toEqual(first);
          expect(twice.post(event)).toEqual(first.ok ? { ok: true, value: null } : first);
        }
        for (const one of CURRENCIES) {
          expect(twice.trialBalance(one)).toEqual(once.trialBalance(one));
        }
      }),
      { seed: 20_261_222, numRuns: 200 },
    );
  });
});

/** Books that do not balance, and amounts that nobody can owe. */
function faultsOf(ledger: Ledger): string[] {
  const faults: string[] = [];
  for (const one of CURRENCIES) {
    const lines = ledger.trialBalance(one);
    const difference = lines.reduce((sum, { debit, credit }) => sum + debit - credit, 0);
    if (difference !== 0) faults.push(`${one} differs by ${difference}`);
    if (lines.some(({ debit, credit }) => debit < 0 || credit < 0))
      faults.push(`${one} is negative`);
  }
  for (const payout of PAYOUTS) {
    const { payable = 0, leaving = 0, comingBack = 0, paid = 0 } = ledger.openOf(payout) ?? {};
    if (Math.min(payable, leaving, comingBack, paid) < 0) faults.push(`${payout} is below zero`);
  }
  return faults;
}

function expectTied(ledger: Ledger, accepted: readonly LedgerEvent[], wanted: string): void {
  const tokens = replayTokens(accepted, wanted);
  const nonZero = Object.entries({
    bank: tokens.count('bank'),
    clearing: -tokens.total('way '),
    suspense: tokens.count('suspense'),
    traderPayable: -tokens.total('owed '),
    payoutExpense: tokens.count('expense'),
    fees: tokens.count('fees'),
  }).filter(([, balance]) => balance !== 0);
  expect(balancesOf(ledger, wanted)).toEqual(Object.fromEntries(nonZero));
  for (const payout of PAYOUTS.filter((one) => currencyOf(one) === wanted)) {
    const way = tokens.count(`way ${payout}`);
    const known = accepted.some((event) => event.type === 'approved' && event.payoutId === payout);
    expect(ledger.openOf(payout)).toEqual(
      known
        ? {
            currency: wanted,
            payable: tokens.count(`owed ${payout}`),
            leaving: Math.max(0, way),
            comingBack: Math.max(0, -way),
            paid: tokens.count(`gone ${payout}`),
          }
        : null,
    );
  }
}

function row(
  eventId: string,
  at: number,
  type: LedgerEvent['type'],
  account: LedgerAccount,
  debit: number,
  credit: number,
): unknown {
  const about = { payoutId: 'PO-1', entryId: null, currency: 'USD' };
  return { eventId, at, type, ...about, account, debit, credit };
}
