import { describe, expect, it } from 'vitest';
import { payoutPolicySchema } from '#core/payouts/policy.ts';
import { NOTHING_PAID, owedOf, owedOn, owedSharePpm } from './owed.ts';

const USD = 10_000;
const plain = payoutPolicySchema.parse({ share: '50', split: { byNumber: ['80', '90'] } });
const tiers = payoutPolicySchema.parse({
  split: { byPaid: [{ upTo: '100', percent: '50' }, { percent: '90' }] },
});

describe('what a trader has coming', () => {
  it('is the trader’s part of the share of profit that may leave', () => {
    expect(owedOf(plain, 1_000 * USD, NOTHING_PAID)).toBe(400 * USD);
    expect(owedOf(plain, 1_000 * USD, { payouts: 1, paidToTrader: 0 })).toBe(450 * USD);
    expect(owedOf(plain, 0, NOTHING_PAID)).toBe(0);
    expect(owedOf(plain, -1_000 * USD, NOTHING_PAID)).toBe(0);
  });

  it('is of closed profit less open losses now, and of all of it if everything closed', () => {
    const account = { policy: plain, start: 100_000 * USD, before: NOTHING_PAID };
    const at = (balance: number, equity: number) =>
      owedOn(account, { balance: balance * USD, equity: equity * USD });
    expect(at(101_000, 103_000)).toEqual({ payable: 400 * USD, ifClosed: 1_200 * USD });
    expect(at(101_000, 100_500)).toEqual({ payable: 200 * USD, ifClosed: 200 * USD });
    expect(at(101_000, 99_000)).toEqual({ payable: 0, ifClosed: 0 });
    expect(at(99_000, 101_000)).toEqual({ payable: 0, ifClosed: 400 * USD });
  });

  it('has a share that gives it back, for the shocks that a desk tries', () => {
    expect(owedSharePpm(plain, 1_000 * USD, NOTHING_PAID)).toBe(400_000);
    expect(owedSharePpm(plain, -5, NOTHING_PAID)).toBe(400_000);
    const profit = 1_000 * USD;
    const share = owedSharePpm(tiers, profit, NOTHING_PAID);
    expect(
      Math.abs((profit * share) / 1_000_000 - owedOf(tiers, profit, NOTHING_PAID)),
    ).toBeLessThan(11);
  });
});
