import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deal } from '#core/accounts/account.ts';
import {
  groupMatches,
  matchTrades,
  pairFigures,
  returnsOf,
  sharedTime,
  togetherness,
  tradesOf,
  type Series,
  type Trade,
} from './compare.ts';

const MINUTE = 60_000;
const deal = (over: Partial<Deal>): Deal => ({
  accountId: 'A1',
  dealId: 'd1',
  positionId: 'p1',
  symbol: 'EURUSD',
  side: 'buy',
  entry: 'in',
  volume: 100,
  price: 110_000,
  profit: 0,
  commission: 0,
  swap: 0,
  fee: 0,
  at: 1_000,
  ...over,
});
const trade = (positionId: string, openedAt: number, over: Partial<Trade> = {}): Trade => ({
  accountId: 'A1',
  positionId,
  symbol: 'EURUSD',
  side: 'buy',
  openedAt,
  closedAt: openedAt + 1_000,
  profit: 0,
  dealIds: [],
  ...over,
});
const series = (...points: readonly (readonly [number, number])[]): Series =>
  points.map(([at, equity]) => ({
    at,
    equity,
    balance: equity,
    dailyFloor: null,
    overallFloor: null,
    readings: null,
  }));

describe('trades from fills', () => {
  it('a position is one trade from its first to its last fill, costs taken off', () => {
    const deals = [
      deal({ dealId: 'd3', entry: 'out', side: 'sell', volume: 60, at: 9_000, profit: 500 }),
      deal({ dealId: 'd1', commission: -30 }),
      deal({
        dealId: 'd2',
        entry: 'out',
        side: 'sell',
        volume: 40,
        at: 5_000,
        profit: 200,
        swap: -5,
      }),
    ];
    expect(tradesOf(deals)).toEqual([
      {
        accountId: 'A1',
        positionId: 'p1',
        symbol: 'EURUSD',
        side: 'buy',
        openedAt: 1_000,
        closedAt: 9_000,
        profit: 665,
        dealIds: ['d1', 'd2', 'd3'],
      },
    ]);
  });

  it('what is not closed whole is open, and what began before the fills is left out', () => {
    const open = deal({ dealId: 'd1', volume: 100 });
    const part = deal({ dealId: 'd2', entry: 'out', volume: 99, at: 2_000 });
    const lost = deal({ dealId: 'd3', positionId: 'p0', entry: 'out' });
    expect(tradesOf([open, part, lost]).map(({ closedAt }) => closedAt)).toEqual([null]);
  });
});

describe('matching trades of two accounts', () => {
  it('the nearest in time are matched, each once', () => {
    const ones = [trade('a', 1_000), trade('b', 1_400)];
    const others = [trade('x', 1_300), trade('y', 5_000)];
    expect(matchTrades(ones, others, 500)).toEqual([
      { one: ones[1], other: others[0], gapMs: -100 },
    ]);
  });

  it('another symbol never matches', () => {
    expect(matchTrades([trade('a', 0)], [trade('x', 0, { symbol: 'XAUUSD' })], 500)).toEqual([]);
  });

  it('no trade is matched twice, none beyond the window, and swapping sides swaps the matches', () => {
    const trades = fc.uniqueArray(fc.integer({ min: 0, max: 3_000 }), { maxLength: 25 });
    fc.assert(
      fc.property(trades, trades, (left, right) => {
        const ones = left.map((at) => trade(`a${at}`, at));
        const others = right.map((at) => trade(`b${at}`, at));
        const matches = matchTrades(ones, others, 200);
        expect(new Set(matches.map(({ one }) => one)).size).toBe(matches.length);
        expect(new Set(matches.map(({ other }) => other)).size).toBe(matches.length);
        expect(matches.every(({ gapMs }) => Math.abs(gapMs) <= 200)).toBe(true);
        expect(matchTrades(others, ones, 200)).toHaveLength(matches.length);
      }),
      { seed: 20_261_201 },
    );
  });

  it('opposite trades whose results cancel are a full mirror, equal ones are none', () => {
    const ones = [trade('a', 0, { profit: 500 }), trade('b', 9_000, { profit: -300 })];
    const against = [
      trade('x', 10, { profit: -500, side: 'sell' }),
      trade('y', 9_010, { profit: 300, side: 'sell' }),
    ];
    const copy = [trade('x', 10, { profit: 400 }), trade('y', 9_030, { profit: -200 })];
    expect(pairFigures(ones, against, matchTrades(ones, against, 500))).toEqual({
      matched: 2,
      sameSide: 0,
      opposite: 2,
      shareOfOne: 1000,
      shareOfOther: 1000,
      medianGapMs: 10,
      mirrorOfTrades: 1000,
    });
    expect(pairFigures(ones, copy, matchTrades(ones, copy, 500)).mirrorOfTrades).toBe(0);
    expect(pairFigures([], [], [])).toMatchObject({
      mirrorOfTrades: null,
      medianGapMs: null,
      matched: 0,
    });
  });
});

describe('groups of matched trades', () => {
  it('what is matched with the same trade is one group, numbered by time', () => {
    const [a, b, c] = [
      [trade('a1', 100), trade('a2', 9_000)],
      [trade('b1', 150)],
      [trade('c1', 190), trade('c2', 9_040)],
    ] as const;
    const groups = groupMatches([a, b, c], 60);
    const byKey = Object.fromEntries(
      [...groups].map(([{ positionId }, group]) => [positionId, group]),
    );
    expect(byKey).toEqual({ a1: 1, b1: 1, c1: 1, a2: 2, c2: 2 });
  });
});

describe('returns side by side', () => {
  it('equity between readings is what it was last; before the first reading nothing is known', () => {
    const read = series([MINUTE, 1_000_000], [3 * MINUTE, 1_010_000]);
    expect(returnsOf(read, 0, 4 * MINUTE, MINUTE)).toEqual([null, 0, 10_000, 0]);
  });

  it('returns that go together correlate at 1,000, returns that go apart at -1,000', () => {
    const ones = [1, 2, -3, 4, -5, 6, -7, 8, -9, 10];
    const same = ones.map((one) => one * 3);
    const apart = ones.map((one) => -one);
    expect(togetherness(ones, same)).toEqual({ buckets: 10, correlation: 1000, mirror: 0 });
    expect(togetherness(ones, apart)).toEqual({ buckets: 10, correlation: -1000, mirror: 1000 });
  });

  it('too few stretches, or an account that never moved, tell nothing', () => {
    expect(togetherness([1, 2, 3], [1, 2, 3]).correlation).toBeNull();
    const still = Array.from({ length: 10 }, () => 0);
    expect(togetherness(still, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]).correlation).toBeNull();
  });

  it('figures are whole and within their range, whatever the returns', () => {
    const returns = fc.array(fc.option(fc.integer({ min: -50_000, max: 50_000 })), {
      minLength: 10,
      maxLength: 40,
    });
    fc.assert(
      fc.property(returns, returns, (ones, others) => {
        const { correlation, mirror } = togetherness(ones, others);
        const within = (value: number | null, low: number): boolean =>
          value === null || (Number.isInteger(value) && value >= low && value <= 1000);
        expect(within(correlation, -1000)).toBe(true);
        expect(within(mirror, 0)).toBe(true);
        expect(togetherness(others, ones)).toEqual(togetherness(ones, others));
      }),
      { seed: 20_261_202 },
    );
  });

  it('accounts share the time that all of them know', () => {
    const one = series([0, 1], [10 * MINUTE, 1]);
    const other = series([2 * MINUTE, 1], [30 * MINUTE, 1]);
    expect(sharedTime([one, other])).toEqual({
      from: 2 * MINUTE,
      to: 10 * MINUTE,
      bucketMs: MINUTE,
    });
    expect(sharedTime([one, series([20 * MINUTE, 1], [30 * MINUTE, 1])])).toBeNull();
    expect(sharedTime([one, []])).toBeNull();
  });
});
