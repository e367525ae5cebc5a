import type { Deal } from '#core/accounts/account.ts';
import type { Fill, Trade } from '#core/fraud/observation.ts';
import { mulDivFloor, type Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';

/** Positions followed at once; beyond it the longest open is not paired any more. */
const OPEN_MAX = 500_000;

/** Pairs fills of one position into a round trip, from its opening until nothing is left. */
export interface Trades {
  /** Takes a fill with the volume that its platform booked; gives the trade that it ends. */
  fill(fill: Fill, volume: Deal['volume']): Trade | null;
  /** A stop loss stands on a position. */
  protect(accountId: string, positionId: string): void;
  readonly open: number;
  state(): readonly OpenTrade[];
}

export interface OpenTrade {
  readonly accountId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly openedAt: EpochMs;
  readonly balance: Money;
  /** Volumes in the smallest of the instrument, values in volume times points. */
  volume: number;
  lots: number;
  notional: Money;
  mostLots: number;
  mostNotional: Money;
  inVolume: number;
  inValue: number;
  outVolume: number;
  outValue: number;
  profit: Money;
  protected: boolean;
  additions: number;
}

export function createTrades(resume: readonly OpenTrade[] = []): Trades {
  const open = new Map(resume.map((trade) => [keyOf(trade), { ...trade }]));
  const enter = (fill: Fill, volume: number): void => {
    const key = keyOf(fill);
    const known = open.get(key);
    const trade = known ?? opened(fill);
    if (known) known.additions += 1;
    else open.set(key, trade);
    trade.volume += volume;
    trade.lots += fill.lots;
    trade.notional += fill.notional;
    trade.inVolume += volume;
    trade.inValue += volume * fill.price;
    trade.profit += fill.realised;
    if (trade.lots > trade.mostLots) {
      trade.mostLots = trade.lots;
      trade.mostNotional = trade.notional;
    }
    if (open.size <= OPEN_MAX) return;
    const [oldest] = open.keys();
    if (oldest !== undefined) open.delete(oldest);
  };
  const leave = (fill: Fill, volume: number): Trade | null => {
    const key = keyOf(fill);
    const trade = open.get(key);
    if (!trade) return null;
    const left = Math.max(0, trade.volume - volume);
    trade.notional = trade.volume === 0 ? 0 : mulDivFloor(trade.notional, left, trade.volume);
    trade.volume = left;
    trade.lots = Math.max(0, trade.lots - fill.lots);
    trade.outVolume += volume;
    trade.outValue += volume * fill.price;
    trade.profit += fill.realised;
    if (left > 0) return null;
    open.delete(key);
    return closed(trade, fill.at);
  };
  return {
    fill: (fill, volume) => {
      if (fill.entry === 'out') return leave(fill, volume);
      enter(fill, volume);
      return null;
    },
    protect: (accountId, positionId) => {
      const trade = open.get(keyOf({ accountId, positionId }));
      if (trade) trade.protected = true;
    },
    get open() {
      return open.size;
    },
    state: () => [...open.values()].map((trade) => ({ ...trade })),
  };
}

function keyOf(of: { readonly accountId: string; readonly positionId: string }): string {
  return `${of.accountId} ${of.positionId}`;
}

function opened({ accountId, positionId, symbol, side, at, balance }: Fill): OpenTrade {
  return {
    accountId,
    positionId,
    symbol,
    side,
    openedAt: at,
    balance,
    volume: 0,
    lots: 0,
    notional: 0,
    mostLots: 0,
    mostNotional: 0,
    inVolume: 0,
    inValue: 0,
    outVolume: 0,
    outValue: 0,
    profit: 0,
    protected: false,
    additions: 0,
  };
}

function closed(trade: OpenTrade, at: EpochMs): Trade {
  const { accountId, positionId, symbol, side, openedAt, balance, profit, additions } = trade;
  return {
    type: 'trade',
    at,
    accountId,
    positionId,
    symbol,
    side,
    openedAt,
    balance,
    profit,
    additions,
    lots: trade.mostLots,
    notional: trade.mostNotional,
    openPrice: Math.round(trade.inValue / trade.inVolume),
    closePrice: Math.round(trade.outValue / trade.outVolume),
    protected: trade.protected,
  };
}
