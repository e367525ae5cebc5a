import { defineRole, type Floor, type Variant } from '../role.ts';
import { favouriteOf, STYLES, tradeOrdinarily } from '../styles.ts';
import type { Trader } from '../trader.ts';

const MINUTE_MS = 60_000;
const PAIR = 4;

interface PairWay extends Variant {
  /** The legs open within so much of each other, and close within so much. */
  readonly openWithinMs: number;
  readonly closeWithinMs: number;
  /** The other side is taken in another symbol that goes the same way. */
  readonly correlated?: boolean;
}

const quick = { openWithinMs: 6_000, closeWithinMs: 15_000 } as const;

/** Symbols that go together, as far as the dollar moves them. */
const TOGETHER: Readonly<Record<string, string>> = {
  EURUSD: 'NZDUSD',
  NZDUSD: 'EURUSD',
  XAUUSD: 'EURUSD',
};

/** Opposite bets on accounts that belong together: one of them wins at the firm's expense. */
export const oppositePair = defineRole<PairWay>({
  id: 'oppositePair',
  label: 'opposite accounts',
  patterns: ['oppositeHedging'],
  share: 120,
  seats: [2, 2],
  ways: [
    { name: 'one person', onePerson: true, programs: 'same', ...quick },
    { name: 'strangers', programs: 'same', ...quick },
    { name: 'across programs', onePerson: true, programs: 'different', ...quick },
    { name: 'correlated', hard: true, correlated: true, ...quick },
    { name: 'loose', hard: true, openWithinMs: 45_000, closeWithinMs: 240_000 },
    { name: 'half honest', hard: true, ordinaryPercent: 72, ...quick },
  ],
  style: () => ({ ...STYLES.slow, lookMinutes: 40 }),
  buysAgainAfter: () => [60, 600],
  look: bet,
});

/** The same with one side spread over two accounts or three. */
export const splitPair = defineRole<PairWay>({
  id: 'splitPair',
  label: 'opposite accounts, split',
  patterns: ['oppositeHedging'],
  share: 30,
  seats: [3, 4],
  ways: [
    { name: 'split', programs: 'same', ...quick },
    { name: 'split, half honest', hard: true, ordinaryPercent: 72, ...quick },
  ],
  style: () => ({ ...STYLES.slow, lookMinutes: 40 }),
  buysAgainAfter: () => [60, 600],
  look: bet,
});

function bet(trader: Trader, way: PairWay, floor: Floor): void {
  if (floor.dice(trader, 71, 100) < (way.ordinaryPercent ?? 0)) {
    tradeOrdinarily(trader, floor);
    return;
  }
  const { seat, group } = trader.part;
  const legs = floor.mates(trader);
  const open = trader.positions.some(({ tag }) => tag === PAIR);
  if (seat > 0 || open || legs.length < group.slots.length) return;
  const symbol = favouriteOf(trader, floor);
  const volume = floor.sizeFor(trader, symbol, 120 + floor.dice(trader, 72, 120));
  const side = floor.dice(trader, 73, 2) === 0 ? 'buy' : 'sell';
  const holdMs = (12 + floor.dice(trader, 74, 75)) * MINUTE_MS;
  const others = legs.length - 1;
  for (const leg of legs) {
    const first = leg === trader;
    const other = way.correlated && !first ? togetherWith(symbol, floor) : symbol;
    floor.openLater(leg, floor.now + 200 + floor.dice(leg, 75, way.openWithinMs), {
      symbol: other,
      side: first ? side : side === 'buy' ? 'sell' : 'buy',
      tag: PAIR,
      deed: true,
      holdMs: holdMs + floor.dice(leg, 76, way.closeWithinMs),
      ...(other === symbol
        ? { volume: first ? volume : Math.max(1, Math.round(volume / others)) }
        : { riskBasisPoints: 180 }),
    });
  }
}

function togetherWith(symbol: number, floor: Floor): number {
  const name = TOGETHER[floor.instruments[symbol]?.symbol ?? ''];
  const at = floor.instruments.findIndex((one) => one.symbol === name);
  return at < 0 ? symbol : at;
}
