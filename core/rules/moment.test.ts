import { describe, expect, it } from 'vitest';
import type { Deal } from '#core/accounts/account.ts';
import type { Position } from '#core/accounts/positions.ts';
import { dealMoment, payoutMoment, realisedByDeal } from './moment.ts';

const deal: Deal = {
  accountId: 'account',
  dealId: 'deal',
  positionId: 'position',
  symbol: 'A',
  side: 'buy',
  entry: 'in',
  volume: 30,
  price: 1,
  profit: 1_000,
  commission: -70,
  swap: -20,
  fee: -3,
  at: 5_000,
};
const held: Position = {
  positionId: 'position',
  symbol: 'A',
  side: 'buy',
  volume: 50,
  openValue: 0,
  openedAt: 1_000,
};
const day = { key: '2026-01-05', opensAt: 1_000, closesAt: 9_000 };
const around = { day, instrument: undefined, symbolFlatAfter: false };

describe('what rules hear of a deal', () => {
  it('is what it realises with all its costs', () => {
    expect(realisedByDeal(deal)).toBe(907);
  });

  it('is what the position holds afterwards', () => {
    const lots = (over: Partial<Deal>, before: Position | null): number =>
      dealMoment({ ...deal, ...over }, before, around).lotsAfter / 1_000_000;
    expect(lots({}, null)).toBe(30);
    expect(lots({}, held)).toBe(80);
    expect(lots({ entry: 'out', side: 'sell' }, held)).toBe(20);
    expect(lots({ entry: 'out', side: 'sell', volume: 50 }, held)).toBe(0);
  });

  it('is whether it opens, on which side, since when, and whether in this very day', () => {
    expect(dealMoment(deal, null, around)).toMatchObject({
      opensPosition: true,
      openedSameDay: false,
      openedAt: 5_000,
      side: 'buy',
    });
    const closing = { ...deal, entry: 'out', side: 'sell' } as const;
    expect(dealMoment(closing, held, around)).toMatchObject({
      opensPosition: false,
      openedSameDay: true,
      openedAt: 1_000,
      side: 'buy',
    });
    const yesterday = { ...held, openedAt: 999 };
    expect(dealMoment(closing, yesterday, around).openedSameDay).toBe(false);
    expect(dealMoment(closing, held, { ...around, day: null }).openedSameDay).toBe(false);
    expect(dealMoment(deal, held, around).opensPosition).toBe(false);
  });

  it('is a payout only when it is one, the whole to the trader unless said otherwise', () => {
    const operation = { accountId: 'a', operationId: 'o', comment: '', at: 1 } as const;
    expect(payoutMoment({ ...operation, type: 'withdrawal', amount: -5 })).toBeNull();
    expect(payoutMoment({ ...operation, type: 'payout', amount: -5 })).toEqual({
      amount: 5,
      traderShare: 5,
    });
    expect(payoutMoment({ ...operation, type: 'payout', amount: -5, traderShare: 4 })).toEqual({
      amount: 5,
      traderShare: 4,
    });
  });
});
