import type { Book } from '#renderer/store/book.ts';
import type { GridColumn } from './columns.ts';

/** The accounts in the order shown, as CSV (RFC 4180). A leading formula sign is defused. */
export function csvOf(
  book: Book,
  accounts: Iterable<number>,
  columns: readonly GridColumn[],
): string {
  const lines = [columns.map(({ title }) => field(title)).join(',')];
  for (const account of accounts) {
    lines.push(columns.map((column) => field(plainText(column, book, account))).join(','));
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** Numbers without separators, so that a spreadsheet reads them as numbers. */
function plainText(column: GridColumn, book: Book, account: number): string {
  const text = column.text(book, account);
  return column.numeric ? text.replaceAll(',', '') : text;
}

function field(text: string): string {
  // A spreadsheet would run it; a plain number may keep its sign.
  const safe = /^[=@\t\r]/.test(text) || /^[+-](?![\d.,]+$)/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
