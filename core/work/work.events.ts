import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { LADDER_MAX, PRIORITIES, TELLS, workPolicySchema } from './policy.ts';

/*
 * Items of work are not made by anybody: they follow from facts, each kind from its own. What is
 * told here is what people did with them.
 */

export const NOTE_MAX = 2_000;
export const REASON_MAX = 400;
const reason = z.string().min(1).max(REASON_MAX);

export const workChangeSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('assigned'), to: idSchema.nullable() }),
  z.strictObject({ type: z.literal('noted'), text: z.string().min(1).max(NOTE_MAX) }),
  z.strictObject({ type: z.literal('prioritised'), priority: z.enum(PRIORITIES), reason }),
  /** Its clock stands still, until then at the latest. */
  z.strictObject({ type: z.literal('paused'), until: epochMs, reason }),
  z.strictObject({ type: z.literal('resumed') }),
  z.strictObject({ type: z.literal('handedOver'), to: idSchema.nullable(), note: reason }),
  /** Settled by a person, where no other fact says so. */
  z.strictObject({ type: z.literal('settled'), reason }),
  z.strictObject({ type: z.literal('reopened'), reason }),
]);
export type WorkChange = z.infer<typeof workChangeSchema>;

export const workDone = defineEvent({
  kind: 'workDone',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    /** The kind and what it is about, such as `dispute/d-12`. */
    itemId: z.string().min(3).max(140),
    personId: idSchema,
    change: workChangeSchema,
    at: epochMs,
  }),
});

/** The server saw that an item's time has passed: who is told next. */
export const workEscalated = defineEvent({
  kind: 'workEscalated',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    itemId: z.string().min(3).max(140),
    level: z.int().min(1).max(LADDER_MAX),
    /** Whom, as the policy said then, and who had it; null for nobody. */
    tell: z.enum(TELLS),
    personId: idSchema.nullable(),
    /** What was to be done. */
    title: z.string().min(1).max(REASON_MAX),
    at: epochMs,
  }),
});

export const workPolicyChanged = defineEvent({
  kind: 'workPolicyChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ policy: workPolicySchema, personId: idSchema, reason, at: epochMs }),
});

export type WorkDone = z.infer<typeof workDone.data>;
export type WorkEscalated = z.infer<typeof workEscalated.data>;
export type WorkPolicyChanged = z.infer<typeof workPolicyChanged.data>;
