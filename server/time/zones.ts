import { Temporal } from 'temporal-polyfill';
import type { Zones } from '#core/alerts/quiet-hours.ts';

const MINUTES_PER_HOUR = 60;
const EPOCH = Temporal.PlainDate.from('1970-01-01');

/** The clocks of the world, by the zones' own rules. */
export const zones: Zones = {
  isZone: (zone) => {
    try {
      return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone) !== null;
    } catch {
      return false;
    }
  },
  dateAt: (zone, at) =>
    EPOCH.until(Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate())
      .days,
  instantOf: (zone, date, minutes) =>
    EPOCH.add({ days: date }).toZonedDateTime({
      timeZone: zone,
      plainTime: {
        hour: Math.floor(minutes / MINUTES_PER_HOUR),
        minute: minutes % MINUTES_PER_HOUR,
      },
    }).epochMilliseconds,
};
