import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import type { PayeeRef } from '#core/payouts/payouts.events.ts';

const HOLIDAYS_MAX = 500;
const CALENDARS_MAX = 50;
/** Holidays in a row beyond which a calendar is a mistake. */
const DAYS_TRIED_MAX = 366;

/** When payments of one kind leave: at a wall time of a zone, on the days on which banks work. */
export const paymentCalendarSchema = z.strictObject({
  /** An IANA name, "Europe/Prague". */
  zone: z.string().refine(isZone, 'expected a zone such as "Europe/Prague"'),
  cutOff: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a wall time such as "15:10"'),
  /** 1 is Monday, 7 Sunday. */
  weekend: z.array(z.int().min(1).max(7)).max(6).default([6, 7]),
  holidays: z.array(z.iso.date()).max(HOLIDAYS_MAX).default([]),
});
export type PaymentCalendar = z.output<typeof paymentCalendarSchema>;

/** The calendars of a firm: by method, and where a currency has one of its own, by both. */
export const cutOffsSchema = z
  .array(
    z.strictObject({
      method: z.enum(['bankTransfer', 'testRail', 'csvExport']),
      currency: z
        .string()
        .regex(/^[A-Z]{3,5}$/)
        .nullable(),
      calendar: paymentCalendarSchema,
    }),
  )
  .max(CALENDARS_MAX);
export type CutOffs = z.output<typeof cutOffsSchema>;

function isZone(zone: string): boolean {
  try {
    return Temporal.Now.zonedDateTimeISO(zone).timeZoneId !== '';
  } catch {
    return false;
  }
}

/** The calendar of one kind of payment; null where it leaves at any time. */
export function calendarOf(
  cutOffs: CutOffs,
  method: PayeeRef['method'],
  currency: string,
): PaymentCalendar | null {
  const own = cutOffs.filter((one) => one.method === method);
  const found = own.find((one) => one.currency === currency) ?? own.find((one) => !one.currency);
  return found?.calendar ?? null;
}

/** The first cut-off that is not before an instant, by the zone's own rules. */
export function nextCutOff(calendar: PaymentCalendar, from: number): number {
  let date = localDate(calendar, from);
  for (let tried = 0; tried < DAYS_TRIED_MAX; tried += 1) {
    const at = cutOffOn(calendar, date);
    if (isBusinessDay(calendar, date) && at >= from) return at;
    date = date.add({ days: 1 });
  }
  return Infinity;
}

/** The first day, from that of an instant on, on which the bank works: "2026-11-20". */
export function businessDay(calendar: PaymentCalendar, at: number): string {
  let date = localDate(calendar, at);
  for (let tried = 0; tried < DAYS_TRIED_MAX && !isBusinessDay(calendar, date); tried += 1) {
    date = date.add({ days: 1 });
  }
  return date.toString();
}

function localDate({ zone }: PaymentCalendar, at: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

function isBusinessDay(calendar: PaymentCalendar, date: Temporal.PlainDate): boolean {
  return !calendar.weekend.includes(date.dayOfWeek) && !calendar.holidays.includes(date.toString());
}

/** A wall time that the change of clocks skips comes as much later; one that comes twice, first. */
function cutOffOn({ zone, cutOff }: PaymentCalendar, date: Temporal.PlainDate): number {
  const plainTime = Temporal.PlainTime.from(cutOff);
  return date.toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
}
