import { z } from 'zod';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { DISPUTE_REASONS, REASON_MAX, REMEDIES, TOPICS } from '#core/support/support.events.ts';
import { SUBJECT_MAX, TEXT_MAX } from '#core/support/words.ts';

/** What clients send and get about tickets and disputes. */
const timeSchema = z.iso.datetime().describe('An instant of UTC: "2026-11-20T09:30:00.000Z".');
const text = z
  .string()
  .min(1)
  .max(TEXT_MAX)
  .describe('As the trader wrote it, without formatting.');

export const aboutInputSchema = z
  .discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('verdict'),
      entry: z.int().min(1).describe('The entry of the log, as evidence and letters name it.'),
      ruleId: idSchema,
    }),
    z.strictObject({ type: z.literal('payout'), payoutId: idSchema }),
    z.strictObject({ type: z.literal('case'), reference: idSchema }),
  ])
  .describe('What is disputed: a verdict, the answer to a payout request, or a decision.');

export const ticketInputSchema = z.strictObject({
  traderId: idSchema,
  accountId: idSchema.nullable().describe('Null where it is about no account.'),
  topic: z.enum(TOPICS),
  subject: z.string().min(1).max(SUBJECT_MAX),
  text,
});

export const messageInputSchema = z.strictObject({ text });

export const disputeInputSchema = z.strictObject({
  accountId: idSchema,
  about: aboutInputSchema,
  reason: z.enum(DISPUTE_REASONS),
  text,
});

export const withdrawalInputSchema = z.strictObject({ reason: z.string().min(1).max(REASON_MAX) });

export const TICKET_STATES = ['open', 'waitingForTrader', 'solved'] as const;

export const ticketReplySchema = z.strictObject({
  ticketId: idSchema,
  number: z.int().min(1),
  state: z.enum(TICKET_STATES),
  topic: z.enum(TOPICS),
  accountId: idSchema.nullable(),
  openedAt: timeSchema,
  answerDueAt: timeSchema.nullable().describe('Null while it is the trader’s turn.'),
  messages: z.array(
    z.strictObject({
      messageId: idSchema,
      from: z.enum(['trader', 'firm']),
      at: timeSchema,
      text: z.string().nullable().describe('Null for words that were erased.'),
    }),
  ),
  disputes: z.array(idSchema),
});

export const disputeReplySchema = z.strictObject({
  disputeId: idSchema,
  ticketId: idSchema.nullable(),
  accountId: idSchema,
  state: z.enum(['waiting', 'decided', 'withdrawn']),
  reason: z.enum(DISPUTE_REASONS),
  filedAt: timeSchema,
  answerDueAt: timeSchema.nullable(),
  decision: z
    .strictObject({
      remedy: z.enum(REMEDIES),
      at: timeSchema,
      digest: digestSchema.nullable().describe('SHA-256 of the letter, as the log holds it.'),
      letter: z.string().nullable(),
    })
    .nullable(),
});
