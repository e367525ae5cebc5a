import { judgeLimits } from '#core/exposure/limits.ts';
import type { Decided } from '#core/governance/propose.ts';
import { ok, type Result } from '#core/kernel/result.ts';
import type { DecisionState, Rejection } from './decide.ts';
import type { ServerIntent } from './server-command.ts';

type NoteExposure = Extract<ServerIntent, { type: 'noteExposure' }>;

/**
 * What was measured of the limits, judged by the limits in force where the log stands now: readings
 * that were taken under others say only what those of today make of them.
 */
export function decideExposure(
  { readings, marketAt }: NoteExposure,
  { world }: Pick<DecisionState, 'world'>,
): Result<Decided, Rejection> {
  return ok({
    drafts: judgeLimits(world.governance.exposure, readings, marketAt),
    contents: [],
  });
}
