import { z } from 'zod';

/** What we and a payment rail say to each other over HTTP; nothing else is understood. */
export const RAIL_SIGNATURE = 'rail-signature';
export const IDEMPOTENCY_KEY = 'idempotency-key';
/** What signatures are of: a request is no event, whatever it says. */
export const REQUEST_KIND = 'rail-request/1';
export const EVENT_KIND = 'rail-event/1';
export const RAIL_MESSAGE_BYTES_MAX = 64 * 1024;

const keySchema = z.string().regex(/^[A-Za-z0-9-]{8,35}$/);
/** Every decimal of the currency is written: "4000.00". */
const amountSchema = z.string().regex(/^(0|[1-9]\d{0,14})(\.\d{1,4})?$/);
const currencySchema = z.string().regex(/^[A-Z]{3,5}$/);
const payeeSchema = z.strictObject({
  name: z.string().min(1).max(140),
  account: z.string().min(4).max(34),
  bic: z.string().max(11).nullable(),
});

/** The body of `POST /payments`; its key stands in the header. */
export const railOrderSchema = z.strictObject({
  amount: amountSchema,
  currency: currencySchema,
  payee: payeeSchema,
});
export type RailOrder = z.output<typeof railOrderSchema>;

export const RAIL_STATES = ['accepted', 'paid', 'declined', 'returned'] as const;

/** The answer to an order, and of `GET /payments/<key>`: it says again what was ordered. */
export const railPaymentSchema = z.strictObject({
  key: keySchema,
  reference: z.string().min(1).max(100),
  state: z.enum(RAIL_STATES),
  message: z.string().max(200),
  ...railOrderSchema.shape,
});
export type RailPayment = z.output<typeof railPaymentSchema>;

/** The answer of `GET /payments/<key>` with status 404, when nothing was ordered under a key. */
export const railNotKnownSchema = z.strictObject({
  error: z.literal('notKnown'),
  key: keySchema,
});

/** What a rail sends when something has happened. Whoever gets it asks what became of it. */
export const railEventSchema = z.strictObject({
  eventId: z.string().regex(/^[A-Za-z0-9-]{8,50}$/),
  key: keySchema,
});
export type RailEvent = z.output<typeof railEventSchema>;

/** What the signature of a request is over, beside its kind and time. */
export function signedPart(method: string, path: string, key: string, body: string): Uint8Array {
  return Buffer.from(`${method}\n${path}\n${key}\n${body}`);
}
