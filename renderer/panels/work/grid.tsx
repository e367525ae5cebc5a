import {
  AllCommunityModule,
  ModuleRegistry,
  themeQuartz,
  type GridApi,
  type RowClickedEvent,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { WorkRow } from '#core/desk-api/work-calls.ts';
import { useHold } from '#renderer/panels/account-grid/hold.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { workColumns } from './columns.tsx';

ModuleRegistry.registerModules([AllCommunityModule]);

const theme = gridTheme(themeQuartz);

/** What the list shows, in the order in which it shows it. */
export type ShownIds = () => readonly string[];

/** Items as lines, most urgent first unless the person sorts them. */
export function WorkGrid({
  rows,
  open,
  onShown,
  onOpen,
}: {
  readonly rows: readonly WorkRow[];
  /** The item whose page is open. */
  readonly open: string | undefined;
  /** Told how to read what is shown; must stay the same function. */
  readonly onShown: (ids: ShownIds) => void;
  readonly onOpen: (itemId: string) => void;
}): ReactElement {
  const [api, setApi] = useState<GridApi<WorkRow> | null>(null);
  const holder = useRef<HTMLDivElement | null>(null);
  const { held } = useHold(holder);
  const [order, setOrder] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!held) setOrder(rows.map(({ itemId }) => itemId));
  }, [rows, held]);
  const lines = useMemo(() => (held ? standing(rows, order) : rows), [rows, held, order]);
  const columns = useMemo(() => workColumns(open !== undefined), [open]);
  useEffect(() => {
    onShown(() => {
      if (!api) return lines.map(({ itemId }) => itemId);
      const ids: string[] = [];
      api.forEachNodeAfterFilterAndSort(({ data }) => {
        if (data) ids.push(data.itemId);
      });
      return ids;
    });
  }, [api, lines, onShown]);
  useEffect(() => {
    if (!api) return;
    api.forEachNode((node) => {
      const selected = node.id === open;
      if (node.isSelected() !== selected) node.setSelected(selected);
      if (selected) api.ensureNodeVisible(node);
    });
  }, [api, open]);
  return (
    <div className="grid" ref={holder}>
      <AgGridReact<WorkRow>
        theme={theme}
        rowData={lines as WorkRow[]}
        animateRows={false}
        columnDefs={columns}
        defaultColDef={{ resizable: true, sortable: true }}
        maintainColumnOrder
        tooltipShowDelay={400}
        getRowId={({ data }) => data.itemId}
        rowSelection={{ mode: 'singleRow', checkboxes: false }}
        onGridReady={(event) => setApi(event.api)}
        onRowClicked={({ data }: RowClickedEvent<WorkRow>) => data && onOpen(data.itemId)}
        onCellKeyDown={(event) => {
          const key = (event.event as KeyboardEvent | undefined)?.key;
          if (key === 'Enter' && event.data) onOpen(event.data.itemId);
        }}
      />
    </div>
  );
}

/** Rows where they stood: what moves under the pointer is clicked by mistake. */
function standing(rows: readonly WorkRow[], before: readonly string[]): WorkRow[] {
  const byId = new Map(rows.map((row) => [row.itemId, row]));
  const stay = before.flatMap((itemId) => byId.get(itemId) ?? []);
  const known = new Set(before);
  return [...stay, ...rows.filter(({ itemId }) => !known.has(itemId))];
}
