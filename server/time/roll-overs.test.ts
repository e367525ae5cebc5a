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

  const ZONES = [
    'Europe/Prague',
    'America/New_York',
    'America/Chicago',
    'Europe/London',
    'Australia/Sydney',
    'Asia/Ulaanbaatar',
    'UTC',
    'Etc/GMT-3',
    'Etc/GMT+5',
  ];
  const CLOCKS = ZONES.flatMap((zone) =>
    ['00:00', '05:00', '17:00', '22:00'].map((rollOver) => ({ zone, rollOver })),
  );

  it.each(CLOCKS)('in $zone at $rollOver follow one another from 2024 to 2028', (clock) => {
    const wall = new Intl.DateTimeFormat('en-GB', {
      timeZone: clock.zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    const faults: string[] = [];
    for (const weekend of ['separate', 'merged'] as const) {
      const ruled: DayClock = { ...clock, weekend };
      const whole = weekend === 'separate' ? [23, 24, 25] : [23, 24, 25, 71, 72, 73];
      let day = tradingDayAt(ruled, Date.parse('2024-01-02T12:00Z'));
      while (day.closesAt < Date.parse('2029-01-01T00:00Z')) {
        const next = nextTradingDay(ruled, day);
        if (next.opensAt !== day.closesAt) faults.push(`a gap before ${next.key}`);
        if (next.key <= day.key) faults.push(`${next.key} follows ${day.key}`);
        if (!whole.includes((next.closesAt - next.opensAt) / 3_600_000)) {
          faults.push(`${next.key} has an odd length`);
        }
        // Another calendar than ours says what the clock on the wall shows at the roll-over.
        const shown = wall.format(next.opensAt);
        if (shown !== clock.rollOver) faults.push(`${next.key} opens at ${shown}`);
        day = next;
      }
    }
    expect(faults).toEqual([]);
  });
});
