import type { Zones } from '#core/alerts/quiet-hours.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** No zone is further from UTC, and no clock was ever put forward or back by more. */
const ZONE_MAX_MS = 26 * 3_600_000;
const FORMATS_MAX = 500;

/** The clocks of the world as the desk's own Node knows them: for quiet hours, never for verdicts. */
export const zones: Zones = {
  isZone: (zone) => {
    try {
      formatOf(zone);
      return true;
    } catch {
      return false;
    }
  },
  dateAt: (zone, at) => Math.floor((at + offsetOf(zone, at)) / DAY_MS),
  instantOf: (zone, date, minutes) => {
    const wall = date * DAY_MS + minutes * MINUTE_MS;
    const before = offsetOf(zone, wall - ZONE_MAX_MS);
    const after = offsetOf(zone, wall + ZONE_MAX_MS);
    // With the offset of before a change: the first of two such times, and past a time that is skipped.
    const early = wall - before;
    if (offsetOf(zone, early) === before) return early;
    const late = wall - after;
    return offsetOf(zone, late) === after ? late : early;
  },
};

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= FORMATS_MAX) formats.clear();
  formats.set(zone, format);
  return format;
}

/** How far a zone's clocks are ahead of UTC, in milliseconds. */
function offsetOf(zone: string, at: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  return wall - Math.floor(at / 1_000) * 1_000;
}
