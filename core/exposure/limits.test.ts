import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  clearingSentence,
  createLimitBook,
  crossingSentence,
  CROSSINGS_PER_LOOK_MAX,
  exposureLimitSchema,
  exposureLimitsSchema,
  judgeLimits,
  readLimits,
  type ExposureLimit,
  type LimitBook,
  type LimitReading,
} from './limits.ts';
import { SLICES, type ExposureRow, type MeasuredBook } from './slices.ts';

const DOLLAR = 10_000;
const gold: ExposureLimit = {
  limitId: 'gold',
  by: 'symbol',
  key: 'XAUUSD',
  measure: 'net',
  limit: 100 * DOLLAR,
  warnAt: [700, 900],
};
const each: ExposureLimit = { ...gold, limitId: 'each', key: null, measure: 'gross', warnAt: [] };

function bookOf(limits: readonly ExposureLimit[], hysteresis = 100): LimitBook {
  const book = createLimitBook();
  book.changed({ version: 1, limits: [...limits], hysteresis });
  return book;
}

/** Judges one reading and lets what follows take place; says what it was. */
function note(book: LimitBook, dollars: number, over: Partial<LimitReading> = {}): string {
  const reading = { limitId: 'gold', key: 'XAUUSD', value: dollars * DOLLAR, ...over };
  return noteAll(book, [reading]).join(', ');
}

function noteAll(book: LimitBook, readings: readonly LimitReading[]): string[] {
  return judgeLimits(book, readings, 7).map((change) => {
    if (change.kind === 'exposureLimitCrossed') book.crossed(change.data, 11);
    else book.cleared(change.data);
    const { kind, data } = change;
    return `${kind === 'exposureLimitCrossed' ? 'up to' : 'down to'} ${data.share} ${data.level}`;
  });
}

function row(key: string, long: number, short: number): ExposureRow {
  const held = { key, long: long * DOLLAR, short: short * DOLLAR, positions: 1, accounts: 1 };
  return { ...held, floating: 0, payable: 0, ifClosed: 30 * DOLLAR };
}

function measured(
  symbols: readonly ExposureRow[],
): Pick<MeasuredBook, 'slices'> & { largestAccount: number } {
  const none = Object.fromEntries(SLICES.map((name) => [name, [] as ExposureRow[]]));
  const slices = { ...none, symbol: symbols, firm: [row('firm', 40, 90)] };
  return { slices: slices as unknown as MeasuredBook['slices'], largestAccount: 12 * DOLLAR };
}

describe('a limit on exposure', () => {
  it('warns above each of its shares, and is breached above itself: not at it', () => {
    const book = bookOf([gold]);
    expect(note(book, 70)).toBe('');
    expect(note(book, 70.0001)).toBe('up to 700 warning');
    expect(note(book, 90)).toBe('');
    expect(note(book, 91)).toBe('up to 900 warning');
    expect(note(book, 100)).toBe('');
    expect(note(book, 101)).toBe('up to 1000 breach');
  });

  it('tells of the highest share alone when several are crossed at once', () => {
    expect(note(bookOf([gold]), 250)).toBe('up to 1000 breach');
  });

  it('is left only below its line by the hysteresis, and told of once while it stands', () => {
    const book = bookOf([gold]);
    expect(note(book, 101)).toBe('up to 1000 breach');
    for (const value of [99, 101, 90.0001, 100, 95]) expect(note(book, value)).toBe('');
    expect(note(book, 90)).toBe('down to 900 breach');
    expect(note(book, 85)).toBe('');
    expect(note(book, 81)).toBe('down to 700 warning');
    expect(note(book, 10)).toBe('down to 0 warning');
    expect([...book.standings()]).toEqual([]);
  });

  it('says nothing new about the same readings, whatever they are and whatever stood before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 150 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 0, max: 500 }),
        (values, hysteresis) => {
          const book = bookOf([gold], hysteresis);
          for (const value of values) {
            note(book, value);
            expect(note(book, value)).toBe('');
            const share = book.standing('gold', 'XAUUSD')?.share ?? 0;
            // Never below what is reached, never above what the hysteresis still holds.
            const reached = [700, 900, 1_000].findLast((one) => value * 10 > one) ?? 0;
            const isHeld = value * 10_000 > share * (1_000 - hysteresis);
            expect([share >= reached, share === reached || isHeld]).toEqual([true, true]);
          }
        },
      ),
    );
  });

  it('holds for every part by itself where it names none', () => {
    const book = bookOf([each]);
    const readings = readLimits(book, measured([row('EURUSD', 90, 20), row('ES', 10, 20)]));
    expect(readings).toEqual([
      { limitId: 'each', key: 'EURUSD', value: 110 * DOLLAR },
      { limitId: 'each', key: 'ES', value: 30 * DOLLAR },
    ]);
    expect(noteAll(book, readings)).toEqual(['up to 1000 breach']);
    expect(book.standing('each', 'EURUSD')?.level).toBe('breach');
    expect(book.standing('each', 'ES')).toBeUndefined();
  });

  it('is cleared where nothing is held any more', () => {
    const book = bookOf([each, gold]);
    noteAll(book, readLimits(book, measured([row('EURUSD', 90, 20), row('XAUUSD', 0, 95)])));
    expect([...book.standings()].map(({ slice }) => slice.key)).toEqual(['EURUSD', 'XAUUSD']);
    expect(noteAll(book, readLimits(book, measured([])))).toEqual([
      'down to 0 warning',
      'down to 0 breach',
    ]);
  });

  it('measures net either way, gross, what is owed, and the largest account', () => {
    const of = (over: Partial<ExposureLimit>): ExposureLimit => ({
      ...gold,
      by: 'firm',
      key: 'firm',
      ...over,
    });
    const book = bookOf([
      of({ limitId: 'net' }),
      of({ limitId: 'gross', measure: 'gross' }),
      of({ limitId: 'owed', measure: 'liability' }),
      of({ limitId: 'largest', measure: 'largestAccount' }),
    ]);
    const values = readLimits(book, measured([])).map(({ value }) => value / DOLLAR);
    expect(values).toEqual([50, 130, 30, 12]);
  });

  it('that changed stands for nothing, and one that stayed goes on standing', () => {
    const other = { ...gold, limitId: 'other' };
    const book = bookOf([gold, other]);
    note(book, 101);
    note(book, 101, { limitId: 'other' });
    book.changed({ version: 2, limits: [{ ...gold, limit: 200 * DOLLAR }, other], hysteresis: 10 });
    expect([...book.standings()].map(({ limitId }) => limitId)).toEqual(['other']);
  });

  it('tells the most urgent first, and of no more at once than its share of the log', () => {
    const limits = Array.from({ length: 150 }, (_unused, at) => ({
      ...gold,
      limitId: `limit-${at}`,
    }));
    const book = bookOf(limits);
    const readings = limits.map(({ limitId }, at) => ({
      limitId,
      key: 'XAUUSD',
      value: (at === 149 ? 101 : 75) * DOLLAR,
    }));
    const said = noteAll(book, readings);
    expect(said).toHaveLength(CROSSINGS_PER_LOOK_MAX);
    expect(said[0]).toBe('up to 1000 breach');
    expect(noteAll(book, readings)).toHaveLength(50);
  });

  it('says in a sentence what was crossed, with its numbers', () => {
    const book = bookOf([gold]);
    const [up] = judgeLimits(book, [{ limitId: 'gold', key: 'XAUUSD', value: 91_2500 * 100 }], 7);
    expect(up?.kind === 'exposureLimitCrossed' && crossingSentence(up.data)).toBe(
      'Net exposure of symbol XAUUSD is 9,125.00 USD: above its limit of 100.00',
    );
    note(book, 101);
    const [down] = judgeLimits(book, [{ limitId: 'gold', key: 'XAUUSD', value: 75_0000 }], 7);
    expect(down?.kind === 'exposureLimitCleared' && clearingSentence(down.data)).toBe(
      'Net exposure of symbol XAUUSD has come back to 75.00 USD of 100.00, still above 70 %',
    );
  });
});

describe('what a limit may be', () => {
  it.each([
    ['a limit of nothing', { limit: 0 }],
    ['warnings that do not rise', { warnAt: [900, 800] }],
    ['a warning at the limit itself', { warnAt: [1_000] }],
    ['the largest account of one symbol', { measure: 'largestAccount' }],
    ['what a symbol owes', { measure: 'liability' }],
    ['another firm', { by: 'firm', key: 'other' }],
    ['each firm', { by: 'firm', key: null }],
    ['a measure that is none', { measure: 'margin' }],
    ['more than is known', { note: 'x' }],
  ])('is not %s', (_what, over) => {
    expect(exposureLimitSchema.safeParse(gold).success).toBe(true);
    expect(exposureLimitSchema.safeParse({ ...gold, ...over }).success).toBe(false);
  });

  it('is not two limits of one name', () => {
    const limits = { version: 1, limits: [gold, { ...gold, key: 'EURUSD' }], hysteresis: 50 };
    expect(exposureLimitsSchema.safeParse(limits).success).toBe(false);
  });
});
