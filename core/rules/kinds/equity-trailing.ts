import { z } from 'zod';
import { trailingKind, trailingShape } from './trailing-kind.ts';

/**
 * Intraday trailing loss (catalogue R05): the peak is raised by every tick before the floor is
 * tested, so a tick that sets a new peak never breaches the floor it moved.
 */
export const equityTrailing = trailingKind({
  kind: 'equityTrailing',
  title: 'Intraday trailing loss',
  params: z.strictObject({
    ...trailingShape,
    follows: z.enum(['equity', 'higherOfBoth']).default('equity'),
  }),
  candidate: (params, moment) =>
    params.follows === 'equity' ? moment.equity : Math.max(moment.equity, moment.balance),
  followsEquity: () => true,
  peakName: (params) =>
    params.follows === 'equity' ? 'your highest equity' : 'your highest balance or equity',
});
