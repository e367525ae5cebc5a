import { defineRole, type Variant } from '../role.ts';
import { favouriteOf, STYLES, tradeOrdinarily } from '../styles.ts';
import { heldWith } from '../trader.ts';

const SECOND_MS = 1_000;
const OFF_MARKET = 11;

interface BugWay extends Variant {
  /** How far beyond the quotes the fill lies, in percent of the spread. */
  readonly beyondPercent: readonly [least: number, most: number];
  readonly at: 'entry' | 'exit';
}

/** Knows a fault of the platform by which it is filled at prices that nobody quoted. */
export const bugUser = defineRole<BugWay>({
  id: 'bugUser',
  label: 'off-market fills',
  patterns: ['offMarketFills'],
  share: 40,
  seats: [1, 1],
  ways: [
    { name: 'entries', beyondPercent: [150, 500], at: 'entry' },
    { name: 'exits', beyondPercent: [150, 500], at: 'exit' },
    { name: 'slight', hard: true, beyondPercent: [60, 140], at: 'entry' },
    {
      name: 'half honest',
      hard: true,
      beyondPercent: [120, 300],
      at: 'entry',
      ordinaryPercent: 75,
    },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 22 }),
  look: (trader, way, floor) => {
    if (floor.dice(trader, 151, 100) < (way.ordinaryPercent ?? 0)) {
      tradeOrdinarily(trader, floor);
      return;
    }
    const symbol = favouriteOf(trader, floor);
    if (heldWith(trader, OFF_MARKET).length > 0) return;
    const [least, most] = way.beyondPercent;
    const betterPercent = 100 + least + floor.dice(trader, 152, most - least);
    floor.open(trader, {
      symbol,
      side: floor.dice(trader, 153, 2) === 0 ? 'buy' : 'sell',
      riskBasisPoints: 40,
      tag: OFF_MARKET,
      deed: true,
      holdMs: 10 * SECOND_MS + floor.dice(trader, 154, 180 * SECOND_MS),
      ...(way.at === 'entry' ? { betterPercent } : { betterOutPercent: betterPercent }),
    });
  },
});
