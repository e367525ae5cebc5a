import type { EpochMs } from '#core/time/time.ts';
import { createBusinessClock, type WallClocks } from './business-time.ts';
import type { BusinessCalendar, WorkPolicy } from './policy.ts';

/** The clocks of the world, and which zones there are. */
export interface KnownClocks extends WallClocks {
  isZone(zone: string): boolean;
}

const MS_PER_MINUTE = 60_000;

/** What is wrong with a policy, as a sentence that says where; null when it can be promised by. */
export function policyProblem(
  { calendars, levels }: WorkPolicy,
  clocks: KnownClocks,
  at: EpochMs,
): string | null {
  const twice = firstTwice(calendars.map(({ calendarId }) => calendarId));
  if (twice !== null) return `there are two calendars "${twice}": give one another name`;
  for (const calendar of calendars) {
    const problem = calendarProblem(calendar, clocks);
    if (problem !== null) return `calendar "${calendar.calendarId}": ${problem}`;
  }
  const promised = firstTwice(levels.map(({ kind, priority }) => `${kind}, ${priority}`));
  if (promised !== null) return `two levels for ${promised}: leave one of them out`;
  for (const level of levels) {
    const calendar = calendars.find(({ calendarId }) => calendarId === level.calendarId);
    const problem = calendar
      ? levelProblem(level, calendar, clocks, at)
      : `there is no calendar "${level.calendarId}"`;
    if (problem !== null) return `${level.kind}, ${level.priority}: ${problem}`;
  }
  return null;
}

function calendarProblem({ zone, open }: BusinessCalendar, clocks: KnownClocks): string | null {
  if (!clocks.isZone(zone)) {
    return `"${zone}" is no zone: take an IANA name such as Europe/London`;
  }
  if (open.length === 0) return 'it is never open: add the hours in which the firm works';
  const backwards = open.find(({ from, until }) => until <= from);
  return backwards
    ? `weekday ${backwards.weekday} ends before it begins: hours over midnight are two stretches`
    : null;
}

function levelProblem(
  { firstTouchMinutes, settleMinutes, ladder }: WorkPolicy['levels'][number],
  calendar: BusinessCalendar,
  clocks: KnownClocks,
  at: EpochMs,
): string | null {
  if (firstTouchMinutes > settleMinutes) return 'it is to be settled before it is to be touched';
  const falls = ladder.some(
    ({ atPerMille }, place) => place > 0 && atPerMille <= (ladder[place - 1]?.atPerMille ?? 0),
  );
  if (falls) return 'the steps of its ladder have to come one after the other';
  const due = createBusinessClock(calendar, clocks).after(at, settleMinutes * MS_PER_MINUTE);
  return due === null ? `"${calendar.calendarId}" is not open for that long in years` : null;
}

function firstTwice(names: readonly string[]): string | null {
  return names.find((name, place) => names.indexOf(name) < place) ?? null;
}
