import { mulDivFloor, PPM_UNIT, type Money } from '#core/money/money.ts';
import { traderShareOf, type PayoutPolicy } from '#core/payouts/policy.ts';

/** What a trader was paid on an account before. */
export interface PaidBefore {
  readonly payouts: number;
  readonly paidToTrader: Money;
}
export const NOTHING_PAID: PaidBefore = { payouts: 0, paidToTrader: 0 };

/**
 * What a trader has coming of a profit: the share of it that may leave the account, and of that the
 * trader's. Never less than what a payout now would pay: caps, buffers, minimums, calendars and
 * rules of conduct lower or delay it, and do not stand in this figure.
 */
export function owedOf(policy: PayoutPolicy, profit: Money, before: PaidBefore): Money {
  if (profit <= 0) return 0;
  return traderShareOf(policy.split, mulDivFloor(profit, policy.share, PPM_UNIT), before);
}

/** What an account owes its trader, in its own currency. */
export interface Owed {
  /** Of closed profit, less what stands open against it: what could be asked for now. */
  readonly payable: Money;
  /** Of all profit, had every position just been closed at the present prices. */
  readonly ifClosed: Money;
}

export function owedOn(
  account: {
    readonly policy: PayoutPolicy;
    /** The balance from which profit is counted. */
    readonly start: Money;
    readonly before: PaidBefore;
  },
  { balance, equity }: { readonly balance: Money; readonly equity: Money },
): Owed {
  const { policy, start, before } = account;
  return {
    payable: owedOf(policy, Math.min(balance, equity) - start, before),
    ifClosed: owedOf(policy, equity - start, before),
  };
}

/**
 * The trader's part of a profit in parts per million; of a split in tiers, what holds at a profit
 * of this size. A profit so large that nothing is lost to rounding stands for every other.
 */
export function owedSharePpm(policy: PayoutPolicy, profit: Money, before: PaidBefore): number {
  const size = 'byPaid' in policy.split && profit > 0 ? profit : PPM_UNIT * PPM_UNIT;
  return mulDivFloor(owedOf(policy, size, before), PPM_UNIT, size);
}
