import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalledMark } from '#core/market/mark.ts';
import { marksOf, MARKS_PER_SLICE, slicesOf } from './slices.ts';

const marks = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 1_000 }),
      symbol: fc.constantFrom('EURUSD', 'XAUUSD', 'US 500'),
      bid: fc.integer({ min: -1_000, max: 9_000_000 }),
      spread: fc.integer({ min: -20, max: 2_000 }),
      wait: fc.integer({ min: -5, max: 100_000 }),
      quality: fc.integer({ min: 0, max: 15 }),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    let index = 0;
    let at = 1_700_000_000_000;
    return steps.map(({ step, symbol, bid, spread, wait, quality }): JournalledMark => {
      index += step;
      at += wait;
      return { index, symbol, bid, ask: bid + spread, at, source: 'model', quality };
    });
  });

describe('slices of prices', () => {
  it('give back every mark at its place, exactly', () => {
    fc.assert(
      fc.property(marks, (given) => {
        const read = slicesOf(given).flatMap((slice) => {
          const found = marksOf(slice);
          return found.ok ? found.value : [];
        });
        expect(read).toEqual(given);
      }),
    );
  });

  it('are cut so that a change has a place', () => {
    const many = Array.from({ length: MARKS_PER_SLICE + 1 }, (_unused, index) => ({
      index,
      symbol: 'EURUSD',
      bid: 110_000 + (index % 7),
      ask: 110_002,
      at: index,
      source: 'model',
      quality: 0,
    }));
    const slices = slicesOf(many);
    expect(slices.map(({ first, last, count }) => [first, last, count])).toEqual([
      [0, MARKS_PER_SLICE - 1, MARKS_PER_SLICE],
      [MARKS_PER_SLICE, MARKS_PER_SLICE, 1],
    ]);
  });

  it('are refused when anything about them is not as they say', () => {
    fc.assert(
      fc.property(marks, fc.nat(), (given, seed) => {
        const [slice] = slicesOf(given);
        if (!slice) return;
        const at = seed % slice.bytes.length;
        const letter = slice.bytes[at] === 'A' ? 'B' : 'A';
        const bytes = slice.bytes.slice(0, at) + letter + slice.bytes.slice(at + 1);
        for (const wrong of [
          { ...slice, bytes },
          { ...slice, first: slice.first + 1 },
          { ...slice, last: slice.last + 1 },
          { ...slice, count: slice.count + 1 },
          { ...slice, digest: '0'.repeat(64) },
        ]) {
          expect(marksOf(wrong).ok).toBe(false);
        }
      }),
    );
  });
});
