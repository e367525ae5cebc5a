import { z } from 'zod';
import { trailingKind, trailingShape } from './trailing-kind.ts';

/** Closed-balance trailing loss (catalogue R05b): every closing deal may raise the peak at once. */
export const balanceTrailing = trailingKind({
  kind: 'balanceTrailing',
  title: 'Closed-balance trailing loss',
  params: z.strictObject(trailingShape),
  candidate: (_params, moment) => moment.balance,
  followsEquity: () => false,
  peakName: () => 'your highest closed balance',
});
