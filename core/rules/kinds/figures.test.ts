import { describe, expect, it } from 'vitest';
import { trial, type Trial } from '../testing/trial.ts';
import { ruleKinds } from './index.ts';
import { sampleTerms } from '../rule-kind.contract.ts';

/** The figures of the latest verdict, as people read them. */
function said(account: Trial): Record<string, number> {
  const last = account.said.findLast(({ data }) => 'figures' in data);
  if (!last || !('figures' in last.data)) return {};
  return Object.fromEntries(
    last.data.figures.map(({ name, unit, value }) => [
      name,
      unit === 'money' ? value / 10_000 : unit === 'lots' ? value / 1_000_000 : value,
    ]),
  );
}

describe('a flag says the numbers behind it', () => {
  it('of size, per order, symbol and account', () => {
    const account = trial('maximumLots', { scope: 'account', limit: { lots: '5' } });
    account.open('a', { lots: 3 });
    account.open('b', { lots: 1 });
    account.open('c', { lots: 2, symbol: 'B' });
    expect(said(account)).toEqual({ lots: 6, limit: 5 });
  });

  it('of a limit that the size of the account buys', () => {
    const account = trial('maximumLots', {
      scope: 'order',
      limit: { leverage: 10, lotValue: '100000' },
    });
    account.open('a', { lots: 10.01 });
    expect(said(account)).toEqual({ lots: 10.01, limit: 10 });
  });

  it('of margin, rounded up, with a cap where nothing could be bought', () => {
    const account = trial('marginUsage', { leverage: 10, share: '40', of: 'initial' });
    account.open('a', { lots: 5 });
    expect(said(account)).toEqual({ held: 500_000, limit: 400_000, marginUsed: 500_000 });
    const void_ = trial('marginUsage', { leverage: 1, share: '40' });
    void_.book('withdrawal', -100_000);
    void_.open('a', { lots: 1 });
    expect(said(void_)).toMatchObject({ limit: 0, marginUsed: 1_000_000_000 });
  });

  it('of time limits and inactivity, in whole days', () => {
    const limit = trial('maximumDuration', { days: 3, effect: 'review' });
    limit.earn(1);
    for (let day = 0; day < 5; day += 1) limit.nextDay();
    expect(said(limit)).toEqual({ days: 4, allowed: 3 });
    const idle = trial('inactivity', { days: 2, effect: 'review' });
    idle.earn(1);
    for (let day = 0; day < 4; day += 1) idle.nextDay();
    expect(said(idle)).toEqual({ days: 2, allowed: 2 });
  });

  it('of a missing stop, a wide one, and one too far from its target', () => {
    const late = trial('stopLossRequired', { withinSeconds: 60 });
    late.open('a');
    late.wait(99);
    late.price('A', 1);
    expect(said(late)).toEqual({ withoutStop: 100, allowed: 60 });
    const wide = trial('stopLossRequired', { withinSeconds: 60, riskAtMost: '1' });
    wide.open('a');
    wide.stop('a', -120_000);
    expect(said(wide)).toEqual({ risk: 1_200, limit: 1_000 });
    const far = trial('stopToTarget', { ratio: '2' });
    far.open('a', { side: 'sell' });
    far.stop('a', 30_000, -10_000);
    expect(said(far)).toEqual({ risk: 300, reward: 100 });
  });

  it('of ideas, martingale, hedges and bets', () => {
    const idea = trial('tradeIdeaLoss', {
      amount: { percent: '2', of: 'balance' },
      measure: 'runningLoss',
      idea: 'symbol',
      gapSeconds: 60,
    });
    idea.earn(-1_000);
    idea.open('b', { lots: 10 });
    idea.price('A', -15_000);
    expect(said(idea)).toEqual({ loss: 2_500, limit: 1_980 });
    const martingale = trial('martingale', { pattern: 'afterLosses', multiplier: '2' });
    martingale.earn(-10);
    martingale.earn(-10);
    martingale.open('c', { lots: 3 });
    expect(said(martingale)).toEqual({ lots: 3, reference: 1, losses: 2 });
    const hedge = trial('hedging', {});
    hedge.open('a', { lots: 2 });
    hedge.open('b', { lots: 1 });
    hedge.open('c', { lots: 4, side: 'sell' });
    expect(said(hedge)).toEqual({ lots: 4, against: 3 });
    const bet = trial('oneTradePass', { target: { fixed: '1000' }, share: '50' });
    bet.earn(501);
    expect(said(bet)).toEqual({ profit: 501, limit: 500 });
  });

  it('of holding times and daily caps', () => {
    const each = trial('holdingTime', { seconds: 60, judged: 'each' });
    each.open('a');
    each.wait(9);
    each.close('a', 0);
    expect(said(each)).toEqual({ held: 10, atLeast: 60 });
    const share = trial('holdingTime', { seconds: 60, judged: 'share', largestShare: '10' });
    share.open('a');
    share.wait(119);
    share.close('a', 0);
    share.open('b');
    share.wait(29);
    share.close('b', 0);
    expect(said(share)).toEqual({ share: 500_000, largest: 100_000, average: 75, trades: 2 });
    const cap = trial('dailyProfitCap', { cap: { fixed: '300' } });
    cap.earn(450);
    cap.nextDay();
    expect(said(cap)).toEqual({ profit: 450, cap: 300, excess: 150 });
  });
});

describe('edges', () => {
  it('a share of short positions of exactly the largest is allowed', () => {
    const account = trial('holdingTime', { seconds: 60, judged: 'share', largestShare: '50' });
    for (const [name, seconds] of [
      ['long', 100],
      ['quick', 10],
    ] as const) {
      account.open(name);
      account.wait(seconds);
      account.close(name, 0);
    }
    expect(account.flags()).toBe(0);
  });

  it('a deposit shifts the day it comes in, whatever the day is measured from', () => {
    const floor = (anchor: string): number => {
      const account = trial('dailyLoss', {
        breachedWhen: 'below',
        anchor,
        amount: { fixed: '5000' },
      });
      account.nextDay();
      account.book('deposit', 20_000);
      const gauge = account.gauge();
      return gauge.type === 'floor' ? gauge.floor / 10_000 : 0;
    };
    for (const anchor of ['dayStartBalance', 'dayStartEquity', 'dayStartHigher', 'dayPeakEquity']) {
      expect([anchor, floor(anchor)]).toEqual([anchor, 115_000]);
    }
  });

  it('a deposit before the first trade of an account is no profitable day', () => {
    const days = (profit: string): number => {
      const account = trial('profitableDays', {
        days: 1,
        profit,
        minimum: { fixed: '500' },
        gate: 'payout',
      });
      account.book('deposit', 2_000);
      account.earn(400);
      account.nextDay();
      const gauge = account.gauge();
      return gauge.type === 'count' ? gauge.value : -1;
    };
    expect([days('balanceChange'), days('equityChange'), days('closedAndFloating')]).toEqual([
      0, 0, 0,
    ]);
  });

  it('an average of exactly the time is too short', () => {
    const average = (seconds: number): number => {
      const account = trial('holdingTime', { seconds: 120, judged: 'average' });
      account.open('a');
      account.wait(seconds - 1);
      account.close('a', 100);
      return account.flags();
    };
    expect([average(120), average(121)]).toEqual([1, 0]);
  });

  it('a position exactly old enough may close in a news window', () => {
    const close = (age: number): number => {
      const account = trial('newsWindow', {
        beforeSeconds: 60,
        afterSeconds: 60,
        exemptOpenedBeforeSeconds: 600,
      });
      account.open('a');
      account.wait(age - 1);
      account.release(1);
      account.close('a', 0);
      return account.flags();
    };
    expect([close(600), close(599)]).toEqual([0, 1]);
  });

  it('a losing streak that began too long ago begins again', () => {
    const account = trial('martingale', {
      pattern: 'afterLosses',
      multiplier: '2',
      withinHours: 1,
    });
    account.earn(-10);
    account.wait(3_700);
    account.earn(-10);
    account.open('a', { lots: 9 });
    expect(account.flags()).toBe(0);
    account.close('a', -10);
    account.open('b', { lots: 2 });
    expect(account.flags()).toBe(1);
  });

  it('a profit lock that closes on a deal keeps that deal in the peak (it came only with the next mark)', () => {
    const account = trial('balanceTrailing', {
      breachedWhen: 'below',
      distance: { fixed: '500' },
      lock: { offset: { fixed: '100' }, when: { profit: { fixed: '2000' }, of: 'balance' } },
      onPayout: 'reducePeak',
      warnAt: ['1'],
    });
    account.open('a');
    account.open('b');
    account.close('a', 2_600);
    account.close('b', -2_300);
    expect(said(account)).toMatchObject({ peak: 102_600, locked: 1, measured: 100_300 });
  });

  it("a day's own peak starts anew in the morning, the peak of all days does not", () => {
    const floor = (anchor: string): number => {
      const account = trial('dailyLoss', {
        breachedWhen: 'below',
        anchor,
        amount: { fixed: '4000' },
      });
      account.earn(5_000);
      account.earn(-3_000);
      account.nextDay();
      const gauge = account.gauge();
      return gauge.type === 'floor' ? gauge.floor / 10_000 : Number.NaN;
    };
    expect(floor('dayPeakEquity')).toBe(98_000);
    expect(floor('peakEquity')).toBe(101_000);
  });

  it('end-of-day floors follow what they say they follow', () => {
    const floor = (follows: string): number => {
      const account = trial('endOfDayTrailing', {
        breachedWhen: 'below',
        distance: { fixed: '6000' },
        follows,
      });
      account.earn(1_000);
      account.open('a', { lots: 10 });
      account.price('A', 20_000);
      account.nextDay();
      const gauge = account.gauge();
      return gauge.type === 'floor' ? gauge.floor / 10_000 : 0;
    };
    expect([floor('balance'), floor('equity'), floor('higherOfBoth')]).toEqual([
      95_000, 97_000, 97_000,
    ]);
  });

  it('an intraday floor may follow the higher of both', () => {
    const floor = (follows: string): number => {
      const account = trial('equityTrailing', {
        breachedWhen: 'below',
        distance: { fixed: '6000' },
        follows,
      });
      account.open('a', { lots: 10 });
      account.price('A', -20_000);
      account.earn(1_500);
      const gauge = account.gauge();
      return gauge.type === 'floor' ? gauge.floor / 10_000 : 0;
    };
    expect([floor('equity'), floor('higherOfBoth')]).toEqual([94_000, 95_500]);
  });

  it('a target on equity is met by open profit, and flatness can be asked for', () => {
    const met = (over: object): boolean[] => {
      const account = trial('profitTarget', {
        amount: { fixed: '1000' },
        gate: 'payout',
        measured: 'equity',
        ...over,
      } as never);
      account.open('a', { lots: 10 });
      account.price('A', 9_999);
      const before = account.met();
      account.price('A', 10_000);
      const open = account.met();
      account.close('a', 1_000);
      return [before, open, account.met()];
    };
    expect(met({ flat: false })).toEqual([false, true, true]);
    expect(met({ flat: true })).toEqual([false, false, true]);
  });
});

describe('parameters that can never work', () => {
  const contradictions = (kind: string, params: object): number => {
    const found = ruleKinds.get(kind);
    return found.contradictions(found.params.parse(params) as never, sampleTerms).length;
  };
  const floor = { breachedWhen: 'below', distance: { fixed: '5000' } };

  it('are pointed out, and those that can are not', () => {
    expect(contradictions('consistency', { share: '100' })).toBe(0);
    expect(contradictions('consistency', { share: '100.01' })).toBe(1);
    expect(contradictions('consistency', { share: ['20', '0'] })).toBe(1);
    expect(
      contradictions('lotRange', { reference: 'firstTrade', lowest: '99', highest: '100' }),
    ).toBe(0);
    expect(
      contradictions('lotRange', { reference: 'firstTrade', lowest: '100', highest: '100' }),
    ).toBe(1);
    expect(contradictions('orderCounts', {})).toBe(1);
    expect(contradictions('orderCounts', { openPositions: 1 })).toBe(0);
    const tiers = [
      { profit: '0', lots: '1' },
      { profit: '100', lots: '2' },
    ];
    expect(contradictions('contractTiers', { tiers })).toBe(0);
    expect(contradictions('contractTiers', { tiers: [...tiers].reverse() })).toBe(1);
    expect(contradictions('profitTarget', { amount: { fixed: '0' } })).toBe(1);
    expect(contradictions('profitTarget', { amount: { fixed: '0.01' } })).toBe(0);
    const lockAt = (fixed: string): object => ({
      ...floor,
      lock: { offset: { fixed }, when: 'floorReachesLock' },
    });
    expect(contradictions('equityTrailing', lockAt('-5000'))).toBe(0);
    expect(contradictions('equityTrailing', lockAt('-5000.01'))).toBe(1);
  });
});
