import { z } from 'zod';
import { CHANNELS } from '#core/alerts/alert-rules.ts';
import { GROUP_KEY_MAX } from '#core/alerts/groups.ts';
import { noticeKindSchema, noticeSchema, severitySchema } from '#core/alerts/notice.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';

/** What desks ask their server about alerts: its whole history, and what was sent to whom. */

export const HISTORY_PER_CALL_MAX = 200;
export const DELIVERIES_PER_CALL_MAX = 200;
export const CONTACTS_MAX = 2_000;
export const ADDRESS_MAX = 254;

/** Who has seen an alert. */
export const seenSchema = z.strictObject({
  /** A person; the server where it was settled by itself. */
  operatorId: z.string(),
  at: epochMs,
  note: z.string(),
});
export type Seen = z.output<typeof seenSchema>;

export const historyRequestSchema = z.strictObject({
  /** Words that all occur, by their beginnings, in the sentence or a name; empty for any. */
  text: z.string().max(200),
  accountId: z.string().max(80).nullable(),
  /** A trader by id, or by the beginning of a name. */
  trader: z.string().max(120).nullable(),
  kinds: z.array(noticeKindSchema).max(20),
  /** At least this; null for any. */
  severity: severitySchema.nullable(),
  fromAt: epochMs.nullable(),
  toAt: epochMs.nullable(),
  state: z.enum(['any', 'open', 'acknowledged', 'escalated', 'late']),
  beforeSeq: z.int().min(1).nullable(),
  limit: z.int().min(1).max(HISTORY_PER_CALL_MAX),
});
export type HistoryRequest = z.output<typeof historyRequestSchema>;

export const historyLineSchema = z.strictObject({
  notice: noticeSchema,
  recordedAt: epochMs,
  group: z.string().max(GROUP_KEY_MAX),
  seen: seenSchema.nullable(),
  /** The highest step of escalation that its group has reached. */
  level: z.int().min(0),
  /** By when somebody was to acknowledge it; null where nobody had to. */
  dueAt: epochMs.nullable(),
});
export type HistoryLine = z.output<typeof historyLineSchema>;

export const historyReplySchema = z.strictObject({
  lines: z.array(historyLineSchema).max(HISTORY_PER_CALL_MAX),
  /** Whether there are older ones that fit. */
  more: z.boolean(),
  /** How many the server holds, whatever was asked for, and up to which fact. */
  held: z.int().min(0),
  upTo: z.int().min(0),
});
export type HistoryReply = z.output<typeof historyReplySchema>;

/** What came between two places of the log. */
export const countsRequestSchema = z.strictObject({
  afterSeq: z.int().min(0),
  toSeq: z.int().min(0),
});
export const countsReplySchema = z.strictObject({
  counts: z
    .array(
      z.strictObject({
        kind: noticeKindSchema,
        severity: severitySchema,
        count: z.int().min(0),
        open: z.int().min(0),
      }),
    )
    .max(100),
});
export type AlertCounts = z.output<typeof countsReplySchema>['counts'];

export const MESSAGE_STATES = ['waiting', 'queued', 'retry', 'sent', 'givenUp', 'dropped'] as const;
export const deliveriesRequestSchema = z.strictObject({
  state: z.enum(['any', ...MESSAGE_STATES]),
  /** Of the last line of the page before; null for the newest. */
  before: z.strictObject({ at: epochMs, id: z.string().max(400) }).nullable(),
  limit: z.int().min(1).max(DELIVERIES_PER_CALL_MAX),
});

/** A message, or what will be part of one. */
export const deliveryLineSchema = z.strictObject({
  id: z.string().max(400),
  /**
   * `waiting`: decided, and gathered or held. `queued`: about to leave. `retry`: it failed and is
   * tried again. `dropped`: it never left, because there was no need any more.
   */
  state: z.enum(MESSAGE_STATES),
  channel: z.enum(CHANNELS),
  /** "person:p-ada" and the like. */
  target: z.string(),
  /** Where it goes, as far as everybody may read it: "a…@firm.example", "hooks.firm.example". */
  address: z.string(),
  subject: z.string(),
  groups: z.array(z.string().max(GROUP_KEY_MAX)).max(100),
  rules: z.array(idSchema).max(100),
  level: z.int().min(0),
  attempts: z.int().min(0),
  at: epochMs,
  /** When it leaves, or is tried again; null when neither will be. */
  nextAt: epochMs.nullable(),
  sentAt: epochMs.nullable(),
  /** Why it waits, failed or was given up; empty for no reason. */
  why: z.string(),
});
export type DeliveryLine = z.output<typeof deliveryLineSchema>;

export const deliveriesReplySchema = z.strictObject({
  lines: z.array(deliveryLineSchema).max(DELIVERIES_PER_CALL_MAX),
  more: z.boolean(),
  counts: z.strictObject({
    waiting: z.int(),
    queued: z.int(),
    retry: z.int(),
    sent: z.int(),
    givenUp: z.int(),
    dropped: z.int(),
  }),
});
export type DeliveriesReply = z.output<typeof deliveriesReplySchema>;

export const setupRequestSchema = z.strictObject({});
/** By which ways this server can tell people at all. */
export const setupSchema = z.strictObject({
  mail: z.strictObject({
    /** "smtp.firm.example:587", or a folder; empty where none is set up. */
    by: z.string(),
    from: z.string(),
    /** Domains that mail may go to. */
    domains: z.array(z.string()),
  }),
  mailboxes: z.array(z.strictObject({ mailboxId: idSchema, address: z.string() })),
  hooks: z.array(z.strictObject({ hookId: idSchema, host: z.string() })),
  contacts: z.array(z.strictObject({ personId: idSchema, address: z.string() })).max(CONTACTS_MAX),
  /** What stands against telling anybody, in sentences. */
  problems: z.array(z.string()),
});
export type AlertSetup = z.output<typeof setupSchema>;

export const testRequestSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('person'), personId: idSchema }),
  z.strictObject({ type: z.literal('mailbox'), mailboxId: idSchema }),
  z.strictObject({ type: z.literal('hook'), hookId: idSchema }),
]);
export const testReplySchema = z.strictObject({
  sent: z.boolean(),
  /** What came of it, in a sentence. */
  says: z.string(),
});

/** The address at which a person is told by mail; null takes it away. */
export const contactRequestSchema = z.strictObject({
  personId: idSchema,
  address: z.string().min(3).max(ADDRESS_MAX).nullable(),
});
export const retryRequestSchema = z.strictObject({ id: z.string().min(1).max(400) });
