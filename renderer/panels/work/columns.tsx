import type { ColDef } from 'ag-grid-community';
import type { ReactElement } from 'react';
import type { WorkRow } from '#core/desk-api/work-calls.ts';
import { PRIORITIES } from '#core/work/policy.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import {
  handsText,
  leftText,
  nextPromise,
  PRIORITY_TEXT,
  ranShare,
  spanText,
  toneOf,
} from './words.ts';

/** Beside an open item there is room for what tells items apart, and no more. */
const BESIDE = ['priority', 'matter', 'left', 'hands'];

export function workColumns(beside: boolean): ColDef<WorkRow>[] {
  const all: ColDef<WorkRow>[] = [
    {
      colId: 'priority',
      headerName: 'Priority',
      headerTooltip: 'By the rule of its kind, or (✎) as a person said',
      width: 96,
      valueGetter: ({ data }) => (data ? PRIORITIES.indexOf(data.priority) : 0),
      cellRenderer: PriorityCell,
    },
    {
      colId: 'kind',
      headerName: 'Kind',
      width: 150,
      valueGetter: ({ data }) => data?.kindName,
    },
    {
      colId: 'matter',
      headerName: 'What is to be done',
      flex: 3,
      minWidth: 160,
      valueGetter: ({ data }) => data?.title ?? '',
      tooltipValueGetter: ({ data }) => data?.title ?? '',
      cellRenderer: beside ? BriefMatterCell : MatterCell,
    },
    {
      colId: 'left',
      headerName: 'Time left',
      headerTooltip: 'Working time until it has to be taken in hand, then settled; ▲ is over',
      width: beside ? 110 : 140,
      valueGetter: ({ data }) => (data ? leftMs(data) : 0),
      cellRenderer: LeftCell,
    },
    {
      colId: 'hands',
      headerName: 'In hands of',
      headerTooltip: '● yours, ■ somebody has it, – nobody',
      width: beside ? 110 : 150,
      valueGetter: ({ data }) => (data ? handsText(data) : ''),
    },
    {
      colId: 'state',
      headerName: 'State',
      width: 150,
      valueGetter: ({ data }) => (data ? stateText(data) : ''),
      tooltipValueGetter: ({ data }) => data?.pausedFor ?? '',
    },
    {
      colId: 'trader',
      headerName: 'Trader',
      flex: 1,
      minWidth: 110,
      valueGetter: ({ data }) => data?.traderName,
    },
    {
      colId: 'program',
      headerName: 'Program',
      flex: 1,
      minWidth: 110,
      valueGetter: ({ data }) => data?.programName,
    },
    {
      colId: 'age',
      headerName: 'Age',
      width: 96,
      cellClass: 'number',
      headerClass: 'ag-right-aligned-header',
      valueGetter: ({ data }) => data?.ageMs ?? 0,
      valueFormatter: ({ value }) => spanText(Number(value)),
      tooltipValueGetter: ({ data }) => (data ? `Since ${dateTimeText(data.openedAt)} UTC` : ''),
    },
  ];
  return beside ? all.filter(({ colId }) => BESIDE.includes(colId ?? '')) : all;
}

function leftMs(row: WorkRow): number {
  const next = nextPromise(row);
  return next ? next.promise.owedMs - next.promise.ranMs : Number.MAX_SAFE_INTEGER;
}

export function stateText(row: WorkRow): string {
  if (row.queue === 'settled') return `● settled`;
  if (row.pausedUntil !== null) return `Ⅱ until ${dateTimeText(row.pausedUntil).slice(5, 16)}`;
  if (row.escalated > 0) return `▲ told on, step ${row.escalated}`;
  return row.owner === null ? 'waits' : 'in hand';
}

interface CellProps {
  readonly data?: WorkRow;
}

function PriorityCell({ data }: CellProps): ReactElement | null {
  if (!data) return null;
  return (
    <span className={`work-${data.priority}`}>
      {PRIORITY_TEXT[data.priority]}
      {data.prioritised && <small title="As a person said"> ✎</small>}
    </span>
  );
}

function MatterCell({ data }: CellProps): ReactElement | null {
  return data ? <span className="matter">{data.title}</span> : null;
}

function BriefMatterCell({ data }: CellProps): ReactElement | null {
  if (!data) return null;
  return (
    <span className="matter">
      <small>{data.kindName}</small> {data.title}
    </span>
  );
}

function LeftCell({ data }: CellProps): ReactElement | null {
  if (!data) return null;
  const tone = toneOf(data);
  const next = nextPromise(data);
  const due = next?.promise.dueAt ?? null;
  const title =
    next && due !== null && data.queue !== 'settled'
      ? `${next.what} by ${dateTimeText(due)} UTC`
      : '';
  return (
    <span className={`cell age-${tone}`} title={title}>
      {data.queue !== 'settled' && (
        <i className={`bar bar-${tone}`} style={{ width: `${ranShare(data)}%` }} />
      )}
      <span>{leftText(data)}</span>
    </span>
  );
}
