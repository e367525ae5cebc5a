import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import { addMonths } from './civil.ts';
import { endedOn, weekdayOf } from './time.ts';

describe('adding months', () => {
  it.each([
    ['2026-01-31T10:00:00Z', 1, '2026-02-28T10:00:00Z'],
    ['2024-01-31T23:59:59Z', 1, '2024-02-29T23:59:59Z'],
    ['2026-11-30T00:00:00Z', 3, '2027-02-28T00:00:00Z'],
    ['2026-05-15T12:00:00Z', 24, '2028-05-15T12:00:00Z'],
    ['2024-02-29T00:00:00Z', 12, '2025-02-28T00:00:00Z'],
    ['2026-12-01T08:30:00Z', 1, '2027-01-01T08:30:00Z'],
  ])('to %s: %i gives %s', (from, months, to) => {
    expect(new Date(addMonths(Date.parse(from), months)).toISOString()).toBe(
      new Date(to).toISOString(),
    );
  });

  it('equals the calendar of the host on days that every month has', () => {
    const random = createRandom(41);
    for (let run = 0; run < 3_000; run += 1) {
      const year = 1990 + random.below(120);
      const [month, day, months] = [random.below(12), 1 + random.below(28), random.below(400)];
      const at = Date.UTC(year, month, day, random.below(24), random.below(60), 7);
      const expected = new Date(at);
      expected.setUTCMonth(month + months);
      expect(addMonths(at, months), `${at} and ${months}`).toBe(expected.getTime());
    }
  });
});

describe('a date', () => {
  it('names its weekday as the calendar does', () => {
    const faults: string[] = [];
    for (let at = Date.UTC(1999, 11, 1); at < Date.UTC(2029, 0, 1); at += 86_400_000) {
      const date = new Date(at);
      const key = date.toISOString().slice(0, 10);
      if (weekdayOf(key) !== (date.getUTCDay() || 7)) faults.push(key);
    }
    expect(faults).toEqual([]);
  });

  it.each([
    // A day that turns in the afternoon is named by the date on which it ends.
    ['15:10', '2026-11-21', '2026-11-20'],
    ['12:00', '2026-03-01', '2026-02-28'],
    // One that turns in the morning is named by the date on which it begins.
    ['09:30', '2026-11-20', '2026-11-20'],
    ['00:00', '2026-11-20', '2026-11-20'],
  ])('of a cut-off at %s is the one on which it falls', (time, opening, date) => {
    const day = { key: opening, opensAt: 0, closesAt: 1 };
    expect(endedOn({ zone: 'UTC', time }, day)).toBe(date);
  });
});
