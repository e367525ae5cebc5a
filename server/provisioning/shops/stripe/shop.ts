import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { jsonIn } from '#server/api/body.ts';
import { isSameText } from '#server/payments/message-signature.ts';
import {
  moneyOfMinor,
  NO_NEWS,
  programOf,
  readWith,
  shopOrderSchema,
  shopReversalSchema,
  UnreadableDelivery,
  type ShopAdapter,
  type ShopNews,
  type ShopOptions,
} from '../shop.ts';

/*
 * Stripe's webhooks, by its public documentation (docs.stripe.com/webhooks and /api): the header
 * `Stripe-Signature` is `t=<seconds>,v1=<hex>[,v1=…]`, each an HMAC-SHA256 with the endpoint's secret
 * over `<t>.<body>`; amounts are whole numbers of the smallest coin. Objects have many more fields
 * than are read here, so they are not strict.
 */

export const STRIPE_SIGNATURE = 'stripe-signature';
/** What Stripe's own libraries allow. */
const TOLERANCE_MS = 5 * 60_000;
const SIGNATURES_MAX = 10;

const id = z.string().min(1).max(120);
const seconds = z.int().min(0).max(1e11);
const minor = z.int().min(0).max(1e9);
const currency = z.string().length(3).toUpperCase();

const sessionSchema = z.object({
  id,
  payment_intent: id.nullable().default(null),
  payment_status: z.string(),
  created: seconds,
  amount_total: minor.nullable(),
  currency: currency.nullable(),
  customer_details: z
    .object({ email: z.string().nullable(), name: z.string().nullable().default(null) })
    .nullable(),
  metadata: z.record(z.string(), z.string()).nullable().default({}),
});
const chargeSchema = z.object({
  id,
  payment_intent: id.nullable().default(null),
  amount_refunded: minor,
  currency,
});
const disputeSchema = z.object({
  id,
  payment_intent: id.nullable().default(null),
  amount: minor,
  currency,
  status: z.string(),
});
const eventSchema = z.object({
  id,
  type: z.string().min(1).max(100),
  data: z.object({ object: z.unknown() }),
});

/** What is done with each type of event; a type that is not here is none of ours. */
const READERS: Readonly<Record<string, (object: unknown, options: ShopOptions) => ShopNews>> = {
  'checkout.session.completed': readSession,
  // Paid later, by a bank transfer or the like.
  'checkout.session.async_payment_succeeded': readSession,
  'charge.refunded': readRefund,
  'charge.dispute.created': (object) => readDispute(object, 'chargeback'),
  'charge.dispute.closed': (object) => readDispute(object, 'won'),
};

export const stripeShop: ShopAdapter = {
  id: 'stripe',
  signsTime: true,
  check: ({ raw, headers }, secret, now) => {
    const parts = (headers[STRIPE_SIGNATURE] ?? '').split(',').slice(0, SIGNATURES_MAX + 1);
    const pairs = parts.map((part) => part.trim().split('=', 2));
    const t = pairs.find(([name]) => name === 't')?.[1] ?? '';
    if (!/^[1-9]\d{0,11}$/.test(t)) return 'forged';
    const wanted = createHmac('sha256', secret).update(`${t}.`).update(raw).digest('hex');
    // Two secrets may be in use at once while one is replaced: every signature is compared.
    const isSigned = pairs
      .filter(([name]) => name === 'v1')
      .map(([, signature]) => isSameText(signature ?? '', wanted))
      .includes(true);
    if (!isSigned) return 'forged';
    return Math.abs(now - Number(t) * 1_000) <= TOLERANCE_MS ? 'signed' : 'stale';
  },
  read: ({ raw }, options) => {
    const { type, data } = readWith(eventSchema, jsonIn(raw));
    return Object.hasOwn(READERS, type)
      ? (READERS[type]?.(data.object, options) ?? NO_NEWS)
      : NO_NEWS;
  },
};

function readSession(object: unknown, options: ShopOptions): ShopNews {
  const session = readWith(sessionSchema, object);
  const metadata = session.metadata ?? {};
  const product = metadata['program'];
  const programId = product === undefined ? null : programOf(product, options);
  // A session of something else that is sold, or one that is not paid yet: another event follows.
  if (programId === null || session.payment_status === 'unpaid') return NO_NEWS;
  const { customer_details: customer, currency: coin, amount_total: total } = session;
  if (coin === null || total === null || !customer?.email) {
    throw new UnreadableDelivery('a paid session has a currency, a total and a customer’s address');
  }
  const order = {
    externalId: nameOf(session),
    kind: metadata['kind'] ?? 'purchase',
    programId,
    forAccount: metadata['account'] ?? null,
    addOns: listOf(metadata['add_ons']),
    price: moneyOfMinor(total, coin),
    currency: coin,
    buyer: { address: customer.email, name: customer.name, traderId: metadata['trader'] ?? null },
    affiliateId: metadata['affiliate'] ?? null,
    orderedAt: session.created * 1_000,
  };
  return { orders: [readWith(shopOrderSchema, order)], reversals: [] };
}

/** Refunds and disputes name the payment, never the session. */
function nameOf({
  id: own,
  payment_intent: payment,
}: {
  id: string;
  payment_intent: string | null;
}): string {
  return payment ?? own;
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readRefund(object: unknown): ShopNews {
  const {
    id: charge,
    payment_intent: payment,
    amount_refunded: minorSum,
    currency: coin,
  } = readWith(chargeSchema, object);
  const amount = moneyOfMinor(minorSum, coin);
  // The sum of all refunds so far names what is known: told twice it is the same one.
  return reversalOf(payment, {
    type: 'refund',
    externalId: `${charge}/${amount}`,
    amount,
    currency: coin,
  });
}

function readDispute(object: unknown, type: 'chargeback' | 'won'): ShopNews {
  const dispute = readWith(disputeSchema, object);
  // An inquiry has taken no money, and one that was lost changes nothing more.
  if (type === 'won' && dispute.status !== 'won') return NO_NEWS;
  if (type === 'chargeback' && dispute.status.startsWith('warning_')) return NO_NEWS;
  const { payment_intent: payment, id: externalId, currency: coin } = dispute;
  const amount = moneyOfMinor(dispute.amount, coin);
  return reversalOf(payment, { type, externalId, amount, currency: coin });
}

function reversalOf(payment: string | null, reversal: object): ShopNews {
  if (payment === null) return NO_NEWS;
  const whole = { ...reversal, orderExternalId: payment };
  return { orders: [], reversals: [readWith(shopReversalSchema, whole)] };
}
