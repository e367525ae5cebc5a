import { describe, expect, it } from 'vitest';
import type { DayClock } from '#core/time/time.ts';
import { nextTradingDay, tradingDayAt } from './roll-overs.ts';

const prague: DayClock = { zone: 'Europe/Prague', rollOver: '00:00', weekend: 'separate' };
const newYork: DayClock = { zone: 'America/New_York', rollOver: '17:00', weekend: 'separate' };
const chicago: DayClock = { zone: 'America/Chicago', rollOver: '17:00', weekend: 'merged' };
const hours = (clock: DayClock, at: string): number => {
  const day = tradingDayAt(clock, Date.parse(at));
  return (day.closesAt - day.opensAt) / 3_600_000;
};

describe('trading days', () => {
  it('are 23 and 25 hours long where the clocks change', () => {
    expect(hours(prague, '2026-03-29T10:00Z')).toBe(23);
    expect(hours(prague, '2026-10-25T10:00Z')).toBe(25);
    expect(hours(newYork, '2026-03-08T10:00Z')).toBe(23);
    expect(hours(newYork, '2026-11-01T10:00Z')).toBe(25);
  });

  it('turn at 22:00 and at 23:00 in Prague while only one side has changed its clocks', () => {
    const opensAt = (at: string): string =>
      new Date(tradingDayAt(newYork, Date.parse(at)).opensAt).toISOString().slice(11, 16);
    expect([opensAt('2026-03-05T12:00Z'), opensAt('2026-03-10T12:00Z')]).toEqual([
      '22:00',
      '21:00',
    ]);
  });

  it('own their first instant, not their last', () => {
    const day = tradingDayAt(prague, Date.parse('2014-05-02T12:30Z'));
    expect(day.key).toBe('2014-05-02');
    expect(tradingDayAt(prague, day.opensAt)).toEqual(day);
    expect(tradingDayAt(prague, day.closesAt - 1)).toEqual(day);
    expect(tradingDayAt(prague, day.closesAt).key).toBe('2014-05-03');
  });

  it('of a clock that turns in the evening are known by the date they end on', () => {
    expect(tradingDayAt(newYork, Date.parse('2014-05-04T21:30Z')).key).toBe('2014-05-05');
  });

  it('merge a weekend into Monday', () => {
    const friday = tradingDayAt(chicago, Date.parse('2014-05-02T12:00Z'));
    const monday = nextTradingDay(chicago, friday);
    expect([friday.key, monday.key]).toEqual(['2014-05-02', '2014-05-05']);
    expect(monday.opensAt).toBe(friday.closesAt);
    for (const at of [
      '2014-05-03T12:00Z',
      '2014-05-04T12:00Z',
      '2014-05-04T23:00Z',
      '2014-05-05T12:00Z',
    ]) {
      expect(tradingDayAt(chicago, Date.parse(at))).toEqual(monday);
    }
    expect(nextTradingDay(chicago, monday).key).toBe('2014-05-06');
  });

  it('follow one another without gap or overlap for three years, on every clock', () => {
    for (const clock of [prague, newYork, chicago, { ...prague, weekend: 'merged' as const }]) {
      let day = tradingDayAt(clock, Date.parse('2025-01-01T12:00Z'));
      for (let count = 0; count < 780; count += 1) {
        const next = nextTradingDay(clock, day);
        expect(next.opensAt).toBe(day.closesAt);
        expect(next.key > day.key).toBe(true);
        day = next;
      }
    }
  });
});
