import type { Reader } from './example.ts';
import { conduct } from './conduct.ts';
import { lossLimits } from './loss-limits.ts';
import { objectives } from './objectives.ts';
import { payouts } from './payouts.ts';
import { growth } from './growth.ts';

/** Every family of examples that can be read: a file each, a line here. */
export const readers: readonly Reader[] = [
  ...lossLimits,
  ...objectives,
  ...conduct,
  ...payouts,
  ...growth,
];
