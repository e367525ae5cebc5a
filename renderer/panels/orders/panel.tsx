import {
  AllCommunityModule,
  ModuleRegistry,
  themeQuartz,
  type GridApi,
  type RowClickedEvent,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react';
import type { OrderRow } from '#core/desk-api/order-calls.ts';
import type { RendererClient } from '#renderer/desk/client.ts';
import { goTo, usePlace } from '#renderer/store/place.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { usePanelKeys } from '#renderer/ui/panel-keys.ts';
import { AGING_COLUMNS, orderColumns, type OrderContext } from './columns.ts';
import { OrderPage } from './page.tsx';
import { useOrders } from './reading.ts';
import { deltaText, durationText, SPAN_TEXT, type OrderList, type SpanFigures } from './words.ts';

ModuleRegistry.registerModules([AllCommunityModule]);

const theme = gridTheme(themeQuartz);
/** Ages and times to the next try move with time alone. */
const AGE_EVERY_MS = 1_000;

const FILTERS = ['all', 'failed', 'underWay'] as const;
type Filter = (typeof FILTERS)[number];
const FILTER_TEXT: Readonly<Record<Filter, string>> = {
  all: 'All',
  failed: 'Stand still',
  underWay: 'Under way',
};
const UNDER_WAY: readonly OrderRow['state'][] = ['received', 'assigned', 'asked', 'created'];

/** Orders of the firm's shops: how fast they become accounts, and what keeps one from it. */
export function Orders({ client }: { readonly client: RendererClient }): ReactElement {
  const { list, offsetMs, failure, version, read } = useOrders(client);
  const [, orderId] = usePlace();
  const [filter, setFilter] = useState<Filter>('all');
  const [wanted, setWanted] = useState('');
  const rows = useMemo(() => shownOf(list, filter, wanted), [list, filter, wanted]);
  const open = useCallback((id: string) => goTo('orders', id), []);
  useStep(rows, orderId, open);
  if (failure !== '' && list === null) return <p className="failure">{failure}</p>;
  if (list === null) return <p className="empty">Reading orders…</p>;
  return (
    <div className="orders">
      <Figures list={list} />
      <div className="approvals">
        <section className="panel queue" aria-label="Orders">
          <div className="toolbar">
            {FILTERS.map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={filter === one}
                onClick={() => setFilter(one)}
              >
                {FILTER_TEXT[one]} <span className="count">{list.counts[one]}</span>
              </button>
            ))}
            <input
              type="search"
              id="order-search"
              placeholder="Order, account, trader (/)"
              aria-label="Find an order"
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
            <span className="count" aria-live="polite">
              {rows.length} shown
            </span>
          </div>
          {rows.length === 0 ? (
            <Empty list={list} filter={filter} />
          ) : (
            <Grid rows={rows} offsetMs={offsetMs} open={orderId} onOpen={open} />
          )}
        </section>
        {orderId !== undefined && (
          <OrderPage
            key={orderId}
            client={client}
            orderId={orderId}
            version={version}
            onDone={read}
          />
        )}
      </div>
    </div>
  );
}

function shownOf(list: OrderList | null, filter: Filter, wanted: string): readonly OrderRow[] {
  const text = wanted.trim().toLowerCase();
  return (list?.orders ?? []).filter((row) => {
    if (filter === 'failed' && row.state !== 'failed') return false;
    if (filter === 'underWay' && !UNDER_WAY.includes(row.state)) return false;
    if (text === '') return true;
    const { orderId, externalId, accountId, traderId, programName } = row;
    return [orderId, externalId, accountId ?? '', traderId, programName].some((one) =>
      one.toLowerCase().includes(text),
    );
  });
}

function Empty({
  list,
  filter,
}: {
  readonly list: OrderList;
  readonly filter: Filter;
}): ReactElement {
  if (list.counts.all === 0) {
    return (
      <p className="empty">
        No order has come yet. Shops send theirs to the server’s webhooks: resources/webhooks.md
        says how they are set up.
      </p>
    );
  }
  return (
    <p className="empty">
      {filter === 'failed'
        ? 'Nothing stands still: every order goes on by itself.'
        : 'None of these.'}
    </p>
  );
}

function Figures({ list }: { readonly list: OrderList }): ReactElement {
  const title = `Orders of the last ${list.windowDays} days, beside the ${list.windowDays} days before`;
  return (
    <dl className="kpis order-figures" aria-label={title} title={title}>
      {list.figures.map((figures) => (
        <Tile key={figures.span} figures={figures} />
      ))}
    </dl>
  );
}

function Tile({ figures }: { readonly figures: SpanFigures }): ReactElement {
  const { span, p50, p95, count } = figures;
  return (
    <div>
      <dt>
        {SPAN_TEXT[span]} <small>{count} measured</small>
      </dt>
      {([50, 95] as const).map((percent) => {
        const figure = percent === 50 ? p50 : p95;
        const delta = deltaText(figure);
        return (
          <dd key={percent}>
            <small>p{percent}</small>
            <b>{figure.value === null ? '–' : durationText(figure.value)}</b>
            <span className={delta.tone}>{delta.text}</span>
            <small>
              {figure.baseline === null ? 'nothing before' : `was ${durationText(figure.baseline)}`}
            </small>
          </dd>
        );
      })}
    </div>
  );
}

function Grid({
  rows,
  offsetMs,
  open,
  onOpen,
}: {
  readonly rows: readonly OrderRow[];
  /** The desk's clock minus this machine's. */
  readonly offsetMs: number;
  readonly open: string | undefined;
  readonly onOpen: (orderId: string) => void;
}): ReactElement {
  const [api, setApi] = useState<GridApi<OrderRow> | null>(null);
  const beside = open !== undefined;
  const columns = useMemo(() => orderColumns(beside), [beside]);
  const context = useMemo<OrderContext>(() => ({ offsetMs }), [offsetMs]);
  useEffect(() => {
    api?.forEachNode((node) => node.setSelected(node.id === open));
  }, [api, open, rows]);
  useEffect(() => {
    const timer = setInterval(
      () => api?.refreshCells({ columns: [...AGING_COLUMNS], force: true }),
      AGE_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [api]);
  return (
    <div className="grid">
      <AgGridReact<OrderRow>
        theme={theme}
        rowData={rows as OrderRow[]}
        columnDefs={columns}
        context={context}
        defaultColDef={{ resizable: true, sortable: true }}
        animateRows={false}
        tooltipShowDelay={400}
        getRowId={({ data }) => data.orderId}
        getRowClass={({ data }) => (data?.stands?.retryAt === null ? 'overdue' : undefined)}
        rowSelection={{ mode: 'singleRow', checkboxes: false }}
        onGridReady={(event) => setApi(event.api)}
        onRowClicked={({ data }: RowClickedEvent<OrderRow>) => data && onOpen(data.orderId)}
        onCellKeyDown={(event) => {
          const key = (event.event as KeyboardEvent | undefined)?.key;
          if (key === 'Enter' && event.data) onOpen(event.data.orderId);
        }}
      />
    </div>
  );
}

/** J and K go through the list, / finds, Esc closes the page beside it. */
function useStep(
  rows: readonly OrderRow[],
  open: string | undefined,
  onOpen: (orderId: string) => void,
): void {
  const hearKeys = usePanelKeys();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const typing =
        event.target instanceof HTMLElement &&
        /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === '/') {
        event.preventDefault();
        return document.getElementById('order-search')?.focus();
      }
      if (event.key === 'Escape' && open !== undefined) return goTo('orders');
      if (event.key !== 'j' && event.key !== 'k') return;
      const at = rows.findIndex(({ orderId }) => orderId === open);
      const next = rows[event.key === 'j' ? at + 1 : Math.max(0, at - 1)];
      if (next) onOpen(next.orderId);
    };
    return hearKeys(onKey);
  }, [rows, open, onOpen, hearKeys]);
}
