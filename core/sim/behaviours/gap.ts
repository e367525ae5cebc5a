import { defineRole, takesPart, type Floor, type Variant } from '../role.ts';
import { STYLES, tradeOrdinarily } from '../styles.ts';
import { heldWith, type Trader } from '../trader.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const GAP = 10;
const BEFORE = 1;
const AFTER = 2;

interface GapWay extends Variant {
  readonly riskBasisPoints: number;
  /** Minutes before the close. */
  readonly leadMinutes: readonly [least: number, most: number];
}

/** Goes large just before trading stops, and out as soon as it has leapt. */
export const gapTrader = defineRole<GapWay>({
  id: 'gapTrader',
  label: 'gap trader',
  patterns: ['gapExploitation'],
  share: 50,
  seats: [1, 1],
  ways: [
    { name: 'last minute', riskBasisPoints: 800, leadMinutes: [1, 4] },
    { name: 'early', riskBasisPoints: 600, leadMinutes: [4, 12] },
    {
      name: 'half honest',
      hard: true,
      riskBasisPoints: 350,
      leadMinutes: [2, 14],
      ordinaryPercent: 50,
    },
  ],
  style: () => ({ ...STYLES.slow, lookMinutes: 200 }),
  begin: planNext,
  look: (trader, way, floor) => {
    if (way.ordinaryPercent) tradeOrdinarily(trader, floor);
  },
  wake: (trader, way, note, floor) => {
    if (note === BEFORE) enter(trader, way, floor);
    else for (const holding of heldWith(trader, GAP)) floor.close(trader, holding);
    planNext(trader, way, floor);
  },
});

/** The symbol that stops trading next; of those that stop together, one. */
function planNext(trader: Trader, way: GapWay, floor: Floor): void {
  if (heldWith(trader, GAP).length > 0) return;
  const [least, most] = way.leadMinutes;
  const lead = least * MINUTE_MS + floor.dice(trader, 131, (most - least) * MINUTE_MS);
  const first = floor.dice(trader, 132, floor.instruments.length);
  let soonest = { symbol: -1, at: Infinity };
  for (let step = 0; step < floor.instruments.length; step += 1) {
    const symbol = (first + step) % floor.instruments.length;
    const at = (floor.nextBreak(symbol)?.closesAt ?? Infinity) - lead;
    if (at > floor.now && at < soonest.at) soonest = { symbol, at };
  }
  trader.memo['symbol'] = soonest.symbol;
  if (soonest.symbol >= 0) floor.wakeLater(trader, soonest.at, BEFORE);
}

function enter(trader: Trader, { riskBasisPoints }: GapWay, floor: Floor): void {
  const { symbol = 0 } = trader.memo;
  const coming = floor.nextBreak(symbol);
  if (!coming || !takesPart(trader, 133, 85, floor)) return;
  const side = floor.dice(trader, 134, 2) === 0 ? 'buy' : 'sell';
  const order = { symbol, side, riskBasisPoints, tag: GAP, protected: false, deed: true } as const;
  if (!floor.open(trader, order)) return;
  const wait = (10 + floor.dice(trader, 135, 290)) * SECOND_MS;
  floor.wakeLater(trader, coming.opensAt + wait, AFTER);
}
