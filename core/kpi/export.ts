import { utcText } from '#core/time/time.ts';
import type { KpiCard, KpiList, KpiRows } from './answers.ts';
import type { Figure } from './kpi.ts';
import { figureText } from './words.ts';

/** Numbers as tables: whole units as they are computed, with a text for people beside them. */

type Cell = string | number | null;

/** Spreadsheets run what begins like a formula: such a text is written with a mark before it. */
function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvOf(table: readonly (readonly Cell[])[]): string {
  return `${table.map((row) => row.map(cellText).join(',')).join('\r\n')}\r\n`;
}

const HEAD = [
  'kpi',
  'title',
  'unit',
  'from',
  'until',
  'value',
  'text',
  'low',
  'high',
  'sample',
  'facts',
  'open',
  'baseline',
  'delta',
  'judgement',
  'target',
  'by',
  'key',
] as const;

export function kpiCsv({ kpis, goals }: Pick<KpiList, 'kpis' | 'goals'>): string {
  return csvOf([HEAD, ...kpis.flatMap((card) => linesOf(card, goals.currency))]);
}

function linesOf(card: KpiCard, currency: string): Cell[][] {
  const { kpiId, title, unit, window, parts } = card;
  const head = [kpiId, title, unit, utcText(window.from), utcText(window.until)];
  const baseline = card.baseline?.value ?? null;
  const compared = [baseline, card.delta, card.judgement, card.target?.value ?? null];
  const text = (value: number | null): string => figureText(unit, value, currency);
  const { value, low, high, sample, facts, open } = card;
  return [
    [...head, value, text(value), low, high, sample, facts, open, ...compared, '', ''],
    ...card.others.map((other) =>
      partOf(head, text, { ...other, by: 'quantile', key: other.name }),
    ),
    ...parts.map((part) => partOf(head, text, part)),
  ];
}

/** A line of a part: what compares a whole with before is left empty. */
function partOf(
  head: readonly Cell[],
  text: (value: number | null) => string,
  part: Figure & { readonly by: string; readonly key: string },
): Cell[] {
  const { value, low, high, sample, by, key } = part;
  const empty: readonly Cell[] = [null, null, null, null, '', null];
  return [...head, value, text(value), low, high, sample, ...empty, by, key];
}

export function rowsCsv({ rows }: Pick<KpiRows, 'rows'>): string {
  const tags = [...new Set(rows.flatMap((row) => Object.keys(row.tags)))].sort();
  return csvOf([
    ['id', 'at', 'says', 'value', 'entry', 'decidingEntry', ...tags],
    ...rows.map(({ id, at, says, value, seq, decidedSeq, tags: own }) => [
      id,
      utcText(at),
      says,
      value,
      seq,
      decidedSeq,
      ...tags.map((tag) => own[tag] ?? null),
    ]),
  ]);
}
