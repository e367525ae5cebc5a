import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { alertRulesSchema, STEPS_MAX, tellSchema } from './alert-rules.ts';
import { GROUP_KEY_MAX } from './groups.ts';
import { severitySchema } from './notice.ts';

/** From here on people are told by these rules. */
export const alertRulesChanged = defineEvent({
  kind: 'alertRulesChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    version: z.int().min(1),
    rules: alertRulesSchema,
    /** Null for the rules that a demonstration begins with. */
    personId: idSchema.nullable(),
    reason: z.string().min(1).max(400),
    at: epochMs,
  }),
});

/**
 * Nobody has acknowledged a group of alerts in time: it is told to others. In the log, because who
 * was called when is what people are held to, and because desks and a restarted server must agree
 * on how far it went.
 */
export const alertEscalated = defineEvent({
  kind: 'alertEscalated',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    /** See groupKeyOf. */
    group: z.string().min(1).max(GROUP_KEY_MAX),
    ruleId: idSchema,
    ruleName: z.string().min(1).max(80),
    level: z.int().min(1).max(STEPS_MAX),
    rulesVersion: z.int().min(0),
    severity: severitySchema,
    /** How many were open, and the first of them. */
    open: z.int().min(1),
    firstSeq: z.int().min(1),
    /** To whom, as the rules said then. */
    tell: tellSchema,
    at: epochMs,
  }),
});
export type Escalation = z.output<typeof alertEscalated.data>;

/** A person has seen an alert that concerns no account: a silent feed, a payout that waits. */
export const noticeAcknowledged = defineEvent({
  kind: 'noticeAcknowledged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    /** The fact that was acknowledged. */
    alertSeq: z.int().min(1),
    operatorId: idSchema,
    note: z.string().max(400),
  }),
});

/** Stands for all of them, where no price comes at all. */
export const EVERY_SYMBOL = '*';

/** A feed fell silent while its market was open, or delivers again. */
export const feedStateObserved = defineEvent({
  kind: 'feedStateObserved',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    /** EVERY_SYMBOL where no price of any came. */
    symbol: z.string().min(1).max(32),
    source: z.string().max(60),
    state: z.enum(['silent', 'live']),
    /** When it was last heard, in market time. */
    lastAt: epochMs,
    /** For how long it has been, or had been, silent. */
    silentMs: z.int().min(0),
    at: epochMs,
  }),
});
export type FeedState = z.output<typeof feedStateObserved.data>;
