import { defineRole, takesPart, type Variant } from '../role.ts';
import { STYLES, tradeOrdinarily } from '../styles.ts';
import { heldWith } from '../trader.ts';

const LATENCY = 5;

interface LatencyWay extends Variant {
  readonly takesPercent: number;
  readonly reactsMs: readonly [least: number, most: number];
  readonly holdMs: readonly [least: number, most: number];
}

/** Sees another vendor's price move, and buys what the platform still sells at the old one. */
export const latency = defineRole<LatencyWay>({
  id: 'latency',
  label: 'latency trader',
  patterns: ['latencyArbitrage'],
  share: 70,
  seats: [1, 1],
  needsReference: true,
  ways: [
    { name: 'fast', takesPercent: 80, reactsMs: [15, 90], holdMs: [3_000, 12_000] },
    { name: 'slow exit', takesPercent: 60, reactsMs: [30, 150], holdMs: [15_000, 60_000] },
    {
      name: 'choosy',
      hard: true,
      takesPercent: 30,
      reactsMs: [40, 200],
      holdMs: [20_000, 90_000],
    },
    {
      name: 'half honest',
      hard: true,
      takesPercent: 22,
      reactsMs: [20, 120],
      holdMs: [5_000, 60_000],
      ordinaryPercent: 50,
    },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 10 }),
  look: (trader, way, floor) => {
    if (way.ordinaryPercent) tradeOrdinarily(trader, floor);
  },
  sees: (trader, way, { symbol, leadPoints }, floor) => {
    const watches = trader.profile.symbols.includes(symbol);
    if (!watches || heldWith(trader, LATENCY).length > 0) return;
    if (!takesPart(trader, 81, way.takesPercent, floor)) return;
    const [soonest, latest] = way.reactsMs;
    const [least, most] = way.holdMs;
    floor.openLater(trader, floor.now + soonest + floor.dice(trader, 82, latest - soonest), {
      symbol,
      side: leadPoints > 0 ? 'buy' : 'sell',
      riskBasisPoints: 60,
      tag: LATENCY,
      deed: true,
      holdMs: least + floor.dice(trader, 83, most - least),
    });
  },
});
