import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';
import { moneyText, percentText, PPM_UNIT, shareCeil, type Money } from '#core/money/money.ts';

/** A fixed amount of money, or a percentage of the initial size. Both are written in quotes. */
export const sizeSchema = z.union([
  z.strictObject({ fixed: moneyInput }),
  z.strictObject({ percentOfInitial: percentInput }),
]);
export type Size = z.output<typeof sizeSchema>;

/** What "initial" means: the balance at the start, or the nominal size when that start is zero. */
export function initialSize(terms: AccountTerms): Money {
  return terms.startBalance === 0 ? terms.nominalSize : terms.startBalance;
}

/** A size in money; a percentage rounds up, so that the floor below it rounds down. */
export function sizeOf(size: Size, terms: AccountTerms): Money {
  return 'fixed' in size ? size.fixed : shareCeil(initialSize(terms), size.percentOfInitial);
}

export function describeSize(size: Size, terms: AccountTerms): string {
  const amount = `${moneyText(sizeOf(size, terms))} ${terms.currency}`;
  return 'fixed' in size
    ? amount
    : `${percentText(size.percentOfInitial)} of the initial size (${amount})`;
}

/** Default warnings: half, three quarters and nine tenths of the allowance used. */
export const warnAtSchema = z
  .array(percentInput)
  .max(8)
  .default([500_000, 750_000, 900_000])
  .refine((levels) => levels.every((level) => level > 0 && level < PPM_UNIT), {
    error: 'warnings lie between 0 and 100 percent of the allowance, exclusive',
  })
  .refine((levels) => levels.every((level, at) => at === 0 || level > (levels[at - 1] ?? 0)), {
    error: 'warnings must ascend',
  });

/** Parameters that every limit on a floor has. */
export const limitShape = {
  /** `below`: breached when under the floor; `atOrBelow`: touching it is a breach already. */
  breachedWhen: z.enum(['below', 'atOrBelow']),
  /** What is compared with the floor. */
  measured: z.enum(['equity', 'balance', 'lowerOfBoth']).default('equity'),
  /** When the comparison is made. The day's close is the roll-over instant. */
  tested: z.enum(['everyTick', 'dayClose']).default('everyTick'),
  warnAt: warnAtSchema,
};

/**
 * When a trailing floor stops for good, and where. `profit` locks count from the initial size.
 * With `floorReachesLock` the floor simply never rises above the lock.
 */
export const lockSchema = z.strictObject({
  /** Distance of the lock from the initial size; negative lies below it. */
  offset: z.union([
    z.strictObject({ fixed: moneyInput }),
    z.strictObject({ percentOfInitial: percentInput }),
  ]),
  when: z.union([
    z.literal('floorReachesLock'),
    z.strictObject({ profit: sizeSchema, of: z.enum(['balance', 'equity', 'dayCloseBalance']) }),
  ]),
});
export type Lock = z.output<typeof lockSchema>;
