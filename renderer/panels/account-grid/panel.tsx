import {
  AllCommunityModule,
  ModuleRegistry,
  themeQuartz,
  type CellKeyDownEvent,
  type ColDef,
  type ColumnState,
  type GridApi,
  type SortChangedEvent,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useCallback, useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { RendererClient } from '#renderer/desk/client.ts';
import { setFilters, setSort, useFilters, type Sort } from '#renderer/store/grid-filters.ts';
import { createOrder, type Order } from '#renderer/store/order.ts';
import { usePreferences } from '#renderer/store/preferences.ts';
import { book, useSession } from '#renderer/store/session.ts';
import { plainly } from '#renderer/ui/format.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { saveText } from '#renderer/ui/save.ts';
import { gridColumns, worstHeadroomFirst, type GridColumn } from './columns.ts';
import { csvOf } from './csv.ts';
import { isLive, keepFor } from './filters.ts';
import { useHold } from './hold.ts';
import { endFlashes, LiveCell, type LiveCellContext, type Slot } from './live-cell.ts';
import { Toolbar } from './toolbar.tsx';

ModuleRegistry.registerModules([AllCommunityModule]);

const ORDER_EVERY_MS = 500;
/** Above so many rows the order is taken up less often: nobody reads thousands of rows at once. */
const LARGE_BOOK = 10_000;
const LARGE_ORDER_EVERY_MS = 1_500;
const LOOK_EVERY_MS = 500;
/** Rows beyond the screen that the server sends as if they were on it. */
const LOOK_MARGIN = 20;
const LOOK_MAX = 400;

const theme = gridTheme(themeQuartz);

/** Every account, live, worst headroom first. */
export function AccountGrid({ client }: { readonly client: RendererClient }): ReactElement {
  const accountCount = useSession((session) => session.accountCount);
  const linked = useSession((session) => session.linked);
  const select = useSession((session) => session.select);
  const { hiddenColumns, set } = usePreferences();
  const { filters } = useFilters();
  const [shown, setShown] = useState(0);
  const [sorted, setSorted] = useState(false);
  const [slots, setSlots] = useState<Slot[]>([]);
  const api = useRef<GridApi<Slot> | null>(null);
  const order = useMemo<Order>(
    () => createOrder(book, { key: worstHeadroomFirst, descending: false }),
    [],
  );
  const holder = useRef<HTMLDivElement | null>(null);
  const hold = useHold(holder);
  const context = useMemo<LiveCellContext>(
    () => ({
      book,
      accountAt: (slot) => order.accounts[slot],
      opened: () => useSession.getState().selected,
      live: new Set(),
      flashing: [],
    }),
    [order],
  );
  const columns = useMemo(
    () => gridColumns.map((column) => columnDefinition(column, context)),
    [context],
  );

  useEffect(() => {
    order.setKeep(keepFor(filters), isLive(filters));
    order.update();
    setShown(order.accounts.length);
  }, [filters, order]);
  const holdNow = hold.now;
  useEffect(() => {
    let last = 0;
    const timer = setInterval(() => {
      const every = order.accounts.length > LARGE_BOOK ? LARGE_ORDER_EVERY_MS : ORDER_EVERY_MS;
      if (performance.now() - last < every || holdNow()) return;
      last = performance.now();
      keepFocus(api.current, order, () => order.update());
      setShown(order.accounts.length);
    }, ORDER_EVERY_MS);
    return () => clearInterval(timer);
  }, [order, holdNow]);
  useEffect(() => {
    setSlots((before) => slotsFor(before, shown));
  }, [shown]);
  useFrameUpdates(context);
  useLook(client, api, order);
  useEffect(() => {
    api.current?.applyColumnState({
      state: gridColumns.map(({ id }) => ({ colId: id, hide: hiddenColumns.includes(id) })),
    });
  }, [hiddenColumns]);

  const open = useCallback(
    (slot: number | undefined) => {
      const account = slot === undefined ? undefined : order.accounts[slot];
      const summary = account === undefined ? undefined : book.accounts[account];
      if (summary) select(summary.terms.accountId);
    },
    [order, select],
  );
  const onSort = useCallback(
    (event: SortChangedEvent<Slot>) => {
      const state = event.api.getColumnState().find(({ sort }) => sort);
      const column = gridColumns.find(({ id }) => id === state?.colId);
      setSorted(column !== undefined);
      setSort(column ? { column: column.id, descending: state?.sort === 'desc' } : null);
      order.setSorting(
        column
          ? { key: column.key, descending: state?.sort === 'desc' }
          : { key: worstHeadroomFirst, descending: false },
      );
      order.update();
    },
    [order],
  );
  const onKey = useCallback(
    (event: CellKeyDownEvent<Slot> | { event?: Event | null }) => {
      const key = event.event as KeyboardEvent | null;
      if (!key || !('data' in event)) return;
      if (key.key === 'Enter') open(event.data?.slot);
      if ((key.ctrlKey || key.metaKey) && key.key === 'c') copy(event, order, false);
      if (key.altKey && key.key === 'c') copy(event, order, true);
    },
    [open, order],
  );
  const visible = gridColumns.filter(({ id }) => !hiddenColumns.includes(id));
  return (
    <section className="panel grid-panel" aria-label="Accounts">
      <Toolbar
        held={hold.held}
        filters={filters}
        onFilters={setFilters}
        shown={shown}
        total={accountCount}
        sorted={sorted}
        onDefaultOrder={() => api.current?.applyColumnState({ defaultState: { sort: null } })}
        onExport={() =>
          saveText(
            csvName(),
            plainly(() => csvOf(book, order.accounts, visible)),
          )
        }
        hidden={hiddenColumns}
        onHidden={(hidden) => set({ hiddenColumns: hidden })}
      />
      <div className="grid-holder" ref={holder}>
        {shown === 0 && <p className="empty">{emptyText(linked, accountCount)}</p>}
        <AgGridReact<Slot>
          theme={theme}
          rowData={slots}
          columnDefs={columns}
          getRowId={({ data }) => String(data.slot)}
          onGridReady={(event) => {
            api.current = event.api;
            const { sort } = useFilters.getState();
            if (sort) event.api.applyColumnState({ state: [sortState(sort)] });
          }}
          onSortChanged={onSort}
          onRowClicked={(event) => open(event.data?.slot)}
          onCellKeyDown={onKey}
          suppressMultiSort
          suppressColumnVirtualisation
          animateRows={false}
          suppressNoRowsOverlay
        />
      </div>
    </section>
  );
}

function sortState({ column, descending }: Sort): ColumnState {
  return { colId: column, sort: descending ? 'desc' : 'asc' };
}

/** The focus stays on its account, wherever the new order puts it; it is lost with the account. */
function keepFocus(api: GridApi<Slot> | null, order: Order, reorder: () => void): void {
  const focused = api?.getFocusedCell() ?? null;
  const account = focused ? order.accounts[focused.rowIndex] : undefined;
  reorder();
  if (!api || !focused || account === undefined || order.accounts[focused.rowIndex] === account)
    return;
  const row = order.accounts.indexOf(account);
  if (row === -1) api.clearFocusedCell();
  else api.setFocusedCell(row, focused.column);
}

function emptyText(linked: boolean, accounts: number): string {
  if (!linked) return 'This page has lost its desk. It reconnects by itself when the desk is back.';
  return accounts === 0
    ? 'No accounts yet. They appear as soon as the server sends them.'
    : 'No account matches these filters.';
}

function columnDefinition(column: GridColumn, context: LiveCellContext): ColDef<Slot> {
  return {
    colId: column.id,
    headerName: column.title,
    ...(column.tip ? { headerTooltip: column.tip } : {}),
    width: column.width,
    ...(column.id === 'verdict' ? { flex: 1, minWidth: 220 } : {}),
    ...(column.id === 'trader' ? { pinned: 'left' as const } : {}),
    sortable: true,
    // The order is our own: the grid shows the sign and leaves the rows where they are.
    comparator: () => 0,
    sortingOrder: column.firstDescending ? ['desc', 'asc', null] : ['asc', 'desc', null],
    cellRenderer: LiveCell,
    cellRendererParams: { column_: column, context_: context },
    valueGetter: ({ data }) => data?.slot ?? -1,
    type: column.numeric ? 'rightAligned' : [],
  };
}

/** Writes the cells on screen once per frame, when anything changed. */
function useFrameUpdates(context: LiveCellContext): void {
  useEffect(() => {
    let seen = -1;
    let request = 0;
    const frame = (): void => {
      request = requestAnimationFrame(frame);
      endFlashes(context.flashing, performance.now());
      if (book.version === seen) return;
      seen = book.version;
      for (const cell of context.live) cell.update();
    };
    request = requestAnimationFrame(frame);
    const timer = setInterval(() => {
      for (const cell of context.live) cell.update();
    }, ORDER_EVERY_MS);
    return () => {
      cancelAnimationFrame(request);
      clearInterval(timer);
    };
  }, [context]);
}

/** Tells the desk which accounts are on screen, when that changed. */
function useLook(
  client: RendererClient,
  api: React.RefObject<GridApi<Slot> | null>,
  order: Order,
): void {
  useEffect(() => {
    let told = '';
    const timer = setInterval(() => {
      const grid = api.current;
      if (!grid) return;
      const first = Math.max(0, grid.getFirstDisplayedRowIndex() - LOOK_MARGIN);
      const last = Math.min(first + LOOK_MAX, grid.getLastDisplayedRowIndex() + LOOK_MARGIN);
      const accounts = [...order.accounts.subarray(first, last + 1)];
      const text = accounts.join();
      if (text === told || accounts.length === 0) return;
      told = text;
      void client.call('view.look', { accounts: accounts.slice(0, LOOK_MAX) });
    }, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, [api, client, order]);
}

function slotsFor(before: Slot[], count: number): Slot[] {
  if (before.length === count) return before;
  if (before.length > count) return before.slice(0, count);
  return [
    ...before,
    ...Array.from({ length: count - before.length }, (_u, at) => ({ slot: before.length + at })),
  ];
}

function copy(event: CellKeyDownEvent<Slot>, order: Order, row: boolean): void {
  const account = order.accounts[event.data?.slot ?? -1];
  if (account === undefined) return;
  const columns = row
    ? gridColumns
    : gridColumns.filter(({ id }) => id === event.column.getColId());
  void navigator.clipboard.writeText(
    columns.map((column) => column.text(book, account)).join('\t'),
  );
}

function csvName(): string {
  return `accounts-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.csv`;
}
