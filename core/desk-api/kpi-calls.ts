import { z } from 'zod';
import { goalsSchema, scheduleSchema } from '#core/insight/reports.ts';
import { idSchema } from '#core/kernel/ids.ts';
import {
  kpiDetailReplySchema,
  kpiDetailRequestSchema,
  kpiListRequestSchema,
  kpiListSchema,
  kpiPlansSchema,
  kpiReplaySchema,
  kpiReplayStartSchema,
  kpiReplayStateSchema,
  kpiRowsRequestSchema,
  kpiRowsSchema,
} from '#core/sync/kpi-questions.ts';

const sentSchema = z.strictObject({
  commandId: z.string(),
  state: z.enum(['queued', 'accepted']),
});
const reason = z.string().min(1).max(400);

/** The firm's numbers as a renderer may ask for them; all of them are the server's to compute. */
export const kpiCalls = {
  /** Every KPI without its breakdowns. */
  'kpi.list': { input: kpiListRequestSchema, output: kpiListSchema },
  'kpi.detail': { input: kpiDetailRequestSchema, output: kpiDetailReplySchema },
  /** The matters behind a number, the latest first. */
  'kpi.rows': { input: kpiRowsRequestSchema, output: kpiRowsSchema },
  /** Reads the whole log again up to an instant; refused while another one runs. */
  'kpi.replay': { input: kpiReplayStartSchema, output: kpiReplaySchema },
  'kpi.replayState': { input: kpiReplaySchema, output: kpiReplayStateSchema },
  'kpi.replayCancel': { input: kpiReplaySchema, output: z.strictObject({}) },
  /** Goals, report schedules and what was sent. */
  'kpi.plans': { input: z.strictObject({}), output: kpiPlansSchema },
  'kpi.setGoals': {
    input: z.strictObject({ goals: goalsSchema, baseVersion: z.int().min(0), reason }),
    output: sentSchema,
  },
  /** Null ends the schedule. */
  'kpi.schedule': {
    input: z.strictObject({ scheduleId: idSchema, schedule: scheduleSchema.nullable(), reason }),
    output: sentSchema,
  },
} as const;
