import { digestOf, digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { MONEY_UNIT, type Money } from '#core/money/money.ts';
import type { BankEntry as BookedEntry } from '#core/payouts/payouts.events.ts';
import { accountNumber } from './files/account.ts';
import type {
  AccountReport,
  BankEntry,
  BankReport,
  BankTransaction,
  FilePlace,
} from './files/bank-report.ts';
import { readCamt } from './files/camt.ts';
import { quoted } from './files/characters.ts';
import { calendarDate } from './files/dates.ts';
import { readPain002, type PaymentStatusLine, type StatusReport } from './files/pain002.ts';
import { BOOKED } from './files/reconcile.ts';
import { lastOf } from './payee-vault.ts';

/** More is no charge of a bank, whatever its code says: a person looks at it. */
export const FEE_MAX: Money = 100 * MONEY_UNIT;
/** Sentences told of one file; the rest is a number. */
export const PROBLEMS_MAX = 200;
const END_TO_END_MAX = 35;
const MESSAGE_MAX = 400;
const ENTRY_ID_LENGTH = 40;

/** What a bank told of one of our payments, beside a line of the account. */
export interface ToldPayment {
  readonly instructionId: string;
  readonly state: 'sent' | 'paid' | 'declined' | 'returned';
  /** Follows from the file: told again it is the same. */
  readonly toldId: string;
  readonly reference: string;
  readonly message: string;
  /** What the bank says was paid; null where it does not say. */
  readonly amount: { readonly amount: Money; readonly currency: string } | null;
}

export interface BankFile {
  /** Of the file's text. */
  readonly digest: string;
  readonly entries: readonly Omit<BookedEntry, 'at'>[];
  readonly told: readonly ToldPayment[];
  /** Sentences with their places; what is clear is taken all the same. */
  readonly problems: readonly string[];
}

export interface BankFileOptions {
  /** Numbers of the firm's own accounts; a report on another one is refused. Empty for any. */
  readonly accounts?: readonly string[];
}

/**
 * Reads a bank's file: a statement or notification (camt.053, camt.054) as lines of the account, a
 * status report (pain.002) as what became of payments. Pure: the same file gives the same ids, also
 * where a notification and a later statement tell of one line.
 */
export function importBankFile(
  name: string,
  text: string,
  options: BankFileOptions = {},
): Result<BankFile, string> {
  const isStatus = /urn:iso:std:iso:20022:tech:xsd:pain\.002|\/pain\.002\.001/.test(
    text.slice(0, HEAD_LENGTH),
  );
  const read = isStatus ? importStatus(text) : importReport(text, options);
  return read.ok ? read : err(`${quoted(name)}: ${read.error}`);
}

/** Within it a file says what it is. */
const HEAD_LENGTH = 2_000;

function importReport(text: string, { accounts = [] }: BankFileOptions): Result<BankFile, string> {
  const read = readCamt(text);
  if (!read.ok) return read;
  const report = read.value;
  const stranger = report.accounts.find(
    ({ account }) => accounts.length > 0 && !accounts.includes(accountNumber(account)),
  );
  if (stranger) return err('it is of an account that is not set up as one of the firm’s');
  const file = digestOfText(text);
  const lines = report.accounts.flatMap((account) => linesOf(account, report));
  const named = withIds(lines);
  const problems = [
    ...report.problems.map((one) => placed(one, one.sentence)),
    ...report.accounts.flatMap(passedOver),
    ...lines.flatMap(({ problem }) => problem ?? []),
  ];
  return ok({
    digest: file,
    entries: named.flatMap(({ entry, id }) => (entry ? [{ ...entry, entryId: id, file }] : [])),
    told: named.flatMap(({ line, id }) => returnedPayment(line, id) ?? []),
    problems: shortened(problems),
  });
}

function placed({ line, column }: FilePlace, sentence: string): string {
  return `line ${line}, column ${column}: ${sentence}`;
}

export function shortened(problems: readonly string[]): string[] {
  const shown = problems.slice(0, PROBLEMS_MAX - 1).map((one) => one.slice(0, MESSAGE_MAX));
  const more = problems.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

/** Announced or informational lines have moved nothing. */
function passedOver({ entries }: AccountReport): string[] {
  const count = entries.filter(({ status }) => status !== BOOKED).length;
  return count > 0 ? [`${count} entries are not booked yet and were passed over`] : [];
}

/** One movement of money: a transaction, or an entry whose transactions do not add up to it. */
interface Line {
  readonly account: string;
  readonly entry: BankEntry;
  readonly transaction: BankTransaction | null;
  readonly amount: Money;
  readonly currency: string;
  readonly direction: 'out' | 'in';
  readonly bookedOn: string | null;
  readonly problem: string | null;
}

function linesOf(report: AccountReport, { createdAt }: BankReport): Line[] {
  const account = accountNumber(report.account);
  return report.entries
    .filter(({ status, amount }) => status === BOOKED && amount > 0)
    .flatMap((entry) => {
      const { amount, currency, direction } = entry;
      const bookedOn = entry.bookingDate ?? entry.valueDate ?? calendarDate(createdAt.slice(0, 10));
      const whole: Line = {
        account,
        entry,
        transaction: entry.transactions.length === 1 ? (entry.transactions[0] ?? null) : null,
        amount,
        currency,
        direction: direction === 'debit' ? 'out' : 'in',
        bookedOn,
        problem: bookedOn === null ? placed(entry, 'the entry has no day of booking') : null,
      };
      return splits(entry) ? entry.transactions.map((one) => partOf(whole, one)) : [whole];
    });
}

/** Whether the transactions are the entry: as many as it says, in its currency, with its sum. */
function splits({ transactions, amount, currency, direction, batches }: BankEntry): boolean {
  if (transactions.length < 2) return false;
  const announced = batches.reduce((sum, { count }) => sum + (count ?? 0), 0);
  if (announced > 0 && announced !== transactions.length) return false;
  const isPlain = transactions.every(
    (one) => one.amount !== null && one.amount.amount > 0 && one.amount.currency === currency,
  );
  const sum = transactions.reduce((total, one) => {
    const part = one.amount?.amount ?? 0;
    return total + (one.direction === direction ? part : -part);
  }, 0);
  return isPlain && sum === amount;
}

function partOf(whole: Line, transaction: BankTransaction): Line {
  return {
    ...whole,
    transaction,
    amount: transaction.amount?.amount ?? 0,
    direction: transaction.direction === 'debit' ? 'out' : 'in',
  };
}

interface NamedLine {
  readonly line: Line;
  readonly id: string;
  /** Null for what cannot be booked: it has no day. */
  readonly entry: Omit<BookedEntry, 'at' | 'entryId' | 'file'> | null;
}

/**
 * A line is known by what a bank repeats whenever it tells of it: account, amount, day, and the
 * bank's own reference. Lines that are the same in all of that are counted, so that two equal
 * charges of one day are two.
 */
function withIds(lines: readonly Line[]): NamedLine[] {
  const counts = new Map<string, number>();
  return lines.map((line) => {
    const digest = digestOf(repeated(line));
    const count = (counts.get(digest) ?? 0) + 1;
    counts.set(digest, count);
    const id = `${digest.slice(0, ENTRY_ID_LENGTH)}-${count}`;
    return { line, id, entry: entryOf(line) };
  });
}

function repeated(line: Line): unknown {
  const { account, amount, currency, direction, bookedOn, entry, transaction } = line;
  const references = transaction?.references;
  return {
    account,
    amount,
    currency,
    direction,
    bookedOn,
    endToEndId: references?.endToEndId ?? null,
    // Some banks repeat the reference of the whole batch, others give each payment its own.
    reference: references?.bankReference ?? entry.bankReference,
  };
}

function entryOf(line: Line): NamedLine['entry'] {
  const { amount, currency, direction, bookedOn, transaction } = line;
  if (bookedOn === null) return null;
  const paidTo = transaction?.counterparty.account;
  return {
    direction,
    amount,
    currency,
    endToEndId: transaction?.references.endToEndId?.slice(0, END_TO_END_MAX) ?? null,
    payeeLast4: paidTo ? lastOf(accountNumber(paidTo)) : null,
    fee: isFee(line),
    bookedOn,
  };
}

/** Of the domains of ISO's transaction codes, these are what a bank takes for itself. */
function isFee({ entry, direction, amount }: Line): boolean {
  const codes = (entry.transactionCode ?? '').split('/');
  const isCharge = codes.some((code) => code === 'CHRG' || code === 'COMM' || code === 'FEES');
  return isCharge && direction === 'out' && amount <= FEE_MAX;
}

/** Money of ours that came back. It is booked as a line, too; this says what it means. */
function returnedPayment({ entry, transaction, ...line }: Line, id: string): ToldPayment | null {
  const instructionId = transaction?.references.endToEndId;
  const cameBack = transaction?.returned !== null || entry.reversal;
  if (!instructionId || !cameBack || line.direction !== 'in') return null;
  const code = transaction.returned?.code ?? 'no code given';
  return {
    instructionId,
    state: 'returned',
    toldId: `entry-${id.slice(0, 20)}`,
    reference: '',
    message: `The bank had it back: ${codeOf(code)}`,
    amount: { amount: line.amount, currency: line.currency },
  };
}

/** The bank's own words may name a payee, and what is told is kept for ever: only codes are. */
function codeOf(code: string): string {
  return /^[A-Z0-9]{1,4}$/.test(code) ? code : 'no code given';
}

function importStatus(text: string): Result<BankFile, string> {
  const read = readPain002(text);
  if (!read.ok) return read;
  const report = read.value;
  const digest = digestOfText(text);
  const told: ToldPayment[] = [];
  const problems = report.problems.map((one) => placed(one, one.sentence));
  for (const [instructionId, lines] of linesByPayment(report)) {
    const states = new Set(lines.map(({ state }) => state));
    const [line] = lines;
    const [state] = states;
    // Where a bank says two things of one payment, neither is acted upon.
    if (!line || states.size > 1 || !state) continue;
    if (state === 'ask') problems.push(placed(line.payment, 'its status has to be looked up'));
    else told.push(toldOf(line.payment, instructionId, state, digest));
  }
  problems.push(...wholesale(report));
  return ok({ digest, entries: [], told, problems: shortened(problems) });
}

interface StatusLine {
  readonly payment: PaymentStatusLine;
  readonly state: ToldPayment['state'] | 'ask' | null;
}

function linesByPayment(report: StatusReport): Map<string, StatusLine[]> {
  const found = new Map<string, StatusLine[]>();
  for (const { status, payments } of report.batches) {
    for (const payment of payments) {
      const id = payment.originalEndToEndId ?? payment.originalInstructionId;
      if (id === null) continue;
      const line = { payment, state: statusOf(payment, status ?? report.status) };
      found.set(id, [...(found.get(id) ?? []), line]);
    }
  }
  return found;
}

/** What a bank says of a whole file names no payment: who sent it looks into it. */
function wholesale({ status, batches, originalMessageId }: StatusReport): string[] {
  const named = batches.some(({ payments }) => payments.length > 0);
  if (named || status?.outcome !== 'rejected') return [];
  return [`the bank refused the whole file ${quoted(originalMessageId)}: look into it`];
}

function statusOf(
  payment: PaymentStatusLine,
  above: PaymentStatusLine['status'],
): ToldPayment['state'] | 'ask' | null {
  const outcome = (payment.status ?? above)?.outcome;
  if (outcome === 'settled') return 'paid';
  if (outcome === 'rejected') return 'declined';
  if (outcome === 'unknown' || outcome === 'partly') return 'ask';
  return outcome === undefined ? null : 'sent';
}

function toldOf(
  { reasons, amount, bankReference, status }: PaymentStatusLine,
  instructionId: string,
  state: ToldPayment['state'],
  digest: string,
): ToldPayment {
  const codes = reasons.map(({ code }) => codeOf(code ?? ''));
  const why = codes[0] ?? 'no code given';
  return {
    instructionId,
    state,
    toldId: `status-${digest.slice(0, 16)}`,
    reference: (bankReference ?? '').replace(/[^\x20-\x7e]/g, '?'),
    message: state === 'declined' ? `The bank refused it: ${status?.code ?? 'RJCT'}, ${why}` : '',
    amount,
  };
}
