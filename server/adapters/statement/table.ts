import { parse, type HTMLElement } from 'node-html-parser';

/** One line of a statement as text cells, with its place in the file. */
export interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/** Decodes a statement: MetaTrader 5 exports UTF-16 with a byte order mark, others UTF-8. */
export function decodeStatement(bytes: Uint8Array): string {
  const utf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  return new TextDecoder(utf16 ? 'utf-16le' : 'utf-8').decode(bytes).replace(/^\uFEFF/, '');
}

/** Rows of a CSV; quotes may hold separators and line ends. */
export function csvRows(text: string): Row[] {
  const separator = (text.split('\n')[0] ?? '').includes(';') ? ';' : ',';
  const rows: Row[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let started = 1;
  const endRow = (): void => {
    cells.push(cell.trim());
    if (cells.some((one) => one !== '')) rows.push({ line: started, cells });
    cells = [];
    cell = '';
    started = line + 1;
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === '"' && quoted && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (letter === '"') quoted = !quoted;
    else if (letter === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else if (letter === '\n' && !quoted) {
      endRow();
      line += 1;
    } else cell += letter === '\r' ? '' : letter;
  }
  endRow();
  return rows;
}

/** Rows of every table of an HTML report, in order; `line` counts rows from 1. */
export function htmlRows(text: string): Row[] {
  return parse(text)
    .querySelectorAll('tr')
    .map((row, at) => ({ line: at + 1, cells: row.querySelectorAll('td,th').flatMap(cellTexts) }));
}

/** A cell that spans columns counts as that many, so that columns keep their places. */
function cellTexts(cell: HTMLElement): string[] {
  const span = Number(cell.getAttribute('colspan') ?? 1);
  const hidden = (cell.getAttribute('class') ?? '').includes('hidden');
  if (hidden) return [];
  const text = cell.textContent.replace(/\u00A0/g, ' ').trim();
  return [text, ...Array<string>(Math.max(0, Math.min(60, span) - 1)).fill('')];
}
