import { createRegistry } from '#core/kernel/registry.ts';
import type { Kpi } from '../kpi.ts';
import { breachReasons } from './breach-reasons.ts';
import { chargebackRate } from './chargeback-rate.ts';
import { disputeRate } from './dispute-rate.ts';
import { falsePositiveRate } from './false-positive-rate.ts';
import { firmResult } from './firm-result.ts';
import { fraudHitRate } from './fraud-hit-rate.ts';
import { fundedSurvival } from './funded-survival.ts';
import { manualReviewRate } from './manual-review-rate.ts';
import { onboardingDropOff } from './onboarding-drop-off.ts';
import { passRate } from './pass-rate.ts';
import { payoutCycleTime } from './payout-cycle-time.ts';
import { payoutFailureRate } from './payout-failure-rate.ts';
import { payoutRatio } from './payout-ratio.ts';
import { policyGapLosses } from './policy-gap-losses.ts';
import { purchaseToAccount } from './purchase-to-account.ts';
import { refundRate } from './refund-rate.ts';
import { repeatAbuse } from './repeat-abuse.ts';
import { slaAttainment } from './sla-attainment.ts';
import { specialHandlingShare } from './special-handling-share.ts';
import { ticketsPerThousand } from './tickets-per-thousand.ts';
import { timeToFirstTrade } from './time-to-first-trade.ts';
import { timeToResolve } from './time-to-resolve.ts';

/** Every number there is, in the order in which they are shown; one line each. */
const all: readonly Kpi[] = [
  passRate,
  breachReasons,
  manualReviewRate,
  fundedSurvival,
  fraudHitRate,
  falsePositiveRate,
  repeatAbuse,
  policyGapLosses,
  payoutCycleTime,
  payoutFailureRate,
  specialHandlingShare,
  payoutRatio,
  firmResult,
  ticketsPerThousand,
  timeToResolve,
  disputeRate,
  slaAttainment,
  purchaseToAccount,
  timeToFirstTrade,
  onboardingDropOff,
  refundRate,
  chargebackRate,
];

export const kpis = createRegistry<string, Kpi>(all, ({ id }) => id);
