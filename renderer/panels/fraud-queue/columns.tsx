import type { ColDef } from 'ag-grid-community';
import type { ReactElement } from 'react';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { caseNow } from '#renderer/store/cases.ts';
import {
  ageShare,
  ageTone,
  dueText,
  handsText,
  OUTCOME_TEXT,
  shortDueText,
  STAKE_TEXT,
  stakeText,
  STATE_TEXT,
} from './words.ts';

/** Columns that time alone changes. */
export const AGING_COLUMNS = ['age', 'hands'];

/** Beside an open case there is room for what tells cases apart, and no more. */
const BESIDE = ['rank', 'score', 'matter', 'stake', 'age', 'hands'];

export function caseColumns(beside: boolean): ColDef<CaseRow>[] {
  const all: ColDef<CaseRow>[] = [
    {
      colId: 'rank',
      headerName: '№',
      headerTooltip: 'Place among the cases that wait: money, chance and urgency together',
      width: beside ? 42 : 52,
      cellClass: 'number',
      valueGetter: ({ data }) => data?.rank ?? null,
      valueFormatter: ({ value }) => (value === null ? '–' : String(value)),
      comparator: (one: number | null, other: number | null) =>
        (one ?? Infinity) - (other ?? Infinity),
    },
    {
      colId: 'score',
      headerName: 'Score',
      headerTooltip: 'Of 1,000, from its signals: no probability of guilt',
      width: beside ? 62 : 76,
      valueGetter: ({ data }) => data?.score,
      cellRenderer: ScoreCell,
    },
    {
      colId: 'matter',
      headerName: 'Matter',
      headerTooltip: 'Its strongest detector, and what that says',
      flex: 3,
      minWidth: 120,
      valueGetter: ({ data }) => (data ? `${data.title} ${data.reasons[0] ?? ''}` : ''),
      tooltipValueGetter: ({ data }) => data?.reasons.join('\n') ?? '',
      cellRenderer: MatterCell,
    },
    {
      colId: 'stake',
      headerName: 'At stake',
      headerTooltip: '● a payout that waits; else profit, else what was paid to begin',
      width: beside ? 92 : 122,
      cellClass: 'number',
      headerClass: 'ag-right-aligned-header',
      valueGetter: ({ data }) => data?.stake.amount ?? 0,
      valueFormatter: ({ data }) => (data ? stakeText(data, !beside) : ''),
      tooltipValueGetter: ({ data }) => (data ? STAKE_TEXT[data.stake.kind] : ''),
    },
    {
      colId: 'age',
      headerName: 'Time left',
      headerTooltip: 'Of the time that its pattern allows for a decision; ▲ is over',
      width: beside ? 86 : 122,
      valueGetter: ({ data }) => data?.dueAt,
      cellRenderer: beside ? BriefAgeCell : AgeCell,
    },
    {
      colId: 'hands',
      headerName: 'In hands of',
      headerTooltip: '● yours, ■ somebody has it, → given to, ◉ on somebody’s screen',
      width: beside ? 92 : 150,
      valueGetter: ({ data }) => (data ? handsText(data) : ''),
      cellRenderer: HandsCell,
    },
    {
      colId: 'state',
      headerName: 'State',
      width: 130,
      valueGetter: ({ data }) => (data ? stateText(data) : ''),
    },
    {
      colId: 'traders',
      headerName: 'Traders',
      flex: 1,
      minWidth: 110,
      valueGetter: ({ data }) => data?.traders.map(({ name }) => name).join(', '),
    },
    {
      colId: 'accounts',
      headerName: 'Accounts',
      headerTooltip: 'Of the case, and linked ones of the same traders',
      width: 118,
      valueGetter: ({ data }) => data?.accounts.length ?? 0,
      valueFormatter: ({ data }) => (data ? accountsText(data) : ''),
      tooltipValueGetter: ({ data }) =>
        data?.accounts.map(({ accountId, status }) => `${accountId} ${status}`).join('\n') ?? '',
    },
    {
      colId: 'programs',
      headerName: 'Programs',
      flex: 1,
      minWidth: 110,
      valueGetter: ({ data }) => data?.programs.map(({ name }) => name).join(', '),
    },
  ];
  return beside ? all.filter(({ colId }) => BESIDE.includes(colId ?? '')) : all;
}

function stateText(row: CaseRow): string {
  if (row.blind) return '? to review';
  if (row.decision) return `● ${OUTCOME_TEXT[row.decision.outcome]}`;
  if (row.proposed) return '○ waits for approval';
  return STATE_TEXT[row.state];
}

function accountsText({ accounts, linkedAccounts }: CaseRow): string {
  const own = accounts.length === 1 ? (accounts[0]?.accountId ?? '') : `${accounts.length}`;
  return linkedAccounts.length === 0 ? own : `${own} + ${linkedAccounts.length} linked`;
}

interface CellProps {
  readonly data?: CaseRow;
}

function ScoreCell({ data }: CellProps): ReactElement | null {
  if (!data) return null;
  return (
    <span className="cell">
      <i className="bar bar-calm" style={{ width: `${data.score / 10}%` }} />
      <span>{data.score}</span>
    </span>
  );
}

function MatterCell({ data }: CellProps): ReactElement | null {
  if (!data) return null;
  return (
    <span className="matter">
      <small>#{data.number}</small> {data.escalated > 0 && <b className="loss">▲ </b>}
      {data.mentionsMe && (
        <b className="mention" title="A note names you">
          @{' '}
        </b>
      )}
      <b>{data.title}</b> <span className="quiet-text">{data.reasons[0]}</span>
    </span>
  );
}

function BriefAgeCell({ data }: CellProps): ReactElement | null {
  return data ? <AgeCell data={data} brief /> : null;
}

function AgeCell({
  data,
  brief = false,
}: CellProps & { readonly brief?: boolean }): ReactElement | null {
  if (!data) return null;
  const now = caseNow();
  const waits = data.state === 'open';
  const tone = ageTone(data, now);
  return (
    <span className={`cell age-${waits ? tone : 'calm'}`}>
      {waits && (
        <i className={`bar bar-${tone}`} style={{ width: `${ageShare(data, now) / 10}%` }} />
      )}
      <span title={dueText(data, now)}>{shortDueText(data, now, brief)}</span>
    </span>
  );
}

function HandsCell({ data }: CellProps): ReactElement | null {
  if (!data) return null;
  return (
    <span title={data.viewers.map(({ name }) => `${name} looks at it`).join('\n')}>
      {handsText(data)}
      {data.viewers.length > 0 && (
        <small> ◉ {data.viewers.length === 1 ? data.viewers[0]?.name : data.viewers.length}</small>
      )}
    </span>
  );
}
