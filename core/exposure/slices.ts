import { pointValue } from '#core/market/instrument.ts';
import type { Money } from '#core/money/money.ts';
import {
  CELL_PLACE,
  CELL_WIDTH,
  floatingOf,
  HOLDER_KINDS,
  perMilleOf,
  pricesOf,
  SIDES,
  type BookCells,
  type Side,
} from './cells.ts';
import { inFirmCurrency, unitValueOf, type UnitValue } from './unit-value.ts';

/**
 * The ways to cut the book. `stage` is whether a phase pays profit out; `month` and `week` are of a
 * trader's first account.
 */
export const SLICES = [
  'firm',
  'symbol',
  'assetClass',
  'currency',
  'program',
  'phase',
  'stage',
  'region',
  'month',
  'week',
] as const;
export type SliceName = (typeof SLICES)[number];

/** The one row of the whole firm. */
export const FIRM_KEY = 'firm';
/** Of the currencies: what is no exchange of two of them. */
export const NO_CURRENCY = 'none';
export const STAGES = { true: 'funded', false: 'evaluation' } as const;
/** Rows of one slice; the smallest beyond them are left out. */
export const SLICE_ROWS_MAX = 500;
/** No amount is said to be larger: 900 billion of the firm's currency. */
export const AMOUNT_MAX: Money = Number.MAX_SAFE_INTEGER;

/** What traders hold, in one part of the book. The firm stands on the other side. */
export interface ExposureRow {
  readonly key: string;
  /** Notional in the firm's currency. */
  readonly long: Money;
  readonly short: Money;
  readonly positions: number;
  /** Accounts with anything open there; null where an account can be in several parts at once. */
  readonly accounts: number | null;
  /** Of the traders, rounded down once for each symbol. */
  readonly floating: Money;
  /** Null where it belongs to accounts and not to what they hold. */
  readonly payable: Money | null;
  readonly ifClosed: Money | null;
}

/** So many accounts hold a symbol on one side. */
export interface Crowd {
  readonly symbol: string;
  readonly side: Side;
  readonly accounts: number;
  readonly value: Money;
}

/** The whole book as desks show it. */
export interface MeasuredBook {
  readonly slices: Readonly<Record<SliceName, readonly ExposureRow[]>>;
  readonly firm: ExposureRow;
  /** The trade that most accounts are in comes first. */
  readonly crowds: readonly Crowd[];
  /** How concentrated gross notional is over symbols, in thousandths. */
  readonly symbolHerfindahl: number;
  /** Symbols that somebody holds and that no price or rate can value. */
  readonly unpriced: readonly string[];
}

export function netOf({ long, short }: Pick<ExposureRow, 'long' | 'short'>): Money {
  return bounded(long - short);
}

export function grossOf({ long, short }: Pick<ExposureRow, 'long' | 'short'>): Money {
  return bounded(long + short);
}

/** The longs' share of all, in thousandths: 500 is balanced; null where nothing is held. */
export function longShareOf(row: Pick<ExposureRow, 'long' | 'short'>): number | null {
  return grossOf(row) === 0 ? null : perMilleOf(row.long, grossOf(row));
}

/** Adds cells up along every way of cutting the book. */
export function measureBook(cells: BookCells): MeasuredBook {
  const reader = readerOf(cells);
  const symbols = symbolRows(reader);
  const firm = withOwed(summed(FIRM_KEY, symbols), reader, reader.productGroups());
  const products = reader.productGroups().map((group) => groupRow(reader, group));
  const byProduct = (nameOf: (product: BookCells['products'][number]) => string): ExposureRow[] =>
    merged(products.map((row, at) => [nameOf(present(cells.products, at)), row]));
  const cohorts = cells.cohorts.map((_cohort, at) => groupRow(reader, reader.firstCohort + at));
  const byCohort = (nameOf: (cohort: BookCells['cohorts'][number]) => string): ExposureRow[] =>
    merged(cohorts.map((row, at) => [nameOf(present(cells.cohorts, at)), row]));
  const accounts = products.reduce((sum, row) => sum + (row.accounts ?? 0), 0);
  const whole = { ...firm, accounts };
  return {
    firm: whole,
    slices: {
      firm: [whole],
      symbol: ranked(symbols),
      assetClass: classRows(symbols, cells),
      currency: currencyRows(reader),
      program: byProduct(({ programId }) => programId),
      phase: byProduct(({ phaseId }) => phaseId),
      stage: byProduct(({ pays }) => STAGES[`${pays}`]),
      region: merged(
        cells.regions.map((name, at) => [name, groupRow(reader, reader.firstRegion + at)]),
      ),
      month: byCohort(({ month }) => month),
      week: byCohort(({ week }) => week),
    },
    crowds: crowdsOf(reader, symbols),
    symbolHerfindahl: herfindahlOf(symbols.map(grossOf)),
    unpriced: symbols
      .filter((row, at) => row.positions > 0 && !reader.unit(at).isPriced)
      .map(({ key }) => key),
  };
}

interface Cell {
  readonly volume: number;
  readonly openValue: number;
  readonly positions: number;
}

/** Finds its way in the columns of cells. */
interface Reader {
  readonly cells: BookCells;
  readonly firstRegion: number;
  readonly firstCohort: number;
  productGroups(): number[];
  unit(symbol: number): UnitValue;
  cell(group: number, symbol: number, side: Side): Cell;
  /** A symbol on one side over the whole book. */
  total(symbol: number, side: Side): Cell;
  floating(symbol: number, side: Side, cell: Cell): Money;
}

function readerOf(cells: BookCells): Reader {
  const prices = pricesOf(cells.symbols);
  const units = cells.symbols.map(({ instrument }) => unitValueOf(instrument, prices));
  const points = cells.symbols.map(({ instrument }) => {
    const value = pointValue(instrument);
    return value.ok ? value.value : 0;
  });
  const productGroups = (): number[] => cells.products.map((_product, at) => at);
  const cell: Reader['cell'] = (group, symbol, side) => {
    const at =
      ((group * cells.symbols.length + symbol) * SIDES.length + SIDES.indexOf(side)) * CELL_WIDTH;
    const { volume, openValue, positions } = CELL_PLACE;
    return {
      volume: cells.cells[at + volume] ?? 0,
      openValue: cells.cells[at + openValue] ?? 0,
      positions: cells.cells[at + positions] ?? 0,
    };
  };
  return {
    cells,
    firstRegion: cells.products.length,
    firstCohort: cells.products.length + cells.regions.length,
    productGroups,
    unit: (symbol) => present(units, symbol),
    cell,
    total: (symbol, side) => {
      const sum = { volume: 0, openValue: 0, positions: 0 };
      for (const group of productGroups()) {
        const one = cell(group, symbol, side);
        sum.volume += one.volume;
        sum.openValue += one.openValue;
        sum.positions += one.positions;
      }
      return sum;
    },
    floating: (symbol, side, held) => {
      const priced = present(cells.symbols, symbol);
      const amount = bounded(floatingOf(side, held, priced, points[symbol] ?? 0));
      return inFirmCurrency(amount, priced.instrument.quoteCurrency, prices) ?? 0;
    },
  };
}

function symbolRows(reader: Reader): ExposureRow[] {
  return reader.cells.symbols.map(({ instrument }, symbol) => ({
    ...rowOf(instrument.symbol, symbol, (side) => reader.total(symbol, side), reader),
    accounts: reader.cells.holders[symbol * HOLDER_KINDS] ?? 0,
  }));
}

/** What one symbol adds to a row. */
function rowOf(
  key: string,
  symbol: number,
  cellOf: (side: Side) => Cell,
  reader: Reader,
): ExposureRow {
  const [long, short] = [cellOf('long'), cellOf('short')];
  const { notional } = reader.unit(symbol);
  return {
    key,
    long: bounded(long.volume * notional),
    short: bounded(short.volume * notional),
    positions: long.positions + short.positions,
    accounts: null,
    floating: reader.floating(symbol, 'long', long) + reader.floating(symbol, 'short', short),
    payable: null,
    ifClosed: null,
  };
}

function groupRow(reader: Reader, group: number): ExposureRow {
  const parts = reader.cells.symbols.map((_symbol, symbol) =>
    rowOf('', symbol, (side) => reader.cell(group, symbol, side), reader),
  );
  const row = { ...summed('', parts), accounts: reader.cells.accounts[group] ?? 0 };
  return withOwed(row, reader, [group]);
}

function withOwed(
  row: ExposureRow,
  { cells: { owed } }: Reader,
  groups: readonly number[],
): ExposureRow {
  const sum = (place: number): Money =>
    bounded(groups.reduce((total, group) => total + (owed[group * 2 + place] ?? 0), 0));
  return { ...row, payable: sum(0), ifClosed: sum(1) };
}

function classRows(symbols: readonly ExposureRow[], cells: BookCells): ExposureRow[] {
  return merged(
    symbols.map((row, at) => [
      present(cells.symbols, at).instrument.assetClass,
      { ...row, accounts: null },
    ]),
  );
}

/**
 * Every position as what it is long and short of. The profit of a currency is that of what is
 * quoted in it.
 */
function currencyRows(reader: Reader): ExposureRow[] {
  const parts: (readonly [string, ExposureRow])[] = [];
  for (const [symbol, { instrument }] of reader.cells.symbols.entries()) {
    const { legs, notional } = reader.unit(symbol);
    const long = reader.total(symbol, 'long');
    const short = reader.total(symbol, 'short');
    const positions = long.positions + short.positions;
    const floating =
      reader.floating(symbol, 'long', long) + reader.floating(symbol, 'short', short);
    const of = (
      key: string,
      bought: number,
      sold: number,
      profit: Money,
    ): readonly [string, ExposureRow] => [
      key,
      {
        key,
        long: bounded(bought),
        short: bounded(sold),
        positions,
        accounts: null,
        floating: profit,
        payable: null,
        ifClosed: null,
      },
    ];
    if (legs) {
      const { longValue, shortValue } = legs;
      parts.push(of(legs.long, long.volume * longValue, short.volume * longValue, 0));
      parts.push(of(legs.short, short.volume * shortValue, long.volume * shortValue, floating));
    } else {
      parts.push(of(NO_CURRENCY, long.volume * notional, short.volume * notional, 0));
      parts.push(of(instrument.quoteCurrency, 0, 0, floating));
    }
  }
  return merged(parts);
}

/** Rows of one name become one; the largest gross first, empty ones left out. */
function merged(parts: readonly (readonly [string, ExposureRow])[]): ExposureRow[] {
  const byKey = new Map<string, ExposureRow[]>();
  for (const [key, row] of parts) {
    const known = byKey.get(key);
    if (known) known.push(row);
    else byKey.set(key, [row]);
  }
  return ranked([...byKey].map(([key, rows]) => summed(key, rows)));
}

function ranked(rows: readonly ExposureRow[]): ExposureRow[] {
  return rows
    .filter((row) => row.positions > 0 || (row.ifClosed ?? 0) > 0 || (row.payable ?? 0) > 0)
    .sort((one, other) => grossOf(other) - grossOf(one) || (one.key < other.key ? -1 : 1))
    .slice(0, SLICE_ROWS_MAX);
}

function summed(key: string, rows: readonly ExposureRow[]): ExposureRow {
  const sum = (of: (row: ExposureRow) => Money): Money =>
    bounded(rows.reduce((total, row) => total + of(row), 0));
  /** What one of them does not know, none does. */
  const known = (of: (row: ExposureRow) => Money | null): Money | null =>
    rows.every((row) => of(row) !== null) ? sum((row) => of(row) ?? 0) : null;
  return {
    key,
    long: sum(({ long }) => long),
    short: sum(({ short }) => short),
    positions: sum(({ positions }) => positions),
    accounts: known(({ accounts }) => accounts),
    floating: sum(({ floating }) => floating),
    payable: known(({ payable }) => payable),
    ifClosed: known(({ ifClosed }) => ifClosed),
  };
}

function crowdsOf({ cells }: Reader, symbols: readonly ExposureRow[]): Crowd[] {
  return symbols
    .flatMap(({ key, long, short }, symbol) =>
      SIDES.map((side, at): Crowd => ({
        symbol: key,
        side,
        accounts: cells.holders[symbol * HOLDER_KINDS + 1 + at] ?? 0,
        value: side === 'long' ? long : short,
      })),
    )
    .filter(({ accounts }) => accounts > 0)
    .sort(
      (one, other) =>
        other.accounts - one.accounts ||
        other.value - one.value ||
        (one.symbol < other.symbol ? -1 : 1),
    );
}

/** The sum of squared shares in thousandths: 1,000 where one holds all. */
export function herfindahlOf(sizes: readonly Money[]): number {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return 0;
  return Math.floor(sizes.reduce((sum, size) => sum + (size / total) ** 2, 0) * 1_000);
}

/** An amount that a whole number can hold exactly; a larger one is said to be the largest. */
export function bounded(amount: Money): Money {
  return Math.max(-AMOUNT_MAX, Math.min(AMOUNT_MAX, amount)) + 0;
}

function present<Item>(items: readonly Item[], at: number): Item {
  return items[at] as Item;
}
