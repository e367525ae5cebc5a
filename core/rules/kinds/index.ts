import { createRegistry } from '#core/kernel/registry.ts';
import type { AnyRuleKind } from '../rule-kind.ts';
import { balanceTrailing } from './balance-trailing.ts';
import { consistency } from './consistency.ts';
import { contractTiers } from './contract-tiers.ts';
import { dailyLoss } from './daily-loss.ts';
import { dailyPause } from './daily-pause.ts';
import { dailyProfitCap } from './daily-profit-cap.ts';
import { endOfDayTrailing } from './end-of-day-trailing.ts';
import { equityTrailing } from './equity-trailing.ts';
import { hedging } from './hedging.ts';
import { heldOver } from './held-over.ts';
import { holdingTime } from './holding-time.ts';
import { inactivity } from './inactivity.ts';
import { lotRange } from './lot-range.ts';
import { lotsAtRisk } from './lots-at-risk.ts';
import { marginUsage } from './margin-usage.ts';
import { martingale } from './martingale.ts';
import { maximumDuration } from './maximum-duration.ts';
import { maximumLots } from './maximum-lots.ts';
import { minimumTradingDays } from './minimum-trading-days.ts';
import { newsWindow } from './news-window.ts';
import { oneTradePass } from './one-trade-pass.ts';
import { orderCounts } from './order-counts.ts';
import { percentOfPeak } from './percent-of-peak.ts';
import { profitableDays } from './profitable-days.ts';
import { profitTarget } from './profit-target.ts';
import { staticLoss } from './static-loss.ts';
import { stopLossRequired } from './stop-loss-required.ts';
import { stopToTarget } from './stop-to-target.ts';
import { tradeIdeaLoss } from './trade-idea-loss.ts';

/** Every rule kind there is. Adding one is a file beside this one and a line in this list. */
export const ruleKinds = createRegistry<string, AnyRuleKind>(
  [
    dailyLoss,
    dailyPause,
    staticLoss,
    endOfDayTrailing,
    equityTrailing,
    balanceTrailing,
    percentOfPeak,
    profitTarget,
    minimumTradingDays,
    profitableDays,
    consistency,
    lotRange,
    dailyProfitCap,
    maximumDuration,
    inactivity,
    maximumLots,
    contractTiers,
    lotsAtRisk,
    orderCounts,
    tradeIdeaLoss,
    stopToTarget,
    stopLossRequired,
    marginUsage,
    newsWindow,
    heldOver,
    holdingTime,
    hedging,
    martingale,
    oneTradePass,
  ],
  (kind) => kind.kind,
);
