import { afterEach, describe, expect, it } from 'vitest';
import { cents, marksOf, plainly, setLocalNumbers, withMarks, zonesText } from './format.ts';

afterEach(() => setLocalNumbers(false));

describe('numbers on screen', () => {
  it('take the marks of a language, never other digits', () => {
    expect(withMarks('-1,234,567.5000', marksOf('de-DE'))).toBe('-1.234.567,5000');
    expect(withMarks('1,234.50', marksOf('en-GB'))).toBe('1,234.50');
    expect(withMarks('1,234.50', marksOf('fr-FR')).replaceAll(/\s/gu, ' ')).toBe('1 234,50');
  });

  it('are written plainly in what leaves the screen', () => {
    setLocalNumbers(true);
    expect(plainly(() => cents(12_345_678))).toBe('1,234.56');
  });
});

describe('an instant', () => {
  it('is said in UTC first, then where the rule set has its day, then here', () => {
    const text = zonesText(Date.UTC(2026, 6, 1, 22, 30), 'Europe/Prague');
    expect(text).toMatch(/^2026-07-01 22:30:00 UTC · .*Jul.* in Europe\/Prague, .* here \(.+\)$/);
    expect(text).toMatch(/2 Jul|Jul 2/);
  });
});
