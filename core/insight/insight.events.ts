import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { goalsSchema, SAYS_MAX, scheduleSchema, targetSchema } from './reports.ts';

/*
 * What the firm wants of its numbers, and to whom they are sent. The numbers themselves are never in
 * the log: they follow from it.
 */

const reason = z.string().min(1).max(400);

/** What numbers are to reach, and are compared with, from now on. */
export const kpiGoalsChanged = defineEvent({
  kind: 'kpiGoalsChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    version: z.int().min(1),
    goals: goalsSchema,
    personId: idSchema,
    reason,
    at: epochMs,
  }),
});

/** Which numbers are sent to whom, and when; null for a schedule that has ended. */
export const reportScheduled = defineEvent({
  kind: 'reportScheduled',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    scheduleId: idSchema,
    schedule: scheduleSchema.nullable(),
    personId: idSchema,
    reason,
    at: epochMs,
  }),
});

/** A report of one period went to one target, or will never get there. */
export const reportSent = defineEvent({
  kind: 'reportSent',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    scheduleId: idSchema,
    /** When the period ended that it is about: with the schedule and the target, it is sent once. */
    periodEnd: epochMs,
    target: targetSchema,
    outcome: z.enum(['sent', 'refused']),
    says: z.string().max(SAYS_MAX),
    /** Of the numbers that it holds, and the entry of the log that they are as of. */
    numbers: digestSchema,
    seq: z.int().min(0),
    at: epochMs,
  }),
});

export type GoalsChange = z.infer<typeof kpiGoalsChanged.data>;
export type ReportSchedule = z.infer<typeof reportScheduled.data>;
export type ReportSent = z.infer<typeof reportSent.data>;
