import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { Money } from '#core/money/money.ts';
import { limitKind } from '../limit.ts';
import {
  describePayoutEffect,
  describeSize,
  limitShape,
  lockSchema,
  payoutEffectSchema,
  sizeOf,
  sizeSchema,
} from '../parameters.ts';
import type { Moment, RuleKind } from '../rule-kind.ts';
import {
  describeLock,
  followTrail,
  lockContradictions,
  openTrail,
  riseAtLock,
  riseWithEquity,
  TRAIL_COLUMNS,
  trailFigures,
  type TrailDistance,
  type TrailState,
} from '../trailing.ts';

/** Parameters of every floor that trails a peak by a constant distance. */
export const trailingShape = {
  ...limitShape,
  distance: sizeSchema,
  lock: lockSchema.optional(),
  onPayout: payoutEffectSchema.default('unchanged'),
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
  /** How far below the peak the floor lies; by default a constant distance. */
  distance?: TrailDistance<Params>;
  /** "3,000.00 USD" */
  distanceText?(params: Params, terms: AccountTerms): string;
}

/** Builds a trailing maximum loss (catalogue R04 to R07). */
export function trailingKind<Params extends TrailingParams>(
  definition: TrailingDefinition<Params>,
): RuleKind<Params, TrailState> {
  const distance: TrailDistance<Params> = definition.distance ?? constantDistance;
  const floor = (params: Params, state: TrailState, terms: AccountTerms): Money =>
    state.locked === 1 ? state.lockedFloor : state.peak - distance(params, state.peak, terms);
  return limitKind<Params, TrailState>({
    kind: definition.kind,
    title: definition.title,
    role: 'overall',
    params: definition.params,
    easier: { distance: 'more', percentOfPeak: 'more' },
    columns: TRAIL_COLUMNS,
    consequence: () => 'fail',
    open: (_params, terms) => openTrail(terms),
    track: (params, state, moment, terms) =>
      followTrail(params, state, moment, {
        distance,
        value: definition.candidate(params, moment),
        rests: false,
        terms,
      }),
    floor,
    allowance: (params, state, terms) => distance(params, state.peak, terms),
    rise: (params, state, terms) => {
      if (!definition.followsEquity(params)) return riseAtLock(params, state, terms);
      const constant = definition.distance ? null : constantDistance(params, state.peak, terms);
      return riseWithEquity(params, state, terms, constant);
    },
    figures: (_params, state) => trailFigures(state),
    describe: (params, terms) =>
      `You fail when your equity ${params.breachedWhen === 'below' ? 'falls below' : 'reaches or falls below'} ` +
      `a floor that follows ${definition.peakName(params)} at a distance of ` +
      `${definition.distanceText?.(params, terms) ?? describeSize(params.distance, terms)}. ` +
      describeLock(params.lock, terms) +
      describePayoutEffect(params.onPayout, terms),
    contradictions: (params, terms) =>
      lockContradictions(params.lock, floor(params, openTrail(terms), terms), terms),
  });
}

function constantDistance(params: TrailingParams, _peak: Money, terms: AccountTerms): Money {
  return sizeOf(params.distance, terms);
}
