import type { Finding, TradeSeen } from './signal.ts';
import { PER_MILLE, TRADES_PER_SIGNAL_MAX } from './signal.ts';
import type { Trade } from './observation.ts';
import type { Weight } from './rings.ts';

/** Strength of what chance shows in every case, and what every digit of rarity adds. */
const STRENGTH_BASE = 600;
const STRENGTH_DIGIT = 50;

/** A ring with what it is seen by. */
export interface RingSeen {
  readonly traders: readonly string[];
  readonly accounts: readonly string[];
  /** Of the strongest pair. */
  readonly weight: Weight;
  /** How close its matches are, and in what. */
  readonly withinMs: number;
  readonly how: 'in and out' | 'at equal sizes' | 'in and out, by currency';
  /** Numbered by what they matched with. */
  readonly trades: readonly TradeSeen[];
}
export type Said = Pick<Finding, 'sentence' | 'figures'>;

/** Half is what chance shows anyhow; every further digit of rarity adds the same. */
export function strengthOf(rarity: number): number {
  const digits = String(rarity).length - 1;
  return Math.min(PER_MILLE, STRENGTH_BASE + STRENGTH_DIGIT * digits);
}

export function positionOf({
  accountId,
  positionId,
}: Pick<Trade, 'accountId' | 'positionId'>): string {
  return `${accountId}\n${positionId}`;
}

export function seenOf(trade: Trade): TradeSeen {
  const { accountId, positionId, symbol, side, lots, openedAt, openPrice, closePrice, profit } =
    trade;
  return {
    accountId,
    positionId,
    symbol,
    side,
    lots,
    openedAt,
    closedAt: trade.at,
    openPrice,
    closePrice,
    profit,
    match: 0,
  };
}

/** The latest trades, each once, numbered by what was opened together. */
export function numbered(trades: readonly TradeSeen[], togetherMs: number): TradeSeen[] {
  const byPosition = new Map<string, TradeSeen>();
  for (const trade of trades) {
    const known = byPosition.get(positionOf(trade));
    if (!known || known.closedAt === null) byPosition.set(positionOf(trade), trade);
  }
  const sorted = [...byPosition.values()].sort(
    (one, other) => one.openedAt - other.openedAt || (positionOf(one) < positionOf(other) ? -1 : 1),
  );
  let match = 0;
  let before = -Infinity;
  return sorted.slice(-TRADES_PER_SIGNAL_MAX).map((trade) => {
    if (trade.openedAt - before > togetherMs) match += 1;
    before = trade.openedAt;
    return { ...trade, match };
  });
}
