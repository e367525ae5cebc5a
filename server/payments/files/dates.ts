import { civilOf, daysOf } from '#core/time/civil.ts';
import { utcText, type EpochMs } from '#core/time/time.ts';

/** "2026-02-28" when the calendar has that day, or null: it has no 30 February. */
export function calendarDate(text: string): string | null {
  const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!found) return null;
  const [year = 0, month = 0, day = 0] = found.slice(1).map(Number);
  if (month < 1 || month > 12 || day < 1 || day > 31) return null;
  return civilOf(daysOf({ year, month, day })).day === day ? text : null;
}

const YEAR_9999_END = 253_402_300_799_999;

/** "2026-11-20T09:30:00Z", or null outside the years that four digits can name. */
export function isoDateTime(at: EpochMs): string | null {
  if (!Number.isSafeInteger(at) || at < 0 || at > YEAR_9999_END) return null;
  return `${utcText(at).slice(0, 19).replace(' ', 'T')}Z`;
}
