import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import { accountProblem, bicProblem, ibanProblem, type BankAccount } from './account.ts';
import { quoted, referenceProblem, swiftProblem } from './characters.ts';
import { amountText, CURRENCY } from './currency.ts';
import { calendarDate, isoDateTime } from './dates.ts';
import { NOT_PROVIDED } from './references.ts';

/** Credit transfers that leave one account on one day in one currency. */
export interface PaymentBatch {
  /** Ours for ever: a bank refuses a second file under the same id. */
  readonly messageId: string;
  readonly createdAt: EpochMs;
  /** The name of the firm that sends the file. */
  readonly initiator: string;
  readonly debtor: Debtor;
  /** "2026-11-20". */
  readonly executionDate: string;
  readonly currency: string;
  readonly payments: readonly Payment[];
}

export interface Debtor {
  readonly name: string;
  readonly iban: string;
  readonly bic: string;
}

export interface Payment {
  readonly instructionId: string;
  /** Travels to the payee and comes back on statements: by it a payout is found again. */
  readonly endToEndId: string;
  readonly amount: Money;
  readonly payee: Payee;
  /** What the payee reads; may be empty. */
  readonly remittance: string;
}

export interface Payee {
  readonly name: string;
  readonly account: BankAccount;
  /** Needed by most banks where the account is no IBAN. */
  readonly bic?: string;
}

export const REFERENCE_LENGTH_MAX = 35;
export const NAME_LENGTH_MAX = 140;
export const REMITTANCE_LENGTH_MAX = 140;
/** Some 10 MB as a file, which is what banks take and what our own reader reads back. */
export const PAYMENTS_MAX = 10_000;

/** The batch as a bank takes it, amounts as text, or why it takes none of it. */
export interface CheckedBatch {
  readonly batch: PaymentBatch;
  readonly createdAt: string;
  /** The sum of all amounts. */
  readonly total: string;
  readonly payments: readonly { readonly payment: Payment; readonly amount: string }[];
}

export function checkBatch(batch: PaymentBatch): Result<CheckedBatch, string> {
  const [problem] = batchProblems(batch);
  if (problem !== undefined) return err(problem);
  const createdAt = isoDateTime(batch.createdAt) ?? '';
  const text = (amount: Money): string => {
    const shown = amountText(amount, batch.currency);
    return shown.ok ? shown.value : '';
  };
  const payments = batch.payments.map((payment) => ({ payment, amount: text(payment.amount) }));
  return ok({ batch, createdAt, total: text(totalOf(batch)), payments });
}

/** Everything that a bank would refuse, one sentence each, in the order in which it is written. */
export function batchProblems(batch: PaymentBatch): string[] {
  const { debtor, payments } = batch;
  const head = [
    named('message id', referenceProblem(batch.messageId, REFERENCE_LENGTH_MAX)),
    isoDateTime(batch.createdAt) === null ? [`createdAt ${batch.createdAt} is no time`] : [],
    named('initiator', swiftProblem(batch.initiator, NAME_LENGTH_MAX)),
    named('debtor name', swiftProblem(debtor.name, NAME_LENGTH_MAX)),
    named('debtor IBAN', ibanProblem(debtor.iban)),
    named('debtor BIC', bicProblem(debtor.bic)),
    calendarDate(batch.executionDate) === null
      ? [`execution date ${quoted(batch.executionDate)} is no date`]
      : [],
    CURRENCY.test(batch.currency)
      ? []
      : [`currency ${quoted(batch.currency)} is not three capitals`],
    payments.length === 0 ? ['the batch holds no payments'] : [],
    payments.length > PAYMENTS_MAX ? [`the batch holds more than ${PAYMENTS_MAX} payments`] : [],
  ].flat();
  if (payments.length > PAYMENTS_MAX) return head;
  return [
    ...head,
    ...payments.flatMap((payment, at) => paymentProblems(payment, at, batch.currency)),
    ...duplicates(payments, 'instructionId', 'instruction id'),
    ...duplicates(payments, 'endToEndId', 'end-to-end id'),
    ...(hasExactTotal(batch) ? [] : ['the total is too large to be kept exactly']),
  ];
}

function named(what: string, problem: string | null): string[] {
  return problem === null ? [] : [`${what} ${problem}`];
}

/** The place of a payment: its number counted from 1, and its reference. */
function placeOf(at: number, { endToEndId }: Payment): string {
  return `payment ${at + 1} (${quoted(endToEndId)})`;
}

function paymentProblems(payment: Payment, at: number, currency: string): string[] {
  const { payee, amount } = payment;
  const written = amountText(amount, currency);
  return [
    named('instruction id', referenceProblem(payment.instructionId, REFERENCE_LENGTH_MAX)),
    named('end-to-end id', referenceProblem(payment.endToEndId, REFERENCE_LENGTH_MAX)),
    named('end-to-end id', payment.endToEndId === NOT_PROVIDED ? 'means that there is none' : null),
    named('amount', written.ok ? null : written.error),
    named('amount', written.ok && amount <= 0 ? `is ${written.value}, not above zero` : null),
    named('payee name', swiftProblem(payee.name, NAME_LENGTH_MAX)),
    named('payee account', accountProblem(payee.account)),
    named('payee BIC', payee.bic === undefined ? null : bicProblem(payee.bic)),
    payment.remittance === ''
      ? []
      : named('remittance', swiftProblem(payment.remittance, REMITTANCE_LENGTH_MAX)),
  ]
    .flat()
    .map((problem) => `${placeOf(at, payment)}: ${problem}`);
}

function duplicates(
  payments: readonly Payment[],
  key: 'instructionId' | 'endToEndId',
  what: string,
): string[] {
  const first = new Map<string, number>();
  return payments.flatMap((payment, at) => {
    const earlier = first.get(payment[key]);
    if (earlier === undefined) first.set(payment[key], at);
    if (earlier === undefined) return [];
    return [`${placeOf(at, payment)}: ${what} is that of payment ${earlier + 1} too`];
  });
}

/** Amounts that are no numbers have been named one by one. */
function hasExactTotal(batch: PaymentBatch): boolean {
  const exact = batch.payments.every(({ amount }) => Number.isSafeInteger(amount));
  return !exact || Number.isSafeInteger(totalOf(batch));
}

function totalOf({ payments }: PaymentBatch): Money {
  return payments.reduce((total, { amount }) => total + amount, 0);
}
