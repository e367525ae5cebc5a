import { defineRole, type Floor, type Variant } from '../role.ts';
import { favouriteOf, STYLES, sideOf, tradeOrdinarily } from '../styles.ts';
import { heldWith, type Trader } from '../trader.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const SERIES = 7;
const JUDGE = 1;
const AGAIN = 2;

interface MartingaleWay extends Variant {
  /** The next volume after a loss, in percent of the one lost. */
  readonly factorPercent: number;
  readonly stepsMax: number;
  /** Adds to the losing position and waits, where others close it and begin again. */
  readonly averages?: boolean;
}

/** Doubles after every loss, until one win pays for all, or the account is gone. */
export const martingale = defineRole<MartingaleWay>({
  id: 'martingale',
  label: 'martingale',
  patterns: ['martingale'],
  share: 70,
  seats: [1, 1],
  ways: [
    { name: 'doubling', factorPercent: 200, stepsMax: 6 },
    { name: 'averaging', factorPercent: 200, stepsMax: 4, averages: true },
    { name: 'soft', hard: true, factorPercent: 160, stepsMax: 6 },
    { name: 'half honest', hard: true, factorPercent: 200, stepsMax: 5, ordinaryPercent: 50 },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 18 }),
  begin: (trader) => {
    trader.memo = {};
  },
  look: (trader, way, floor) => {
    if (floor.dice(trader, 101, 100) < (way.ordinaryPercent ?? 0)) {
      tradeOrdinarily(trader, floor);
    } else if ((trader.memo['volume'] ?? 0) === 0) {
      const symbol = favouriteOf(trader, floor);
      trader.memo['symbol'] = symbol;
      trader.memo['step'] = 0;
      trader.memo['volume'] = floor.sizeFor(trader, symbol, 18);
      enter(trader, floor);
    }
  },
  wake: (trader, way, note, floor) => {
    if (note === AGAIN) enter(trader, floor);
    else if (way.averages) average(trader, way, floor);
    else judge(trader, way, floor);
  },
});

function enter(trader: Trader, floor: Floor): void {
  const { symbol = 0, volume = 0, step = 0 } = trader.memo;
  const price = floor.price(symbol);
  const side = price && sideOf({ ...trader.style, side: 'against' }, price, trader.turns % 2);
  const order = { symbol, volume, tag: SERIES, protected: false, deed: step > 0 };
  const opened = side !== null && floor.open(trader, { ...order, side });
  if (!opened) trader.memo['volume'] = 0;
  else floor.wakeLater(trader, floor.now + patience(trader, floor), JUDGE);
}

function judge(trader: Trader, way: MartingaleWay, floor: Floor): void {
  const [holding] = heldWith(trader, SERIES);
  const lost = holding !== undefined && floor.floating(holding) < 0;
  if (holding) floor.close(trader, holding);
  if (!lost || !raise(trader, way)) {
    trader.memo['volume'] = 0;
    return;
  }
  const wait = 5 * SECOND_MS + floor.dice(trader, 102, 55 * SECOND_MS);
  floor.wakeLater(trader, floor.now + wait, AGAIN);
}

function average(trader: Trader, way: MartingaleWay, floor: Floor): void {
  const held = heldWith(trader, SERIES);
  const [first] = held;
  const floating = held.reduce((sum, holding) => sum + floor.floating(holding), 0);
  if (first && floating < 0 && raise(trader, way)) {
    const { symbol = 0, volume = 1 } = trader.memo;
    const { side } = first;
    floor.open(trader, { symbol, side, volume, tag: SERIES, protected: false, deed: true });
    floor.wakeLater(trader, floor.now + patience(trader, floor), JUDGE);
    return;
  }
  for (const holding of held) floor.close(trader, holding);
  trader.memo['volume'] = 0;
}

/** The next volume; false when the series has gone far enough. */
function raise(trader: Trader, { factorPercent, stepsMax }: MartingaleWay): boolean {
  const { step = 0, volume = 1 } = trader.memo;
  if (step >= stepsMax) return false;
  trader.memo['step'] = step + 1;
  trader.memo['volume'] = Math.round((volume * factorPercent) / 100);
  return true;
}

function patience(trader: Trader, floor: Floor): number {
  return 3 * MINUTE_MS + floor.dice(trader, 103, 8 * MINUTE_MS);
}
