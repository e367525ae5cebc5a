import type { EpochMs } from '#core/time/time.ts';
import type { QuietHours } from './alert-rules.ts';
import { isAtLeast, type Notice } from './notice.ts';

/** The clocks of the world: the host's, because core knows no zones. */
export interface Zones {
  isZone(zone: string): boolean;
  /** The date that a zone's clocks show, in days since 1970. */
  dateAt(zone: string, at: EpochMs): number;
  /**
   * When a zone's clocks show so many minutes past the midnight of a date: the first time where
   * they show it twice, and as much later as clocks were put forward where they skip it.
   */
  instantOf(zone: string, date: number, minutes: number): EpochMs;
}

/** Hours that follow on each other without a gap are one; more in a row than this are not looked at. */
const HOURS_IN_A_ROW_MAX = 16;

/** Until when an instant is in quiet hours; null when it is in none of them. */
export function quietUntil(
  quiet: readonly QuietHours[],
  at: EpochMs,
  zones: Zones,
): EpochMs | null {
  let until: EpochMs | null = null;
  for (let times = 0; times < HOURS_IN_A_ROW_MAX; times += 1) {
    const from: EpochMs = until ?? at;
    const ends = quiet.flatMap((hours) => endOf(hours, from, zones) ?? []);
    if (ends.length === 0) return until;
    until = Math.max(...ends);
  }
  return until;
}

/** The end of the hours that an instant lies in: those that began on this date, or the day before. */
function endOf(hours: QuietHours, at: EpochMs, zones: Zones): EpochMs | null {
  const { zone, days } = hours;
  const from = minutesOf(hours.from);
  const until = minutesOf(hours.until);
  const today = zones.dateAt(zone, at);
  for (const date of [today, today - 1]) {
    if (!days.includes(weekdayOf(date))) continue;
    const begins = zones.instantOf(zone, date, from);
    const ends = zones.instantOf(zone, until > from ? date : date + 1, until);
    if (begins <= at && at < ends) return ends;
  }
  return null;
}

/** Whether a notice is told in quiet hours all the same. */
export function breaksThrough(
  { breaksThrough: { severity, escalations } }: QuietHours,
  notice: Notice,
  level: number,
): boolean {
  if (level > 0 && escalations) return true;
  return severity !== null && isAtLeast(notice.severity, severity);
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** 1 is Monday, 7 Sunday; 1970-01-01 was a Thursday. */
function weekdayOf(date: number): number {
  return ((((date + 3) % 7) + 7) % 7) + 1;
}
