import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { Money } from '#core/money/money.ts';
import { limitKind } from '../limit.ts';
import { describeSize, limitShape, lockSchema, sizeOf, sizeSchema } from '../parameters.ts';
import type { Moment, RuleKind } from '../rule-kind.ts';
import {
  describeLock,
  followTrail,
  lockClosesAt,
  lockContradictions,
  openTrail,
  TRAIL_COLUMNS,
  trailFigures,
  trailFloor,
  trailRisesAt,
  type Trail,
  type TrailState,
} from '../trailing.ts';

/** Parameters of every floor that trails a peak by a constant distance. */
export const trailingShape = {
  ...limitShape,
  distance: sizeSchema,
  lock: lockSchema.optional(),
};
const trailingParams = z.strictObject(trailingShape);
type TrailingParams = z.output<typeof trailingParams>;

/** What distinguishes one trailing kind from another: which values may raise its peak, and when. */
export interface TrailingDefinition<Params extends TrailingParams> {
  readonly kind: string;
  readonly title: string;
  readonly params: z.ZodType<Params, unknown>;
  /** The value that may raise the peak at this moment; -Infinity when this moment raises nothing. */
  candidate(params: Params, moment: Moment): Money;
  /** Whether marks alone can raise the peak. */
  followsEquity(params: Params): boolean;
  /** "the highest balance at a day's end" */
  peakName(params: Params): string;
  /** How the floor follows from the peak; by default a constant distance below it. */
  trail?(params: Params, terms: AccountTerms): Trail;
  /** "3,000.00 USD" */
  distanceText?(params: Params, terms: AccountTerms): string;
}

/** Builds a trailing maximum loss (catalogue R04 to R07). */
export function trailingKind<Params extends TrailingParams>(
  definition: TrailingDefinition<Params>,
): RuleKind<Params, TrailState> {
  const trailOf = definition.trail ?? constantDistance;
  return limitKind<Params, TrailState>({
    kind: definition.kind,
    title: definition.title,
    role: 'overall',
    params: definition.params,
    columns: TRAIL_COLUMNS,
    consequence: () => 'fail',
    open: (_params, terms) => openTrail(terms),
    track: (params, state, moment, terms) =>
      followTrail(trailOf(params, terms), state, moment, {
        value: definition.candidate(params, moment),
        terms,
      }),
    floor: (params, state, terms) => trailFloor(trailOf(params, terms), state),
    risesAt: (params, state, terms) =>
      definition.followsEquity(params)
        ? Math.min(trailRisesAt(state), lockClosesAt(trailOf(params, terms), state, terms))
        : lockClosesAt(trailOf(params, terms), state, terms),
    figures: (_params, state) => trailFigures(state),
    describe: (params, terms) =>
      `You fail when your equity ${params.breachedWhen === 'below' ? 'falls below' : 'reaches or falls below'} ` +
      `a floor that follows ${definition.peakName(params)} at a distance of ` +
      `${definition.distanceText?.(params, terms) ?? describeSize(params.distance, terms)}. ` +
      describeLock(params.lock, terms),
    contradictions: (params, terms) => lockContradictions(trailOf(params, terms), terms),
  });
}

function constantDistance(params: TrailingParams, terms: AccountTerms): Trail {
  const allowance = sizeOf(params.distance, terms);
  return { lock: params.lock, followed: (peak) => ({ floor: peak - allowance, allowance }) };
}
