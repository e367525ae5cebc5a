import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineHabit, type Habit } from './habit.ts';
import { allStrong, halve, histogramOf, rareness, rising } from './measures.ts';
import type { Observation, Trade } from './observation.ts';
import type { Finding } from './signal.ts';
import { createStream } from './testing/stream.ts';

const DAY_MS = 86_400_000;

/** Every trade in gold is a deed; what is weighed is how often others do it. */
const gold: Habit<object, { deeds: number; trades: number }, null> = {
  id: 'gold',
  version: 1,
  title: 'Gold',
  pattern: 'style',
  describes: 'Only trades in gold are asked for.',
  honestReasons: 'Everybody may.',
  checklist: [],
  params: z.strictObject({}),
  defaults: {},
  needs: ['trade'],
  own: () => ({ deeds: 0, trades: 0 }),
  common: () => null,
  counts: 2,
  watch: (own, observation, { count, show }) => {
    if (observation.type !== 'trade') return false;
    const isDeed = observation.symbol === 'XAUUSD';
    count(...(isDeed ? [1] : []));
    own.trades += 1;
    if (!isDeed) return false;
    own.deeds += 1;
    show({
      accountId: observation.accountId,
      positionId: observation.positionId,
      symbol: observation.symbol,
      side: observation.side,
      lots: observation.lots,
      openedAt: observation.openedAt,
      closedAt: observation.at,
      openPrice: observation.openPrice,
      closePrice: observation.closePrice,
      profit: observation.profit,
      match: 0,
    });
    return true;
  },
  weigh: (own, { oneIn, others }) => {
    const rare = oneIn({ times: own.deeds, events: own.trades, place: 1, atLeastOneIn: 100 });
    return {
      strength: rareness(rare),
      oneIn: rare,
      sentence: `Seen ${own.deeds} times; of others ${others()[1] ?? 0}.`,
      figures: [{ name: 'deeds', unit: 'count', value: own.deeds, limit: null }],
      picture: histogramOf('symbol', ['gold'], [own.deeds], [1]),
    };
  },
};
const detector = defineHabit(gold);

function trade(traderId: string, at: number, symbol: string, over: Partial<Trade> = {}): Trade {
  return {
    type: 'trade',
    at,
    accountId: traderId,
    positionId: `${traderId} ${at}`,
    symbol,
    side: 'buy',
    lots: 1,
    notional: 1,
    openedAt: at - 1_000,
    openPrice: 1,
    closePrice: 1,
    profit: 0,
    balance: 1,
    protected: false,
    additions: 0,
    ...over,
  };
}

function run(observations: readonly Observation[]): Finding[] {
  const detecting = detector.start({}, createStream(1).directory);
  const found: Finding[] = [];
  for (const one of observations) detecting.observe(one, (finding) => void found.push(finding));
  return found;
}

const crowd = (count: number, symbol: string, from = 1): Trade[] =>
  Array.from({ length: count }, (_, at) => trade(`T${at % 40}`, from + at, symbol));

describe('a habit', () => {
  it('is rare beside others who do not share it, and common beside those who do', () => {
    const deeds = Array.from({ length: 12 }, (_, at) => trade('X', 100_000 + at, 'XAUUSD'));
    const [alone] = run([...crowd(400, 'EURUSD'), ...deeds]).slice(-1);
    expect(alone?.oneIn).toBeGreaterThan(1_000_000);
    expect(run([...crowd(400, 'XAUUSD'), ...deeds])).toEqual([]);
  });

  it('does not let one busy trader stand for all others', () => {
    const busy = Array.from({ length: 5_000 }, (_, at) => trade('B', 1 + at, 'XAUUSD'));
    const deeds = Array.from({ length: 12 }, (_, at) => trade('X', 100_000 + at, 'XAUUSD'));
    const found = run([...busy, ...crowd(2_000, 'EURUSD', 6_000), ...deeds]);
    expect(found.filter(({ key }) => key === 'X').at(-1)?.oneIn).toBeGreaterThan(10_000);
  });

  it('compares with what was known before the instant, whoever is heard first in it', () => {
    const before = crowd(400, 'EURUSD');
    const instant = ['X', 'Y', 'Z'].flatMap((name) =>
      Array.from({ length: 9 }, (_, at) =>
        trade(name, 100_000, 'XAUUSD', { positionId: `${name} ${at}` }),
      ),
    );
    const inOrder = run([...before, ...instant]);
    const turned = run([...before, ...instant.slice(9), ...instant.slice(0, 9)]);
    const byKey = (found: Finding[], key: string): Finding[] =>
      found.filter((finding) => finding.key === key);
    for (const key of ['X', 'Y', 'Z']) expect(byKey(turned, key)).toEqual(byKey(inOrder, key));
    expect(inOrder.length).toBeGreaterThan(2);
  });

  it('says a matter again only when it is stronger by a step, or has twice the evidence', () => {
    const deeds = Array.from({ length: 2_000 }, (_, at) => trade('X', 100_000 + at, 'XAUUSD'));
    const found = run([...crowd(400, 'EURUSD'), ...deeds]);
    expect(found.length).toBeLessThanOrEqual(16);
    for (const [at, { strength }] of found.entries()) {
      expect(strength).toBeGreaterThanOrEqual(found[at - 1]?.strength ?? 0);
    }
    expect(found.at(-1)?.trades.length).toBe(24);
  });

  it('passes over what a platform booked at one instant and one price', () => {
    const booked = Array.from({ length: 30 }, (_, at) =>
      trade('X', 100_000 + at, 'XAUUSD', { openedAt: 100_000 + at }),
    );
    expect(run([...crowd(400, 'EURUSD'), ...booked])).toEqual([]);
  });

  it('forgets a trader who was away for months, and counts what it holds', () => {
    const detecting = detector.start({}, createStream(1).directory);
    for (const one of crowd(80, 'XAUUSD')) detecting.observe(one, () => {});
    expect(detecting.held()).toBe(40 + 80);
    detecting.observe(trade('Y', 130 * DAY_MS, 'EURUSD'), () => {});
    expect(detecting.held()).toBe(1);
  });
});

describe('measures', () => {
  it('rise in whole thousandths from their lowest to a thousand, never falling', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -5_000, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        fc.array(fc.integer({ min: -20_000, max: 20_000 }), { minLength: 2, maxLength: 20 }),
        (from, width, lowest, values) => {
          const sorted = [...values].sort((one, other) => one - other);
          const risen = sorted.map((value) => rising(value, from, from + width, lowest));
          expect(risen.every((one) => Number.isInteger(one) && one >= 0 && one <= 1_000)).toBe(
            true,
          );
          expect(risen).toEqual([...risen].sort((one, other) => one - other));
          expect(rising(from, from, from + width, lowest)).toBe(lowest);
          expect(rising(from + width, from, from + width, lowest)).toBe(1_000);
        },
      ),
      { seed: 20_261_203 },
    );
  });

  it('are all there or nothing is strong, and once in ten is a curiosity', () => {
    expect(allStrong(1_000, 1_000)).toBe(1_000);
    expect(allStrong(1_000, 0, 1_000)).toBe(0);
    expect([1, 9, 10, 999, 1_000, 1_000_000].map(rareness)).toEqual([0, 0, 350, 650, 850, 1_000]);
  });

  it('halve counts under names as in rows', () => {
    const [named, row] = [{ one: 5, two: 4 }, [5, 4, 1]];
    halve(named);
    halve(row);
    expect([named, row]).toEqual([{ one: 2, two: 2 }, [2, 2, 0]]);
  });
});
