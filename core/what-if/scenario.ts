import { z } from 'zod';
import { epochMs } from '#core/time/time.ts';

/** Steps in one scenario at the most: a person builds it by hand. */
export const SCENARIO_STEPS_MAX = 50;

/** One hypothetical event. Prices and volumes are whole points and smallest volumes. */
export const scenarioStepSchema = z.discriminatedUnion('type', [
  /** Moves a symbol's bid and ask by the same number of points. */
  z.strictObject({ type: z.literal('movePoints'), symbol: z.string(), points: z.int() }),
  /** Moves a symbol by a share of its mid price, in parts per million; rounds half away from zero. */
  z.strictObject({ type: z.literal('movePercent'), symbol: z.string(), ppm: z.int() }),
  /** Sets the bid to a level; the spread stays. */
  z.strictObject({ type: z.literal('moveTo'), symbol: z.string(), bid: z.int() }),
  /** Opens a position at the present price. */
  z.strictObject({
    type: z.literal('open'),
    symbol: z.string(),
    side: z.enum(['buy', 'sell']),
    volume: z.int().min(1),
  }),
  /** Closes a position at the present price, free of costs. */
  z.strictObject({ type: z.literal('close'), positionId: z.string() }),
  /** Jumps past the next roll-over: the present trading day closes, a new one begins. */
  z.strictObject({ type: z.literal('nextDay') }),
]);
export type ScenarioStep = z.infer<typeof scenarioStepSchema>;

export const scenarioSchema = z.strictObject({
  steps: z.array(scenarioStepSchema).max(SCENARIO_STEPS_MAX),
  /** The instant the scenario is thought to happen at. */
  at: epochMs,
});
export type Scenario = z.infer<typeof scenarioSchema>;
