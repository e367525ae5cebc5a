import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeMarks, encodeMarks } from './journal.ts';
import { pointValue } from './instrument.ts';
import { decodeReferences, encodeReferences } from './reference-journal.ts';
import { doubtsOf } from './mark.ts';
import { createPrintQuality, GAP_MS } from './quality.ts';

const mark = fc.record({
  symbol: fc.constantFrom('EURUSD', 'XAUUSD', 'Ä-1'),
  bid: fc.integer({ min: -1e9, max: 1e9 }),
  ask: fc.integer({ min: -1e9, max: 1e9 }),
  at: fc.integer({ min: 0, max: 4e12 }),
  source: fc.constantFrom('one', 'two'),
  quality: fc.integer({ min: 0, max: 15 }),
});

describe('the mark journal', () => {
  it('gives back exactly the marks it was given', () => {
    fc.assert(
      fc.property(fc.array(mark, { minLength: 1, maxLength: 50 }), fc.nat(), (drawn, first) => {
        const marks = drawn.map((one, at) => ({ ...one, index: first + at }));
        expect(decodeMarks(encodeMarks(marks))).toEqual({ ok: true, value: marks });
      }),
      { seed: 20_261_123 },
    );
  });

  it('refuses a chunk that breaks off, at every length', () => {
    const marks = [1, 2, 3].map((index) => ({
      index,
      symbol: 'XAUUSD',
      bid: 1_288_455,
      ask: 1_288_795,
      at: 1_399_033_802_113,
      source: 'one',
      quality: 0,
    }));
    const bytes = encodeMarks(marks);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeMarks(bytes.slice(0, length)).ok).toBe(false);
    }
  });
});

describe('the journal of other sources’ prices', () => {
  const price = mark.map(({ quality: _quality, ...rest }) => rest);
  const place = fc.nat(1e9);
  const drawnPrice = fc.tuple(price, place, place);

  it('gives back exactly the prices it was given, with their places', () => {
    fc.assert(
      fc.property(
        fc.array(drawnPrice, { minLength: 1, maxLength: 50 }),
        fc.nat(),
        (drawn, first) => {
          const prices = drawn.map(([one, marksBefore, seqBefore], at) => ({
            ...one,
            index: first + at,
            marksBefore,
            seqBefore,
          }));
          expect(decodeReferences(encodeReferences(prices))).toEqual({ ok: true, value: prices });
        },
      ),
      { seed: 20_261_124 },
    );
  });

  it('refuses a chunk that breaks off, at every length', () => {
    const prices = [1, 2].map((index) => ({
      index,
      symbol: 'XAUUSD',
      bid: 1288455,
      ask: 1288795,
      at: 1399033802113,
      source: 'two',
      marksBefore: 7 * index,
      seqBefore: 300 * index,
    }));
    const bytes = encodeReferences(prices);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeReferences(bytes.slice(0, length)).ok).toBe(false);
    }
  });
});

describe('print quality', () => {
  const print = (
    bid: number,
    at: number,
    ask = bid + 10,
  ): Parameters<ReturnType<typeof createPrintQuality>['assess']>[1] => ({
    bid,
    ask,
    at,
    source: 'one',
  });
  const doubts = (prints: readonly ReturnType<typeof print>[]): string[] => {
    const quality = createPrintQuality();
    return prints.map((one) => {
      const assessed = quality.assess('X', one);
      return assessed.type === 'use' ? doubtsOf(assessed.quality).join('+') : assessed.type;
    });
  };

  it('marks a crossed print, and uses it', () => {
    expect(doubts([print(100, 0), print(100, 1, 99)])).toEqual(['', 'crossed']);
  });

  it('refuses a print older than the last, and counts it', () => {
    expect(doubts([print(100, 5), print(101, 4), print(101, 5)])).toEqual(['', 'refuse', '']);
  });

  it('doubts the first print of a leap, not the one that confirms it', () => {
    expect(doubts([print(1000, 0), print(1200, 1), print(1201, 2)])).toEqual(['', 'offMarket', '']);
    expect(doubts([print(1000, 0), print(1200, 1), print(1000, 2)])).toEqual([
      '',
      'offMarket',
      'offMarket',
    ]);
  });

  it('marks the first print after silence', () => {
    expect(doubts([print(100, 0), print(100, GAP_MS), print(100, 2 * GAP_MS + 1)])).toEqual([
      '',
      '',
      'afterGap',
    ]);
  });

  it('compares with a second vendor without pricing by it', () => {
    const quality = createPrintQuality();
    quality.assess('X', print(1000, 0));
    expect(quality.assess('X', { ...print(3000, 1), source: 'two' })).toEqual({
      type: 'compareOnly',
    });
    expect(quality.assess('X', print(1001, 2))).toEqual({ type: 'use', quality: 8 });
  });
});

describe('an instrument', () => {
  const gold = {
    symbol: 'XAUUSD',
    assetClass: 'metal' as const,
    digits: 3,
    volumeDecimals: 2,
    contractSize: '100',
    quoteCurrency: 'USD',
    tickPoints: 1,
  };

  it('has a whole number of money units per point', () => {
    expect(pointValue(gold)).toEqual({ ok: true, value: 10 });
    expect(pointValue({ ...gold, digits: 5, contractSize: '100000' })).toEqual({
      ok: true,
      value: 100,
    });
    expect(pointValue({ ...gold, digits: 2, volumeDecimals: 0, contractSize: '50' })).toEqual({
      ok: true,
      value: 5000,
    });
  });

  it('that would need finer money is refused with the reason', () => {
    const fine = pointValue({ ...gold, volumeDecimals: 8 });
    expect(fine.ok ? '' : fine.error).toContain('is worth a fraction of 0.0001 USD');
  });
});
