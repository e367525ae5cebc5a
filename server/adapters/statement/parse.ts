import { err, ok, type Result } from '#core/kernel/result.ts';
import { parseDecimal } from '#core/money/money.ts';
import { csvRows, decodeStatement, htmlRows, type Row } from './table.ts';

/** One fill of a statement, amounts still as decimal text. */
export interface StatementDeal {
  readonly line: number;
  readonly at: number;
  readonly dealId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly entry: 'in' | 'out';
  readonly lots: string;
  readonly price: string;
  readonly profit: number;
  readonly commission: number;
  readonly swap: number;
  readonly fee: number;
}
export interface StatementBalance {
  readonly line: number;
  readonly at: number;
  readonly id: string;
  readonly amount: number;
  readonly comment: string;
}
export interface Statement {
  readonly format: 'CSV' | 'MetaTrader 5' | 'MetaTrader 4';
  readonly deals: readonly StatementDeal[];
  readonly balances: readonly StatementBalance[];
}

/** Turns wall time of the statement into UTC. */
export type ToUtc = (text: string) => number;

/**
 * Reads an account history: the documented CSV, MetaTrader 5's "Trade History Report" or MetaTrader
 * 4's "Statement" in HTML. Says which section and column is missing rather than guess.
 */
export function parseStatement(bytes: Uint8Array, toUtc: ToUtc): Result<Statement, string> {
  const text = decodeStatement(bytes);
  if (/<html|<table/i.test(text.slice(0, 4_000))) {
    const rows = htmlRows(text);
    if (rows.some(({ cells }) => cells[0] === 'Closed Transactions:'))
      return metaTrader4(rows, toUtc);
    return metaTrader5(rows, toUtc);
  }
  return csv(csvRows(text), toUtc);
}

type Columns<Name extends string> = Readonly<Record<Name, number>>;

function columnsOf<const Name extends string>(
  header: Row,
  names: readonly Name[],
  where: string,
): Result<Columns<Name>, string> {
  const lower = header.cells.map((cell) => cell.toLowerCase());
  const found = {} as Record<Name, number>;
  for (const name of names) {
    const place = lower.indexOf(name.toLowerCase());
    if (place < 0) return err(`${where}: the column "${name}" is missing (line ${header.line})`);
    found[name] = place;
  }
  return ok(found);
}

/** "1 234.56", "-1 234.56", "1,234.56" and "1.234,56" alike; four decimals of money. */
export function readAmount(text: string, decimals = 4): Result<number, string> {
  const bare = text.replace(/[\s\u00A0']/g, '');
  if (bare === '') return ok(0);
  const european = /^-?\d{1,3}(\.\d{3})*,\d+$/.test(bare);
  return parseDecimal(
    european ? bare.replaceAll('.', '').replace(',', '.') : bare.replaceAll(',', ''),
    decimals,
  );
}

const CSV_COLUMNS = [
  'time',
  'type',
  'id',
  'position',
  'symbol',
  'side',
  'entry',
  'lots',
  'price',
  'profit',
] as const;

function csv(rows: readonly Row[], toUtc: ToUtc): Result<Statement, string> {
  const [header, ...body] = rows;
  if (!header) return err('the file is empty');
  const columns = columnsOf(header, CSV_COLUMNS, 'CSV header');
  if (!columns.ok) return columns;
  const optional = (name: string): number =>
    header.cells.map((cell) => cell.toLowerCase()).indexOf(name);
  const places = {
    commission: optional('commission'),
    swap: optional('swap'),
    fee: optional('fee'),
  };
  const deals: StatementDeal[] = [];
  const balances: StatementBalance[] = [];
  for (const row of body) {
    const cell = (name: (typeof CSV_COLUMNS)[number]): string =>
      row.cells[columns.value[name]] ?? '';
    const read = createRowReader(row, 'CSV', toUtc);
    const at = read.time(cell('time'));
    const profit = read.amount(cell('profit'), 'profit');
    if (cell('type').toLowerCase() === 'balance') {
      balances.push({
        line: row.line,
        at,
        id: cell('id') || `line-${row.line}`,
        amount: profit,
        comment: '',
      });
    } else {
      deals.push({
        line: row.line,
        at,
        dealId: cell('id') || `line-${row.line}`,
        positionId: cell('position'),
        symbol: cell('symbol').toUpperCase(),
        side: read.oneOf(cell('side'), ['buy', 'sell'], 'side'),
        entry: read.oneOf(cell('entry'), ['in', 'out'], 'entry'),
        lots: cell('lots'),
        price: cell('price'),
        profit,
        commission: read.amount(row.cells[places.commission] ?? '', 'commission'),
        swap: read.amount(row.cells[places.swap] ?? '', 'swap'),
        fee: read.amount(row.cells[places.fee] ?? '', 'fee'),
      });
    }
    if (read.problem() !== null) return err(read.problem() ?? '');
  }
  return finished({ format: 'CSV', deals, balances });
}

const MT5_COLUMNS = [
  'Time',
  'Deal',
  'Symbol',
  'Type',
  'Direction',
  'Volume',
  'Price',
  'Order',
  'Commission',
  'Swap',
  'Profit',
] as const;

/** The Deals section has every fill; positions are paired by symbol, first in first out. */
function metaTrader5(rows: readonly Row[], toUtc: ToUtc): Result<Statement, string> {
  const title = rows.findIndex(
    ({ cells }) => cells.filter((cell) => cell !== '').join() === 'Deals',
  );
  if (title < 0)
    return err('MetaTrader 5 report: the section "Deals" is missing; export the full report');
  const header = rows[title + 1];
  if (!header) return err('MetaTrader 5 report: the section "Deals" is empty');
  const columns = columnsOf(header, MT5_COLUMNS, 'MetaTrader 5 report, section Deals');
  if (!columns.ok) return columns;
  const feeColumn = header.cells.indexOf('Fee');
  const deals: StatementDeal[] = [];
  const balances: StatementBalance[] = [];
  const open: { id: string; symbol: string; side: 'buy' | 'sell'; lots: number }[] = [];
  for (const row of rows.slice(title + 2)) {
    const cell = (name: (typeof MT5_COLUMNS)[number]): string =>
      row.cells[columns.value[name]] ?? '';
    if (!/^\d{4}\.\d\d\.\d\d/.test(cell('Time'))) {
      if (cell('Time') === '' && deals.length > 0) break;
      continue;
    }
    const read = createRowReader(row, 'MetaTrader 5 report, section Deals', toUtc);
    const at = read.time(cell('Time'));
    const profit = read.amount(cell('Profit'), 'Profit');
    const type = cell('Type').toLowerCase();
    if (type === 'balance' || type === 'credit' || type === 'correction') {
      balances.push({ line: row.line, at, id: cell('Deal'), amount: profit, comment: type });
      continue;
    }
    const side = read.oneOf(type, ['buy', 'sell'], 'Type');
    const direction = read.oneOf(cell('Direction').toLowerCase(), ['in', 'out'], 'Direction');
    const lots = read.amount(cell('Volume').split('/')[0] ?? '', 'Volume');
    const shared = {
      line: row.line,
      at,
      symbol: cell('Symbol').toUpperCase(),
      side,
      price: cell('Price').replace(/\s/g, ''),
    };
    const costs = {
      commission: read.amount(cell('Commission'), 'Commission'),
      swap: read.amount(cell('Swap'), 'Swap'),
      fee: read.amount(row.cells[feeColumn] ?? '', 'Fee'),
    };
    if (direction === 'in') {
      open.push({ id: cell('Order'), symbol: shared.symbol, side, lots });
      deals.push({
        ...shared,
        ...costs,
        dealId: cell('Deal'),
        positionId: cell('Order'),
        entry: 'in',
        lots: lotsText(lots),
        profit,
      });
    } else {
      const closed = closeFirst(open, shared.symbol, side, lots);
      if (closed === null)
        return err(
          `${read.where}: deal ${cell('Deal')} closes more ${shared.symbol} than was open`,
        );
      for (const [part, piece] of closed.entries()) {
        const first = part === 0;
        deals.push({
          ...shared,
          ...(first ? costs : { commission: 0, swap: 0, fee: 0 }),
          dealId: first ? cell('Deal') : `${cell('Deal')}-${part}`,
          positionId: piece.id,
          entry: 'out',
          lots: lotsText(piece.lots),
          // The report gives one profit for the whole fill: it is booked once.
          profit: first ? profit : 0,
        });
      }
    }
    if (read.problem() !== null) return err(read.problem() ?? '');
  }
  return finished({ format: 'MetaTrader 5', deals, balances });
}

const MT4_COLUMNS = [
  'Ticket',
  'Open Time',
  'Type',
  'Size',
  'Item',
  'Close Time',
  'Commission',
  'Swap',
  'Profit',
] as const;

/** Every closed order is one line with both prices; balance lines stand among them. */
function metaTrader4(rows: readonly Row[], toUtc: ToUtc): Result<Statement, string> {
  const title = rows.findIndex(({ cells }) => cells[0] === 'Closed Transactions:');
  const header = rows[title + 1];
  if (!header) return err('MetaTrader 4 statement: the section "Closed Transactions" is empty');
  const columns = columnsOf(
    header,
    MT4_COLUMNS,
    'MetaTrader 4 statement, section Closed Transactions',
  );
  if (!columns.ok) return columns;
  const prices = header.cells.flatMap((cell, at) => (cell === 'Price' ? [at] : []));
  const taxes = header.cells.indexOf('Taxes');
  if (prices.length < 2)
    return err(
      'MetaTrader 4 statement, section Closed Transactions: two columns "Price" are expected',
    );
  const deals: StatementDeal[] = [];
  const balances: StatementBalance[] = [];
  for (const row of rows.slice(title + 2)) {
    const cell = (name: (typeof MT4_COLUMNS)[number]): string =>
      row.cells[columns.value[name]] ?? '';
    if (!/^\d+$/.test(cell('Ticket'))) {
      if (/Open Trades|Working Orders|Closed P/.test(row.cells.join(' '))) break;
      continue;
    }
    const read = createRowReader(row, 'MetaTrader 4 statement, section Closed Transactions', toUtc);
    const type = cell('Type').toLowerCase();
    const openedAt = read.time(cell('Open Time'));
    if (type === 'balance' || type === 'credit') {
      const amount = read.amount(row.cells.at(-1) ?? '', 'Profit');
      balances.push({ line: row.line, at: openedAt, id: cell('Ticket'), amount, comment: type });
      continue;
    }
    if (!['buy', 'sell'].includes(type)) continue; // Cancelled pending orders move no money.
    const side = type as 'buy' | 'sell';
    const shared = {
      line: row.line,
      positionId: cell('Ticket'),
      symbol: cell('Item').toUpperCase(),
      lots: cell('Size'),
    };
    const none = { profit: 0, commission: 0, swap: 0, fee: 0 };
    deals.push({
      ...shared,
      ...none,
      at: openedAt,
      dealId: `${cell('Ticket')}-in`,
      side,
      entry: 'in',
      price: row.cells[prices[0] ?? -1] ?? '',
    });
    deals.push({
      ...shared,
      at: read.time(cell('Close Time')),
      dealId: `${cell('Ticket')}-out`,
      side: side === 'buy' ? 'sell' : 'buy',
      entry: 'out',
      price: row.cells[prices[1] ?? -1] ?? '',
      profit: read.amount(cell('Profit'), 'Profit'),
      commission: read.amount(cell('Commission'), 'Commission'),
      swap: read.amount(cell('Swap'), 'Swap'),
      fee: read.amount(row.cells[taxes] ?? '', 'Taxes'),
    });
    if (read.problem() !== null) return err(read.problem() ?? '');
  }
  return finished({ format: 'MetaTrader 4', deals, balances });
}

function finished(statement: Statement): Result<Statement, string> {
  if (statement.deals.length === 0) return err(`the ${statement.format} statement holds no deals`);
  const deals = statement.deals.toSorted(
    (one, other) => one.at - other.at || one.line - other.line,
  );
  const balances = statement.balances.toSorted(
    (one, other) => one.at - other.at || one.line - other.line,
  );
  return ok({ ...statement, deals, balances });
}

function closeFirst(
  open: { id: string; symbol: string; side: 'buy' | 'sell'; lots: number }[],
  symbol: string,
  side: 'buy' | 'sell',
  lots: number,
): { id: string; lots: number }[] | null {
  const closed: { id: string; lots: number }[] = [];
  let left = lots;
  while (left > 0) {
    const first = open.find((one) => one.symbol === symbol && one.side !== side);
    if (!first) return null;
    const part = Math.min(left, first.lots);
    closed.push({ id: first.id, lots: part });
    first.lots -= part;
    left -= part;
    if (first.lots === 0) open.splice(open.indexOf(first), 1);
  }
  return closed;
}

function lotsText(units: number): string {
  return String(units / 10_000);
}

interface RowReader {
  readonly where: string;
  time(text: string): number;
  amount(text: string, name: string): number;
  oneOf<const Word extends string>(text: string, words: readonly Word[], name: string): Word;
  problem(): string | null;
}

/** Reads cells of one row; the first problem is kept with its place. */
function createRowReader(row: Row, section: string, toUtc: ToUtc): RowReader {
  const where = `${section}, line ${row.line}`;
  let problem: string | null = null;
  const fail = (text: string): void => {
    problem ??= `${where}: ${text}`;
  };
  return {
    where,
    time: (text) => {
      const at = toUtc(text);
      if (!Number.isFinite(at)) fail(`"${text}" is no time`);
      return at;
    },
    amount: (text, name) => {
      const amount = readAmount(text);
      if (!amount.ok) fail(`${name}: ${amount.error}`);
      return amount.ok ? amount.value : 0;
    },
    oneOf: (text, words, name) => {
      const word = words.find((one) => one === text.toLowerCase());
      if (word === undefined) fail(`${name} "${text}" is none of ${words.join(', ')}`);
      return word ?? (words[0] as (typeof words)[number]);
    },
    problem: () => problem,
  };
}
