import { z } from 'zod';
import { percentText, shareCeil } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import { limitShape, lockSchema, payoutEffectSchema } from '../parameters.ts';
import { trailingKind } from './trailing-kind.ts';

const params = z
  .strictObject({
    ...limitShape,
    /** The floor is this percentage of the peak below the peak itself. */
    percentOfPeak: percentInput,
    follows: z.enum(['balance', 'equity', 'dayCloseBalance']),
    lock: lockSchema.optional(),
    onPayout: payoutEffectSchema.default('unchanged'),
  })
  .transform((value) => ({ ...value, distance: { percentOfInitial: value.percentOfPeak } }));

/** Trailing loss that is a percentage of the peak, so its distance grows with it (catalogue R06). */
export const percentOfPeak = trailingKind({
  kind: 'percentOfPeak',
  title: 'Percent-of-peak trailing loss',
  params,
  candidate: (params, moment) => {
    if (params.follows === 'equity') return moment.equity;
    if (params.follows === 'dayCloseBalance' && moment.cause !== 'dayOpen') return -Infinity;
    return moment.balance;
  },
  followsEquity: (params) => params.follows === 'equity',
  peakName: (params) =>
    ({
      balance: 'your highest closed balance',
      equity: 'your highest equity',
      dayCloseBalance: "the highest balance at a day's end",
    })[params.follows],
  // Rounded up, so that the floor rounds down.
  distance: (params, peak) => shareCeil(peak, params.percentOfPeak),
  distanceText: (params) => `${percentText(params.percentOfPeak)} of it`,
});
