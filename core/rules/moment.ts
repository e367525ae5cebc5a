import type { AccountTerms, BalanceOperation, Deal } from '#core/accounts/account.ts';
import { microLots } from '#core/accounts/held-position.ts';
import type { Position } from '#core/accounts/positions.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { TradingDay } from '#core/time/time.ts';
import type { DealMoment, Moment, PayoutMoment } from './rule-kind.ts';

/** What rules need to know about a deal that has just been booked. */
export function dealMoment(
  deal: Deal,
  before: Position | null | undefined,
  around: {
    readonly day: TradingDay | null;
    readonly instrument: Instrument | undefined;
    readonly symbolFlatAfter: boolean;
  },
): DealMoment {
  const { day, instrument, symbolFlatAfter } = around;
  const held = before?.volume ?? 0;
  const after = deal.entry === 'in' ? held + deal.volume : Math.max(0, held - deal.volume);
  return {
    positionId: deal.positionId,
    entry: deal.entry,
    symbol: deal.symbol,
    side: before?.side ?? deal.side,
    lots: microLots(deal.volume, instrument),
    lotsAfter: microLots(after, instrument),
    openedAt: before?.openedAt ?? deal.at,
    opensPosition: deal.entry === 'in' && !before,
    openedSameDay: !!before && day !== null && before.openedAt >= day.opensAt,
    symbolFlatAfter,
  };
}

export function payoutMoment(operation: BalanceOperation): PayoutMoment | null {
  if (operation.type !== 'payout') return null;
  const amount = -operation.amount;
  return { amount, traderShare: operation.traderShare ?? amount };
}

export function realisedByDeal(deal: Deal): number {
  return deal.profit + deal.commission + deal.swap + deal.fee;
}

/** An account at the instant it opens: nothing booked, nothing open. */
export function openingMoment(terms: AccountTerms): Moment {
  return {
    cause: 'mark',
    at: terms.openedAt ?? 0,
    balance: terms.startBalance,
    equity: terms.startBalance,
    openPositions: 0,
    day: null,
    deal: null,
    capitalFlow: 0,
    realised: 0,
    payout: null,
    cutOff: null,
    positions: () => [],
    news: () => [],
  };
}
