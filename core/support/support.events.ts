import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';

/*
 * What traders write and what they are answered. The words lie beside the log and can be erased; the
 * log keeps their digests, so that nobody can change them unseen.
 */

export const FILES_PER_MESSAGE_MAX = 10;
export const TAGS_MAX = 20;
export const REASON_MAX = 400;
/** Persons who decided something together. */
export const DECIDERS_MAX = 20;
const reason = z.string().min(1).max(REASON_MAX);

export const CHANNELS = ['email', 'api', 'desk', 'standingPage'] as const;
export const TOPICS = [
  'account',
  'rules',
  'payout',
  'platform',
  'purchase',
  'identity',
  'dispute',
  'other',
] as const;

/** Somebody wants something of the firm. */
export const ticketOpened = defineEvent({
  kind: 'ticketOpened',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    ticketId: idSchema,
    channel: z.enum(CHANNELS),
    topic: z.enum(TOPICS),
    /** Null while nobody knows who writes. */
    traderId: idSchema.nullable(),
    forAccount: idSchema.nullable(),
    /** The person of the firm who wrote it down; null for what came from outside. */
    personId: idSchema.nullable(),
    at: epochMs,
  }),
});

export const attachedSchema = z.strictObject({
  name: z.string().min(1).max(200),
  mediaType: z.string().max(100),
  size: z.int().min(0),
  digest: digestSchema,
  /** Of its bytes in base64, as they are kept beside the log; null where they were too large. */
  content: digestSchema.nullable(),
});
export type Attached = z.infer<typeof attachedSchema>;

/** One message of a ticket; a `note` is for the firm alone. */
export const ticketMessaged = defineEvent({
  kind: 'ticketMessaged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    ticketId: idSchema,
    messageId: idSchema,
    direction: z.enum(['in', 'out', 'note']),
    /** Who of the firm; null for the trader. */
    personId: idSchema.nullable(),
    /** Of subject and words, as they are kept beside the log. */
    content: digestSchema,
    files: z.array(attachedSchema).max(FILES_PER_MESSAGE_MAX),
    at: epochMs,
  }),
});

export const ticketChangeSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('concerns'),
    traderId: idSchema,
    accountId: idSchema.nullable(),
  }),
  z.strictObject({ type: z.literal('topic'), topic: z.enum(TOPICS) }),
  z.strictObject({
    type: z.literal('tags'),
    tags: z.array(z.string().min(1).max(40)).max(TAGS_MAX),
  }),
  /** The trader is to answer: the firm's clock stands still until then. */
  z.strictObject({ type: z.literal('asked') }),
  z.strictObject({ type: z.literal('solved'), reason }),
  z.strictObject({ type: z.literal('reopened'), reason }),
  z.strictObject({ type: z.literal('merged'), into: idSchema }),
]);
export type TicketChange = z.infer<typeof ticketChangeSchema>;

export const ticketChanged = defineEvent({
  kind: 'ticketChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    ticketId: idSchema,
    /** Null where the trader's own message did it. */
    personId: idSchema.nullable(),
    change: ticketChangeSchema,
    at: epochMs,
  }),
});

/** Why a trader says that a decision is wrong. */
export const DISPUTE_REASONS = [
  'priceWrong',
  'priceGap',
  'platformOutage',
  'ruleMisread',
  'ruleUnclear',
  'ruleChanged',
  'wrongAccount',
  'notMyTrades',
  'amountWrong',
  'other',
] as const;
export type DisputeReason = (typeof DISPUTE_REASONS)[number];

/** What is disputed: a verdict by the number of its fact, a payout's answer, a case's outcome. */
export const disputedSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('verdict'), seq: z.int().min(1), ruleId: idSchema }),
  z.strictObject({ type: z.literal('payout'), payoutId: idSchema }),
  z.strictObject({ type: z.literal('case'), caseId: idSchema }),
]);
export type Disputed = z.infer<typeof disputedSchema>;

export const disputeOpened = defineEvent({
  kind: 'disputeOpened',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    disputeId: idSchema,
    ticketId: idSchema.nullable(),
    accountId: idSchema,
    traderId: idSchema,
    about: disputedSchema,
    reason: z.enum(DISPUTE_REASONS),
    /** Who decided first and may not decide again; empty where a rule did. */
    decidedBy: z.array(idSchema).max(DECIDERS_MAX),
    /** Who of the firm took it down; null where the trader filed it. */
    personId: idSchema.nullable(),
    at: epochMs,
  }),
});

/** `goodwill` gives something without saying that the decision was wrong. */
export const REMEDIES = ['upheld', 'reinstated', 'refunded', 'goodwill'] as const;
export type Remedy = (typeof REMEDIES)[number];

export const disputeDecided = defineEvent({
  kind: 'disputeDecided',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    disputeId: idSchema,
    /** Somebody else than who decided first. */
    personId: idSchema,
    remedy: z.enum(REMEDIES),
    reason,
    /** The clause of the program that decided it; null where none did. */
    clause: z.string().max(200).nullable(),
    /** What was agreed by several for it: an override, an adjustment; null for upheld. */
    proposalId: idSchema.nullable(),
    amount: moneyUnits,
    currency: currencySchema.nullable(),
    /** Of the letter to the trader. */
    letter: digestSchema.nullable(),
    at: epochMs,
  }),
});

export const disputeWithdrawn = defineEvent({
  kind: 'disputeWithdrawn',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    disputeId: idSchema,
    /** Who of the firm wrote it down; null where the trader's own systems said it. */
    personId: idSchema.nullable(),
    reason,
    at: epochMs,
  }),
});

export type TicketData = z.infer<typeof ticketOpened.data>;
export type MessageData = z.infer<typeof ticketMessaged.data>;
export type DisputeData = z.infer<typeof disputeOpened.data>;
export type Channel = (typeof CHANNELS)[number];
export type Topic = (typeof TOPICS)[number];
export type TicketChangeData = z.infer<typeof ticketChanged.data>;
export type DisputeWithdrawal = z.infer<typeof disputeWithdrawn.data>;
export type DisputeDecision = z.infer<typeof disputeDecided.data>;
