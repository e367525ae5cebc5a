import { defineRole, type Floor } from '../role.ts';
import { favouriteOf, sideOf, STYLES, tradeOrdinarily } from '../styles.ts';
import type { Trader } from '../trader.ts';

const MINUTE_MS = 60_000;
/** Somebody who gives signals in public gives one every so many minutes. */
const SIGNAL_MINUTES = { least: 90, most: 240 } as const;
/** Of a hundred who read a signal so many take it. */
const TAKES_PERCENT = 45;
/** They read it and type: most within the minute. */
const READS_MS = { least: 4_000, most: 65_000 } as const;
const SIGNAL = 1;

/**
 * People who trade one public signal in the same minute and the same direction, in sizes of their
 * own and out again when each of them likes: what copying looks like to whoever counts minutes.
 */
export const signalFollowers = defineRole({
  id: 'signalFollowers',
  label: 'public signal',
  patterns: [],
  share: 110,
  seats: [6, 24],
  ways: [{ name: 'public' }],
  style: () => STYLES.slow,
  begin: (trader, _way, floor) => {
    if (trader.part.seat === 0) planSignal(trader, floor);
  },
  look: (trader, _way, floor) => tradeOrdinarily(trader, floor),
  wake: (trader, _way, _note, floor) => {
    planSignal(trader, floor);
    announce(trader, floor);
  },
});

function planSignal(trader: Trader, floor: Floor): void {
  const { least, most } = SIGNAL_MINUTES;
  const minutes = least + floor.dice(trader, 31, most - least);
  const wait = (minutes * MINUTE_MS * 100) / floor.activityPercent;
  floor.wakeLater(trader, floor.now + Math.floor(wait), SIGNAL);
}

/** The one in the first seat gives the signal; whether anybody trades it is theirs to choose. */
function announce(trader: Trader, floor: Floor): void {
  const symbol = favouriteOf(trader, floor);
  const price = floor.price(symbol);
  if (!price) return;
  const side = sideOf({ ...trader.style, side: 'with' }, price, floor.dice(trader, 32, 2));
  for (const reader of floor.mates(trader)) {
    if (floor.absent(reader) || floor.dice(reader, 33, 100) >= TAKES_PERCENT) continue;
    const { least, most } = READS_MS;
    const at = floor.now + least + floor.dice(reader, 34, most - least);
    const holdMs = (10 + floor.dice(reader, 35, 120)) * MINUTE_MS;
    const { riskBasisPoints } = reader.style;
    floor.openLater(reader, at, { symbol, side, riskBasisPoints, holdMs });
  }
}
