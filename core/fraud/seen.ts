import type { Fill, Trade } from './observation.ts';
import type { TradeSeen } from './signal.ts';

/** A round trip as a finding shows it. */
export function tradeSeen(trade: Trade, match = 0): TradeSeen {
  const { accountId, positionId, symbol, side, lots, openedAt, openPrice, closePrice } = trade;
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
    profit: trade.profit,
    match,
  };
}

/** A fill as a finding shows it: what became of the position is not known yet. */
export function fillSeen(fill: Fill, match = 0): TradeSeen {
  const { accountId, positionId, symbol, side, lots, price, at } = fill;
  const opening = { accountId, positionId, symbol, side, lots, openedAt: at, openPrice: price };
  return { ...opening, closedAt: null, closePrice: null, profit: null, match };
}
