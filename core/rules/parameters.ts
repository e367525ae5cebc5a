import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { LOT_DECIMALS, type MicroLots } from '#core/accounts/held-position.ts';
import { decimalInput, moneyInput, percentInput } from '#core/money/schemas.ts';
import {
  decimalText,
  moneyText,
  percentText,
  PPM_UNIT,
  shareCeil,
  type Money,
} from '#core/money/money.ts';

/** Lots as people write them, in quotes: "2.5"; read as millionths. */
export const lotsInput = decimalInput(LOT_DECIMALS, 'lots such as "2.5"');

export function lotsText(lots: MicroLots): string {
  return decimalText(lots, LOT_DECIMALS).replace(/\.?0+$/, '');
}

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

/**
 * What a payout does to an overall floor (catalogue R10, models 1 to 9):
 * `unchanged` leaves it, and the peak with it, so that the peak rises again only beyond the level
 * before the payout (models 1 and 9); `lockAt` stops it for good at the start plus an offset, if
 * that is higher than where it stands (2, and with a level of its own 3 and 4: `even: 'lower'`);
 * `reducePeak` takes the payout off the peak, which also opens a lock that the lower peak would
 * not have closed (5); `keepDistance` moves the floor down with the balance (6); `shrinkAllowance`
 * raises it by the trader's share (7); `startAgain` puts everything back to the beginning (8).
 */
export const payoutEffectSchema = z.union([
  z.enum(['unchanged', 'reducePeak', 'keepDistance', 'shrinkAllowance', 'startAgain']),
  z.strictObject({
    lockAt: z.union([
      z.strictObject({ fixed: moneyInput }),
      z.strictObject({ percentOfInitial: percentInput }),
    ]),
    /** `lower`: the floor goes to the lock even from above it. */
    even: z.enum(['higher', 'lower']).default('higher'),
  }),
]);
export type PayoutEffect = z.output<typeof payoutEffectSchema>;

/** What a trader must know about payouts; nothing when they leave the floor alone. */
export function describePayoutEffect(effect: PayoutEffect, terms: AccountTerms): string {
  if (effect === 'unchanged') return '';
  if (typeof effect === 'object') {
    const start = terms.startBalance === 0 ? 0 : initialSize(terms);
    const level = start + sizeOf(effect.lockAt, terms);
    return ` A payout sets the floor to ${moneyText(level)} ${terms.currency} for good.`;
  }
  return {
    reducePeak: ' A payout lowers the floor by the amount paid, as if it had never been earned.',
    keepDistance: ' A payout moves the floor down by the amount paid.',
    shrinkAllowance: " A payout raises the floor by the trader's share of it.",
    startAgain: ' After a payout the floor starts again where it began.',
  }[effect];
}

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
