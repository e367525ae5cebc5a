import { defineRole, type Floor, type Heard, type Variant } from '../role.ts';
import { STYLES, tradeOrdinarily } from '../styles.ts';
import { heldWith, nominalOf, type Trader } from '../trader.ts';

interface CopyWay extends Variant {
  readonly delayMs: readonly [least: number, most: number];
  /** Of a hundred of the leader's trades so many are copied. */
  readonly takesPercent: number;
  /** Volume in relation to the leader's and the account's size, in percent. */
  readonly scalePercent: readonly [least: number, most: number];
  readonly jitterPercent: number;
}

const same = { scalePercent: [100, 100], jitterPercent: 0 } as const;

/** One leads, in the first seat; the others open and close what the leader opens and closes. */
export const copyRing = defineRole<CopyWay>({
  id: 'copyRing',
  label: 'copy ring',
  patterns: ['copyTrading'],
  share: 190,
  seats: [4, 10],
  ways: [
    { name: 'tight', delayMs: [120, 350], takesPercent: 100, ...same },
    { name: 'jittered', delayMs: [500, 20_000], takesPercent: 97, ...same },
    { name: 'partial', hard: true, delayMs: [1_000, 12_000], takesPercent: 65, ...same },
    {
      name: 'scaled',
      hard: true,
      delayMs: [500, 6_000],
      takesPercent: 92,
      scalePercent: [30, 250],
      jitterPercent: 30,
    },
    {
      name: 'half honest',
      hard: true,
      delayMs: [300, 8_000],
      takesPercent: 85,
      ...same,
      ordinaryPercent: 50,
    },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 18, side: 'with', positionsMax: 3 }),
  look: (trader, way, floor) => {
    if (trader.part.seat > 0 && !way.ordinaryPercent) return;
    const before = trader.positions.length;
    tradeOrdinarily(trader, floor);
    const led = trader.part.seat === 0 && trader.positions.length > before;
    if (led && floor.mates(trader).length > 1) trader.deeds += 1;
  },
  hears: (trader, way, heard, floor) => {
    if (heard.entry === 'in') follow(trader, way, heard, floor);
    else floor.wakeLater(trader, floor.now + delay(trader, way, floor), tagOf(heard));
  },
  wake: (trader, _way, tag, floor) => {
    for (const holding of heldWith(trader, tag)) floor.close(trader, holding);
  },
});

function follow(trader: Trader, way: CopyWay, heard: Heard, floor: Floor): void {
  if (floor.dice(trader, 61, 100) >= way.takesPercent) return;
  const [least, most] = way.scalePercent;
  // Its own scale, always the same; around it every trade differs a little.
  const scale = least + ((trader.profile.sizePercent - 50) * (most - least)) / 100;
  const jitter = 100 - way.jitterPercent / 2 + floor.dice(trader, 62, way.jitterPercent + 1);
  const ratio = nominalOf(trader) / nominalOf(heard.from);
  const volume = Math.max(1, Math.round((heard.holding.volume * ratio * scale * jitter) / 10_000));
  const symbol = floor.instruments.findIndex((one) => one.symbol === heard.holding.symbol);
  const order = { symbol, side: heard.holding.side, volume, tag: tagOf(heard), deed: true };
  floor.openLater(trader, floor.now + delay(trader, way, floor), order);
}

function delay(trader: Trader, { delayMs: [least, most] }: CopyWay, floor: Floor): number {
  return least + floor.dice(trader, 63, most - least);
}

/** Positions are numbered: the number is what a copy is filed under. */
function tagOf({ holding }: Heard): number {
  return Number(holding.positionId.slice(1));
}
