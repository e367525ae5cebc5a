import { z } from 'zod';
import { trailingKind, trailingShape } from './trailing-kind.ts';

/**
 * End-of-day trailing loss (catalogue R04): the floor moves at the roll-over only; when it is
 * tested is a switch of its own, `tested`, and almost always every tick.
 */
export const endOfDayTrailing = trailingKind({
  kind: 'endOfDayTrailing',
  title: 'End-of-day trailing loss',
  params: z.strictObject({
    ...trailingShape,
    follows: z.enum(['balance', 'equity', 'higherOfBoth']).default('balance'),
  }),
  candidate: (params, moment) => {
    if (moment.cause !== 'dayOpen') return -Infinity;
    if (params.follows === 'balance') return moment.balance;
    if (params.follows === 'equity') return moment.equity;
    return Math.max(moment.balance, moment.equity);
  },
  followsEquity: () => false,
  peakName: (params) =>
    ({
      balance: "the highest balance at a day's end",
      equity: "the highest equity at a day's end",
      higherOfBoth: "the highest balance or equity at a day's end",
    })[params.follows],
});
