import { themeQuartz, type ColDef, type ICellRendererParams } from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { DeskCallOutput } from '#core/desk-api/contract.ts';
import { MARK_OUT_HORIZONS_MS } from '#core/fraud/observation.ts';
import {
  TOXICITY_GROUPINGS,
  type ToxicityGrouping,
  type ToxicityRow,
} from '#core/fraud/toxicity.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo } from '#renderer/store/place.ts';
import { book, useSession } from '#renderer/store/session.ts';
import { dateTimeText } from '#renderer/ui/format.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { perMilleText } from './words.ts';

const theme = gridTheme(themeQuartz);
const READ_EVERY_MS = 5_000;
const ROWS_MAX = 500;
const FILLS_CHOICES = [20, 50, 100, 500] as const;
/** Beyond so many standard errors, in thousandths, chance does not explain a mean. */
const TOXIC_ERRORS = 4_000;
const SUSPECT_ERRORS = 2_000;

const HORIZON_TEXT: Readonly<Record<number, string>> = {
  1_000: '1 s',
  10_000: '10 s',
  60_000: '1 min',
  300_000: '5 min',
  3_600_000: '1 h',
};
const BY_TEXT: Readonly<Record<ToxicityGrouping, string>> = {
  trader: 'Trader',
  program: 'Program',
  symbol: 'Symbol',
};

/** Who is systematically right within seconds: how far the market goes the way of a fill. */
export function ToxicityTab({
  client,
  by,
  horizonMs,
}: {
  readonly client: RendererClient;
  readonly by: ToxicityGrouping;
  readonly horizonMs: number;
}): ReactElement {
  const [fillsMin, setFillsMin] = useState<number>(FILLS_CHOICES[0]);
  const [answer, setAnswer] = useState<DeskCallOutput<'surveillance.toxicity'> | null>(null);
  const [failure, setFailure] = useState('');
  useEffect(() => {
    let current = true;
    setAnswer(null);
    const read = async (): Promise<void> => {
      const wanted = { by, horizonMs, fillsMin, rowsMax: ROWS_MAX };
      const reply = await client.call('surveillance.toxicity', wanted);
      if (!current) return;
      if (reply.ok) setAnswer(reply.value);
      setFailure(reply.ok ? '' : reply.error.message);
    };
    void read();
    const timer = setInterval(() => void read(), READ_EVERY_MS);
    return () => {
      current = false;
      clearInterval(timer);
    };
  }, [client, by, horizonMs, fillsMin]);
  const columns = useMemo(() => toxicityColumns(by), [by]);
  const show = (nextBy: ToxicityGrouping, horizon: number): void =>
    goTo('exposure', 'toxicity', nextBy, String(horizon));
  return (
    <section className="panel toxicity" aria-label="Toxicity">
      <div className="toolbar">
        <span role="group" aria-label="Per" className="tabs-inline">
          {TOXICITY_GROUPINGS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={by === one}
              onClick={() => show(one, horizonMs)}
            >
              {BY_TEXT[one]}
            </button>
          ))}
        </span>
        <span role="group" aria-label="After" className="tabs-inline">
          {MARK_OUT_HORIZONS_MS.map((one) => (
            <button
              key={one}
              type="button"
              aria-pressed={horizonMs === one}
              onClick={() => show(by, one)}
            >
              {HORIZON_TEXT[one]}
            </button>
          ))}
        </span>
        <label>
          at least{' '}
          <select value={fillsMin} onChange={(event) => setFillsMin(Number(event.target.value))}>
            {FILLS_CHOICES.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>{' '}
          fills
        </label>
        <span className="count">{answer ? `${answer.rows.length} shown` : ''}</span>
        <span className="spacer" />
        <span className="quiet-text">
          {answer?.asOf ? `up to ${dateTimeText(answer.asOf)} UTC, market time` : ''}
        </span>
      </div>
      <p className="quiet-text explains">
        How far the mid price stands from a fill’s own price after {HORIZON_TEXT[horizonMs]}, in
        millionths of the price: above zero is the trader’s gain, the spread paid. One lucky fill
        says nothing: lines are ordered by how many standard errors the mean lies above zero.
      </p>
      {failure !== '' && <p className="failure">{failure}</p>}
      {answer === null && failure === '' && <p className="empty">Reading…</p>}
      {answer?.rows.length === 0 && (
        <p className="empty">
          Nobody has {fillsMin} fills with a price {HORIZON_TEXT[horizonMs]} later yet: it grows as
          trades come in. {adviceOf(by, fillsMin)}
        </p>
      )}
      {answer !== null && answer.rows.length > 0 && (
        <div className="grid">
          <AgGridReact<ToxicityRow>
            theme={theme}
            rowData={answer.rows}
            columnDefs={columns}
            getRowId={({ data }) => data.id}
            rowSelection={{ mode: 'singleRow', checkboxes: false }}
            onCellKeyDown={(event) => {
              const key = (event.event as KeyboardEvent | undefined)?.key;
              if (key === 'Enter' && event.data) open(event.data);
            }}
            onRowDoubleClicked={({ data }) => data && open(data)}
          />
        </div>
      )}
    </section>
  );
}

/** What shows something sooner. */
function adviceOf(by: ToxicityGrouping, fillsMin: number): string {
  if (fillsMin > FILLS_CHOICES[0]) return 'Ask for fewer fills.';
  return by === 'symbol'
    ? 'Ask for a shorter time, or wait.'
    : 'Programs and symbols have more (S).';
}

/** A trader's latest account, or the part of the live book. */
function open({ by, id }: ToxicityRow): void {
  if (by !== 'trader') return goTo('exposure', by, id);
  const accounts = book.accounts.filter((one) => one?.terms.traderId === id);
  const latest = accounts.findLast(({ status }) => status === 'active') ?? accounts.at(-1);
  useSession.getState().select(latest?.terms.accountId ?? null);
  goTo('risk');
}

function nameOf({ by, id }: ToxicityRow): string {
  if (by === 'symbol') return id;
  const known = book.accounts.find((one) =>
    by === 'trader' ? one?.terms.traderId === id : one?.terms.program.programId === id,
  );
  if (!known) return id;
  return by === 'trader' ? `${known.terms.traderName} · ${id}` : known.terms.program.name;
}

function toxicityColumns(by: ToxicityGrouping): ColDef<ToxicityRow>[] {
  const number: ColDef<ToxicityRow> = {
    cellClass: 'number',
    headerClass: 'ag-right-aligned-header',
    width: 130,
  };
  return [
    {
      colId: 'who',
      headerName: BY_TEXT[by],
      flex: 2,
      minWidth: 200,
      valueGetter: ({ data }) => (data ? nameOf(data) : ''),
    },
    {
      colId: 'verdict',
      headerName: 'Says',
      width: 150,
      valueGetter: ({ data }) => data?.edgeOverErrors ?? 0,
      cellRenderer: ({ data }: ICellRendererParams<ToxicityRow>) => (data ? verdictOf(data) : null),
    },
    {
      ...number,
      field: 'edgeOverErrors',
      headerName: 'Edge ÷ error',
      headerTooltip: 'The mean in standard errors of itself: beyond 4, chance does not explain it',
      sort: 'desc',
      valueFormatter: ({ value }) => ((value as number) / 1_000).toFixed(1),
    },
    {
      ...number,
      field: 'meanPpm',
      headerName: 'Mean, ppm',
      headerTooltip: 'Mean gain of a fill, in millionths of the price',
      valueFormatter: ({ value }) => (value as number).toLocaleString('en'),
      cellClassRules: {
        gain: ({ value }) => (value as number) > 0,
        loss: ({ value }) => (value as number) < 0,
      },
    },
    { ...number, field: 'errorPpm', headerName: '± error, ppm' },
    {
      ...number,
      field: 'rightPerMille',
      headerName: 'Right',
      headerTooltip: 'So many of its fills stood in gain',
      width: 90,
      valueFormatter: ({ value }) => perMilleText(value as number),
    },
    {
      ...number,
      field: 'fills',
      headerName: 'Fills',
      width: 90,
      valueFormatter: ({ value }) => (value as number).toLocaleString('en'),
    },
  ];
}

function verdictOf({ edgeOverErrors }: ToxicityRow): ReactElement {
  if (edgeOverErrors >= TOXIC_ERRORS) return <b className="usage-critical">✖ not by chance</b>;
  if (edgeOverErrors >= SUSPECT_ERRORS) return <span className="usage-watch">▲ hardly chance</span>;
  if (edgeOverErrors <= -TOXIC_ERRORS) return <span className="gain">✔ loses steadily</span>;
  return <span className="quiet-text">may be chance</span>;
}
