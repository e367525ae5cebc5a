import { z } from 'zod';
import { currencySchema } from '#core/market/instrument.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';

/**
 * Who is paid, as far as the log may know: a salted digest of all of it, and what people need to
 * recognise it. Names and account numbers are in a store that can be erased.
 */
export const payeeRefSchema = z.strictObject({
  digest: digestSchema,
  last4: z.string().min(1).max(8),
  method: z.enum(['bankTransfer', 'testRail', 'csvExport']),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable(),
});
export type PayeeRef = z.output<typeof payeeRefSchema>;

/** A trader asked for money, through the firm's own site. */
export const payoutRequested = defineEvent({
  kind: 'payoutRequested',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    payoutId: idSchema,
    accountId: idSchema,
    traderId: idSchema,
    /** Null for as much as there is. */
    requested: moneyUnits.nullable(),
    currency: currencySchema,
    payee: payeeRefSchema,
    /** What the client called this request: asking twice asks once. */
    requestKey: z.string().min(8).max(120),
    at: epochMs,
  }),
});

/** What is known of a trader's identity, as the firm's checks have found it. */
export const traderChecked = defineEvent({
  kind: 'traderChecked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    traderId: idSchema,
    check: z.enum(['identity', 'sanctions', 'address']),
    result: z.enum(['passed', 'pending', 'failed']),
    at: epochMs,
  }),
});

export const informationAsked = defineEvent({
  kind: 'informationAsked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    payoutId: idSchema,
    personId: idSchema,
    question: z.string().min(1).max(400),
    at: epochMs,
  }),
});

/** The one order to pay that a payout ever leads to: written before anything is sent. */
export const paymentInstructed = defineEvent({
  kind: 'paymentInstructed',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    payoutId: idSchema,
    version: z.int().min(1),
    /** The end-to-end id, and the key by which a provider knows a repetition. */
    instructionId: z.string().min(8).max(35),
    accountId: idSchema,
    amount: moneyUnits,
    /** What leaves the trading account: the trader's part and the firm's. */
    gross: moneyUnits,
    currency: currencySchema,
    payee: payeeRefSchema,
    at: epochMs,
  }),
});

/**
 * `sent`: handed over, the end not known. `unknown`: nobody knows whether it arrived; it is asked
 * for, never sent again. `paid`, `declined` and `returned` are what the rail says became of it.
 */
export const PAYMENT_STATES = ['sent', 'unknown', 'paid', 'declined', 'returned'] as const;
export const paymentReported = defineEvent({
  kind: 'paymentReported',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    payoutId: idSchema,
    instructionId: z.string().min(8).max(35),
    state: z.enum(PAYMENT_STATES),
    /** The provider's name of what it told, unique for ever; a report told twice is one. */
    reportId: z.string().min(1).max(120),
    providerReference: z.string().max(120),
    message: z.string().max(400),
    at: epochMs,
  }),
});

/** One line of the firm's bank account, from a statement or a notification. */
export const bankEntryBooked = defineEvent({
  kind: 'bankEntryBooked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    entryId: idSchema,
    /** Of the file it came from: the same file twice changes nothing. */
    file: digestSchema,
    direction: z.enum(['out', 'in']),
    amount: moneyUnits,
    currency: currencySchema,
    endToEndId: z.string().max(35).nullable(),
    payeeLast4: z.string().max(8).nullable(),
    fee: z.boolean(),
    bookedOn: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    at: epochMs,
  }),
});

export const entryMatched = defineEvent({
  kind: 'entryMatched',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ entryId: idSchema, payoutId: idSchema, at: epochMs }),
});

/** What reconciliation found that fits nothing: a person settles it. */
export const EXCEPTION_TYPES = [
  'unknownEntry',
  'amountDiffers',
  'payeeDiffers',
  'paidTwice',
  'notInstructed',
  'paymentUnknown',
  'paymentFailed',
  'paidAfterStop',
] as const;
export const exceptionRaised = defineEvent({
  kind: 'exceptionRaised',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    exceptionId: idSchema,
    type: z.enum(EXCEPTION_TYPES),
    payoutId: idSchema.nullable(),
    entryId: idSchema.nullable(),
    sentence: z.string().min(1).max(400),
    at: epochMs,
  }),
});

export const exceptionSettled = defineEvent({
  kind: 'exceptionSettled',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    exceptionId: idSchema,
    personId: idSchema,
    reason: z.string().min(1).max(400),
    at: epochMs,
  }),
});

/** The answer that the trader got, by the digest of its bytes. */
export const letterIssued = defineEvent({
  kind: 'letterIssued',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ payoutId: idSchema, letter: digestSchema, at: epochMs }),
});

export type PaymentData = z.infer<typeof paymentInstructed.data>;
export type PaymentReport = z.infer<typeof paymentReported.data>;
export type BankEntry = z.infer<typeof bankEntryBooked.data>;
export type PayoutRequest = z.infer<typeof payoutRequested.data>;
