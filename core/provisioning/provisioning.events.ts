import { z } from 'zod';
import { accountTermsSchema } from '#core/accounts/account.ts';
import { defineEvent } from '#core/kernel/event.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';

/*
 * An account's life before its first deal: bought, made, handed over. The log knows a buyer by a
 * keyed digest alone; the name and the address are in a store that can be erased.
 */

export const ADD_ONS_MAX = 10;
export const SENTENCE_MAX = 400;

/**
 * `purchase` opens an account, `reset` begins the phase of one again, `upgrade` goes on with a larger
 * one, `addOn` changes what was agreed for one that is open.
 */
export const ORDER_KINDS = ['purchase', 'reset', 'upgrade', 'addOn'] as const;

/** A shop or a payment system says that something was bought and paid. */
export const orderReceived = defineEvent({
  kind: 'orderReceived',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    orderId: idSchema,
    /** Which shop, by the name of its webhook, and what that shop calls the order. */
    source: z.string().min(1).max(40),
    externalId: z.string().min(1).max(120),
    kind: z.enum(ORDER_KINDS),
    traderId: idSchema,
    /** A keyed digest of the address that the credentials go to. */
    contact: digestSchema,
    programId: idSchema,
    /** The account that is reset, made larger or added to; null for a purchase. */
    forAccount: idSchema.nullable(),
    addOns: z.array(z.string().min(1).max(60)).max(ADD_ONS_MAX),
    price: moneyUnits,
    currency: currencySchema,
    affiliateId: idSchema.nullable(),
    /** By the shop's clock, and by ours. */
    orderedAt: epochMs,
    at: epochMs,
  }),
});

/** Where an order can stand still: what a person is told went wrong, or has to look at. */
export const PROVISIONING_STAGES = ['assign', 'create', 'deliver', 'review'] as const;
export type ProvisioningStage = (typeof PROVISIONING_STAGES)[number];

/** One step of an order on its way; steps are told in this order, and told twice they are one. */
export const orderStepSchema = z.discriminatedUnion('type', [
  /** Under which rules the account will open: from here on they do not change for it. */
  z.strictObject({ type: z.literal('assigned'), terms: accountTermsSchema }),
  /** The platform was asked; asked again after a failure it makes no second account. */
  z.strictObject({
    type: z.literal('asked'),
    accountId: idSchema,
    attempt: z.int().min(1),
    /** All that it was asked for: the password is named by the order, and stands nowhere here. */
    terms: accountTermsSchema,
  }),
  z.strictObject({ type: z.literal('created'), accountId: idSchema }),
  z.strictObject({ type: z.literal('credentialsSent'), accountId: idSchema }),
  z.strictObject({ type: z.literal('credentialsOpened'), accountId: idSchema }),
  /** The first deal of the account: somebody uses it. */
  z.strictObject({ type: z.literal('firstTraded'), accountId: idSchema }),
  z.strictObject({
    type: z.literal('failed'),
    stage: z.enum(PROVISIONING_STAGES),
    attempt: z.int().min(1),
    sentence: z.string().min(1).max(SENTENCE_MAX),
    /** Null when it is not tried again by itself: a person decides. */
    retryAt: epochMs.nullable(),
  }),
  /** A person says that it is tried again or was looked at, or that it is given up. */
  z.strictObject({ type: z.literal('retried'), personId: idSchema, reason: z.string().max(400) }),
  z.strictObject({ type: z.literal('cancelled'), personId: idSchema, reason: z.string().max(400) }),
]);
export type OrderStep = z.infer<typeof orderStepSchema>;

export const orderAdvanced = defineEvent({
  kind: 'orderAdvanced',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ orderId: idSchema, step: orderStepSchema, at: epochMs }),
});

/** `chargeback` was taken back by the buyer's bank, `won` came back after that was contested. */
export const REVERSALS = ['refund', 'chargeback', 'won'] as const;
export type Reversal = (typeof REVERSALS)[number];

/** What money that went back leads to: see `REVERSAL_POLICY`. */
export const CONSEQUENCES = ['none', 'stop', 'close', 'restrict', 'lift'] as const;
export type Consequence = (typeof CONSEQUENCES)[number];

/** Money for an order went back, or came again. */
export const orderReversed = defineEvent({
  kind: 'orderReversed',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    orderId: idSchema,
    type: z.enum(REVERSALS),
    /** What the shop calls it, told twice it is one; a dispute that was won has the name it began with. */
    externalId: z.string().min(1).max(120),
    /** Of a refund: all that was given back of the order so far. */
    amount: moneyUnits,
    currency: currencySchema,
    /** By the policy in force when it was told; the account's own facts follow at once. */
    consequence: z.enum(CONSEQUENCES),
    at: epochMs,
  }),
});

export type OrderData = z.infer<typeof orderReceived.data>;
export type OrderKind = OrderData['kind'];
export type ReversalData = z.infer<typeof orderReversed.data>;
