import { defineRole, type Floor, type Variant } from '../role.ts';
import { favouriteOf, STYLES, tradeOrdinarily } from '../styles.ts';
import type { Trader } from '../trader.ts';

const TICK = 6;

interface TickWay extends Variant {
  readonly trades: readonly [least: number, most: number];
  readonly holdMs: readonly [least: number, most: number];
}

/**
 * Dozens of trades of seconds, for a tick or two each: resting orders that a simulated platform
 * fills at the near side of the spread, where a market would not.
 */
export const tickScalper = defineRole<TickWay>({
  id: 'tickScalper',
  label: 'tick scalper',
  patterns: ['tickScalping'],
  share: 60,
  seats: [1, 1],
  ways: [
    { name: 'rapid', trades: [8, 24], holdMs: [1_500, 8_000] },
    { name: 'steady', trades: [4, 12], holdMs: [3_000, 15_000] },
    { name: 'slower', hard: true, trades: [3, 8], holdMs: [6_000, 40_000] },
    {
      name: 'half honest',
      hard: true,
      trades: [1, 3],
      holdMs: [2_000, 15_000],
      ordinaryPercent: 80,
    },
  ],
  style: (way) => ({ ...STYLES.day, lookMinutes: way.ordinaryPercent ? 12 : 35 }),
  begin: (trader) => {
    trader.memo = {};
  },
  look: (trader, way, floor) => {
    if (floor.dice(trader, 90, 100) < (way.ordinaryPercent ?? 0)) {
      tradeOrdinarily(trader, floor);
      return;
    }
    if ((trader.memo['left'] ?? 0) > 0) return;
    const [least, most] = way.trades;
    trader.memo['left'] = least + floor.dice(trader, 91, most - least + 1);
    floor.wakeLater(trader, floor.now + 500 + floor.dice(trader, 92, 3_000), TICK);
  },
  wake: scalp,
});

function scalp(trader: Trader, way: TickWay, _note: number, floor: Floor): void {
  const left = (trader.memo['left'] ?? 0) - 1;
  trader.memo['left'] = left;
  const [least, most] = way.holdMs;
  const holdMs = least + floor.dice(trader, 93, most - least);
  if (left > 0) {
    floor.wakeLater(trader, floor.now + holdMs + 2_000 + floor.dice(trader, 94, 20_000), TICK);
  }
  const symbol = favouriteOf(trader, floor);
  floor.open(trader, {
    symbol,
    side: floor.dice(trader, 95, 2) === 0 ? 'buy' : 'sell',
    riskBasisPoints: 45,
    betterPercent: 100,
    betterOutPercent: 50,
    tag: TICK,
    deed: true,
    holdMs,
    protected: false,
  });
}
