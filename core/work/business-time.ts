import { daysOf } from '#core/time/civil.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { BusinessCalendar } from './policy.ts';

/** The clocks of the world: the host's, because core knows no zones. */
export interface WallClocks {
  /** The date that a zone's clocks show, in days since 1970. */
  dateAt(zone: string, at: EpochMs): number;
  /**
   * When a zone's clocks show so many minutes past the midnight of a date: the first time where
   * they show it twice, and as much later as clocks were put forward where they skip it.
   */
  instantOf(zone: string, date: number, minutes: number): EpochMs;
}

/** The instant `from` belongs to it, the instant `until` no more. */
export interface Span {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** A calendar as a clock that runs while the firm works. */
export interface BusinessClock {
  /** Milliseconds of working time between two instants; 0 when the second is not later. */
  openMs(from: EpochMs, until: EpochMs): number;
  /** When so much working time will have passed; null when that is beyond HORIZON_DAYS. */
  after(from: EpochMs, ms: number): EpochMs | null;
}

const MINUTES_PER_DAY = 1_440;
/** A calendar that is closed for longer than what is owed in it is no calendar to promise by. */
export const HORIZON_DAYS = 1_500;
/** Days whose working hours are kept; beyond it all are worked out again. */
const DAYS_KEPT_MAX = 4_000;

export function createBusinessClock(
  calendar: BusinessCalendar,
  { dateAt, instantOf }: WallClocks,
): BusinessClock {
  const { zone, open } = calendar;
  const daysOff = new Set(calendar.daysOff.map(dateOfKey));
  const kept = new Map<number, readonly Span[]>();
  /** A stretch lasts from when clocks show its beginning to when they show its end. */
  const work = (date: number): readonly Span[] => {
    if (daysOff.has(date)) return [];
    const spans = open
      .filter(({ weekday }) => weekday === weekdayOf(date))
      .map(({ from, until }) => ({
        from: instantOf(zone, date, from),
        until:
          until === MINUTES_PER_DAY ? instantOf(zone, date + 1, 0) : instantOf(zone, date, until),
      }));
    return merged(spans);
  };
  const spansOf = (date: number): readonly Span[] => {
    const known = kept.get(date);
    if (known) return known;
    if (kept.size >= DAYS_KEPT_MAX) kept.clear();
    const spans = work(date);
    kept.set(date, spans);
    return spans;
  };
  /** The day before as well: where clocks are put back over midnight it ends after this began. */
  const firstDate = (at: EpochMs): number => dateAt(zone, at) - 1;
  return {
    openMs: (from, until) => {
      let sum = 0;
      const last = dateAt(zone, until) + 1;
      for (let date = firstDate(from); date <= last && from < until; date += 1) {
        for (const span of spansOf(date)) {
          sum += Math.max(0, Math.min(span.until, until) - Math.max(span.from, from));
        }
      }
      return sum;
    },
    after: (from, ms) => {
      let left = ms;
      const first = firstDate(from);
      for (let date = first; date < first + HORIZON_DAYS; date += 1) {
        for (const span of spansOf(date)) {
          const begins = Math.max(span.from, from);
          const length = Math.max(0, span.until - begins);
          if (length >= left && length > 0) return begins + left;
          left -= length;
        }
      }
      return null;
    },
  };
}

/** Working time between two instants in which the clock did not stand still. */
export function runningMs(
  clock: BusinessClock,
  { from, until }: Span,
  pauses: readonly Span[],
): number {
  let sum = 0;
  let at = from;
  for (const pause of pauses) {
    sum += clock.openMs(at, Math.min(pause.from, until));
    at = Math.max(at, pause.until);
  }
  return sum + clock.openMs(at, until);
}

/** When so much working time will have run; a pause that is not over counts as long as it may last. */
export function runningUntil(
  clock: BusinessClock,
  from: EpochMs,
  ms: number,
  pauses: readonly Span[],
): EpochMs | null {
  let left = ms;
  let at = from;
  for (const pause of pauses) {
    const ran = clock.openMs(at, pause.from);
    if (ran >= left) return clock.after(at, left);
    left -= ran;
    at = Math.max(at, pause.until);
  }
  return clock.after(at, left);
}

/** In order, none of them empty, none touching another. */
function merged(spans: readonly Span[]): readonly Span[] {
  const done: Span[] = [];
  const sorted = spans
    .filter(({ from, until }) => from < until)
    .sort((one, other) => one.from - other.from);
  for (const span of sorted) {
    const last = done.at(-1);
    if (!last || span.from > last.until) done.push(span);
    else done[done.length - 1] = { from: last.from, until: Math.max(last.until, span.until) };
  }
  return done;
}

function dateOfKey(key: string): number {
  const [year = 1970, month = 1, day = 1] = key.split('-').map(Number);
  return daysOf({ year, month, day });
}

/** 1 is Monday, 7 Sunday; 1970-01-01 was a Thursday. */
function weekdayOf(date: number): number {
  return ((((date + 3) % 7) + 7) % 7) + 1;
}
