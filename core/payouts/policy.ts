import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { mulDivFloor, PPM_UNIT, type Money, type Ppm } from '#core/money/money.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';
import { initialSize, sizeOf, sizeSchema, type Size } from '#core/rules/parameters.ts';

/** How a payout is shared, by its number or by how much the trader has been paid before it. */
export const splitSchema = z.union([
  /** The trader's share of the first payout, the second and so on; the last holds from there on. */
  z.strictObject({ byNumber: z.array(percentInput).min(1).max(24) }),
  /** The trader's share up to a cumulative amount paid, then of what lies beyond. */
  z.strictObject({
    byPaid: z
      .array(z.strictObject({ upTo: moneyInput.optional(), percent: percentInput }))
      .min(1)
      .max(12),
    /** Whether amounts paid on all of a trader's accounts count together. */
    per: z.enum(['account', 'trader']).default('account'),
  }),
]);
export type Split = z.output<typeof splitSchema>;

/** What a program says about paying out (catalogue R40 to R43). Gates that count days or profit are rules. */
export const payoutPolicySchema = z.strictObject({
  /** Calendar days until the first payout, and between payouts. */
  firstAfterDays: z.int().min(0).max(366).default(0),
  firstFrom: z.enum(['firstTrade', 'opening']).default('firstTrade'),
  everyDays: z.int().min(0).max(366).default(0),
  /** Nothing may be open. */
  flat: z.boolean().default(true),
  /** Smallest amount that is paid, before the split. */
  minimum: sizeSchema.optional(),
  /** Share of the profit that may leave; the rest stays on the account. */
  share: percentInput.default(PPM_UNIT),
  /**
   * Profit that must stay: an amount over the start, or an overall floor's distance plus an amount
   * (a safety net). It may hold for the first few payouts only.
   */
  buffer: z
    .strictObject({
      amount: z.union([sizeSchema, z.strictObject({ drawdownPlus: moneyInput })]),
      /** Whether the buffer itself is withdrawn around (`keep`) or only has to be passed (`pass`). */
      how: z.enum(['keep', 'pass']).default('keep'),
      firstPayouts: z.int().min(1).max(100).optional(),
    })
    .optional(),
  /** The largest payout, by its number; beyond the list none holds unless `lastCapStays`. */
  caps: z.array(sizeSchema).max(24).default([]),
  lastCapStays: z.boolean().default(true),
  /** What a cap cuts off: it stays on the account, or is taken from it. */
  excess: z.enum(['stays', 'deleted']).default('stays'),
  /** Whether the cap is on what leaves the account or on what the trader receives. */
  capOn: z.enum(['gross', 'trader']).default('gross'),
  split: splitSchema.default({ byNumber: [PPM_UNIT] }),
  /** Everything above the start leaves the account with a payout, whatever was asked for. */
  resetsToStart: z.boolean().default(false),
  /** When the amount leaves the account: after it, a breach no longer touches the payout. */
  deductedAt: z.enum(['request', 'approval', 'payment']).default('approval'),
  /** What an account that breached still pays of its profit, and for how long. */
  afterBreach: z
    .strictObject({ percent: percentInput, claimWithinDays: z.int().min(1).max(366) })
    .optional(),
  /** Leaving a buffer behind by closing the account: its share, before and after some days. */
  earlyExit: z
    .strictObject({ days: z.int().min(1), before: percentInput, after: percentInput })
    .optional(),
});
export type PayoutPolicy = z.output<typeof payoutPolicySchema>;

/** The trader's part of an amount that leaves the account, rounded down. */
export function traderShareOf(
  split: Split,
  amount: Money,
  before: { readonly payouts: number; readonly paidToTrader: Money },
): Money {
  if ('byNumber' in split) {
    return mulDivFloor(amount, at(split.byNumber, before.payouts) ?? PPM_UNIT, PPM_UNIT);
  }
  let left = amount;
  let paid = before.paidToTrader;
  let share = 0;
  for (const { upTo = Infinity, percent } of split.byPaid) {
    if (left <= 0) break;
    // The tier is measured in what the trader received; it fills at `percent` of what leaves.
    const room = percent === 0 ? Infinity : Math.max(0, upTo - paid);
    const whole = room === Infinity ? left : Math.min(left, ceilShare(room, percent));
    const part = mulDivFloor(whole, percent, PPM_UNIT);
    share += part;
    paid += part;
    left -= whole;
  }
  return share;
}

function ceilShare(part: Money, percent: Ppm): Money {
  return -mulDivFloor(-part, PPM_UNIT, percent);
}

/** The cap on a payout of this number; Infinity when there is none. */
export function capOf(policy: PayoutPolicy, payouts: number, terms: AccountTerms): Money {
  const { caps, lastCapStays } = policy;
  const size: Size | undefined = lastCapStays ? at(caps, payouts) : caps[payouts];
  return size === undefined ? Infinity : sizeOf(size, terms);
}

/** Profit that must stay on the account, or must have been passed; 0 without a buffer. */
export function bufferOf(
  policy: PayoutPolicy,
  account: { readonly payouts: number; readonly drawdown: Money },
  terms: AccountTerms,
): Money {
  const { buffer } = policy;
  if (!buffer || account.payouts >= (buffer.firstPayouts ?? Infinity)) return 0;
  const { amount } = buffer;
  return 'drawdownPlus' in amount ? account.drawdown + amount.drawdownPlus : sizeOf(amount, terms);
}

/** The balance from which profit is counted: the initial size, or 0 on a zero-based account. */
export function startOf(terms: AccountTerms): Money {
  return terms.startBalance === 0 ? 0 : initialSize(terms);
}

function at<Item>(list: readonly Item[], index: number): Item | undefined {
  return list[Math.min(index, list.length - 1)];
}
