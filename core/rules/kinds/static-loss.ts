import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText, type Money } from '#core/money/money.ts';
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
import {
  describeLock,
  followTrail,
  lockContradictions,
  openTrail,
  riseAtLock,
  TRAIL_COLUMNS,
  type TrailState,
} from '../trailing.ts';

const params = z.strictObject({
  ...limitShape,
  distance: sizeSchema,
  /** A step: once the profit is reached the floor moves up, once, for good (catalogue R08). */
  lock: lockSchema.optional(),
  onPayout: payoutEffectSchema.default('unchanged'),
});
type Params = z.output<typeof params>;

function distanceOf(params: Params, _peak: Money, terms: AccountTerms): Money {
  return sizeOf(params.distance, terms);
}

function firstFloor(params: Params, terms: AccountTerms): Money {
  return terms.startBalance - sizeOf(params.distance, terms);
}

/** Maximum overall loss from a floor that stays where it is (catalogue R03). */
export const staticLoss = limitKind<Params, TrailState>({
  kind: 'staticLoss',
  title: 'Maximum loss',
  role: 'overall',
  params,
  easier: { distance: 'more' },
  columns: TRAIL_COLUMNS,
  consequence: () => 'fail',
  open: (_params, terms) => openTrail(terms),
  track: (params, state, moment, terms) =>
    followTrail(params, state, moment, {
      distance: distanceOf,
      value: state.peak,
      rests: true,
      terms,
    }),
  floor: (params, state, terms) =>
    state.locked === 1 ? state.lockedFloor : firstFloor(params, terms),
  allowance: (params, _state, terms) => sizeOf(params.distance, terms),
  rise: riseAtLock,
  figures: (_params, state) => [{ name: 'locked', unit: 'count', value: state.locked }],
  describe: (params, terms) =>
    `You fail when your ${params.measured === 'balance' ? 'balance' : 'equity'} ` +
    `${params.breachedWhen === 'below' ? 'falls below' : 'reaches or falls below'} ` +
    `${moneyText(firstFloor(params, terms))} ${terms.currency}: ` +
    `${describeSize(params.distance, terms)} under the starting balance.` +
    (params.lock ? ` ${describeLock(params.lock, terms)}` : '') +
    describePayoutEffect(params.onPayout, terms),
  contradictions: (params, terms) =>
    lockContradictions(params.lock, firstFloor(params, terms), terms),
});
