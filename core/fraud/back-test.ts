import { z } from 'zod';
import { digestOf } from '#core/kernel/digest.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';

/** Days that a back-test looks back at the most. */
export const BACK_TEST_DAYS_MAX = 90;

const DETECTORS_MAX = 200;
const count = z.int().min(0);

/** What a proposal carries of a back-test: its numbers, and the hash that names them. */
export const backTestSchema = z.strictObject({
  hash: digestSchema,
  /** Of the policy that was tried, all of it. */
  policyDigest: digestSchema,
  /** The days that were looked at, by market time. */
  fromAt: epochMs,
  toAt: epochMs,
  /** Cases that it would have opened, and those that the policy in force opens over the same days. */
  cases: count,
  casesBefore: count,
  perDetector: z
    .array(z.strictObject({ detector: idSchema, signals: count, cases: count, casesBefore: count }))
    .max(DETECTORS_MAX),
});
export type BackTestSummary = z.infer<typeof backTestSchema>;

/** The hash over all the other numbers. */
export function backTestHash({ hash: _hash, ...numbers }: BackTestSummary): string {
  return digestOf(numbers);
}

/** What one detector says under one policy. */
const findingsSchema = z.strictObject({
  signals: count,
  /** Things that they are about, however often it was said. */
  matters: count,
  traders: count,
  /** Cases that they are part of. */
  cases: count,
});

const detectorTrialSchema = z.strictObject({
  detector: idSchema,
  version: z.int().min(1),
  mode: z.enum(['live', 'shadow', 'off']),
  draft: findingsSchema,
  published: findingsSchema,
  /** Why it did not run to the end under the draft; null when it did. */
  fault: z.string().max(400).nullable(),
});

/** How many cases would have come onto a queue that nobody works on. */
const daySchema = z.strictObject({
  /** Of market time, in UTC. */
  day: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  draft: count,
  published: count,
});

const agreementSchema = z.strictObject({ cases: count, draft: count, published: count });

/** A draft of a scoring policy over the days that were, beside the policy in force. */
export const backTestResultSchema = z.strictObject({
  summary: backTestSchema,
  publishedVersion: z.int().min(1),
  toSeq: count,
  accounts: count,
  detectors: z.array(detectorTrialSchema).max(DETECTORS_MAX),
  /** Days on which either opens a case. */
  days: z.array(daySchema).max(BACK_TEST_DAYS_MAX + 2),
  /** People of cases that the draft opens, beside those that the policy in force opens. */
  overlap: z.strictObject({ both: count, onlyDraft: count, onlyPublished: count }),
  agreement: z.strictObject({
    /** Cases within those days that ended in a warning or more: about how many each opens one. */
    confirmed: agreementSchema,
    /** Cases that were dismissed: the fewer of them are opened again, the better. */
    dismissed: agreementSchema,
  }),
});
export type BackTestResult = z.infer<typeof backTestResultSchema>;

/** How a run stands, as a desk asks for it. */
export const backTestStateSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('running'), facts: count, ofFacts: count }),
  z.strictObject({
    type: z.literal('done'),
    result: backTestResultSchema,
    seconds: z.number().min(0),
  }),
  z.strictObject({ type: z.literal('failed'), message: z.string().max(2_000) }),
]);
export type BackTestState = z.infer<typeof backTestStateSchema>;
