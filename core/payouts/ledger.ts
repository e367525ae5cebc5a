import { assert, assertNever } from '#core/kernel/assert.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Money } from '#core/money/money.ts';
import { civilOf } from '#core/time/civil.ts';
import { amountInDigits } from './amount-words.ts';

/**
 * `traderPayable`: owed to traders. `payoutExpense`: what payouts cost. `clearing`: on its way to
 * or from a bank. `bank`: what statements say, and nothing else. `suspense`: booked by the bank,
 * and nobody knows for what.
 */
export const LEDGER_ACCOUNTS = [
  'bank',
  'clearing',
  'suspense',
  'traderPayable',
  'payoutExpense',
  'fees',
] as const;
export type LedgerAccount = (typeof LEDGER_ACCOUNTS)[number];

interface BankLine {
  /** Of the bank's own line: a statement that is read twice books once. */
  readonly entryId: string;
  readonly amount: Money;
  readonly currency: string;
}
interface AboutPayout {
  readonly payoutId: string;
}

/** What the books are kept of. Every `id` counts once, for ever. */
export type LedgerEvent = { readonly id: string; readonly at: number } & (
  | ({ readonly type: 'approved'; readonly amount: Money; readonly currency: string } & AboutPayout)
  | ({ readonly type: 'approvalVoided' } & AboutPayout)
  | ({ readonly type: 'instructed'; readonly amount: Money } & AboutPayout)
  /** The rail refused it: nothing has left. */
  | ({ readonly type: 'declined' } & AboutPayout)
  /** The rail sent it back: before the bank booked it, or after. */
  | ({ readonly type: 'returned' } & AboutPayout)
  | ({ readonly type: 'bankOut'; readonly payoutId: string | null } & BankLine)
  | ({ readonly type: 'bankIn'; readonly payoutId: string | null } & BankLine)
  /** A bank's line that nobody knew turns out to be of a payout. */
  | ({ readonly type: 'matched'; readonly entryId: string } & AboutPayout)
  | ({ readonly type: 'fee' } & BankLine)
);

export interface LedgerLine {
  readonly account: LedgerAccount;
  readonly debit: Money;
  readonly credit: Money;
}

/** One balanced entry of the books. */
export interface Posting {
  readonly eventId: string;
  readonly type: LedgerEvent['type'];
  readonly at: number;
  readonly currency: string;
  readonly payoutId: string | null;
  readonly entryId: string | null;
  readonly lines: readonly LedgerLine[];
}

/** What is open of a payout; no amount of it is ever below zero. */
export interface OpenAmounts {
  readonly currency: string;
  /** Approved and owed, not instructed. */
  readonly payable: Money;
  /** Instructed, and not booked by the bank. */
  readonly leaving: Money;
  /** Said to be sent back, and not booked by the bank. */
  readonly comingBack: Money;
  /** Booked out by the bank, and not back. */
  readonly paid: Money;
}

/** A line of a posting, for a file of them. */
export interface StatementRow extends LedgerLine {
  readonly at: number;
  readonly eventId: string;
  readonly type: LedgerEvent['type'];
  readonly payoutId: string | null;
  readonly entryId: string | null;
  readonly currency: string;
}

export interface Ledger {
  /** The posting, or null when this very event is posted already; an error changes nothing. */
  post(event: LedgerEvent): Result<Posting | null, string>;
  /** Balances by account, each on one side; both sides come to the same. */
  trialBalance(currency: string): readonly LedgerLine[];
  /** Null when nothing was ever approved under this name. */
  openOf(payoutId: string): OpenAmounts | null;
  /** Lines of a month of UTC, "2026-11", in the order in which they were posted. */
  statement(month: string): readonly StatementRow[];
}

/** A payout in the books. Everything else about it follows from these five sums. */
interface PayoutSums {
  readonly currency: string;
  /** Approved, and not voided. */
  readonly approved: Money;
  /** Instructed, and not declined. */
  readonly instructed: Money;
  readonly out: Money;
  readonly back: Money;
  /** Said to be returned, whether the money is back or not. */
  readonly returned: Money;
}

/** What of a bank's line lies in suspense. */
interface Unexplained {
  readonly direction: 'out' | 'in';
  readonly currency: string;
  readonly left: Money;
}

interface Books {
  readonly payouts: ReadonlyMap<string, PayoutSums>;
  readonly entries: ReadonlyMap<string, Unexplained>;
}

/** What an event would do to the books: nothing is done before all of it may be. */
interface Plan {
  readonly currency: string;
  readonly lines: readonly LedgerLine[];
  readonly payout?: readonly [payoutId: string, sums: PayoutSums];
  readonly entry?: readonly [entryId: string, left: Unexplained];
}
type Planned = Result<Plan, string>;

/** Double-entry books of payouts: what they say follows from the events alone, in their order. */
export function createLedger(): Ledger {
  const books = { payouts: new Map<string, PayoutSums>(), entries: new Map<string, Unexplained>() };
  const seen = new Map<string, string>();
  const postings: Posting[] = [];
  const balances = new Map<string, Map<LedgerAccount, Money>>();

  const post = (event: LedgerEvent): Result<Posting | null, string> => {
    if ('amount' in event && !(Number.isSafeInteger(event.amount) && event.amount > 0)) {
      return err(`an amount is a whole number above zero, was ${event.amount}`);
    }
    const text = canonicalText(event);
    const before = seen.get(event.id);
    if (before === text) return ok(null);
    if (before !== undefined) return err(`${event.id} is the name of something else already`);
    const planned = planOf(event, books);
    if (!planned.ok) return planned;
    const { currency, lines, payout, entry } = planned.value;
    const changed = changedBalances(balances.get(currency), lines);
    if (!changed.ok) return changed;
    seen.set(event.id, text);
    balances.set(currency, changed.value);
    if (payout) books.payouts.set(...payout);
    if (entry) books.entries.set(...entry);
    const posting = postingOf(event, currency, lines);
    postings.push(posting);
    return ok(posting);
  };

  return {
    post,
    trialBalance: (currency) => trialBalanceOf(balances.get(currency)),
    openOf: (payoutId) => {
      const sums = books.payouts.get(payoutId);
      return sums ? openAmounts(sums) : null;
    },
    statement: (month) => postings.filter(({ at }) => monthOf(at) === month).flatMap(rowsOf),
  };
}

function planOf(event: LedgerEvent, books: Books): Planned {
  if (event.type === 'approved') return planApproval(event, books);
  if (event.type === 'bankOut' || event.type === 'bankIn') return planBankLine(event, books);
  if (event.type === 'fee') return planFee(event, books);
  const sums = books.payouts.get(event.payoutId);
  if (!sums) return err(`${event.payoutId} was never approved`);
  if (event.type === 'approvalVoided') return planVoid(event, sums);
  if (event.type === 'instructed') return planInstruction(event, sums);
  if (event.type === 'declined') return planDecline(event, sums);
  if (event.type === 'returned') return planReturn(event, sums);
  if (event.type === 'matched') return planMatch(event, sums, books);
  return assertNever(event);
}

type EventOf<Type extends LedgerEvent['type']> = Extract<LedgerEvent, { readonly type: Type }>;

function planApproval(event: EventOf<'approved'>, { payouts }: Books): Planned {
  const { payoutId, amount, currency } = event;
  const sums = payouts.get(payoutId) ?? emptySums(currency);
  if (sums.currency !== currency) return err(`${payoutId} is in ${sums.currency}`);
  const { payable } = openAmounts(sums);
  if (payable > 0 || sums.instructed > sums.returned) {
    return err(`${payoutId} is approved already: void that first`);
  }
  return ok({
    currency,
    lines: transfer('payoutExpense', 'traderPayable', amount),
    payout: [payoutId, { ...sums, approved: sums.approved + amount }],
  });
}

/** Voids whatever is still owed; what was instructed has to come back first. */
function planVoid({ payoutId }: AboutPayout, sums: PayoutSums): Planned {
  const { payable } = openAmounts(sums);
  if (payable === 0) return err(`nothing of ${payoutId} is owed that could be voided`);
  return ok({
    currency: sums.currency,
    lines: transfer('traderPayable', 'payoutExpense', payable),
    payout: [payoutId, { ...sums, approved: sums.approved - payable }],
  });
}

function planInstruction({ payoutId, amount }: EventOf<'instructed'>, sums: PayoutSums): Planned {
  const { payable } = openAmounts(sums);
  if (amount > payable) {
    return err(`${payoutId} owes ${amountInDigits(payable, sums.currency)}, not as much as that`);
  }
  return ok({
    currency: sums.currency,
    lines: transfer('traderPayable', 'clearing', amount),
    payout: [payoutId, { ...sums, instructed: sums.instructed + amount }],
  });
}

function planDecline({ payoutId }: AboutPayout, sums: PayoutSums): Planned {
  // What is no longer instructed must not have been booked out, or the next order would have no room.
  if (sums.out > sums.returned)
    return err(`${payoutId} has left the bank: it can only be returned`);
  const amount = sums.instructed - sums.returned;
  if (amount === 0) return err(`nothing of ${payoutId} is instructed`);
  return ok({
    currency: sums.currency,
    lines: transfer('clearing', 'traderPayable', amount),
    payout: [payoutId, { ...sums, instructed: sums.instructed - amount }],
  });
}

/**
 * It is owed again, from clearing: what has left the bank is expected back there. The bank itself
 * moves when its own line says so, or the money would be booked twice.
 */
function planReturn({ payoutId }: AboutPayout, sums: PayoutSums): Planned {
  const amount = sums.instructed - sums.returned;
  if (amount === 0) return err(`nothing of ${payoutId} is out that could be returned`);
  return ok({
    currency: sums.currency,
    lines: transfer('clearing', 'traderPayable', amount),
    payout: [payoutId, { ...sums, returned: sums.returned + amount }],
  });
}

/**
 * The bank's lines are never refused: the money has moved. What fits a payout goes to clearing,
 * and all that is beyond it to suspense, until a person knows what it is.
 */
function planBankLine(event: EventOf<'bankOut' | 'bankIn'>, books: Books): Planned {
  const { entryId, payoutId, amount, currency } = event;
  if (books.entries.has(entryId)) return err(`the bank's line ${entryId} is booked already`);
  const direction = event.type === 'bankOut' ? 'out' : 'in';
  const sums = payoutId === null ? undefined : books.payouts.get(payoutId);
  const fits = sums?.currency === currency ? Math.min(amount, roomOf(sums, direction)) : 0;
  const left = amount - fits;
  const parts = [...sided('clearing', direction, fits), ...sided('suspense', direction, left)];
  return ok({
    currency,
    lines: [...parts, ...sided('bank', direction === 'out' ? 'in' : 'out', amount)],
    entry: [entryId, { direction, currency, left }],
    ...(sums &&
      payoutId !== null && { payout: [payoutId, booked(sums, direction, fits)] as const }),
  });
}

function planMatch(event: EventOf<'matched'>, sums: PayoutSums, { entries }: Books): Planned {
  const { payoutId, entryId } = event;
  const entry = entries.get(entryId);
  if (!entry || entry.left === 0)
    return err(`nothing of the bank's line ${entryId} is in suspense`);
  const { direction, currency, left } = entry;
  if (sums.currency !== currency) return err(`${payoutId} is in ${sums.currency}`);
  const fits = Math.min(left, roomOf(sums, direction));
  if (fits === 0) return err(`${payoutId} expects nothing that goes ${direction}`);
  const away = direction === 'out' ? 'in' : 'out';
  return ok({
    currency,
    lines: [...sided('clearing', direction, fits), ...sided('suspense', away, fits)],
    payout: [payoutId, booked(sums, direction, fits)],
    entry: [entryId, { ...entry, left: left - fits }],
  });
}

function planFee({ entryId, amount, currency }: EventOf<'fee'>, { entries }: Books): Planned {
  if (entries.has(entryId)) return err(`the bank's line ${entryId} is booked already`);
  return ok({
    currency,
    lines: transfer('fees', 'bank', amount),
    entry: [entryId, { direction: 'out', currency, left: 0 }],
  });
}

function emptySums(currency: string): PayoutSums {
  return { currency, approved: 0, instructed: 0, out: 0, back: 0, returned: 0 };
}

/** How much a bank's line can still be of this payout: what was instructed, or what has left. */
function roomOf({ instructed, out, back }: PayoutSums, direction: 'out' | 'in'): Money {
  return direction === 'out' ? instructed - out : out - back;
}

function booked(sums: PayoutSums, direction: 'out' | 'in', amount: Money): PayoutSums {
  return direction === 'out'
    ? { ...sums, out: sums.out + amount }
    : { ...sums, back: sums.back + amount };
}

function openAmounts(sums: PayoutSums): OpenAmounts {
  const { currency, approved, instructed, out, back, returned } = sums;
  const clearing = instructed - returned - (out - back);
  const open = {
    currency,
    payable: approved - instructed + returned,
    leaving: Math.max(0, clearing),
    comingBack: Math.max(0, -clearing),
    paid: out - back,
  };
  assert(
    open.payable >= 0 && open.paid >= 0 && out <= instructed,
    `a payout went below zero: ${canonicalText(sums)}`,
  );
  return open;
}

function transfer(from: LedgerAccount, to: LedgerAccount, amount: Money): LedgerLine[] {
  return [
    { account: from, debit: amount, credit: 0 },
    { account: to, debit: 0, credit: amount },
  ];
}

/** What is paid out is a debit of where it came from; no line for nothing. */
function sided(account: LedgerAccount, direction: 'out' | 'in', amount: Money): LedgerLine[] {
  if (amount === 0) return [];
  return [
    direction === 'out'
      ? { account, debit: amount, credit: 0 }
      : { account, debit: 0, credit: amount },
  ];
}

type Balances = ReadonlyMap<LedgerAccount, Money>;

/** Balances after more lines, debits above zero; refused when they could not be kept exactly. */
function changedBalances(
  before: Balances | undefined,
  lines: readonly LedgerLine[],
): Result<Map<LedgerAccount, Money>, string> {
  const changed = new Map(before);
  let difference = 0;
  for (const { account, debit, credit } of lines) {
    const balance = (changed.get(account) ?? 0) + debit - credit;
    if (!Number.isSafeInteger(balance)) return err(`${account} would be beyond exact numbers`);
    changed.set(account, balance);
    difference += debit - credit;
  }
  assert(difference === 0 && lines.length > 1, 'a posting is not balanced');
  return ok(changed);
}

function trialBalanceOf(balances: Balances | undefined): LedgerLine[] {
  return LEDGER_ACCOUNTS.map((account) => {
    const balance = balances?.get(account) ?? 0;
    return { account, debit: Math.max(0, balance), credit: Math.max(0, -balance) };
  });
}

function postingOf(event: LedgerEvent, currency: string, lines: readonly LedgerLine[]): Posting {
  return {
    eventId: event.id,
    type: event.type,
    at: event.at,
    currency,
    payoutId: 'payoutId' in event ? event.payoutId : null,
    entryId: 'entryId' in event ? event.entryId : null,
    lines,
  };
}

function rowsOf({ lines, ...posting }: Posting): StatementRow[] {
  return lines.map((line) => ({ ...posting, ...line }));
}

function monthOf(at: number): string {
  const { year, month } = civilOf(Math.floor(at / 86_400_000));
  return `${year}-${String(month).padStart(2, '0')}`;
}
