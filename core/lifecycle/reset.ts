import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import type { EpochMs } from '#core/time/time.ts';

const HOUR_MS = 3_600_000;

/** When an account may begin its phase again (catalogue R46). */
export const resetPolicySchema = z.strictObject({
  /** Phases that can be begun again. */
  phases: z.array(idSchema).min(1).max(10),
  /** Hours after the end in which it must be asked for; no limit when left out. */
  withinHours: z.int().min(1).max(8_760).optional(),
  /** How often in a row; no limit when left out. */
  times: z.int().min(1).max(100).optional(),
});
export type ResetPolicy = z.output<typeof resetPolicySchema>;

export interface ResetRequest {
  readonly phaseId: string;
  readonly failed: boolean;
  /** When it ended; null while it goes on. */
  readonly endedAt: EpochMs | null;
  /** Resets that led to this account already. */
  readonly resets: number;
  readonly at: EpochMs;
}

/** Why an account may not begin again; empty when it may. */
export function assessReset(policy: ResetPolicy | undefined, request: ResetRequest): string[] {
  if (!policy) return ['the program knows no resets'];
  const reasons: string[] = [];
  if (!policy.phases.includes(request.phaseId)) reasons.push('this phase cannot be begun again');
  if (!request.failed) reasons.push('the account has not failed');
  const { withinHours, times } = policy;
  const { endedAt, at, resets } = request;
  if (withinHours !== undefined && endedAt !== null && at - endedAt > withinHours * HOUR_MS) {
    reasons.push(`it ended more than ${withinHours} hours ago`);
  }
  if (times !== undefined && resets >= times) {
    reasons.push(`it was reset ${resets} times already, ${times} are allowed`);
  }
  return reasons;
}
