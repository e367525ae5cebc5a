import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText } from '#core/money/money.ts';
import { limitKind } from '../limit.ts';
import { describeSize, limitShape, lockSchema, sizeOf, sizeSchema } from '../parameters.ts';
import {
  describeLock,
  followTrail,
  lockClosesAt,
  lockContradictions,
  openTrail,
  TRAIL_COLUMNS,
  trailFigures,
  trailFloor,
  type Trail,
} from '../trailing.ts';

const params = z.strictObject({
  ...limitShape,
  distance: sizeSchema,
  /** A step: once the profit is reached the floor moves up, once, for good (catalogue R08). */
  lock: lockSchema.optional(),
});
type Params = z.output<typeof params>;

function trailOf(params: Params, terms: AccountTerms): Trail {
  const allowance = sizeOf(params.distance, terms);
  return {
    lock: params.lock,
    followed: () => ({ floor: terms.startBalance - allowance, allowance }),
  };
}

/** Maximum overall loss from a floor that stays where it is (catalogue R03). */
export const staticLoss = limitKind({
  kind: 'staticLoss',
  title: 'Maximum loss',
  role: 'overall',
  params,
  columns: TRAIL_COLUMNS,
  consequence: () => 'fail',
  open: (_params, terms) => openTrail(terms),
  track: (params, state, moment, terms) =>
    followTrail(trailOf(params, terms), state, moment, { value: state.peak, terms }),
  floor: (params, state, terms) => trailFloor(trailOf(params, terms), state),
  risesAt: (params, state, terms) => lockClosesAt(trailOf(params, terms), state, terms),
  figures: (_params, state) => trailFigures(state).filter((figure) => figure.name === 'locked'),
  describe: (params, terms) =>
    `You fail when your ${params.measured === 'balance' ? 'balance' : 'equity'} ` +
    `${params.breachedWhen === 'below' ? 'falls below' : 'reaches or falls below'} ` +
    `${moneyText(terms.startBalance - sizeOf(params.distance, terms))} ${terms.currency}: ` +
    `${describeSize(params.distance, terms)} under the starting balance.` +
    (params.lock ? ` ${describeLock(params.lock, terms)}` : ''),
  contradictions: (params, terms) => lockContradictions(trailOf(params, terms), terms),
});
