import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { PROGRESS } from '#core/provisioning/orders.ts';
import {
  ORDER_KINDS,
  PROVISIONING_STAGES,
  REVERSALS,
} from '#core/provisioning/provisioning.events.ts';
import { SPANS } from '#core/provisioning/timing.ts';
import { epochMs } from '#core/time/time.ts';

/** Orders that one call gives: those that stand still first, then the latest. */
export const ORDERS_PER_LIST_MAX = 2_000;

export const ORDER_STATES = [
  ...PROGRESS,
  'firstTraded',
  'failed',
  'cancelled',
  'reversed',
] as const;

const milliseconds = z.int().min(0).nullable();

/** An order as lists show it. */
export const orderRowSchema = z.strictObject({
  orderId: idSchema,
  source: z.string(),
  /** What the shop calls it. */
  externalId: z.string(),
  kind: z.enum(ORDER_KINDS),
  programName: z.string(),
  price: z.int(),
  currency: z.string(),
  traderId: z.string(),
  /** Null before the account is open. */
  accountId: z.string().nullable(),
  state: z.enum(ORDER_STATES),
  /** What it stands still at; null while it goes on. */
  stands: z
    .strictObject({
      stage: z.enum(PROVISIONING_STAGES),
      attempt: z.int(),
      sentence: z.string(),
      /** Null: it waits for a person. */
      retryAt: epochMs.nullable(),
      since: epochMs,
    })
    .nullable(),
  orderedAt: epochMs,
  receivedAt: epochMs,
  changedAt: epochMs,
  /** Milliseconds from the purchase to each; null before it. */
  spans: z.strictObject(
    Object.fromEntries(SPANS.map((span) => [span, milliseconds])) as Record<
      (typeof SPANS)[number],
      typeof milliseconds
    >,
  ),
  /** What is allowed to whoever is signed in, as the order stands. */
  mayRetry: z.boolean(),
  mayCancel: z.boolean(),
  /** Something was said here and not yet received. */
  waits: z.boolean(),
});
export type OrderRow = z.infer<typeof orderRowSchema>;

const figureSchema = z.strictObject({ value: milliseconds, baseline: milliseconds });
/** How long orders take, beside the time before. */
export const spanFiguresSchema = z.strictObject({
  span: z.enum(SPANS),
  p50: figureSchema,
  p95: figureSchema,
  count: z.int(),
});

export const orderDetailSchema = z.strictObject({
  row: orderRowSchema,
  addOns: z.array(z.string()),
  forAccount: z.string().nullable(),
  affiliateId: z.string().nullable(),
  /** "Evaluation 1, rules version 3, 100,000.00 USD"; empty before it was assigned. */
  terms: z.string(),
  receivedSeq: z.int(),
  /** Everything that happened, oldest first, each with the number of its fact. */
  steps: z.array(
    z.strictObject({
      seq: z.int(),
      at: epochMs,
      /** From the purchase. */
      afterMs: z.int(),
      kind: z.string(),
      says: z.string(),
    }),
  ),
  reversals: z.array(
    z.strictObject({ type: z.enum(REVERSALS), amount: z.int(), currency: z.string(), at: epochMs }),
  ),
});
export type OrderDetail = z.infer<typeof orderDetailSchema>;

const spoken = z.strictObject({ orderId: idSchema, reason: z.string().min(1).max(400) });
const sent = z.strictObject({ commandId: z.string(), state: z.enum(['queued', 'accepted']) });

/** Orders of the firm's shops as a renderer may ask for them. */
export const orderCalls = {
  'orders.list': {
    input: z.strictObject({ limit: z.int().min(1).max(ORDERS_PER_LIST_MAX) }),
    output: z.strictObject({
      asOf: epochMs,
      orders: z.array(orderRowSchema).max(ORDERS_PER_LIST_MAX),
      counts: z.strictObject({ all: z.int(), failed: z.int(), underWay: z.int() }),
      /** Of so many days, and as many before. */
      windowDays: z.int(),
      figures: z.array(spanFiguresSchema),
    }),
  },
  'orders.get': { input: z.strictObject({ orderId: idSchema }), output: orderDetailSchema },
  /** Tried again, or looked at. */
  'orders.retry': { input: spoken, output: sent },
  /** Given up, before there is an account. */
  'orders.cancel': { input: spoken, output: sent },
} as const;
