import { describe, expect, it } from 'vitest';
import type { Instrument } from '#core/market/instrument.ts';
import { cohortOf } from './account-groups.ts';
import { CELL_WIDTH, type BookCells } from './cells.ts';
import { AMOUNT_MAX, bounded, herfindahlOf, longShareOf, measureBook, netOf } from './slices.ts';

const USD = 10_000;
const eurusd: Instrument = {
  symbol: 'EURUSD',
  assetClass: 'forex',
  digits: 5,
  volumeDecimals: 2,
  contractSize: '100000',
  quoteCurrency: 'USD',
  tickPoints: 1,
};

/** One product, region and cohort: long 3 lots from 1.10, short 1 lot from 1.12, at 1.11. */
function cellsOf(over: Partial<BookCells> = {}): BookCells {
  const one = [300, 300 * 110_000, 2, 100, 100 * 112_000, 1];
  return {
    symbols: [{ instrument: eurusd, quote: { bid: 111_000, ask: 111_000 } }],
    products: [{ programId: 'p', programName: 'P', phaseId: 'funded', pays: true }],
    regions: ['CZ'],
    cohorts: [{ month: '2026-05', week: '2026-04-27' }],
    cells: Float64Array.from([...one, ...one, ...one]),
    holders: Int32Array.of(3, 2, 1),
    accounts: Int32Array.of(3, 3, 3),
    owed: Float64Array.of(7, 9, 7, 9, 7, 9),
    paying: 1,
    inProfit: 1,
    largest: [],
    herfindahl: 0,
    ...over,
  };
}

describe('the book in slices', () => {
  it('values what is held at the mid price, and its profit where it could be closed', () => {
    const { firm, slices } = measureBook(cellsOf());
    // 3 lots gain 0.01, 1 lot gains 0.01: 3,000 and 1,000.
    expect(firm).toEqual({
      key: 'firm',
      long: 333_000 * USD,
      short: 111_000 * USD,
      positions: 3,
      accounts: 3,
      floating: 4_000 * USD,
      payable: 7,
      ifClosed: 9,
    });
    expect(netOf(firm)).toBe(222_000 * USD);
    expect(longShareOf(firm)).toBe(750);
    expect(slices.stage.map(({ key }) => key)).toEqual(['funded']);
    expect(slices.month.map(({ key }) => key)).toEqual(['2026-05']);
  });

  it('says that long EURUSD is long EUR and short USD', () => {
    const { currency } = measureBook(cellsOf()).slices;
    expect(currency.map(({ key, long, short }) => [key, long / USD, short / USD])).toEqual([
      ['EUR', 333_000, 111_000],
      ['USD', 111_000, 333_000],
    ]);
  });

  it('names what it cannot value', () => {
    const silent = cellsOf({ symbols: [{ instrument: eurusd, quote: null }] });
    const { unpriced, firm } = measureBook(silent);
    expect([unpriced, firm.long, firm.positions]).toEqual([['EURUSD'], 0, 3]);
  });

  it('shows nothing where nothing is held and nothing is owed', () => {
    const nothing = cellsOf({
      cells: new Float64Array(3 * 2 * CELL_WIDTH),
      owed: new Float64Array(6),
      accounts: new Int32Array(3),
      holders: new Int32Array(3),
    });
    const { slices, crowds } = measureBook(nothing);
    const { firm, ...others } = slices;
    expect(firm).toMatchObject([{ long: 0, short: 0, positions: 0 }]);
    expect(Object.values(others).flat()).toEqual([]);
    expect(crowds).toEqual([]);
  });

  it('says no amount to be larger than it can be exactly', () => {
    const large = Float64Array.from([9e12, 0, 1, 9e12, 0, 1]);
    const cells = Float64Array.from([...large, ...large, ...large]);
    const { firm } = measureBook(cellsOf({ cells }));
    expect([firm.long, firm.short, netOf(firm)]).toEqual([AMOUNT_MAX, AMOUNT_MAX, 0]);
    expect(bounded(-1e300)).toBe(-AMOUNT_MAX);
  });
});

describe('how concentrated sizes are', () => {
  it('is a thousand where one has all, and a thousandth of that over a thousand equals', () => {
    expect(herfindahlOf([5, 0, 0])).toBe(1_000);
    expect(herfindahlOf([1, 1, 1, 1])).toBe(250);
    expect(herfindahlOf([])).toBe(0);
    expect(herfindahlOf(Array.from({ length: 1_000 }, () => 7))).toBe(1);
  });
});

describe('the cohort of a trader', () => {
  it.each([
    ['2026-05-04T00:00:00Z', '2026-05', '2026-05-04'],
    ['2026-05-10T23:59:59Z', '2026-05', '2026-05-04'],
    ['2026-05-03T12:00:00Z', '2026-05', '2026-04-27'],
    ['1970-01-01T00:00:00Z', '1970-01', '1969-12-29'],
    ['2024-02-29T08:00:00Z', '2024-02', '2024-02-26'],
  ])('%s is of %s, in the week of %s', (at, month, week) => {
    expect(cohortOf(Date.parse(at))).toEqual({ month, week });
  });
});
