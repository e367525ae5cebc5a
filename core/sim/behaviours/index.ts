import type { Role } from '../role.ts';
import { apiSpammer } from './api-spam.ts';
import { copyRing } from './copy-ring.ts';
import { affiliateRing, gambler, roller } from './gambler.ts';
import { gapTrader } from './gap.ts';
import { grid } from './grid.ts';
import { handover, soldAccount } from './handover.ts';
import { day, family, fastScalper, machine, office, scalper, swing } from './honest.ts';
import { latency } from './latency.ts';
import { martingale } from './martingale.ts';
import { newsStraddler, newsTrader } from './news.ts';
import { bugUser } from './off-market.ts';
import { oppositePair, splitPair } from './opposite-pair.ts';
import { repeatOffender } from './repeat-offender.ts';
import { accountSharer, payoutSplitter } from './shared-things.ts';
import { signalFollowers } from './signal-followers.ts';
import { tickScalper } from './tick-scalper.ts';

/** All ways of trading that the demo world knows. */
export const roles: readonly Role[] = [
  swing,
  day,
  scalper,
  fastScalper,
  machine,
  family,
  office,
  signalFollowers,
  newsTrader,
  copyRing,
  oppositePair,
  splitPair,
  roller,
  accountSharer,
  latency,
  tickScalper,
  newsStraddler,
  martingale,
  grid,
  gambler,
  gapTrader,
  handover,
  soldAccount,
  apiSpammer,
  bugUser,
  payoutSplitter,
  affiliateRing,
  repeatOffender,
];
