import { z } from 'zod';
import { BACK_TEST_DAYS_MAX, backTestStateSchema } from '#core/fraud/back-test.ts';
import { PATTERNS } from '#core/fraud/detector.ts';
import { detectorUseSchema, scoringPolicySchema } from '#core/fraud/scoring.ts';
import {
  TOXICITY_GROUPINGS,
  TOXICITY_ROWS_MAX,
  toxicityResultSchema,
} from '#core/fraud/toxicity.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';

/** What desks ask their server about surveillance: what detectors are, whose fills win, and trials. */

const DETECTORS_MAX = 200;
const count = z.int().min(0);

export const toxicityRequestSchema = z.strictObject({
  by: z.enum(TOXICITY_GROUPINGS),
  horizonMs: z.int().min(1),
  /** Groups with fewer fills are left out. */
  fillsMin: count.max(1_000_000),
  rowsMax: z.int().min(1).max(TOXICITY_ROWS_MAX),
});

export const toxicityReplySchema = z.strictObject({
  /** Market time that surveillance has reached; null before the first price. */
  asOf: epochMs.nullable(),
  rows: toxicityResultSchema,
});

/** How far surveillance has come, and how much it takes. */
const progressSchema = z.strictObject({
  seq: count,
  marketAt: epochMs.nullable(),
  factsBehind: count,
  marksBehind: count,
  /** Of a thousand milliseconds it worked so many. */
  busyPerMille: count,
});

/** A detector as it is, whether or not it ever spoke. */
const detectorRowSchema = z.strictObject({
  detector: idSchema,
  version: z.int().min(1),
  title: z.string(),
  pattern: z.enum(PATTERNS),
  describes: z.string(),
  honestReasons: z.string(),
  checklist: z.array(z.string()),
  /** JSON Schema of its parameters, as forms are made of it. */
  params: z.json(),
  defaults: z.json(),
  /** How the policy in force uses it. */
  use: detectorUseSchema,
  /** Entries that it holds now; null before surveillance was heard of. */
  held: count.nullable(),
  /** Why it does not run, or spoke wrongly; null while nothing is wrong. */
  fault: z.string().max(2_000).nullable(),
});

export const detectorsReplySchema = z.strictObject({
  policyVersion: z.int().min(1),
  /** Null before surveillance was heard of. */
  progress: progressSchema.nullable(),
  detectors: z.array(detectorRowSchema).max(DETECTORS_MAX),
});
export type DetectorsReply = z.output<typeof detectorsReplySchema>;

export const backTestStartSchema = z.strictObject({
  policy: scoringPolicySchema,
  /** Of market time, up to now. */
  days: z.int().min(1).max(BACK_TEST_DAYS_MAX),
});
/** Null when as many are running as may. */
export const backTestStartedSchema = z.strictObject({ runId: z.string().max(80).nullable() });
export const backTestRunSchema = z.strictObject({ runId: z.string().max(80) });
export { backTestStateSchema };
