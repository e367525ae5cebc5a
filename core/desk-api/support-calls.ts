import { z } from 'zod';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import {
  actOnTicketSchema,
  decideDisputeSchema,
  openDisputeSchema,
  openTicketSchema,
  withdrawDisputeSchema,
} from '#core/support/act.ts';
import {
  CHANNELS,
  DISPUTE_REASONS,
  disputedSchema,
  REMEDIES,
  TOPICS,
} from '#core/support/support.events.ts';
import { ownTemplateSchema } from '#core/support/templates.ts';
import { QUEUES } from '#core/support/tickets.ts';
import { TEXT_MAX } from '#core/support/words.ts';
import { findRequestSchema, foundSchema, FOUND_MAX } from '#core/sync/support-questions.ts';
import { epochMs } from '#core/time/time.ts';

/** Tickets that wait, all of them, and of those that are over so many, last changed first. */
export const TICKETS_PER_CALL_MAX = 5_000;
export const DISPUTES_PER_CALL_MAX = 2_000;
/** What a page shows of each kind of what happened before. */
export const CONTEXT_PER_KIND_MAX = 20;

const sentSchema = z.strictObject({
  commandId: z.string(),
  state: z.enum(['queued', 'accepted']),
});
const personSchema = z.strictObject({ personId: z.string(), name: z.string() });

export const ticketRowSchema = z.strictObject({
  ticketId: idSchema,
  /** In order of opening, from 1: what people call it. */
  number: z.int().min(1),
  /** To be given back with whatever is done to it. */
  version: z.int().min(1),
  queue: z.enum(QUEUES),
  channel: z.enum(CHANNELS),
  topic: z.enum(TOPICS),
  /** Null where its words are not on this desk, or were erased. */
  subject: z.string().nullable(),
  /** How the last message begins, and whose it is. */
  preview: z.string(),
  lastFrom: z.enum(['trader', 'firm', 'nobody']),
  traderId: z.string().nullable(),
  traderName: z.string(),
  accountId: z.string().nullable(),
  programName: z.string(),
  assignee: personSchema.nullable(),
  tags: z.array(z.string()),
  openedAt: epochMs,
  changedAt: epochMs,
  /** Null while the firm's clock stands still. */
  dueAt: epochMs.nullable(),
  messages: z.int(),
  /** Open disputes that were filed with it. */
  disputes: z.int(),
  mergedInto: z.string().nullable(),
});
export type TicketRow = z.infer<typeof ticketRowSchema>;

const messageSchema = z.strictObject({
  messageId: z.string(),
  seq: z.int(),
  direction: z.enum(['in', 'out', 'note']),
  by: z.string(),
  at: epochMs,
  subject: z.string(),
  /** Null where the words are not on this desk, or were erased. */
  text: z.string().nullable(),
  /** It came from another address than the one that the ticket began with. */
  other: z.boolean(),
  files: z.array(
    z.strictObject({
      name: z.string(),
      mediaType: z.string(),
      size: z.int(),
      digest: digestSchema,
      kept: z.boolean(),
    }),
  ),
});

export const disputeRowSchema = z.strictObject({
  disputeId: idSchema,
  number: z.int().min(1),
  state: z.enum(['waiting', 'decided', 'withdrawn']),
  accountId: idSchema,
  traderId: idSchema,
  traderName: z.string(),
  programId: z.string(),
  programName: z.string(),
  about: disputedSchema,
  /** What is disputed, in words. */
  says: z.string(),
  reason: z.enum(DISPUTE_REASONS),
  ticketId: z.string().nullable(),
  at: epochMs,
  dueAt: epochMs,
  overdue: z.boolean(),
  /** Who decided first and may not decide again. */
  decidedBy: z.array(personSchema),
  /** Why the person who is signed in may not decide it; empty when it may. */
  whyNot: z.string(),
  decision: z
    .strictObject({
      by: z.string(),
      remedy: z.enum(REMEDIES),
      reason: z.string(),
      clause: z.string().nullable(),
      amount: moneyUnits,
      currency: z.string().nullable(),
      proposalId: z.string().nullable(),
      at: epochMs,
    })
    .nullable(),
  withdrawn: z.string().nullable(),
});
export type DisputeRow = z.infer<typeof disputeRowSchema>;

/** Everything about a trader that whoever answers should see at once. */
export const supportContextSchema = z.strictObject({
  trader: z.strictObject({ traderId: z.string(), name: z.string() }).nullable(),
  accounts: z.array(
    z.strictObject({
      accountId: z.string(),
      number: z.int().nullable(),
      program: z.string(),
      phase: z.string(),
      status: z.string(),
      currency: z.string(),
      size: moneyUnits,
      equity: moneyUnits.nullable(),
      says: z.string(),
    }),
  ),
  /** Of the account that the ticket is about: newest first. */
  verdicts: z.array(
    z.strictObject({
      seq: z.int(),
      at: epochMs,
      kind: z.string(),
      ruleId: z.string(),
      sentence: z.string(),
      /** Disputed already, and not withdrawn. */
      disputed: z.boolean(),
    }),
  ),
  /** Whether the verdicts come from the server now, from this desk's memory, or cannot be had. */
  verdictsFrom: z.enum(['live', 'cache', 'nowhere']),
  payouts: z.array(
    z.strictObject({
      payoutId: z.string(),
      accountId: z.string(),
      state: z.string(),
      amount: moneyUnits,
      currency: z.string(),
      at: epochMs,
    }),
  ),
  orders: z.array(
    z.strictObject({
      orderId: z.string(),
      state: z.string(),
      amount: moneyUnits,
      currency: z.string(),
      at: epochMs,
    }),
  ),
  /** Null for who may not see cases. */
  cases: z
    .array(z.strictObject({ caseId: z.string(), number: z.int(), state: z.string(), at: epochMs }))
    .nullable(),
  tickets: z.array(ticketRowSchema),
  disputes: z.array(disputeRowSchema),
});
export type SupportContext = z.infer<typeof supportContextSchema>;

export const ticketDetailSchema = z.strictObject({
  row: ticketRowSchema,
  messages: z.array(messageSchema),
  changes: z.array(z.strictObject({ seq: z.int(), at: epochMs, by: z.string(), says: z.string() })),
  context: supportContextSchema,
  /** Whom it may be given to. */
  people: z.array(personSchema),
  mayWork: z.boolean(),
  /** Sent from this desk and not yet decided by the server. */
  queued: z.int(),
});
export type TicketDetail = z.infer<typeof ticketDetailSchema>;

export const disputeDetailSchema = z.strictObject({
  row: disputeRowSchema,
  /** The verdict's own sentence, or what became of the payout or the case. */
  evidence: z.string(),
  /** Clauses of the program that a decision may rest on. */
  clauses: z.array(z.string()),
  /** Proposals that were carried out and could be the remedy. */
  remedies: z.array(
    z.strictObject({
      proposalId: z.string(),
      remedy: z.enum(REMEDIES),
      says: z.string(),
      amount: moneyUnits,
    }),
  ),
  currency: z.string(),
  letter: z.string().nullable(),
  context: supportContextSchema,
  mayWork: z.boolean(),
});
export type DisputeDetail = z.infer<typeof disputeDetailSchema>;

export const whyRowSchema = z.strictObject({
  programId: z.string(),
  programName: z.string(),
  ruleId: z.string().nullable(),
  type: z.enum(['verdict', 'payout', 'case']),
  reason: z.enum(DISPUTE_REASONS),
  total: z.int(),
  waiting: z.int(),
  upheld: z.int(),
  reinstated: z.int(),
  refunded: z.int(),
  goodwill: z.int(),
  withdrawn: z.int(),
  lastAt: epochMs,
  /** Given so often that the clause should be looked at. */
  repeated: z.boolean(),
});
export type WhyRow = z.infer<typeof whyRowSchema>;

/** Tickets, disputes and search, as a renderer may ask for them. */
export const supportCalls = {
  /** All that wait, and of the others those that changed last; without a limit, the counts alone. */
  'support.list': {
    input: z.strictObject({ ended: z.boolean(), limit: z.int().min(0).max(TICKETS_PER_CALL_MAX) }),
    output: z.strictObject({
      asOf: epochMs,
      tickets: z.array(ticketRowSchema),
      counts: z.strictObject({
        unassigned: z.int(),
        assigned: z.int(),
        waiting: z.int(),
        overdue: z.int(),
        mine: z.int(),
        disputes: z.int(),
      }),
    }),
  },
  'support.get': { input: z.strictObject({ ticketId: idSchema }), output: ticketDetailSchema },
  'support.act': { input: actOnTicketSchema, output: sentSchema },
  'support.open': { input: openTicketSchema, output: sentSchema },
  /** The server's ways to reach traders; null while it cannot be asked. */
  'support.setup': {
    input: z.strictObject({}),
    output: z.strictObject({
      templates: z.array(ownTemplateSchema),
      address: z.string().nullable(),
      reads: z.string(),
      sends: z.string(),
      waiting: z.int(),
      refused: z.int(),
    }),
  },
  /** A template filled from what the facts say now. */
  'support.fill': {
    input: z.strictObject({ ticketId: idSchema, templateId: z.string().max(40) }),
    output: z.strictObject({ text: z.string(), problem: z.string() }),
  },
  /** What was begun here and not sent: it outlives a restart, and leaves this desk never. */
  'support.draft': {
    input: z.strictObject({ ticketId: idSchema }),
    output: z.strictObject({ text: z.string() }),
  },
  'support.saveDraft': {
    input: z.strictObject({ ticketId: idSchema, text: z.string().max(TEXT_MAX) }),
    output: z.strictObject({}),
  },
  'support.file': {
    input: z.strictObject({ ticketId: idSchema, digest: digestSchema }),
    /** In base64; null where it was too large to be kept, or is not on this desk. */
    output: z.strictObject({ bytes: z.string().nullable() }),
  },
  'support.why': {
    input: z.strictObject({}),
    output: z.strictObject({ rows: z.array(whyRowSchema) }),
  },
  'disputes.list': {
    input: z.strictObject({ limit: z.int().min(1).max(DISPUTES_PER_CALL_MAX) }),
    /** Those that wait first, the most urgent first. */
    output: z.strictObject({ asOf: epochMs, disputes: z.array(disputeRowSchema) }),
  },
  'disputes.get': { input: z.strictObject({ disputeId: idSchema }), output: disputeDetailSchema },
  'disputes.open': { input: openDisputeSchema, output: sentSchema },
  'disputes.decide': { input: decideDisputeSchema, output: sentSchema },
  'disputes.withdraw': { input: withdrawDisputeSchema, output: sentSchema },
  /** The letter that a decision would send. */
  'disputes.letter': {
    input: decideDisputeSchema,
    output: z.strictObject({ text: z.string() }),
  },
  /** Everything that the person may see and that fits, the best first, without a server too. */
  'search.all': {
    input: findRequestSchema,
    output: z.strictObject({
      hits: z.array(foundSchema).max(FOUND_MAX),
      /** `desk`: only what this desk holds was looked through. */
      from: z.enum(['server', 'desk']),
    }),
  },
} as const;
