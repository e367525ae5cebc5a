import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { zones } from '../time/zones.ts';
import { zones as deskZones } from '#desk/zones.ts';
import {
  createBusinessClock,
  runningMs,
  runningUntil,
  type Span,
} from '#core/work/business-time.ts';
import type { BusinessCalendar } from '#core/work/policy.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Half an hour of daylight saving, whole hours of both hemispheres, and none at all. */
const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'UTC',
] as const;
/** Instants at which clocks of one of the zones change, and an ordinary one. */
const AROUND = [
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2026-03-08T07:00:00Z',
  '2026-11-01T06:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-06-10T12:00:00Z',
].map((text) => Date.parse(text));

/** Hours whose edges no clock skips or shows twice: midnight, or four o'clock and later. */
const stretch = fc
  .tuple(fc.integer({ min: 1, max: 7 }), fc.nat(1_200), fc.integer({ min: 1, max: 1_440 }))
  .map(([weekday, start, length]) => {
    const from = start < 240 ? 0 : start;
    const until = Math.min(1_440, from + length);
    return { weekday, from, until: until < 240 ? 240 : until };
  });
const calendars: fc.Arbitrary<BusinessCalendar> = fc.record({
  calendarId: fc.constant('c'),
  zone: fc.constantFrom(...ZONES),
  open: fc.array(stretch, { minLength: 1, maxLength: 8 }),
  daysOff: fc.subarray(['2026-03-29', '2026-10-26', '2026-03-09', '2026-06-11']),
});
const spans = fc
  .tuple(fc.constantFrom(...AROUND), fc.integer({ min: -2_000, max: 2_000 }), fc.nat(4_000))
  .map(([around, before, length]) => {
    const from = around + before * MINUTE;
    return { from, until: from + length * MINUTE };
  });

/** What the wall shows, by the host's own calendar: nothing of the code that is judged. */
function wallOf(zone: string): (at: number) => { date: string; weekday: number; minute: number } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  return (at) => {
    const parts = Object.fromEntries(
      format.formatToParts(at).map(({ type, value }) => [type, value]),
    );
    const { year = '', month = '', day = '', weekday = '', hour = '', minute = '' } = parts;
    return {
      date: `${year}-${month}-${day}`,
      weekday: names.findIndex((name) => weekday.startsWith(name)) + 1,
      minute: Number(hour) * 60 + Number(minute),
    };
  };
}

/** Minute by minute: whether each of them is one in which the firm works. */
function counted(
  { zone, open, daysOff }: BusinessCalendar,
  { from, until }: Span,
  stands: (at: number) => boolean = () => false,
): number {
  const wall = wallOf(zone);
  let sum = 0;
  for (let at = from; at < until; at += MINUTE) {
    const { date, weekday, minute } = wall(at);
    const works =
      !daysOff.includes(date) &&
      open.some((one) => one.weekday === weekday && one.from <= minute && minute < one.until);
    if (works && !stands(at)) sum += MINUTE;
  }
  return sum;
}

const RUNS = { numRuns: 60, verbose: true };

describe('working time', () => {
  it('is what counting minute by minute gives, whatever clocks do meanwhile', () => {
    fc.assert(
      fc.property(calendars, spans, (calendar, span) => {
        const clock = createBusinessClock(calendar, zones);
        expect(clock.openMs(span.from, span.until)).toBe(counted(calendar, span));
      }),
      RUNS,
    );
  });

  it('is the same with the clocks of a desk as with those of the server', () => {
    fc.assert(
      fc.property(calendars, spans, (calendar, { from, until }) => {
        const here = createBusinessClock(calendar, deskZones).openMs(from, until);
        expect(here).toBe(createBusinessClock(calendar, zones).openMs(from, until));
      }),
      RUNS,
    );
  });

  it('has run out at the first instant by which so much of it has passed', () => {
    fc.assert(
      fc.property(
        calendars,
        spans,
        fc.integer({ min: 1, max: 900 }),
        (calendar, { from }, many) => {
          const clock = createBusinessClock(calendar, zones);
          const due = clock.after(from, many * MINUTE) ?? 0;
          expect(clock.openMs(from, due)).toBe(many * MINUTE);
          expect(clock.openMs(from, due - 1)).toBe(many * MINUTE - 1);
        },
      ),
      RUNS,
    );
  });

  it('stands still while it is paused', () => {
    const pauses = fc.array(fc.tuple(fc.nat(600), fc.nat(600)), { maxLength: 4 });
    fc.assert(
      fc.property(calendars, spans, pauses, (calendar, span, lengths) => {
        const clock = createBusinessClock(calendar, zones);
        let at = span.from;
        const stops = lengths.map(([gap, length]) => {
          const from = at + gap * MINUTE;
          at = from + length * MINUTE;
          return { from, until: at };
        });
        const stands = (minute: number): boolean =>
          stops.some(({ from, until }) => from <= minute && minute < until);
        const ran = runningMs(clock, span, stops);
        expect(ran).toBe(counted(calendar, span, stands));
        if (ran === 0) return;
        const due = runningUntil(clock, span.from, ran, stops) ?? 0;
        expect(due).toBeLessThanOrEqual(span.until);
        expect(runningMs(clock, { from: span.from, until: due }, stops)).toBe(ran);
      }),
      RUNS,
    );
  });

  it('is 23 hours of a day on which clocks are put forward, and 25 of one on which they are put back', () => {
    const calendar = {
      calendarId: 'c',
      zone: 'Europe/Berlin',
      open: [{ weekday: 7, from: 0, until: 1_440 }],
      daysOff: [],
    };
    const clock = createBusinessClock(calendar, zones);
    const spring = Date.parse('2026-03-28T12:00:00Z');
    const autumn = Date.parse('2026-10-24T12:00:00Z');
    expect(clock.openMs(spring, spring + 2 * DAY)).toBe(23 * HOUR);
    expect(clock.openMs(autumn, autumn + 2 * DAY)).toBe(25 * HOUR);
  });

  it('never runs out where the firm never works for so long', () => {
    const calendar = { calendarId: 'c', zone: 'UTC', open: [], daysOff: [] };
    expect(createBusinessClock(calendar, zones).after(0, MINUTE)).toBeNull();
  });
});
