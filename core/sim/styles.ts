import type { Floor, Price } from './role.ts';
import { heldWith, ORDINARY, type Holding, type Trader } from './trader.ts';

const MINUTE_MS = 60_000;

/** How somebody trades in the ordinary way. */
export interface Style {
  /** Minutes between looks at the market, on average, while at the desk. */
  readonly lookMinutes: number;
  /** Minutes a position is held, about. */
  readonly holdMinutes: number;
  /** Loss in an hour's usual move that one position risks, in basis points of the balance. */
  readonly riskBasisPoints: number;
  readonly positionsMax: number;
  /** How the side is chosen from the latest move: with it, against it, or by a coin. */
  readonly side: 'with' | 'against' | 'coin' | 'long';
  /** Closes when its time has come and not at the next look. */
  readonly punctual?: boolean;
  /** A program trades: round the clock, one size, always protected. */
  readonly machine?: boolean;
}

export const STYLES = {
  swing: style({ lookMinutes: 32, holdMinutes: 240, riskBasisPoints: 40, side: 'with' }),
  day: style({ lookMinutes: 10, holdMinutes: 30, riskBasisPoints: 80 }),
  scalper: style({ lookMinutes: 3, holdMinutes: 3, riskBasisPoints: 30, side: 'against' }),
  fastScalper: style({
    lookMinutes: 5,
    holdMinutes: 1,
    riskBasisPoints: 35,
    side: 'with',
    punctual: true,
  }),
  machine: style({
    lookMinutes: 16,
    holdMinutes: 25,
    riskBasisPoints: 35,
    side: 'against',
    punctual: true,
    machine: true,
  }),
  slow: style({ lookMinutes: 42, holdMinutes: 90, riskBasisPoints: 50 }),
  gambler: style({ lookMinutes: 20, holdMinutes: 15, riskBasisPoints: 900, positionsMax: 1 }),
  reckless: style({ lookMinutes: 15, holdMinutes: 45, riskBasisPoints: 320 }),
  passer: style({ lookMinutes: 16, holdMinutes: 45, riskBasisPoints: 240, punctual: true }),
} as const;

/** One look in the ordinary way: what has aged is closed, or something is opened. */
export function tradeOrdinarily(trader: Trader, floor: Floor): void {
  const { style: ways, profile } = trader;
  const own = heldWith(trader, ORDINARY);
  const [oldest] = own;
  const full = own.length >= ways.positionsMax;
  if (oldest && !ways.punctual && (full || floor.now - oldest.openedAt >= holdOf(trader, oldest))) {
    floor.close(trader, oldest);
    return;
  }
  if (full || floor.dice(trader, 7, 3) === 0) return;
  const symbol = favouriteOf(trader, floor);
  const price = floor.price(symbol);
  if (!price) return;
  const holdMs = Math.floor(
    (ways.holdMinutes * MINUTE_MS * profile.holdPercent * (40 + floor.dice(trader, 3, 120))) /
      10_000,
  );
  floor.open(trader, {
    symbol,
    side: sideOf(ways, price, floor.dice(trader, 5, 2)),
    riskBasisPoints: ways.riskBasisPoints,
    ...(ways.punctual ? { holdMs } : {}),
  });
}

/** Four trades of five are in the first favourite. */
export function favouriteOf(trader: Trader, floor: Floor): number {
  const { symbols } = trader.profile;
  const [first = 0, second = first] = symbols;
  return floor.dice(trader, 6, 5) === 0 ? second : first;
}

export function sideOf({ side }: Style, { bid, before }: Price, coin: number): 'buy' | 'sell' {
  if (side === 'long') return 'buy';
  if (side === 'coin' || bid === before) return coin === 0 ? 'buy' : 'sell';
  return bid > before === (side === 'with') ? 'buy' : 'sell';
}

/** Some are held for half the usual time, some for one and a half times. */
function holdOf({ style: { holdMinutes }, profile }: Trader, holding: Holding): number {
  const share = 50 + (holding.openValue % 100);
  return (holdMinutes * MINUTE_MS * profile.holdPercent * share) / 10_000;
}

function style(over: Partial<Style>): Style {
  return {
    lookMinutes: 30,
    holdMinutes: 20,
    riskBasisPoints: 50,
    positionsMax: 2,
    side: 'coin',
    ...over,
  };
}
