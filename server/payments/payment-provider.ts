import type { PaymentData } from '#core/payouts/payouts.events.ts';
import type { PayeeDetails } from './payee-vault.ts';

/** One payment as it was approved, with the details that its digest stands for. */
export interface PaymentOrder {
  readonly instruction: PaymentData;
  readonly payee: PayeeDetails;
}

/**
 * What became of a payment, as far as a provider knows. `freeze`: the provider tells of another
 * amount or payee than was approved; nothing more is done about it before a person has looked.
 * Messages end up in the log for ever, so they name neither payees nor accounts.
 */
export type Submitted =
  | { readonly type: 'sent' | 'paid'; readonly reference: string }
  | { readonly type: 'declined'; readonly message: string }
  | { readonly type: 'unknown'; readonly message: string; readonly freeze: boolean };
export type Queried =
  | Submitted
  | { readonly type: 'returned'; readonly message: string }
  | { readonly type: 'notKnown' };

/**
 * A way for money to leave. An instruction's id is its key for ever: the same key twice pays once.
 * A provider never throws; what it cannot tell for certain, it says is unknown. Every
 * implementation passes payment-provider.contract.ts.
 */
export type PaymentProvider = SinglePayments | BatchPayments;

interface Payments {
  readonly id: string;
  submit(order: PaymentOrder): Promise<Submitted>;
  /** Without details of the payee, who was erased, less of the answer is compared. */
  query(instruction: PaymentData, payee: PayeeDetails | null): Promise<Queried>;
  close(): void;
}
export interface SinglePayments extends Payments {
  readonly batches: false;
}
export interface BatchPayments extends Payments {
  readonly batches: true;
  /** Orders that leave together; an answer for each, by its instruction's id. */
  submitBatch(orders: readonly PaymentOrder[]): Promise<ReadonlyMap<string, Submitted>>;
}

export const REFERENCE_MAX = 120;
export const MESSAGE_MAX = 400;

export function unknown(message: string): Extract<Submitted, { type: 'unknown' }> {
  return { type: 'unknown', message: message.slice(0, MESSAGE_MAX), freeze: false };
}

/** Another payment than the approved one stands under its key. */
export function frozen(message: string): Extract<Submitted, { type: 'unknown' }> {
  return { type: 'unknown', message: `Frozen: ${message}`.slice(0, MESSAGE_MAX), freeze: true };
}

/** The words of an error, without a stack; for what comes from the system and not from payees. */
export function wordsOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
