import { expect, it } from 'vitest';
import { snoozeUntil } from './small-forms.tsx';

const NOON = Date.UTC(2026, 10, 30, 12);

it('a case sleeps as long as was chosen, and tomorrow begins at nine', () => {
  const until = (['1h', '4h', 'tomorrow', '3d', '7d'] as const).map((span) =>
    new Date(snoozeUntil(span, NOON, '') ?? 0).toISOString().slice(0, 16),
  );
  expect(until).toEqual([
    '2026-11-30T13:00',
    '2026-11-30T16:00',
    '2026-12-01T09:00',
    '2026-12-03T12:00',
    '2026-12-07T12:00',
  ]);
});

it('an instant of its own must be ahead', () => {
  expect(snoozeUntil('other', NOON, '2026-11-30T11:59')).toBeNull();
  expect(snoozeUntil('other', NOON, '')).toBeNull();
  expect(snoozeUntil('other', NOON, '2026-12-24T08:00')).toBe(Date.UTC(2026, 11, 24, 8));
});
