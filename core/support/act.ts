import { z } from 'zod';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { bytesOfBase64 } from '#core/kernel/base64.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import {
  CHANNELS,
  DISPUTE_REASONS,
  disputedSchema,
  FILES_PER_MESSAGE_MAX,
  REASON_MAX,
  REMEDIES,
  TAGS_MAX,
  TOPICS,
} from './support.events.ts';
import { SUBJECT_MAX, TEXT_MAX } from './words.ts';

export const CLAUSE_MAX = 200;
/** Larger files are named with their digest, and stay where they came from. */
export const FILE_BYTES_MAX = 256_000;
const FILE_TEXT_MAX = Math.ceil(FILE_BYTES_MAX / 3) * 4;

const reason = z.string().min(1).max(REASON_MAX);
const text = z.string().min(1).max(TEXT_MAX);

/** What a person of the firm does to a ticket. */
export const ticketVerbSchema = z.discriminatedUnion('verb', [
  /** Null gives it back to everybody. */
  z.strictObject({ verb: z.literal('assign'), to: idSchema.nullable() }),
  z.strictObject({
    verb: z.literal('answer'),
    text,
    /** What follows: the firm goes on, the trader is to answer, or it is settled. */
    after: z.enum(['keep', 'ask', 'solve']),
  }),
  /** For the firm alone: it never leaves. */
  z.strictObject({ verb: z.literal('note'), text }),
  z.strictObject({
    verb: z.literal('concerns'),
    traderId: idSchema,
    accountId: idSchema.nullable(),
  }),
  z.strictObject({ verb: z.literal('topic'), topic: z.enum(TOPICS) }),
  z.strictObject({
    verb: z.literal('tags'),
    tags: z.array(z.string().min(1).max(40)).max(TAGS_MAX),
  }),
  z.strictObject({ verb: z.literal('solve'), reason }),
  z.strictObject({ verb: z.literal('reopen'), reason }),
  /** Everything of this ticket goes into another one; this one ends. */
  z.strictObject({ verb: z.literal('merge'), into: idSchema }),
]);
export type TicketVerb = z.infer<typeof ticketVerbSchema>;
export type TicketVerbName = TicketVerb['verb'];
export const TICKET_VERBS = ticketVerbSchema.options.map(({ shape }) => shape.verb.value);

/** A verb with the ticket it is about, and the version that the person had on screen. */
export const actOnTicketSchema = z.strictObject({
  ticketId: idSchema,
  version: z.int().min(1),
  act: ticketVerbSchema,
});
export type ActOnTicket = z.infer<typeof actOnTicketSchema>;

/** Somebody of the firm writes down what a trader said: at the telephone, in a chat. */
export const openTicketSchema = z.strictObject({
  topic: z.enum(TOPICS),
  traderId: idSchema.nullable(),
  accountId: idSchema.nullable(),
  subject: z.string().min(1).max(SUBJECT_MAX),
  text,
});
export type OpenTicket = z.infer<typeof openTicketSchema>;

export const openDisputeSchema = z.strictObject({
  accountId: idSchema,
  about: disputedSchema,
  reason: z.enum(DISPUTE_REASONS),
  /** Where it was said; null where nobody wrote it down as a ticket. */
  ticketId: idSchema.nullable(),
});
export type OpenDispute = z.infer<typeof openDisputeSchema>;

export const decideDisputeSchema = z.strictObject({
  disputeId: idSchema,
  remedy: z.enum(REMEDIES),
  reason,
  clause: z.string().min(1).max(CLAUSE_MAX).nullable(),
  /** What was agreed by several for it, and carried out; null for upheld. */
  proposalId: idSchema.nullable(),
  /** Of a refund or of goodwill; 0 for the others. */
  amount: moneyUnits,
  currency: currencySchema.nullable(),
});
export type DecideDispute = z.infer<typeof decideDisputeSchema>;

export const withdrawDisputeSchema = z.strictObject({ disputeId: idSchema, reason });
export type WithdrawDispute = z.infer<typeof withdrawDisputeSchema>;

/** What came from outside, read and limited by whoever took it in. */
export const receivedSchema = z.strictObject({
  /** The same message has the same name, however often it arrives. */
  messageId: idSchema,
  channel: z.enum(CHANNELS),
  /** The ticket that it says it belongs to, where that could be proven; else null. */
  ticketId: idSchema.nullable(),
  topic: z.enum(TOPICS),
  traderId: idSchema.nullable(),
  accountId: idSchema.nullable(),
  sender: z.enum(['trader', 'other']),
  subject: z.string().max(SUBJECT_MAX),
  text: z.string().max(TEXT_MAX),
  files: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200),
        mediaType: z.string().max(100),
        size: z.int().min(0),
        digest: digestSchema,
        /** In base64; null where it is larger than what is kept. */
        bytes: z
          .string()
          .max(FILE_TEXT_MAX)
          .refine((bytes) => bytesOfBase64(bytes).ok, 'expected base64')
          .nullable(),
      }),
    )
    .max(FILES_PER_MESSAGE_MAX),
  /** What of it is disputed; null for a message that disputes nothing. */
  dispute: openDisputeSchema.pick({ about: true, reason: true }).nullable(),
});
export type Received = z.infer<typeof receivedSchema>;
