import { assert } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { accountNumber } from './account.ts';
import { checkBatch, type PaymentBatch } from './payment-batch.ts';

/**
 * What a spreadsheet may pass over before it looks for a formula: blanks of all scripts, signs that
 * only format, and controls that neither begin a formula nor end a line.
 */
const BLANK =
  '[\\p{Zs}\\p{Cf}\\u0001-\\u0008\\u000B\\u000C\\u000E-\\u001F\\u007F-\\u0084\\u0086-\\u009F]*';
/** What begins a formula, in full width and small forms too, and what ends a cell for some. */
const STARTER = '[=+\\-@\\t\\r\\0\\uFF1D\\uFF0B\\uFF0D\\uFF20\\uFE66\\uFE62\\uFE63\\uFE6B]';
/** A line of a cell may become a cell of its own, when text is pasted or split again. */
const FORMULA = new RegExp(`(?:^|[\\n\\r\\u0085\\u2028\\u2029])${BLANK}${STARTER}`, 'u');
/** Spreadsheets take a cell that begins with it as text, and do not show it. */
const GUARD = "'";

/**
 * Rows as CSV: every cell quoted, lines ended by CR LF. A cell that a spreadsheet could take for a
 * formula begins with an apostrophe; so does a cell that already looks guarded, so that reading
 * gives back exactly what was written.
 */
export function csvOf(rows: readonly (readonly string[])[]): string {
  const width = rows[0]?.length ?? 0;
  for (const row of rows)
    assert(row.length === width && width > 0, 'rows of a table are equally long');
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(cell: string): string {
  return `"${(looksLikeFormula(cell) ? `${GUARD}${cell}` : cell).replaceAll('"', '""')}"`;
}

/** With or without guards: a guard that somebody typed is guarded again. */
function looksLikeFormula(cell: string): boolean {
  return FORMULA.test(cell.replace(/^'+/, ''));
}

/** No payment list is larger; a file that is was never one. */
export const CSV_LIMITS = {
  charactersMax: 16 * 1024 * 1024,
  rowsMax: 100_000,
  columnsMax: 200,
  /** The longest that a cell of a spreadsheet can be. */
  cellMax: 32_767,
} as const;

/**
 * Reads what csvOf wrote, guards taken off again, and plain CSV of others: cells separated by
 * commas, quoted or not, lines ended by CR LF or LF. Quotes in the middle of a cell, rows of
 * another length and open ends are refused with the line.
 */
export function readCsv(text: string): Result<string[][], string> {
  if (text.length > CSV_LIMITS.charactersMax)
    return err(`the file has more than ${CSV_LIMITS.charactersMax} characters`);
  const source = text.replace(/^\uFEFF/, '');
  const rows: string[][] = [];
  let row: string[] = [];
  let line = 1;
  let at = 0;
  // A comma at the very end still has an empty cell behind it.
  while (at < source.length || row.length > 0) {
    const read = readCell(source, at);
    if (!read.ok) return err(`line ${line}: ${read.error}`);
    const { cell, next, endsRow } = read.value;
    row.push(unguarded(cell));
    const problem = tableProblem(row, rows, endsRow);
    if (problem !== null) return err(`line ${line}: ${problem}`);
    line += lineBreaks(source, at, next);
    at = next;
    if (endsRow) rows.push(row);
    if (endsRow) row = [];
  }
  return ok(rows);
}

function unguarded(cell: string): string {
  return cell.startsWith(GUARD) && looksLikeFormula(cell) ? cell.slice(GUARD.length) : cell;
}

interface ReadCell {
  readonly cell: string;
  /** Where the next cell begins. */
  readonly next: number;
  readonly endsRow: boolean;
}

function readCell(source: string, start: number): Result<ReadCell, string> {
  const end = source[start] === '"' ? quotedEnd(source, start) : plainEnd(source, start);
  if (end < 0) return err('a quoted cell is never closed');
  if (end - start > 2 * CSV_LIMITS.cellMax + 2) return err(tooLong());
  const raw = source.slice(start, end);
  const cell = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
  if (cell.length > CSV_LIMITS.cellMax) return err(tooLong());
  if (end === source.length) return ok({ cell, next: end, endsRow: true });
  if (source[end] === ',') return ok({ cell, next: end + 1, endsRow: false });
  if (source[end] === '\n') return ok({ cell, next: end + 1, endsRow: true });
  if (source.startsWith('\r\n', end)) return ok({ cell, next: end + 2, endsRow: true });
  return err(
    raw.startsWith('"')
      ? 'text follows a closing quote'
      : 'a quote or line end stands inside a cell',
  );
}

function tooLong(): string {
  return `a cell is longer than ${CSV_LIMITS.cellMax} characters`;
}

/** Past the closing quote, or -1. Two quotes in a row are one that belongs to the text. */
function quotedEnd(source: string, start: number): number {
  let at = source.indexOf('"', start + 1);
  while (at >= 0 && source[at + 1] === '"') at = source.indexOf('"', at + 2);
  return at < 0 ? -1 : at + 1;
}

function plainEnd(source: string, start: number): number {
  PLAIN_CELL.lastIndex = start;
  return start + (PLAIN_CELL.exec(source)?.[0].length ?? 0);
}

const PLAIN_CELL = /[^,"\r\n]*/y;

function tableProblem(
  row: readonly string[],
  rows: readonly string[][],
  endsRow: boolean,
): string | null {
  const width = rows[0]?.length;
  if (row.length > CSV_LIMITS.columnsMax)
    return `there are more than ${CSV_LIMITS.columnsMax} columns`;
  if (rows.length >= CSV_LIMITS.rowsMax) return `there are more than ${CSV_LIMITS.rowsMax} rows`;
  if (endsRow && width !== undefined && row.length !== width)
    return `the row has ${row.length} cells, the first has ${width}`;
  return null;
}

function lineBreaks(source: string, from: number, to: number): number {
  return source.slice(from, to).split('\n').length - 1;
}

const PAYMENT_COLUMNS = [
  'Message id',
  'Execution date',
  'Instruction id',
  'End-to-end id',
  'Amount',
  'Currency',
  'Payee',
  'Account',
  'BIC',
  'Remittance',
] as const;

/** A batch as a table for people and for banks that take one; held to the same checks as the XML. */
export function paymentCsv(batch: PaymentBatch): Result<string, string> {
  const checked = checkBatch(batch);
  if (!checked.ok) return checked;
  const rows = checked.value.payments.map(({ payment, amount }) => [
    batch.messageId,
    batch.executionDate,
    payment.instructionId,
    payment.endToEndId,
    amount,
    batch.currency,
    payment.payee.name,
    accountNumber(payment.payee.account),
    payment.payee.bic ?? '',
    payment.remittance,
  ]);
  return ok(csvOf([PAYMENT_COLUMNS, ...rows]));
}
