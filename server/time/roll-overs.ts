import { Temporal } from 'temporal-polyfill';
import type { DayClock, TradingDay } from '#core/time/time.ts';

/**
 * The trading day that an instant belongs to, by the zone's own rules: 23 and 25 hour days come
 * out as they are. Computed here once and recorded; nobody else computes days.
 * Throws a RangeError when the zone is unknown.
 */
export function tradingDayAt(clock: DayClock, at: number): TradingDay {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(clock.zone);
  const rollOver = Temporal.PlainTime.from(clock.rollOver);
  const turned = Temporal.PlainTime.compare(local.toPlainTime(), rollOver) >= 0;
  const opened = turned ? local.toPlainDate() : local.toPlainDate().subtract({ days: 1 });
  let opens = opened;
  let closes = opened.add({ days: 1 });
  if (clock.weekend === 'merged') {
    while (isWeekend(keyOf(clock, opens)) && isWeekend(keyOf(clock, opens.subtract({ days: 1 })))) {
      opens = opens.subtract({ days: 1 });
    }
    if (!isWeekend(keyOf(clock, opens)) && isWeekend(keyOf(clock, opens.subtract({ days: 1 })))) {
      // Monday: it began when the weekend did.
      opens = opens.subtract({ days: 2 });
    }
    while (isWeekend(keyOf(clock, closes.subtract({ days: 1 })))) closes = closes.add({ days: 1 });
  }
  return {
    key: keyOf(clock, closes.subtract({ days: 1 })).toString(),
    opensAt: instantOf(clock, opens),
    closesAt: instantOf(clock, closes),
  };
}

/** The day after a day. */
export function nextTradingDay(clock: DayClock, day: TradingDay): TradingDay {
  return tradingDayAt(clock, day.closesAt);
}

/** The date a trading day that opens on a local date is known by. */
function keyOf(clock: DayClock, opens: Temporal.PlainDate): Temporal.PlainDate {
  return clock.rollOver >= '12:00' ? opens.add({ days: 1 }) : opens;
}

function isWeekend(key: Temporal.PlainDate): boolean {
  return key.dayOfWeek >= 6;
}

/** The instant of the roll-over on a local date; a wall time that DST skips moves forward. */
function instantOf(clock: DayClock, date: Temporal.PlainDate): number {
  return date.toZonedDateTime({
    timeZone: clock.zone,
    plainTime: Temporal.PlainTime.from(clock.rollOver),
  }).epochMilliseconds;
}
