import type { NewsRelease } from '#core/market/calendar.ts';
import { defineRole, takesPart, type Floor, type Variant } from '../role.ts';
import { STYLES, sideOf, tradeOrdinarily } from '../styles.ts';
import { heldWith, type Trader } from '../trader.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const NEWS = 3;
const ENTER = 1;
const CUT = 2;
const LEAVE = 3;

/** Waits for the release and trades what it did to the price. */
export const newsTrader = defineRole({
  id: 'newsTrader',
  label: 'news trader',
  patterns: [],
  share: 70,
  seats: [1, 1],
  ways: [{ name: 'after' }],
  style: () => STYLES.slow,
  begin: (trader, _way, floor) => {
    const wait = (60 + floor.dice(trader, 41, 840)) * SECOND_MS;
    floor.wakeLater(trader, floor.nextRelease().at + wait, ENTER);
  },
  look: (trader, _way, floor) => tradeOrdinarily(trader, floor),
  wake: (trader, _way, _note, floor) => {
    const wait = (60 + floor.dice(trader, 41, 840)) * SECOND_MS;
    floor.wakeLater(trader, floor.nextRelease().at + wait, ENTER);
    const [symbol = 0] = trader.profile.symbols;
    const price = floor.price(symbol);
    if (!price || !takesPart(trader, 42, 60, floor)) return;
    const side = sideOf({ ...trader.style, side: 'with' }, price, floor.dice(trader, 43, 2));
    const holdMs = (10 + floor.dice(trader, 44, 50)) * MINUTE_MS;
    floor.open(trader, { symbol, side, riskBasisPoints: 70, holdMs });
  },
});

interface NewsWay extends Variant {
  /** Both sides at once, or a large bet on one. */
  readonly sides: 'both' | 'one';
  readonly riskBasisPoints: number;
  /** Seconds before the release. */
  readonly leadSeconds: readonly [least: number, most: number];
}

/** Enters just before a release, whatever it will say, and is out again minutes after. */
export const newsStraddler = defineRole<NewsWay>({
  id: 'newsStraddler',
  label: 'news straddler',
  patterns: ['newsStraddling'],
  share: 70,
  seats: [1, 1],
  ways: [
    { name: 'straddle', sides: 'both', riskBasisPoints: 400, leadSeconds: [4, 50] },
    { name: 'one-sided', sides: 'one', riskBasisPoints: 700, leadSeconds: [4, 60] },
    {
      name: 'patient',
      hard: true,
      sides: 'both',
      riskBasisPoints: 200,
      leadSeconds: [60, 240],
      ordinaryPercent: 50,
    },
    {
      name: 'half honest',
      hard: true,
      sides: 'one',
      riskBasisPoints: 400,
      leadSeconds: [10, 90],
      ordinaryPercent: 50,
    },
  ],
  style: () => STYLES.slow,
  begin: planNext,
  look: (trader, way, floor) => {
    if (way.ordinaryPercent) tradeOrdinarily(trader, floor);
  },
  wake: (trader, way, note, floor) => {
    if (note === ENTER) enter(trader, way, floor);
    else if (note === CUT) cut(trader, floor);
    else {
      for (const holding of heldWith(trader, NEWS)) floor.close(trader, holding);
      planNext(trader, way, floor);
    }
  },
});

function planNext(trader: Trader, { leadSeconds: [least, most] }: NewsWay, floor: Floor): void {
  const lead = least * SECOND_MS + floor.dice(trader, 45, (most - least) * SECOND_MS);
  const { at } = floor.nextRelease();
  // Too late for this one: it wakes after it, and plans for the next.
  if (at - lead > floor.now) floor.wakeLater(trader, at - lead, ENTER);
  else floor.wakeLater(trader, at + MINUTE_MS, LEAVE);
}

function enter(trader: Trader, way: NewsWay, floor: Floor): void {
  const release = floor.nextRelease();
  const symbol = touchedBy(release, trader, floor);
  floor.wakeLater(trader, release.at + (30 + floor.dice(trader, 46, 210)) * SECOND_MS, LEAVE);
  if (symbol === null || !takesPart(trader, 47, 90, floor)) return;
  const { riskBasisPoints } = way;
  const order = { symbol, riskBasisPoints, tag: NEWS, protected: false, deed: true };
  const first = floor.dice(trader, 48, 2) === 0 ? 'buy' : 'sell';
  floor.open(trader, { ...order, side: first });
  if (way.sides === 'one') return;
  floor.open(trader, { ...order, side: first === 'buy' ? 'sell' : 'buy' });
  floor.wakeLater(trader, release.at + 2 * SECOND_MS + floor.dice(trader, 49, 12_000), CUT);
}

/** The side that lost goes at once; the other runs. */
function cut(trader: Trader, floor: Floor): void {
  const [worst] = [...heldWith(trader, NEWS)].sort(
    (one, other) => floor.floating(one) - floor.floating(other),
  );
  if (worst) floor.close(trader, worst);
}

function touchedBy({ currencies }: NewsRelease, trader: Trader, floor: Floor): number | null {
  const touched = floor.instruments.flatMap(({ symbol, quoteCurrency }, at) =>
    currencies.some((one) => one === quoteCurrency || symbol.includes(one)) && floor.price(at)
      ? [at]
      : [],
  );
  return touched[floor.dice(trader, 50, Math.max(1, touched.length))] ?? null;
}
