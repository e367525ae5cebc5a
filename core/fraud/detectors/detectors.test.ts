import { expect, it } from 'vitest';
import { describeDetector, type DetectorSample } from '../detector.contract.ts';
import {
  addOpposite,
  addPayouts,
  addReturn,
  addRing,
  addRoller,
  addSharers,
} from '../testing/abuse.ts';
import { habitSamples } from '../testing/habit-samples.ts';
import { accountRolling } from './account-rolling.ts';
import { copyTrading } from './copy-trading.ts';
import { detectors } from './index.ts';
import { oppositeHedging } from './opposite-hedging.ts';
import { payoutSplitting } from './payout-splitting.ts';
import { repeatOffender } from './repeat-offender.ts';
import { sharedIdentity } from './shared-identity.ts';

/** One for each detector: what it has to find among honest traders. */
const samples: readonly DetectorSample[] = [
  {
    detector: copyTrading,
    add: (stream, random) => void addRing(stream, { followers: 4, trades: 14, own: 2 }, random),
  },
  {
    detector: oppositeHedging,
    add: (stream, random) => void addOpposite(stream, { trades: 10, others: 2 }, random),
  },
  { detector: accountRolling, add: (stream) => void addRoller(stream, { accounts: 8 }) },
  {
    detector: sharedIdentity,
    add: (stream) => void addSharers(stream, 3, { deviceId: 'one device' }),
  },
  {
    detector: repeatOffender,
    add: (stream) => void addReturn(stream, { deviceId: 'one device' }),
  },
  {
    detector: payoutSplitting,
    add: (stream) => {
      addPayouts(stream, [9_000_0000, 12_000_0000, 8_000_0000]);
      const things = { affiliateId: 'affiliate of them', deviceId: 'device of them' };
      addSharers(stream, 6, things);
    },
  },
  ...habitSamples,
];

for (const sample of samples) describeDetector(sample);

it('every registered detector keeps the laws', () => {
  const tried = samples.map(({ detector }) => detector.id).sort();
  expect(tried).toEqual(detectors.all.map(({ id }) => id).sort());
});
