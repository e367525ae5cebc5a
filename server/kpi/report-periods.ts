import type { Schedule } from '#core/insight/reports.ts';
import { weekdayOf, type DayClock, type TradingDay } from '#core/time/time.ts';
import { tradingDayAt } from '../time/roll-overs.ts';

/** The longest way back to the first of a month. */
const DAYS_BACK_MAX = 32;

/**
 * When the latest period of a schedule ended, at or before an instant: a day at each turn of its
 * clock, a week where the day named Monday begins, a month where the day named the first does.
 */
export function lastPeriodEnd(
  { every, zone, time }: Pick<Schedule, 'every' | 'zone' | 'time'>,
  at: number,
): number {
  const clock: DayClock = { zone, rollOver: time, weekend: 'separate' };
  let day = tradingDayAt(clock, at);
  for (let back = 0; back < DAYS_BACK_MAX && !begins(every, day); back += 1) {
    day = tradingDayAt(clock, day.opensAt - 1);
  }
  return day.opensAt;
}

function begins(every: Schedule['every'], { key }: TradingDay): boolean {
  if (every === 'day') return true;
  return every === 'week' ? weekdayOf(key) === 1 : key.endsWith('-01');
}
