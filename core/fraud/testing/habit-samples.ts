import type { DetectorSample } from '../detector.contract.ts';
import { apiSpam } from '../detectors/api-spam.ts';
import { gambling } from '../detectors/gambling.ts';
import { gapExploitation } from '../detectors/gap-exploitation.ts';
import { gridTrading } from '../detectors/grid-trading.ts';
import { latencyArbitrage } from '../detectors/latency-arbitrage.ts';
import { martingale } from '../detectors/martingale.ts';
import { newsStraddling } from '../detectors/news-straddling.ts';
import { offMarketFills } from '../detectors/off-market-fills.ts';
import { styleChange } from '../detectors/style-change.ts';
import { tickScalping } from '../detectors/tick-scalping.ts';
import * as habits from './habits.ts';

/** What each detector of a single trader's habits has to find among honest traders. */
export const habitSamples: readonly DetectorSample[] = [
  { detector: apiSpam, add: habits.addSpammer },
  { detector: gambling, add: habits.addGambler },
  { detector: gapExploitation, add: habits.addGaps },
  { detector: gridTrading, add: habits.addGrid },
  { detector: latencyArbitrage, add: habits.addLatency },
  { detector: martingale, add: habits.addMartingale },
  { detector: newsStraddling, add: habits.addStraddler },
  { detector: offMarketFills, add: habits.addOffMarket },
  { detector: styleChange, add: (stream, random) => habits.addHandover(stream, random) },
  { detector: tickScalping, add: habits.addTickScalper },
];
