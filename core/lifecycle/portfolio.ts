import { z } from 'zod';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyText, mulDivFloor, PPM_UNIT, type Money } from '#core/money/money.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';

/** What one person or household may hold (catalogue R39). */
export const allocationPolicySchema = z.strictObject({
  per: z.enum(['trader', 'household']).default('trader'),
  /** Sum of the sizes that funded accounts began with, before any scaling. */
  cap: moneyInput.optional(),
  accounts: z.int().min(1).max(1_000).optional(),
});
export type AllocationPolicy = z.output<typeof allocationPolicySchema>;

/** Whether another account of this size may be activated beside those that are. */
export function assessAllocation(
  policy: AllocationPolicy,
  active: readonly Money[],
  size: Money,
): Result<Money, string> {
  const sum = active.reduce((total, one) => total + one, 0) + size;
  if (policy.accounts !== undefined && active.length + 1 > policy.accounts) {
    return err(`${active.length} accounts are active, ${policy.accounts} are allowed`);
  }
  if (policy.cap !== undefined && sum > policy.cap) {
    return err(`${moneyText(sum)} would be allocated, ${moneyText(policy.cap)} is the most`);
  }
  return ok(sum);
}

export interface MergedAccount {
  readonly size: Money;
  /** The master's place in the list: the largest, of equals the oldest. */
  readonly master: number;
}

/** Merges accounts, listed oldest first; limits are reckoned on the sum, lot caps stay the master's. */
export function mergeAccounts(
  sizes: readonly Money[],
  cap: Money = Infinity,
): Result<MergedAccount, string> {
  const size = sizes.reduce((sum, one) => sum + one, 0);
  if (size > cap) return err(`${moneyText(size)} is more than ${moneyText(cap)}`);
  return ok({ size, master: sizes.indexOf(Math.max(...sizes)) });
}

/** Balance that a live account starts with: what the practice accounts hold, up to the largest size. */
export function promotionBalance(balances: readonly Money[], largestSize: Money): Money {
  return Math.min(
    balances.reduce((sum, one) => sum + one, 0),
    largestSize,
  );
}

/** When a fee comes back (catalogue R47). */
export const refundPolicySchema = z.strictObject({
  /** Share of what was actually paid, with the first payout, the second and so on. */
  withPayouts: z.array(percentInput).max(12),
  /** After a reset, the reset's fee counts instead of the first one. */
  afterReset: z.enum(['resetFee', 'firstFee']).default('resetFee'),
});
export type RefundPolicy = z.output<typeof refundPolicySchema>;

/** Fee that comes back with the payout of this number, counted from 0. */
export function refundOf(
  policy: RefundPolicy,
  fees: { readonly first: Money; readonly reset: Money | null },
  payouts: number,
): Money {
  const fee = policy.afterReset === 'resetFee' ? (fees.reset ?? fees.first) : fees.first;
  return mulDivFloor(fee, policy.withPayouts[payouts] ?? 0, PPM_UNIT);
}
