import { describe, expect, it } from 'vitest';
import { dueText, sizeText } from './words.ts';

const HOUR_MS = 3_600_000;

describe('words of tickets', () => {
  it.each([
    [null, 'stands still'],
    [HOUR_MS, 'in 1 h'],
    [59 * 60_000, 'in 59 min'],
    [72 * HOUR_MS, 'in 3 d'],
    [0, '0 min late'],
    [-5 * HOUR_MS, '5 h late'],
  ])('say when an answer is due: %s', (after, text) => {
    expect(dueText(after === null ? null : 1e12 + after, 1e12)).toBe(text);
  });

  it('round the size of a file up', () => {
    expect([sizeText(999), sizeText(1_001)]).toEqual(['999 bytes', '2 kB']);
  });
});
