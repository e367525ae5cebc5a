import { createRegistry } from '#core/kernel/registry.ts';
import type { Detector } from '../detector.ts';
import { accountRolling } from './account-rolling.ts';
import { apiSpam } from './api-spam.ts';
import { copyTrading } from './copy-trading.ts';
import { gambling } from './gambling.ts';
import { gapExploitation } from './gap-exploitation.ts';
import { gridTrading } from './grid-trading.ts';
import { latencyArbitrage } from './latency-arbitrage.ts';
import { martingale } from './martingale.ts';
import { newsStraddling } from './news-straddling.ts';
import { offMarketFills } from './off-market-fills.ts';
import { oppositeHedging } from './opposite-hedging.ts';
import { payoutSplitting } from './payout-splitting.ts';
import { repeatOffender } from './repeat-offender.ts';
import { sharedIdentity } from './shared-identity.ts';
import { styleChange } from './style-change.ts';
import { tickScalping } from './tick-scalping.ts';

/** Every detector there is; one line each. */
const all: readonly Detector[] = [
  accountRolling,
  apiSpam,
  copyTrading,
  gambling,
  gapExploitation,
  gridTrading,
  latencyArbitrage,
  martingale,
  newsStraddling,
  offMarketFills,
  oppositeHedging,
  payoutSplitting,
  repeatOffender,
  sharedIdentity,
  styleChange,
  tickScalping,
];

export const detectors = createRegistry<string, Detector>(all, ({ id }) => id);
