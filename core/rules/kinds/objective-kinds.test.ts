import { describe, expect, it } from 'vitest';
import { trial, type Trial } from '../testing/trial.ts';

function count(account: Trial): number {
  const gauge = account.gauge();
  return gauge.type === 'count' ? gauge.value : -1;
}

describe('profitable days', () => {
  const rule = (profit: string, over: object = {}): Trial =>
    trial('profitableDays', {
      days: 3,
      profit,
      minimum: { fixed: '500' },
      gate: 'payout',
      ...over,
    } as never);

  it('count at the minimum, or only above it', () => {
    const at = (reached: string, profit: number): number => {
      const account = rule('closed', { reached });
      account.earn(profit);
      account.nextDay();
      return count(account);
    };
    expect([at('atLeast', 500), at('atLeast', 499.99)]).toEqual([1, 0]);
    expect([at('moreThan', 500), at('moreThan', 500.01)]).toEqual([0, 1]);
  });

  it('by closed trades ignore what is open; less floating losses do not; with floating they add it', () => {
    const day = (profit: string, closed: number, points: number): number => {
      const account = rule(profit);
      account.earn(closed);
      account.open('a');
      account.price('A', points);
      account.nextDay();
      return count(account);
    };
    // A lot earns or loses 0.01 a point.
    expect(day('closed', 500, -50_000)).toBe(1);
    expect(day('closedLessFloatingLoss', 500, -100)).toBe(0);
    expect(day('closedLessFloatingLoss', 400, 50_000)).toBe(0);
    expect(day('closedAndFloating', 400, 10_000)).toBe(1);
    expect(day('balanceChange', 500, -50_000)).toBe(1);
    expect(day('equityChange', 400, 10_000)).toBe(1);
    expect(day('equityChange', 500, -100)).toBe(0);
  });

  it('by equity start each day from the equity it began with', () => {
    const account = rule('equityChange');
    account.open('a');
    account.price('A', 50_000);
    account.nextDay();
    account.nextDay();
    expect(count(account)).toBe(1);
  });

  it('by the day of opening find their day later', () => {
    const account = rule('byOpeningDay');
    account.open('a');
    account.open('b');
    account.close('a', 300);
    account.nextDay();
    expect(count(account)).toBe(0);
    account.close('b', 200);
    account.nextDay();
    expect(count(account)).toBe(1);
  });

  it('are no days of deposits, bonuses and payouts', () => {
    const account = rule('balanceChange', { resets: 'never' });
    account.book('deposit', 5_000);
    account.book('bonus', 5_000);
    account.nextDay();
    expect(count(account)).toBe(0);
    account.earn(600);
    account.payout(600);
    account.nextDay();
    expect(count(account)).toBe(1);
  });

  it('start again after a payout, and never when so said', () => {
    const after = (resets: string): number => {
      const account = rule('closed', { resets });
      account.earn(600);
      account.nextDay();
      account.payout(100);
      return count(account);
    };
    expect([after('afterPayout'), after('never')]).toEqual([0, 1]);
  });

  it('beside a best day must bring their share of it, and lose it when a better day comes', () => {
    const account = rule('closed', { ofBestDay: '23' });
    account.earn(500);
    account.nextDay();
    expect(count(account)).toBe(1);
    account.earn(2_200);
    account.nextDay();
    expect(count(account)).toBe(1);
  });

  it('stay counted when there are more of them than are remembered', () => {
    const account = rule('closed', { days: 30 });
    for (let day = 0; day < 30; day += 1) {
      account.earn(500);
      account.nextDay();
    }
    expect(account.met()).toBe(true);
  });
});

describe('consistency', () => {
  const rule = (over: object = {}): Trial =>
    trial('consistency', { share: '40', gate: 'payout', ...over } as never);
  const days = (account: Trial, profits: readonly number[]): Trial => {
    for (const profit of profits) {
      account.earn(profit);
      account.nextDay();
    }
    return account;
  };

  it('passes at exactly the share, or fails at it, by its operator', () => {
    const exact = [400, 300, 300];
    expect(days(rule(), exact).met()).toBe(true);
    expect(days(rule({ allowed: 'below' }), exact).met()).toBe(false);
    expect(days(rule({ allowed: 'below' }), [...exact, 0.01]).met()).toBe(true);
  });

  it('can be lost again', () => {
    const account = days(rule(), [1_000, 1_000, 1_000]);
    expect(account.met()).toBe(true);
    days(account, [5_200]);
    expect(account.met()).toBe(false);
  });

  it('nets losing days, or sums winning ones, or counts from the start', () => {
    const history = [400, -300, 300, 300];
    expect(days(rule(), history).met()).toBe(false);
    expect(days(rule({ of: 'profitableDays' }), history).met()).toBe(true);
    expect(days(rule({ of: 'profitFromInitial' }), history).met()).toBe(false);
  });

  it('of a target looks at the day alone', () => {
    const of = { target: { fixed: '1000' } };
    expect(days(rule({ of }), [400]).met()).toBe(true);
    expect(days(rule({ of }), [400.01]).met()).toBe(false);
    expect(rule({ of }).met()).toBe(true);
  });

  it('is never met without profit', () => {
    expect(rule().met()).toBe(false);
    expect(days(rule(), [100, -100]).met()).toBe(false);
  });

  it('goes by trades, days or both', () => {
    const twoTrades = (unit: string): boolean => {
      const account = rule({ unit });
      account.earn(400);
      account.earn(400);
      account.nextDay();
      account.earn(400);
      account.nextDay();
      return account.met();
    };
    expect([twoTrades('trade'), twoTrades('day'), twoTrades('dayOrTrade')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('says from which profit on it fits, and which best day would', () => {
    const gauge = days(rule({ share: '20' }), [1_000, 500]).gauge();
    expect(gauge).toMatchObject({
      type: 'share',
      total: 5_000_0000,
      value: 1_500_0000,
      most: 300_0000,
    });
    const below = days(rule({ share: '20', allowed: 'below' }), [1_000, 500]).gauge();
    expect(below).toMatchObject({ total: 5_000_0001, most: 299_9999 });
  });

  it('moves on with the number of the payout, its last share staying', () => {
    const account = rule({ share: ['20', '25', '30'] });
    const limits = [0, 1, 2, 3].map(() => {
      const gauge = account.gauge();
      account.earn(100);
      account.payout(10);
      return gauge.type === 'share' ? gauge.limit / 10_000 : 0;
    });
    expect(limits).toEqual([20, 25, 30, 30]);
  });

  it('starts again after a payout, or never', () => {
    const after = (resets: string): number => {
      const account = days(rule({ resets }), [1_000]);
      account.payout(100);
      const gauge = account.gauge();
      return gauge.type === 'share' ? gauge.value / 10_000 : -1;
    };
    expect([after('afterPayout'), after('never')]).toEqual([0, 1_000]);
  });
});

describe('lot-size consistency', () => {
  const orders = (over: object, lots: readonly number[], gap = 600): Trial => {
    const account = trial('lotRange', {
      reference: 'averageClosed',
      lowest: '50',
      highest: '150',
      gate: 'payout',
      ...over,
    } as never);
    for (const [at, one] of lots.entries()) {
      account.open(`p${at}`, { lots: one });
      account.close(`p${at}`, 0);
      account.wait(gap);
    }
    return account;
  };

  it('compares every closed order with their average, which moves', () => {
    expect(orders({}, [1, 1, 1]).met()).toBe(true);
    expect(orders({}, [1, 1, 1.75]).met()).toBe(true);
    expect(orders({}, [1, 1, 3]).met()).toBe(false);
    expect(orders({}, [1, 1, 3, 3, 3, 3]).met()).toBe(false);
    expect(orders({}, []).met()).toBe(false);
  });

  it('around the first trade takes trades within the cluster for one', () => {
    const first = { reference: 'firstTrade', lowest: '70', highest: '130', clusterSeconds: 180 };
    expect(orders(first, [2, 2.6, 1.4]).met()).toBe(true);
    expect(orders(first, [2, 2.61]).met()).toBe(false);
    expect(orders(first, [1, 1], 10).met()).toBe(true);
    expect(orders({ ...first, clusterSeconds: 0 }, [1, 0.5], 10).met()).toBe(false);
  });
});

describe('trading days', () => {
  const rule = (countedWhen: string): Trial =>
    trial('minimumTradingDays', { days: 2, countedWhen, gate: 'payout' });

  it('count by six definitions', () => {
    const definitions = [
      'positionOpened',
      'openedAndClosed',
      'returnedToFlat',
      'heldLongEnough',
      'closed',
      'anyDeal',
    ];
    const counted = definitions.map((definition) => {
      const account = rule(definition);
      account.open('a');
      const counts = [count(account)];
      account.nextDay();
      account.close('a', 0, 0.5);
      counts.push(count(account));
      account.close('a', 0);
      counts.push(count(account));
      account.nextDay();
      account.open('b');
      account.wait(30);
      account.close('b', 0);
      counts.push(count(account));
      return counts;
    });
    expect(counted).toEqual([
      [1, 1, 1, 2],
      [0, 0, 0, 1],
      [0, 0, 1, 2],
      [0, 1, 1, 1],
      [0, 1, 1, 2],
      [1, 2, 2, 3],
    ]);
  });
});

describe('profit targets', () => {
  it('once reached on the balance stay met while positions open and close; passing waits for flat', () => {
    // Each new position had taken the target back, and each close had given it again.
    const account = trial('profitTarget', { amount: { fixed: '1000' } });
    account.open('a');
    account.open('b');
    account.close('a', 1_000);
    expect([account.met(), account.status()]).toEqual([true, 'active']);
    account.open('c');
    account.close('b', 0);
    expect([account.met(), account.status()]).toEqual([true, 'active']);
    account.close('c', 0);
    expect(account.status()).toBe('passed');
    const changes = account.said.filter(({ kind }) => kind.startsWith('objective'));
    expect(changes.map(({ kind }) => kind)).toEqual(['objectiveMet']);
  });

  const rule = (over: object): Trial =>
    trial('profitTarget', { amount: { percentOfInitial: '10' }, gate: 'payout', ...over } as never);
  const target = (account: Trial): number[] => {
    const gauge = account.gauge();
    return gauge.type === 'target' ? [gauge.start / 10_000, gauge.target / 10_000] : [];
  };

  it('count what was paid out, when so said', () => {
    const account = rule({ countsPayouts: true });
    account.earn(2_400);
    account.payout(2_400, 1_440);
    expect(target(account)).toEqual([97_600, 107_600]);
    account.earn(7_599.99);
    expect(account.met()).toBe(false);
    account.earn(0.01);
    expect(account.met()).toBe(true);
  });

  it('start afresh from the balance that a payout left, with a target of their own', () => {
    const account = rule({
      from: 'lastPayout',
      afterPayouts: [{ percentOfInitial: '5' }, { fixed: '100' }],
    });
    account.earn(3_000);
    account.payout(1_500);
    expect(target(account)).toEqual([101_500, 106_575]);
    account.payout(500);
    expect(target(account)).toEqual([101_000, 101_100]);
    account.payout(500);
    expect(target(account)).toEqual([100_500, 100_600]);
  });
});

describe('what a payout does to a floor', () => {
  const floor = (kind: string, onPayout: unknown, over: object = {}): number[] => {
    const account = trial(kind, {
      breachedWhen: 'below',
      distance: { fixed: '6000' },
      onPayout,
      ...over,
    } as never);
    const at = (): number => {
      const gauge = account.gauge();
      return gauge.type === 'floor' ? gauge.floor / 10_000 : 0;
    };
    account.earn(5_000);
    const before = at();
    account.payout(2_000, 1_500);
    const after = at();
    account.earn(1_000);
    return [before, after, at()];
  };
  const lock = { offset: { fixed: '-3000' }, when: 'floorReachesLock' };

  it('follows the model, for a floor that trails and for one that rests', () => {
    expect(floor('balanceTrailing', 'unchanged')).toEqual([99_000, 99_000, 99_000]);
    expect(floor('balanceTrailing', 'reducePeak')).toEqual([99_000, 97_000, 98_000]);
    expect(floor('balanceTrailing', 'keepDistance')).toEqual([99_000, 97_000, 98_000]);
    expect(floor('balanceTrailing', 'shrinkAllowance')).toEqual([99_000, 100_500, 100_500]);
    expect(floor('balanceTrailing', 'startAgain')).toEqual([99_000, 97_000, 98_000]);
    expect(floor('balanceTrailing', { lockAt: { fixed: '0' } })).toEqual([
      99_000, 100_000, 100_000,
    ]);
    expect(floor('balanceTrailing', { lockAt: { fixed: '-2000' } })).toEqual([
      99_000, 99_000, 99_000,
    ]);
    expect(floor('balanceTrailing', { lockAt: { fixed: '-2000' }, even: 'lower' })).toEqual([
      99_000, 98_000, 98_000,
    ]);
    expect(floor('staticLoss', 'shrinkAllowance')).toEqual([94_000, 95_500, 95_500]);
    expect(floor('staticLoss', 'keepDistance')).toEqual([94_000, 92_000, 92_000]);
    expect(floor('staticLoss', 'unchanged')).toEqual([94_000, 94_000, 94_000]);
  });

  it('opens a lock only when the peak is taken back below it', () => {
    expect(floor('balanceTrailing', 'unchanged', { lock })).toEqual([97_000, 97_000, 97_000]);
    expect(floor('balanceTrailing', 'reducePeak', { lock })).toEqual([97_000, 97_000, 97_000]);
    const high = { offset: { fixed: '-1500' }, when: 'floorReachesLock' };
    expect(floor('balanceTrailing', 'reducePeak', { lock: high })).toEqual([
      98_500, 97_000, 98_000,
    ]);
    expect(floor('balanceTrailing', 'keepDistance', { lock })).toEqual([97_000, 95_000, 95_000]);
  });
});
