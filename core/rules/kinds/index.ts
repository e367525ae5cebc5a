import { createRegistry } from '#core/kernel/registry.ts';
import type { AnyRuleKind } from '../rule-kind.ts';
import { balanceTrailing } from './balance-trailing.ts';
import { dailyLoss } from './daily-loss.ts';
import { dailyPause } from './daily-pause.ts';
import { endOfDayTrailing } from './end-of-day-trailing.ts';
import { equityTrailing } from './equity-trailing.ts';
import { minimumTradingDays } from './minimum-trading-days.ts';
import { percentOfPeak } from './percent-of-peak.ts';
import { profitTarget } from './profit-target.ts';
import { staticLoss } from './static-loss.ts';

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
  ],
  (kind) => kind.kind,
);
