import { defineRole, type Floor, type Variant } from '../role.ts';
import { favouriteOf, STYLES, tradeOrdinarily } from '../styles.ts';
import { heldWith, type Trader } from '../trader.ts';

const GRID = 8;
/** Wakings are numbered by basket: those of an earlier one are void. */
const ADD = 0;
const TAKE = 1;
const NOTES = 2;

interface GridWay extends Variant {
  /** Distance between entries, in percent of an hour's usual move. */
  readonly stepPercent: readonly [least: number, most: number];
  readonly levels: number;
  /** How far an entry may lie from its level, in percent of the step. */
  readonly looseness: number;
}

/** Adds the same volume every so many points against the move, and takes all off at a small gain. */
export const grid = defineRole<GridWay>({
  id: 'grid',
  label: 'grid',
  patterns: ['gridTrading'],
  share: 60,
  seats: [1, 1],
  ways: [
    { name: 'exact', stepPercent: [18, 40], levels: 8, looseness: 0 },
    { name: 'wide', stepPercent: [40, 80], levels: 6, looseness: 0 },
    { name: 'uneven', hard: true, stepPercent: [20, 45], levels: 6, looseness: 30 },
    {
      name: 'half honest',
      hard: true,
      stepPercent: [20, 45],
      levels: 6,
      looseness: 5,
      ordinaryPercent: 50,
    },
  ],
  style: () => ({ ...STYLES.day, lookMinutes: 15 }),
  begin: (trader) => {
    trader.memo = { basket: trader.memo['basket'] ?? 0 };
  },
  look: (trader, way, floor) => {
    if (floor.dice(trader, 111, 100) < (way.ordinaryPercent ?? 0)) tradeOrdinarily(trader, floor);
    else if (heldWith(trader, GRID).length === 0) begin(trader, way, floor);
  },
  wake: (trader, way, note, floor) => {
    const { basket = 0 } = trader.memo;
    if (Math.floor(note / NOTES) !== basket) return;
    const levels = heldWith(trader, GRID).length;
    if (note % NOTES === ADD && levels < way.levels) add(trader, way, floor);
    else takeOff(trader, floor);
  },
});

function begin(trader: Trader, way: GridWay, floor: Floor): void {
  const symbol = favouriteOf(trader, floor);
  const [least, most] = way.stepPercent;
  // Every hand has a distance of its own.
  const percent = least + (trader.profile.sizePercent % (most - least + 1));
  trader.memo = {
    basket: (trader.memo['basket'] ?? 0) + 1,
    symbol,
    side: floor.dice(trader, 112, 2),
    step: Math.max(4, Math.round((floor.hourMove(symbol) * percent) / 100)),
    volume: floor.sizeFor(trader, symbol, 16),
  };
  add(trader, way, floor);
}

function add(trader: Trader, way: GridWay, floor: Floor): void {
  const { basket = 0, symbol = 0, side = 0, step = 4, volume = 0 } = trader.memo;
  const first = heldWith(trader, GRID).length === 0;
  const order = { symbol, side: side === 0 ? 'buy' : 'sell', volume, tag: GRID } as const;
  const opened = floor.open(trader, { ...order, protected: false, deed: !first });
  const held = heldWith(trader, GRID);
  if (!opened) {
    if (!first) takeOff(trader, floor);
    return;
  }
  const price = Math.round(opened.openValue / opened.volume);
  const slack = Math.round((step * way.looseness) / 100);
  const distance = step - slack + floor.dice(trader, 113, 2 * slack + 1);
  const volumes = held.reduce((sum, one) => sum + one.volume, 0);
  const average = Math.round(held.reduce((sum, one) => sum + one.openValue, 0) / volumes);
  const gain = Math.ceil(step * 0.6);
  trader.memo['basket'] = basket + 1;
  const next = (basket + 1) * NOTES;
  if (side === 0) {
    floor.wakeAt(trader, 'below', symbol, price - distance, next + ADD);
    floor.wakeAt(trader, 'above', symbol, average + gain, next + TAKE);
  } else {
    floor.wakeAt(trader, 'above', symbol, price + distance, next + ADD);
    floor.wakeAt(trader, 'below', symbol, average - gain, next + TAKE);
  }
}

function takeOff(trader: Trader, floor: Floor): void {
  for (const holding of heldWith(trader, GRID)) floor.close(trader, holding);
  trader.memo['basket'] = (trader.memo['basket'] ?? 0) + 1;
}
