import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quietUntil } from '#core/alerts/quiet-hours.ts';
import { zones as deskZones } from '#desk/zones.ts';
import { zones } from './zones.ts';

const SEED = 20_261_025;
const ZONES = [
  'UTC',
  'Europe/Prague',
  'America/New_York',
  'America/Chicago',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'America/Sao_Paulo',
];
const HOUR_MS = 3_600_000;
const night = (zone: string, from = '22:00', until = '07:00') => ({
  zone,
  from,
  until,
  days: [1, 2, 3, 4, 5, 6, 7],
  breaksThrough: { severity: null, escalations: false },
});
const lengthOf = (zone: string, at: number, from?: string, until?: string): number => {
  const hours = [night(zone, from, until)];
  const ends = quietUntil(hours, at, zones) ?? 0;
  // The hours began in the hour in which an instant an hour earlier was not in them any more.
  let begins = at;
  while (quietUntil(hours, begins - 60_000, zones) === ends) begins -= 60_000;
  return (ends - begins) / HOUR_MS;
};

describe('quiet hours where clocks change', () => {
  it('are an hour shorter in the night in which clocks are put forward', () => {
    // In Prague on 29 March 2026 at 01:00 UTC.
    expect(lengthOf('Europe/Prague', Date.UTC(2026, 2, 29, 0))).toBe(8);
    expect(lengthOf('Europe/Prague', Date.UTC(2026, 2, 28, 0))).toBe(9);
  });

  it('are an hour longer in the night in which clocks are put back', () => {
    // In Prague on 25 October 2026 at 01:00 UTC; in New York on 1 November at 06:00 UTC.
    expect(lengthOf('Europe/Prague', Date.UTC(2026, 9, 25, 0))).toBe(10);
    expect(lengthOf('America/New_York', Date.UTC(2026, 10, 1, 5))).toBe(10);
  });

  it('end at the first of two equal times, and do not begin again', () => {
    // 02:30 comes twice in Prague: 00:30 and 01:30 UTC.
    const hours = [night('Europe/Prague', '22:00', '02:30')];
    const [first, second] = [Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 1, 30)];
    expect([
      quietUntil(hours, first - 1, zones),
      quietUntil(hours, first, zones),
      quietUntil(hours, second - 1, zones),
    ]).toEqual([first, null, null]);
  });

  it('end where a time that is skipped would have been', () => {
    // 02:30 does not come in Prague: clocks go from 02:00 to 03:00 at 01:00 UTC.
    const hours = [night('Europe/Prague', '22:00', '02:30')];
    expect(quietUntil(hours, Date.UTC(2026, 2, 29, 0), zones)).toBe(Date.UTC(2026, 2, 29, 1, 30));
  });
});

describe('the clocks of a desk', () => {
  it(`are those of the server, in every zone, at every instant (seed ${SEED})`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2035, 0) }),
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        (zone, at, minutes) => {
          const date = zones.dateAt(zone, at);
          expect(deskZones.dateAt(zone, at)).toBe(date);
          expect(deskZones.instantOf(zone, date, minutes)).toBe(
            zones.instantOf(zone, date, minutes),
          );
        },
      ),
      { seed: SEED, numRuns: 2_000 },
    );
  });

  it('are those of the server in every minute of the days on which clocks change', () => {
    for (const [zone, date] of [
      ['Europe/Prague', '2026-03-29'],
      ['Europe/Prague', '2026-10-25'],
      ['America/New_York', '2026-03-08'],
      ['America/New_York', '2026-11-01'],
      ['Australia/Lord_Howe', '2026-04-05'],
      ['Australia/Lord_Howe', '2026-10-04'],
    ] as const) {
      const day = Date.parse(date) / 86_400_000;
      for (let minutes = 0; minutes < 24 * 60; minutes += 1) {
        const [one, other] = [zones, deskZones].map((known) => known.instantOf(zone, day, minutes));
        expect([zone, date, minutes, other]).toEqual([zone, date, minutes, one]);
      }
    }
  });

  it('know which zones there are, as the server does', () => {
    for (const zone of [...ZONES, 'Mars/Olympus', '', 'EST5', '../etc']) {
      expect([zone, deskZones.isZone(zone)]).toEqual([zone, zones.isZone(zone)]);
    }
  });
});
