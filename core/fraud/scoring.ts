import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';
import { perMilleSchema } from './signal.ts';

/** How one detector is used: data, changed by approval only. */
export const detectorUseSchema = z.strictObject({
  detector: idSchema,
  /** `shadow` is measured and opens no case; `off` is not run. */
  mode: z.enum(['live', 'shadow', 'off']),
  /** How much its strength counts. */
  weight: perMilleSchema,
  /** Over the detector's own defaults. */
  params: z.record(z.string().max(60), z.json()),
});
export type DetectorUse = z.infer<typeof detectorUseSchema>;

/** People or accounts about whom a detector is known to speak without cause, until a day. */
export const allowanceSchema = z.strictObject({
  allowanceId: idSchema,
  /** Null for every detector. */
  detector: idSchema.nullable(),
  /** Traders, or things such as a network that a house or an office shares. */
  subjects: z.array(idSchema).min(1).max(200),
  until: epochMs,
  reason: z.string().min(1).max(400),
});
export type Allowance = z.infer<typeof allowanceSchema>;

/** How findings become cases. Versioned; the detectors' own parameters are part of it. */
export const scoringPolicySchema = z.strictObject({
  version: z.int().min(1),
  /** Detectors that are not named run with their defaults, live, at full weight. */
  detectors: z.array(detectorUseSchema).max(200),
  /** A case is opened from this score on. */
  openAt: perMilleSchema,
  /** In a program, scores count by so much, in thousandths: 1,000 changes nothing. */
  sensitivity: z
    .array(z.strictObject({ programId: idSchema, factor: z.int().min(0).max(5_000) }))
    .max(500),
  allowances: z.array(allowanceSchema).max(2_000),
});
export type ScoringPolicy = z.infer<typeof scoringPolicySchema>;

export const DEFAULT_SCORING: ScoringPolicy = {
  version: 1,
  detectors: [],
  openAt: 700,
  sensitivity: [],
  allowances: [],
};

/** What holds for a detector under a policy. */
export function useOf(policy: ScoringPolicy, detector: string): DetectorUse {
  const named = policy.detectors.find((use) => use.detector === detector);
  return named ?? { detector, mode: 'live', weight: 1_000, params: {} };
}
