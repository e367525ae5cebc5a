import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_WORK_POLICY } from '#core/work/default-policy.ts';
import { figuresText, hoursText, readHours, spanText } from './words.ts';

const MINUTE = 60_000;
const byDay = (open: readonly { weekday: number; from: number; until: number }[]) =>
  [...open].sort((one, other) => one.weekday - other.weekday || one.from - other.from);

describe('hours of work', () => {
  it.each(DEFAULT_WORK_POLICY.calendars.map(({ open }) => [hoursText(open), open] as const))(
    '%s are read as they are written',
    (text, open) => {
      expect(readHours(text)).toEqual(open);
    },
  );

  it('are read back, whichever days and stretches they are', () => {
    const stretch = fc
      .tuple(fc.integer({ min: 1, max: 7 }), fc.nat(1_438), fc.integer({ min: 1, max: 1_440 }))
      .map(([weekday, from, length]) => ({ weekday, from, until: Math.min(1_440, from + length) }));
    fc.assert(
      fc.property(
        fc.uniqueArray(stretch, { maxLength: 8, selector: (one) => JSON.stringify(one) }),
        (open) => {
          const read = readHours(hoursText(open));
          expect(typeof read === 'string' ? read : byDay(read)).toEqual(byDay(open));
        },
      ),
      { verbose: true },
    );
  });

  it.each([
    ['Mon-Fri', /write it as/],
    ['Foo 09:00-18:00', /name days/],
    ['Fri–Mon 09:00–18:00', /name days/],
    ['Mon 18:00–09:00', /end after it begins/],
    ['Mon 09:00–25:00', /by 24:00/],
  ])('that make no sense are refused with what to do: %s', (text, says) => {
    expect(readHours(text)).toMatch(says);
  });
});

describe('figures', () => {
  const some = {
    settled: 4,
    promised: 4,
    attainment: 750,
    open: 3,
    overdue: 2,
    medianAgeMs: 90 * MINUTE,
  };

  it('say whether more is better', () => {
    const before = { ...some, attainment: 500, overdue: 1, medianAgeMs: 30 * MINUTE };
    const told = figuresText(some, before).map(({ id, delta, tone }) => [id, delta, tone]);
    expect(told).toEqual([
      ['attainment', '▲ 25 %', 'gain'],
      ['overdue', '▲ 1', 'loss'],
      ['age', '▲ 1 h', 'loss'],
      ['settled', '=', 'quiet-text'],
    ]);
  });

  it('have no direction where there was nothing before', () => {
    const [attainment] = figuresText(some, { ...some, attainment: null });
    expect(attainment).toMatchObject({ value: '75 %', was: '', delta: '' });
  });

  it.each([
    [59 * MINUTE, '59 min'],
    [61 * MINUTE, '1 h 1 min'],
    [120 * MINUTE, '2 h'],
    [49 * 60 * MINUTE, '2 d 1 h'],
  ])('write %i ms as %s', (ms, text) => {
    expect(spanText(ms)).toBe(text);
  });
});
