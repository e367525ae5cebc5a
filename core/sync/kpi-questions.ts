import { z } from 'zod';
import { goalsSchema, KPIS_MAX, scheduleSchema } from '#core/insight/reports.ts';
import { idSchema } from '#core/kernel/ids.ts';
import {
  kpiCardSchema,
  kpiListSchema,
  kpiRowsSchema,
  periodIdSchema,
  ROWS_MAX,
} from '#core/kpi/answers.ts';
import { epochMs } from '#core/time/time.ts';

/** What desks ask their server about the firm's numbers. */

/** Null is now. */
const untilSchema = epochMs.nullable();

export const kpiListRequestSchema = z.strictObject({ period: periodIdSchema, until: untilSchema });
export const kpiDetailRequestSchema = z.strictObject({
  kpiId: idSchema,
  period: periodIdSchema,
  until: untilSchema,
});
export const kpiRowsRequestSchema = z.strictObject({
  ...kpiDetailRequestSchema.shape,
  limit: z.int().min(1).max(ROWS_MAX),
});

export const kpiDetailReplySchema = z.strictObject({
  asOf: epochMs,
  seq: z.int().min(0),
  card: kpiCardSchema,
});
export { kpiListSchema, kpiRowsSchema };

/** Reads the log again up to an instant, and computes everything from nothing. */
export const kpiReplayStartSchema = z.strictObject({ period: periodIdSchema, until: epochMs });
/** Null when as many are running as may. */
export const kpiReplayStartedSchema = z.strictObject({ runId: z.string().max(80).nullable() });
export const kpiReplaySchema = z.strictObject({ runId: z.string().max(80) });
export const kpiReplayStateSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('running'),
    facts: z.int().min(0),
    ofFacts: z.int().min(0),
  }),
  z.strictObject({ type: z.literal('done'), list: kpiListSchema, seconds: z.number() }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
]);
export type KpiReplayState = z.output<typeof kpiReplayStateSchema>;

export const SENDINGS_SHOWN_MAX = 100;
/** Goals, schedules and what was sent, as the server knows them. */
export const kpiPlansSchema = z.strictObject({
  goals: goalsSchema,
  version: z.int().min(0),
  schedules: z
    .array(z.strictObject({ scheduleId: idSchema, schedule: scheduleSchema, since: epochMs }))
    .max(KPIS_MAX),
  sendings: z
    .array(
      z.strictObject({
        scheduleId: idSchema,
        periodEnd: epochMs,
        target: z.string(),
        outcome: z.string(),
        says: z.string(),
        seq: z.int(),
        at: epochMs,
      }),
    )
    .max(SENDINGS_SHOWN_MAX),
  /** Where reports can go, by name. */
  mailboxes: z.array(z.string()).max(500),
});
export type KpiPlans = z.output<typeof kpiPlansSchema>;
