import { z } from 'zod';
import { mulDivFloor, PPM_UNIT, type Money, type Ppm } from '#core/money/money.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';

/** How accounts grow (catalogue R44). */
export const scalingPolicySchema = z.strictObject({
  /**
   * What one step adds: a share of the original size (linear), or of the present size (compound).
   * A list goes step by step, its last entry holding from there on: 25, then doubling.
   */
  step: z.strictObject({
    percent: z.array(percentInput).min(1).max(24),
    of: z.enum(['original', 'present']),
  }),
  /** Months that a window of assessment lasts. */
  everyMonths: z.int().min(1).max(24),
  /** Growth that a window must show, as a share of the size it began with. */
  minimumGrowth: percentInput,
  /** Profit made in the window, or only what was paid out of it. */
  growth: z.enum(['profit', 'paidOut']).default('profit'),
  minimumPayouts: z.int().min(0).max(24).default(0),
  /** Of the window's months, so many must have been profitable. */
  profitableMonths: z.int().min(0).max(24).default(0),
  /** The balance must stand above the start at the end. */
  inProfit: z.boolean().default(true),
  cap: moneyInput.optional(),
});
export type ScalingPolicy = z.output<typeof scalingPolicySchema>;

/** What happened in one window. */
export interface ScalingWindow {
  readonly size: Money;
  readonly profit: Money;
  readonly paidOut: Money;
  readonly payouts: number;
  readonly profitableMonths: number;
  readonly balance: Money;
}

/** The size after so many steps; every percentage limit is then one of the new size. */
export function sizeAfter(policy: ScalingPolicy, original: Money, steps: number): Money {
  const { percent, of } = policy.step;
  let size = original;
  for (let step = 0; step < steps; step += 1) {
    const share = percent[Math.min(step, percent.length - 1)] ?? 0;
    size += mulDivFloor(of === 'original' ? original : size, share, PPM_UNIT);
  }
  return Math.min(size, policy.cap ?? Infinity);
}

/** Growth of a window as a share of the size it began with, rounded down. */
export function growthOf(policy: ScalingPolicy, window: ScalingWindow): Ppm {
  const grown = policy.growth === 'profit' ? window.profit : window.paidOut;
  return grown <= 0 ? 0 : mulDivFloor(grown, PPM_UNIT, window.size);
}

/** Whether the account is scaled up at the end of a window, and why not. */
export function assessScaling(
  policy: ScalingPolicy,
  window: ScalingWindow,
): { readonly scaled: boolean; readonly reasons: readonly string[] } {
  const reasons: string[] = [];
  const growth = growthOf(policy, window);
  if (growth < policy.minimumGrowth) {
    reasons.push(`grew ${growth / 10_000} %, ${policy.minimumGrowth / 10_000} % is needed`);
  }
  if (window.payouts < policy.minimumPayouts) {
    reasons.push(`${window.payouts} payouts of ${policy.minimumPayouts}`);
  }
  if (window.profitableMonths < policy.profitableMonths) {
    reasons.push(`${window.profitableMonths} profitable months of ${policy.profitableMonths}`);
  }
  if (policy.inProfit && window.balance <= window.size)
    reasons.push('the balance is not in profit');
  return { scaled: reasons.length === 0, reasons };
}
