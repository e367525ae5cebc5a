import { expect, it } from 'vitest';
import { momentAt, sampleTerms } from './rule-kind.contract.ts';
import { openReadings } from './readings.ts';

it('tell the three meanings of trailing apart on one curve', () => {
  const readings = openReadings(sampleTerms, 5_000_0000);
  const money = (amount: number): number => amount * 10_000;
  const follow = (over: Parameters<typeof momentAt>[0]): number[] => {
    readings.follow(momentAt(over));
    const { equityPeak, closedBalance, endOfDay } = readings.floors();
    return [equityPeak, closedBalance, endOfDay].map((floor) => floor / 10_000);
  };
  expect(follow({ equity: money(103_000) })).toEqual([98_000, 95_000, 95_000]);
  const closed = { cause: 'deal', balance: money(102_000), equity: money(102_000) } as const;
  expect(follow(closed)).toEqual([98_000, 97_000, 95_000]);
  const lost = { cause: 'deal', balance: money(101_000), equity: money(101_000) } as const;
  expect(follow({ ...lost, cause: 'dayOpen' })).toEqual([98_000, 97_000, 96_000]);
});
