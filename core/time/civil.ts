const DAY_MS = 86_400_000;
/** Days of 400 years of the Gregorian calendar, after which it repeats. */
const ERA_DAYS = 146_097;
const ERA_YEARS = 400;
/** Days from 1 March of the year 0 to 1 January 1970. */
const EPOCH_DAYS = 719_468;

export interface CivilDate {
  readonly year: number;
  /** From 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/**
 * The same instant (in milliseconds since 1970) so many months later, by the UTC calendar: the
 * same day and time of day; the last day of a month that is too
 * short: 31 January and one month is 28 or 29 February.
 */
export function addMonths(at: number, months: number): number {
  const days = Math.floor(at / DAY_MS);
  const date = civilOf(days);
  const counted = date.year * 12 + (date.month - 1) + months;
  const year = Math.floor(counted / 12);
  const month = counted - year * 12 + 1;
  const length = daysOf(followingMonth(year, month)) - daysOf({ year, month, day: 1 });
  const day = Math.min(date.day, length);
  return daysOf({ year, month, day }) * DAY_MS + (at - days * DAY_MS);
}

function followingMonth(year: number, month: number): CivilDate {
  return month === 12 ? { year: year + 1, month: 1, day: 1 } : { year, month: month + 1, day: 1 };
}

/**
 * Days since 1970 of a date, and back. Years are counted from March, so that the leap day is the
 * last of its year: https://howardhinnant.github.io/date_algorithms.html
 */
export function daysOf({ year, month, day }: CivilDate): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / ERA_YEARS);
  const yearOfEra = marchYear - era * ERA_YEARS;
  const monthOfYear = (month + 9) % 12;
  const dayOfYear = Math.floor((153 * monthOfYear + 2) / 5) + day - 1;
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * ERA_DAYS + yearOfEra * 365 + leapDays + dayOfYear - EPOCH_DAYS;
}

/** The date that lies so many days after 1 January 1970. */
export function civilOf(days: number): CivilDate {
  const shifted = days + EPOCH_DAYS;
  const era = Math.floor(shifted / ERA_DAYS);
  const dayOfEra = shifted - era * ERA_DAYS;
  const withoutLeaps =
    dayOfEra -
    Math.floor(dayOfEra / 1_460) +
    Math.floor(dayOfEra / 36_524) -
    Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor(withoutLeaps / 365);
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays);
  const monthOfYear = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthOfYear + 2) / 5) + 1;
  const month = monthOfYear < 10 ? monthOfYear + 3 : monthOfYear - 9;
  return { year: era * ERA_YEARS + yearOfEra + (month <= 2 ? 1 : 0), month, day };
}
