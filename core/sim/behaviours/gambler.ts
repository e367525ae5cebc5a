import { defineRole, takesPart, type Floor, type Variant } from '../role.ts';
import { favouriteOf, STYLES, tradeOrdinarily } from '../styles.ts';
import { heldWith, type Trader } from '../trader.ts';

const MINUTE_MS = 60_000;
const BET = 9;
/** Minutes: who has gambled an account away has to find the money for another. */
const DAYS_LATER = [12 * 60, 96 * 60] as const;

interface BetWay extends Variant {
  readonly riskBasisPoints: readonly [least: number, most: number];
  /** Always the same side, whatever the price does. */
  readonly oneSided?: boolean;
}

/** Stakes the account on single trades. */
export const gambler = defineRole<BetWay>({
  id: 'gambler',
  label: 'gambler',
  patterns: ['gambling'],
  share: 70,
  seats: [1, 1],
  givesUpAt: 950,
  ways: [
    { name: 'all in', riskBasisPoints: [1_200, 2_600] },
    { name: 'one-sided', riskBasisPoints: [500, 800], oneSided: true },
    { name: 'half honest', hard: true, riskBasisPoints: [700, 1_300], ordinaryPercent: 60 },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 20 }),
  buysAgainAfter: () => DAYS_LATER,
  look: gamble,
});

/** One person with many accounts: all in, few survive, the next is bought at once. */
export const roller = defineRole<BetWay>({
  id: 'roller',
  label: 'account roller',
  patterns: ['accountRolling', 'gambling'],
  share: 30,
  seats: [3, 6],
  givesUpAt: 900,
  ways: [
    { name: 'burst', onePerson: true, programs: 'same', riskBasisPoints: [1_500, 2_800] },
    { name: 'mixed programs', onePerson: true, riskBasisPoints: [1_200, 2_400] },
    { name: 'patient', hard: true, onePerson: true, riskBasisPoints: [600, 1_000] },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 22 }),
  buysAgainAfter: ({ hard }) => (hard ? [60, 300] : [2, 20]),
  look: gamble,
});

/** A partner whose traders are few hands with many names: they fail fast and are paid to one place. */
export const affiliateRing = defineRole<BetWay>({
  id: 'affiliateRing',
  label: 'affiliate ring',
  patterns: ['sharedIdentity', 'payoutSplitting', 'gambling'],
  share: 30,
  seats: [4, 8],
  givesUpAt: 900,
  ways: [
    {
      name: 'one machine',
      oneHand: true,
      shares: ['affiliate', 'device', 'network', 'payee'],
      riskBasisPoints: [800, 1_600],
    },
    {
      name: 'one network',
      hard: true,
      shares: ['affiliate', 'network', 'payee'],
      riskBasisPoints: [600, 1_000],
    },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 25 }),
  buysAgainAfter: () => DAYS_LATER,
  look: gamble,
});

function gamble(trader: Trader, way: BetWay, floor: Floor): void {
  if (floor.dice(trader, 121, 100) < (way.ordinaryPercent ?? 0)) {
    tradeOrdinarily(trader, floor);
    return;
  }
  if (heldWith(trader, BET).length > 0 || !takesPart(trader, 122, 75, floor)) return;
  const symbol = favouriteOf(trader, floor);
  const [least, most] = way.riskBasisPoints;
  const coin = way.oneSided ? trader.hand : floor.dice(trader, 123, 2);
  floor.open(trader, {
    symbol,
    side: coin % 2 === 0 ? 'buy' : 'sell',
    volume: floor.sizeFor(trader, symbol, least + floor.dice(trader, 124, most - least)),
    protected: false,
    tag: BET,
    deed: true,
    holdMs: (6 + floor.dice(trader, 125, 40)) * MINUTE_MS,
  });
}
