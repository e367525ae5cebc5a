import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { payeeDetailsSchema } from '../payments/payee-vault.ts';
import { railEventSchema } from '../payments/rail-messages.ts';

/** What clients send and get: strict, so that nothing that is not understood is passed over. */
export const amountSchema = z
  .string()
  .regex(/^(0|[1-9]\d{0,11})(\.\d{1,4})?$/, 'expected an amount such as "1250.00"')
  .describe('A decimal in quotes, without sign, exponent or separators: "1250.00".');
const currencySchema = z.string().regex(/^[A-Z]{3,5}$/);
const timeSchema = z.iso.datetime().describe('An instant of UTC: "2026-11-20T09:30:00.000Z".');

export const payoutRequestSchema = z.strictObject({
  accountId: idSchema,
  amount: amountSchema
    .nullable()
    .describe('What leaves the account; null for as much as there is.'),
  currency: currencySchema.describe('The account’s own: a mistake is refused, never converted.'),
  payee: payeeDetailsSchema,
});

export const PAYOUT_STATES = [
  'open',
  'approved',
  'rejected',
  'withdrawn',
  'expired',
  'paying',
  'unknown',
  'paid',
  'declined',
  'returned',
] as const;

export const payoutSchema = z.strictObject({
  payoutId: idSchema,
  accountId: idSchema,
  state: z.enum(PAYOUT_STATES),
  requested: amountSchema.nullable(),
  amount: amountSchema.describe('What the trader gets, as it is assessed now.'),
  currency: currencySchema,
  payee: z.strictObject({ method: z.string(), last4: z.string() }),
  requestedAt: timeSchema,
  expiresAt: timeSchema,
  closedAt: timeSchema.nullable(),
  questions: z
    .array(z.strictObject({ question: z.string(), askedAt: timeSchema }))
    .describe('What the firm’s people want to know before they decide.'),
  payment: z
    .strictObject({
      reference: z.string().describe('The end-to-end id that the payee’s bank shows.'),
      instructedAt: timeSchema,
      message: z.string(),
    })
    .nullable(),
  hasLetter: z.boolean(),
});

export const evidenceSchema = z.strictObject({
  accountId: idSchema,
  seq: z.int().min(1),
  html: z.string().describe('One file: a page, and in it what `propdesk-verify pack` checks.'),
});

export const withdrawSchema = z.strictObject({ reason: z.string().min(1).max(400) });

export const traderCheckSchema = z.strictObject({
  traderId: idSchema,
  check: z.enum(['identity', 'sanctions', 'address']),
  result: z.enum(['passed', 'pending', 'failed']),
});
export const traderCheckedSchema = z.strictObject({
  traderId: idSchema,
  identity: z.enum(['passed', 'pending', 'failed', 'unknown']),
});

export const bankFileSchema = z.strictObject({
  name: z.string().min(1).max(200),
  content: z.string().min(1).describe('The file as text: camt.053, camt.054 or pain.002.'),
});
export const takenFileSchema = z.strictObject({
  file: z.string().describe('SHA-256 of the content.'),
  entries: z.int().describe('Lines that were not known before.'),
  known: z.int(),
  payments: z.int().describe('Payments of which the file told something new.'),
  problems: z.array(z.string()),
});

export const letterSchema = z.strictObject({
  payoutId: idSchema,
  digest: z.string().describe('SHA-256 of the page, as the log holds it.'),
  html: z.string().describe('The page; its last line is the firm’s signature.'),
  publicKey: z.string().describe('What the signature is checked with: Ed25519, base64.'),
});

export { railEventSchema };
export const receivedSchema = z.strictObject({ received: z.string() });
export const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.string(),
    message: z.string(),
    path: z.string().optional(),
  }),
});
