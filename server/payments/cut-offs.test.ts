import { describe, expect, it } from 'vitest';
import {
  businessDay,
  calendarOf,
  cutOffsSchema,
  nextCutOff,
  paymentCalendarSchema,
} from './cut-offs.ts';

const prague = paymentCalendarSchema.parse({
  zone: 'Europe/Prague',
  cutOff: '14:30',
  holidays: ['2026-12-24', '2026-12-25', '2027-01-01'],
});
const next = (from: string): string => new Date(nextCutOff(prague, Date.parse(from))).toISOString();

describe('a cut-off', () => {
  it.each([
    ['before it on a working day', '2026-11-18T09:00:00Z', '2026-11-18T13:30:00.000Z'],
    ['at its very instant', '2026-11-18T13:30:00Z', '2026-11-18T13:30:00.000Z'],
    ['after it', '2026-11-18T13:30:00.001Z', '2026-11-19T13:30:00.000Z'],
    ['on a Friday evening', '2026-11-20T20:00:00Z', '2026-11-23T13:30:00.000Z'],
    ['on a Sunday', '2026-11-22T12:00:00Z', '2026-11-23T13:30:00.000Z'],
    ['before holidays and a weekend', '2026-12-23T18:00:00Z', '2026-12-28T13:30:00.000Z'],
    ['in summer, an hour earlier', '2026-07-01T06:00:00Z', '2026-07-01T12:30:00.000Z'],
    ['across the change of clocks', '2026-10-23T18:00:00Z', '2026-10-26T13:30:00.000Z'],
    ['near midnight of the zone', '2026-11-18T23:30:00Z', '2026-11-19T13:30:00.000Z'],
  ])('comes after an instant %s', (_what, from, at) => {
    expect(next(from)).toBe(at);
  });

  it('at a wall time that is skipped comes later that day', () => {
    const early = { ...prague, cutOff: '02:30', weekend: [] };
    const at = nextCutOff(early, Date.parse('2026-03-28T12:00:00Z'));
    expect(new Date(at).toISOString()).toBe('2026-03-29T01:30:00.000Z');
  });

  it('never comes in a calendar without working days', () => {
    const never = { ...prague, weekend: [1, 2, 3, 4, 5, 6, 7] };
    expect(nextCutOff(never, 0)).toBe(Infinity);
  });

  it.each([
    ['2026-11-18T13:31:00Z', '2026-11-18'],
    ['2026-11-20T23:30:00Z', '2026-11-23'],
    ['2026-12-24T08:00:00Z', '2026-12-28'],
  ])('leads to the day on which the bank works, %s', (at, day) => {
    expect(businessDay(prague, Date.parse(at))).toBe(day);
  });

  it('is that of the currency before that of the method', () => {
    const euro = { ...prague, cutOff: '09:00' };
    const cutOffs = cutOffsSchema.parse([
      { method: 'bankTransfer', currency: null, calendar: prague },
      { method: 'bankTransfer', currency: 'EUR', calendar: euro },
    ]);
    expect(calendarOf(cutOffs, 'bankTransfer', 'EUR')?.cutOff).toBe('09:00');
    expect(calendarOf(cutOffs, 'bankTransfer', 'USD')?.cutOff).toBe('14:30');
    expect(calendarOf(cutOffs, 'testRail', 'USD')).toBeNull();
  });

  it.each([
    { zone: 'Mars/Olympus', cutOff: '14:30' },
    { zone: 'Europe/Prague', cutOff: '25:00' },
    { zone: 'Europe/Prague', cutOff: '14:30', weekend: [8] },
    { zone: 'Europe/Prague', cutOff: '14:30', holidays: ['2026-02-30'] },
    { zone: 'Europe/Prague', cutOff: '14:30', holiday: [] },
  ])('is refused as %j', (calendar) => {
    expect(paymentCalendarSchema.safeParse(calendar).success).toBe(false);
  });
});
