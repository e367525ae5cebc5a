import { z } from 'zod';
import { civilOf, daysOf } from './civil.ts';
import type { Flavour } from '#core/kernel/brand.ts';

/** Milliseconds since 1970-01-01T00:00Z. */
export type EpochMs = Flavour<number, 'EpochMs'>;

export const epochMs: z.ZodType<EpochMs> = z.int();

const WALL_TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/**
 * When a trading day turns. The zone is an IANA name ("America/New_York", never "EST"), the
 * roll-over a local wall time. A roll-over at noon or later opens the *next* date's trading day
 * (17:00 New York on Sunday opens Monday). With `weekend: 'merged'` the days dated Saturday and
 * Sunday belong to Monday's trading day; with `'separate'` each date is a trading day.
 */
export const dayClockSchema = z.strictObject({
  zone: z.string().min(1).max(60),
  rollOver: z.string().regex(WALL_TIME, 'expected a wall time such as "17:00"'),
  weekend: z.enum(['merged', 'separate']).default('separate'),
});
export type DayClock = z.infer<typeof dayClockSchema>;

/** The name of a clock: two rule sets with equal clocks share one series of trading days. */
export function dayClockId(clock: DayClock): string {
  return `${clock.rollOver} ${clock.zone}${clock.weekend === 'merged' ? ' weekend merged' : ''}`;
}

/**
 * A time of day at which something must be done, in a zone: a clock that only cuts off. Each of its
 * days ends at that time and is named by the date on which it does.
 */
export const cutOffSchema = z.strictObject({
  zone: z.string().min(1).max(60),
  time: z.string().regex(WALL_TIME, 'expected a wall time such as "15:10"'),
});
export type CutOff = z.infer<typeof cutOffSchema>;

export function clockOf({ zone, time }: CutOff): DayClock {
  return { zone, rollOver: time, weekend: 'separate' };
}

/** The date on which the day before this one ended: what a cut-off is known by. */
export function endedOn(clock: CutOff, { key }: TradingDay): string {
  // A clock that turns at noon or later names its days by the date on which they end; one that
  // turns in the morning by the date on which they begin, which is when the day before ended.
  const before = clock.time >= '12:00' ? 1 : 0;
  return dateText(daysOfKey(key) - before);
}

/** The weekday of a date such as "2014-05-02": 1 is Monday, 7 Sunday. */
export function weekdayOf(key: string): number {
  // 1970-01-01 was a Thursday.
  return ((((daysOfKey(key) + 3) % 7) + 7) % 7) + 1;
}

function daysOfKey(key: string): number {
  const [year = 0, month = 1, day = 1] = key.split('-').map(Number);
  return daysOf({ year, month, day });
}

/**
 * One trading day as the server recorded it; nobody computes it again. The instant `opensAt`
 * belongs to this day, the instant `closesAt` to the next.
 */
export const tradingDaySchema = z.strictObject({
  /** The date the day is known by, "2014-05-02". */
  key: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  opensAt: epochMs,
  closesAt: epochMs,
});
export type TradingDay = z.infer<typeof tradingDaySchema>;

/** "2014-05-02 12:30:01.513" in UTC: the only way core turns an instant into text. */
export function utcText(at: EpochMs): string {
  const dayMs = 86_400_000;
  const days = Math.floor(at / dayMs);
  const ms = at - days * dayMs;
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(ms / 3_600_000);
  const minutes = Math.floor(ms / 60_000) % 60;
  const seconds = Math.floor(ms / 1000) % 60;
  const millis = String(ms % 1000).padStart(3, '0');
  return `${dateText(days)} ${two(hours)}:${two(minutes)}:${two(seconds)}.${millis}`;
}

function dateText(days: number): string {
  const { year, month, day } = civilOf(days);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
