import { describe, expect, it } from 'vitest';
import { trial, type Trial } from '../testing/trial.ts';

describe('maximum size', () => {
  const lots = (over: object): Trial =>
    trial('maximumLots', { limit: { lots: '5' }, ...over } as never);

  it('allows exactly the limit and flags the first lot beyond it', () => {
    const account = lots({ scope: 'account' });
    account.open('a', { lots: 3 });
    account.open('b', { lots: 2, symbol: 'B', side: 'sell' });
    expect(account.flags()).toBe(0);
    account.open('c', { lots: 0.01 });
    expect(account.flags()).toBe(1);
  });

  it('counts both sides gross, and one against the other net', () => {
    const hedge = (counted: string): number => {
      const account = lots({ scope: 'symbol', counted });
      account.open('a', { lots: 4 });
      account.open('b', { lots: 4, side: 'sell' });
      return account.flags();
    };
    expect([hedge('gross'), hedge('net')]).toEqual([1, 0]);
  });

  it('looks at one order alone, at one symbol alone, or at all', () => {
    const spread = (scope: string): number => {
      const account = lots({ scope });
      account.open('a', { lots: 4 });
      account.open('b', { lots: 4, symbol: 'B' });
      return account.flags();
    };
    expect([spread('order'), spread('symbol'), spread('account')]).toEqual([0, 0, 1]);
  });

  it('weighs micro contracts, and says nothing when a position shrinks', () => {
    const account = lots({ scope: 'account', weights: [{ symbol: 'MICRO', share: '10' }] });
    account.open('a', { lots: 50, symbol: 'MICRO' });
    expect(account.flags()).toBe(0);
    account.open('b', { lots: 0.1, symbol: 'MICRO' });
    expect(account.flags()).toBe(1);
    account.close('a', 0, 1);
    expect(account.flags()).toBe(1);
  });

  it('fails the account when that is its effect, or after the strikes allowed', () => {
    const hard = lots({ scope: 'order', effect: 'fail' });
    hard.open('a', { lots: 6 });
    expect(hard.status()).toBe('failed');
    const strikes = lots({ scope: 'order', effect: 'warn', strikes: { allowed: 2, next: 'fail' } });
    strikes.open('a', { lots: 6 });
    strikes.open('b', { lots: 6 });
    expect([strikes.flags(), strikes.status()]).toEqual([2, 'active']);
    strikes.open('c', { lots: 6 });
    expect([strikes.flags(), strikes.status()]).toEqual([2, 'failed']);
  });
});

describe('scaling plan', () => {
  const tiers = [
    { profit: '0', lots: '2' },
    { profit: '1500', lots: '3' },
    { profit: '2000', when: 'exceeds', lots: '5' },
  ];
  const allowed = (account: Trial): number => {
    for (let lots = 1; lots < 9; lots += 1) {
      const before = account.flags();
      account.open(`try${lots}`, { lots });
      const over = account.flags() > before;
      account.close(`try${lots}`, 0);
      if (over) return lots - 1;
    }
    return 9;
  };

  it('takes effect at the next session, with edges that belong where they are said to', () => {
    const at = (profit: number): number => {
      const account = trial('contractTiers', { tiers });
      account.earn(profit);
      const before = allowed(account);
      account.nextDay();
      expect(before).toBe(2);
      return allowed(account);
    };
    expect([at(1_499.99), at(1_500), at(2_000), at(2_000.01)]).toEqual([2, 3, 3, 5]);
  });

  it('leads back down after losses, unless it says otherwise', () => {
    const after = (stepsDown: boolean): number => {
      const account = trial('contractTiers', { tiers, stepsDown });
      account.earn(3_000);
      account.nextDay();
      account.earn(-2_000);
      account.nextDay();
      return allowed(account);
    };
    expect([after(true), after(false)]).toEqual([2, 5]);
  });
});

describe('stops', () => {
  it('leave the count of lots at risk at break-even or better', () => {
    const account = trial('lotsAtRisk', { lots: '2' });
    account.open('a', { lots: 2 });
    account.stop('a', 0);
    account.open('b', { lots: 2 });
    expect(account.flags()).toBe(0);
    account.stop('a', -10);
    expect(account.flags()).toBe(1);
  });

  it('must stand within the time from the fill, to the second, and are missed once', () => {
    const after = (seconds: number): number => {
      const account = trial('stopLossRequired', { withinSeconds: 60 });
      account.open('a');
      account.wait(seconds - 1);
      account.price('A', 1);
      account.price('A', 2);
      return account.flags();
    };
    expect([after(59), after(61)]).toEqual([0, 1]);
  });

  it('that are taken away later do not start the time again', () => {
    const account = trial('stopLossRequired', { withinSeconds: 60 });
    account.open('a');
    account.stop('a', -100);
    account.wait(300);
    account.price('A', 1);
    expect(account.flags()).toBe(0);
    account.stop('a', null);
    expect(account.flags()).toBe(1);
  });

  it('may risk exactly the share allowed', () => {
    // One lot loses 0.01 of money per point: 150,000 points are 1,500, or 1.5 % of 100,000.
    const at = (points: number): number => {
      const account = trial('stopLossRequired', { withinSeconds: 60, riskAtMost: '1.5' });
      account.open('a');
      account.stop('a', -points);
      return account.flags();
    };
    expect([at(150_000), at(150_001)]).toEqual([0, 1]);
  });

  it('may lie so many times as far as the target', () => {
    const at = (target: number): number => {
      const account = trial('stopToTarget', { ratio: '5' });
      account.open('a');
      account.stop('a', -500, target);
      return account.flags();
    };
    expect([at(100), at(99)]).toEqual([0, 1]);
  });
});

describe('risk of a trade idea', () => {
  const rule = (over: object): Trial =>
    trial('tradeIdeaLoss', {
      amount: { percent: '2', of: 'initial' },
      measure: 'runningLoss',
      idea: 'symbol',
      effect: 'fail',
      ...over,
    } as never);

  it('adds what is lost to the worst that was open, and touches by its operator', () => {
    const lose = (breachedWhen: string): string => {
      const account = rule({ breachedWhen });
      account.open('a');
      account.open('b');
      account.close('a', -1_500);
      account.close('b', -500);
      return account.status();
    };
    expect([lose('reaches'), lose('exceeds')]).toEqual(['failed', 'active']);
  });

  it('is not cured by winning later', () => {
    const account = rule({ effect: 'warn' });
    account.open('a', { lots: 10 });
    account.price('A', -25_000);
    expect(account.flags()).toBe(1);
    account.price('A', 50_000);
    account.close('a', 5_000);
    expect(account.flags()).toBe(1);
  });

  it('tells ideas apart by symbol, by side, and by the time between them', () => {
    const two = (over: object, second: object, wait = 0): string => {
      const account = rule(over);
      account.open('a');
      account.close('a', -1_500);
      account.wait(wait);
      account.open('b', second);
      account.close('b', -1_500);
      return account.status();
    };
    expect(two({ gapSeconds: 3_600 }, {})).toBe('failed');
    expect(two({ gapSeconds: 3_600 }, {}, 4_000)).toBe('active');
    expect(two({ gapSeconds: 3_600 }, { symbol: 'B' })).toBe('active');
    expect(two({ gapSeconds: 3_600 }, { side: 'sell' })).toBe('failed');
    expect(two({ gapSeconds: 3_600, idea: 'symbolAndSide' }, { side: 'sell' })).toBe('active');
    expect(two({ gapSeconds: 3_600, idea: 'position' }, {})).toBe('active');
  });

  it('looks at the open loss alone when it floats, again and again', () => {
    const account = rule({ measure: 'floating', effect: 'warn' });
    account.open('a');
    account.close('a', -5_000);
    expect(account.flags()).toBe(0);
    account.open('b', { lots: 10 });
    account.price('A', -20_000);
    expect(account.flags()).toBe(0);
    account.price('A', -20_001);
    expect(account.flags()).toBe(1);
    account.price('A', 0);
    account.price('A', -30_000);
    expect(account.flags()).toBe(2);
  });

  it('takes the widest stop ever set, or a share of the profit the day began with', () => {
    const stop = rule({ measure: 'stopDistance', effect: 'warn' });
    stop.open('a');
    stop.stop('a', -200_001);
    expect(stop.flags()).toBe(1);
    const excursion = rule({
      amount: { percent: '30', of: 'dayStartProfit', atLeast: '2500' },
      measure: 'floating',
      effect: 'warn',
    });
    excursion.earn(10_000);
    excursion.nextDay();
    excursion.open('a', { lots: 10 });
    excursion.price('A', -30_000);
    expect(excursion.flags()).toBe(0);
    excursion.price('A', -30_001);
    expect(excursion.flags()).toBe(1);
  });
});

describe('margin usage', () => {
  it('compares value held with buying power, over all or on one side of one symbol', () => {
    const hold = (scope: string, lots: number): number => {
      const account = trial('marginUsage', { leverage: 10, share: '40', scope, of: 'initial' });
      account.open('a', { lots });
      account.open('b', { lots, side: 'sell' });
      return account.flags();
    };
    // A lot holds 100,000; 40 % of 1,000,000 are four lots.
    expect([hold('account', 2), hold('account', 2.01)]).toEqual([0, 1]);
    expect([hold('symbolAndSide', 4), hold('symbolAndSide', 4.01)]).toEqual([0, 2]);
  });
});

describe('news windows', () => {
  const rule = (over: object = {}): Trial =>
    trial('newsWindow', { beforeSeconds: 120, afterSeconds: 120, ...over } as never);

  it('are closed at both ends, and lengthen with a speech', () => {
    const opensAt = (seconds: number, lasts = 0): number => {
      const account = rule();
      account.price('A', 0);
      account.release(1_000, lasts);
      account.wait(1_000 + seconds - 1);
      account.open('a');
      return account.flags();
    };
    expect([opensAt(-121), opensAt(-120), opensAt(120), opensAt(121)]).toEqual([0, 1, 1, 0]);
    expect([opensAt(620, 500), opensAt(621, 500)]).toEqual([1, 0]);
  });

  it('mind closing too, unless the position is old enough', () => {
    const close = (over: object): number => {
      const account = rule(over);
      account.open('a');
      account.release(3_600);
      account.wait(3_600);
      account.close('a', 500);
      return account.flags();
    };
    expect(close({})).toBe(1);
    expect(close({ exemptOpenedBeforeSeconds: 3_000 })).toBe(0);
    expect(close({ actions: ['open'] })).toBe(0);
    expect(close({ onlyOpenedAndClosedInside: true })).toBe(0);
  });

  it('take profit made inside out of a payout, or count a share of it', () => {
    const made = (countedShare: string): number => {
      const account = rule({ effect: 'deductProfit', countedShare });
      account.earn(10_000);
      account.open('a');
      account.release(60);
      account.wait(60);
      account.close('a', 3_000);
      return account.withheld();
    };
    expect([made('0'), made('40')]).toEqual([3_000, 1_800]);
  });

  it('forget what was withheld once it was paid out around', () => {
    const account = rule({ effect: 'deductProfit' });
    account.open('a');
    account.release(60);
    account.wait(60);
    account.close('a', 3_000);
    account.payout(100);
    expect(account.withheld()).toBe(0);
  });
});

describe('positions held over', () => {
  it('the night flag every evening, over the weekend on Friday alone', () => {
    const flags = (over: string): number[] => {
      const account = trial('heldOver', { over });
      account.open('a');
      return Array.from({ length: 6 }, () => {
        account.nextDay();
        return account.flags();
      });
    };
    expect(flags('everyNight')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(flags('weekend')).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('past a time of day flag at that time, whatever the roll-over', () => {
    const by = { zone: 'America/Chicago', time: '15:10' };
    const account = trial('heldOver', { over: 'everyNight', by });
    account.open('a');
    account.nextDay();
    expect(account.flags()).toBe(0);
    account.cutOff(by);
    expect(account.flags()).toBe(1);
    account.close('a', 0);
    account.cutOff(by);
    expect(account.flags()).toBe(1);
    // Another rule's time is none of its business.
    account.open('b');
    account.cutOff({ zone: 'America/Chicago', time: '16:00' });
    expect(account.flags()).toBe(1);
  });

  it('past a time of day before the weekend flag on Friday alone', () => {
    const by = { zone: 'UTC', time: '15:10' };
    const account = trial('heldOver', { over: 'weekend', by });
    account.open('a');
    const flags = Array.from({ length: 6 }, () => {
      account.cutOff(by);
      account.nextDay();
      return account.flags();
    });
    // The first day is a Monday.
    expect(flags).toEqual([0, 0, 0, 0, 1, 1]);
  });

  it('may be only those closed in part', () => {
    const account = trial('heldOver', { over: 'everyNight', which: 'partlyClosed' });
    account.open('a', { lots: 2 });
    account.nextDay();
    expect(account.flags()).toBe(0);
    account.close('a', 0, 1);
    account.nextDay();
    expect(account.flags()).toBe(1);
    account.close('a', 0);
    account.nextDay();
    expect(account.flags()).toBe(1);
  });
});

describe('strikes', () => {
  it('before the last ask for a warning, also where the rule itself would end the account', () => {
    const account = trial('maximumLots', {
      scope: 'order',
      limit: { lots: '1' },
      effect: 'fail',
      strikes: { allowed: 2, next: 'fail' },
    });
    for (const name of ['a', 'b', 'c']) account.open(name, { lots: 2 });
    const flags = account.said.flatMap((one) =>
      one.kind === 'conductFlagged' ? [[one.data.strike, one.data.effect]] : [],
    );
    expect(flags).toEqual([
      [1, 'warn'],
      [2, 'warn'],
    ]);
    expect(account.status()).toBe('failed');
  });
});

describe('an allowance from the profit that the day began with', () => {
  it('stays what it was in the morning, whatever the day brings', () => {
    const account = trial('tradeIdeaLoss', {
      amount: { percent: '50', of: 'dayStartProfit', atLeast: '100' },
      measure: 'runningLoss',
      idea: 'position',
    });
    account.earn(4_000);
    account.nextDay();
    // Half of 4,000 is allowed today, also after another 4,000.
    account.earn(4_000);
    account.open('a');
    account.close('a', -2_500);
    expect(account.flags()).toBe(1);
  });
});

describe('holding time', () => {
  const trade = (account: Trial, name: string, seconds: number, lots = 1, profit = 0): void => {
    account.open(name, { lots });
    account.wait(seconds - 1);
    account.close(name, profit);
  };

  it('of each position is at least so long, to the second', () => {
    const account = trial('holdingTime', { seconds: 60, judged: 'each' });
    trade(account, 'a', 60);
    expect(account.flags()).toBe(0);
    trade(account, 'b', 59);
    trade(account, 'c', 59);
    expect(account.flags()).toBe(2);
  });

  it('of a share is judged by trades, lots or profit, and said once while it lasts', () => {
    const share = (shareOf: string): number => {
      const account = trial('holdingTime', {
        seconds: 60,
        judged: 'share',
        shareOf,
        largestShare: '50',
      });
      trade(account, 'long', 100, 1, 500);
      trade(account, 'quick', 10, 3, 100);
      trade(account, 'again', 10, 0.01, 0);
      return account.flags();
    };
    expect([share('trades'), share('lots'), share('profit')]).toEqual([1, 1, 0]);
  });

  it('on average must be longer, and long trades must make their share of profit', () => {
    const average = (second: number, profit: number): number => {
      const account = trial('holdingTime', { seconds: 120, judged: 'average', largestShare: '50' });
      trade(account, 'long', 300, 1, 500);
      trade(account, 'quick', second, 1, profit);
      return account.flags();
    };
    expect([average(10, 400), average(10, 600)]).toEqual([0, 1]);
  });

  it('withholds what short positions earned when that is its effect', () => {
    const account = trial('holdingTime', { seconds: 60, judged: 'each', effect: 'deductProfit' });
    trade(account, 'a', 10, 1, 700);
    trade(account, 'b', 10, 1, -200);
    expect(account.withheld()).toBe(700);
  });
});

describe('conduct that hints at intent', () => {
  it('flags opposite positions in one symbol or a group of them, never fails', () => {
    const account = trial('hedging', { groups: [['A', 'MICRO']] });
    account.open('a');
    account.open('b', { side: 'sell', symbol: 'B' });
    expect(account.flags()).toBe(0);
    account.open('c', { side: 'sell', symbol: 'MICRO' });
    account.open('d', { side: 'sell' });
    expect([account.flags(), account.status()]).toEqual([2, 'active']);
  });

  it('lets opposite positions pass that did not stand long against each other', () => {
    const held = (seconds: number): number => {
      const account = trial('hedging', { toleranceSeconds: 10 });
      account.open('a');
      account.open('b', { side: 'sell' });
      account.wait(seconds - 1);
      account.close('b', 0);
      return account.flags();
    };
    expect([held(9), held(10)]).toEqual([0, 1]);
  });

  it('flags a size after losses that reaches the multiple of the first loser, within the time', () => {
    const next = (lots: number, wait = 0, last = -10): number => {
      const account = trial('martingale', { pattern: 'afterLosses', multiplier: '2' });
      for (const profit of [-10, last]) account.earn(profit);
      account.wait(wait);
      account.open('next', { lots });
      return account.flags();
    };
    expect([next(1.99), next(2), next(2, 7 * 3_600), next(2, 0, 10)]).toEqual([0, 1, 0, 0]);
  });

  it('flags adding to a loser by more than the multiple', () => {
    const add = (points: number, lots: number): number => {
      const account = trial('martingale', { pattern: 'intoDrawdown', multiplier: '1' });
      account.open('a');
      account.price('A', points);
      account.open('b', { lots });
      return account.flags();
    };
    expect([add(-10, 1), add(-10, 1.01), add(10, 5)]).toEqual([0, 1, 0]);
  });

  it('flags a target made by one group, once', () => {
    const account = trial('oneTradePass', { target: { fixed: '8000' }, share: '70' });
    account.open('a');
    account.open('b');
    account.close('a', 3_000);
    account.close('b', 2_600);
    expect(account.flags()).toBe(0);
    account.open('c');
    account.open('d');
    account.close('c', 5_600.01);
    account.close('d', 100);
    expect(account.flags()).toBe(1);
  });

  it('counts positions open at a time and opened in a day', () => {
    const account = trial('orderCounts', { openPositions: 2, openedPerDay: 3 });
    account.open('a');
    account.open('b');
    expect(account.flags()).toBe(0);
    account.open('c');
    expect(account.flags()).toBe(1);
    for (const name of ['a', 'b', 'c']) account.close(name, 0);
    account.open('d');
    expect(account.flags()).toBe(2);
    account.nextDay();
    account.open('e');
    expect(account.flags()).toBe(2);
  });
});

describe('time', () => {
  it('runs out for a phase from its opening or its first trade, and says so once', () => {
    const flags = (from: string): number[] => {
      const account = trial('maximumDuration', { days: 3, from, effect: 'review' });
      account.nextDay();
      account.earn(1);
      return Array.from({ length: 5 }, () => {
        account.nextDay();
        return account.flags();
      });
    };
    expect(flags('opening')).toEqual([0, 0, 1, 1, 1]);
    expect(flags('firstTrade')).toEqual([0, 0, 0, 1, 1]);
  });

  it('ends an account that does nothing, unless a position is open', () => {
    const days = (open: boolean, activity = 'anyDeal'): number => {
      const account = trial('inactivity', { days: 2, activity });
      account.open('a');
      if (!open) account.close('a', 0);
      for (let day = 1; day < 8; day += 1) {
        account.nextDay();
        if (account.status() === 'failed') return day;
      }
      return -1;
    };
    expect([days(false), days(true), days(false, 'opened')]).toEqual([3, -1, 3]);
  });
});

describe('daily profit cap', () => {
  it('withholds what lies beyond it, day by day, until a payout', () => {
    const account = trial('dailyProfitCap', { cap: { fixed: '3000' }, effect: 'deductProfit' });
    account.earn(4_200);
    expect(account.withheld()).toBe(1_200);
    account.nextDay();
    account.earn(3_500);
    account.nextDay();
    expect([account.withheld(), account.flags(), account.status()]).toEqual([1_700, 2, 'active']);
    account.payout(1_000);
    expect(account.withheld()).toBe(0);
  });
});
