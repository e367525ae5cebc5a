import type { Money } from '#core/money/money.ts';
import { addMonths } from '#core/time/civil.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { ScalingPolicy, ScalingWindow } from './scaling.ts';

/** What scaling needs to know of an account's past. Amounts in units of the account currency. */
export interface ScalingHistory {
  readonly openedAt: EpochMs;
  readonly size: Money;
  readonly startBalance: Money;
  /** Scale-ups that led to this account. */
  readonly steps: number;
  /** Profit and loss as they became final, and payouts (what left the account), oldest first. */
  readonly booked: readonly {
    readonly at: EpochMs;
    readonly profit: Money;
    readonly paidOut: Money;
  }[];
}

export interface ScalingStanding {
  /** The window that is under way, or the last that has ended. */
  readonly window: ScalingWindow;
  readonly beganAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly steps: number;
}

/**
 * Where an account stands in its window of assessment (catalogue R44). Windows are counted in
 * calendar months from the opening, in UTC; what is assessed is the latest that has ended, or the
 * first while none has.
 */
export function scalingStandingOf(
  policy: ScalingPolicy,
  history: ScalingHistory,
  at: EpochMs,
): ScalingStanding {
  const { openedAt, booked, size, startBalance, steps } = history;
  const endOf = (window: number): EpochMs => addMonths(openedAt, (window + 1) * policy.everyMonths);
  let window = 0;
  while (endOf(window + 1) <= at) window += 1;
  const beganAt = window === 0 ? openedAt : endOf(window - 1);
  const endsAt = endOf(window);
  const inside = booked.filter((one) => one.at >= beganAt && one.at < Math.min(endsAt, at + 1));
  const months = Array.from({ length: policy.everyMonths }, (_unused, month) => {
    const from = addMonths(beganAt, month);
    const to = addMonths(beganAt, month + 1);
    return sumOf(inside.filter((one) => one.at >= from && one.at < to)).profit;
  });
  const all = sumOf(booked.filter((one) => one.at < Math.min(endsAt, at + 1)));
  const { profit, paidOut } = sumOf(inside);
  return {
    window: {
      size,
      profit,
      paidOut,
      payouts: inside.filter((one) => one.paidOut > 0).length,
      profitableMonths: months.filter((month) => month > 0).length,
      // A zero-based account is in profit above zero, as any is above its start.
      balance: size + all.profit - all.paidOut + (startBalance === 0 ? 0 : startBalance - size),
    },
    beganAt,
    endsAt,
    steps,
  };
}

function sumOf(booked: ScalingHistory['booked']): {
  readonly profit: Money;
  readonly paidOut: Money;
} {
  return booked.reduce(
    (sum, { profit, paidOut }) => ({ profit: sum.profit + profit, paidOut: sum.paidOut + paidOut }),
    { profit: 0, paidOut: 0 },
  );
}
