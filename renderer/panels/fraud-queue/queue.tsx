import {
  AllCommunityModule,
  ModuleRegistry,
  themeQuartz,
  type GridApi,
  type RowClickedEvent,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { useHold } from '#renderer/panels/account-grid/hold.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { inOrderOf } from './held.ts';
import { AGING_COLUMNS, caseColumns } from './columns.tsx';

ModuleRegistry.registerModules([AllCommunityModule]);

const theme = gridTheme(themeQuartz);
/** Ages and locks move with time alone. */
const AGE_EVERY_MS = 15_000;

/** What the list shows, in the order in which it shows it. */
export type ShownIds = () => readonly string[];

/** Cases as lines, most urgent first unless the person sorts them. */
export function CaseGrid({
  rows,
  open,
  onShown,
  onOpen,
  onSorted,
  unsort,
}: {
  readonly rows: readonly CaseRow[];
  /** The case whose page is open. */
  readonly open: string | undefined;
  /** Told how to read what is shown; must stay the same function. */
  readonly onShown: (ids: ShownIds) => void;
  readonly onOpen: (caseId: string) => void;
  readonly onSorted: (sorted: boolean) => void;
  /** Rises when the person asks for the first order again. */
  readonly unsort: number;
}): ReactElement {
  const [api, setApi] = useState<GridApi<CaseRow> | null>(null);
  const beside = open !== undefined;
  const holder = useRef<HTMLDivElement | null>(null);
  const { held } = useHold(holder);
  const [order, setOrder] = useState<readonly string[]>([]);
  useEffect(() => {
    if (!held) setOrder(rows.map(({ caseId }) => caseId));
  }, [rows, held]);
  const lines = useMemo(() => (held ? inOrderOf(rows, order) : rows), [rows, held, order]);
  const columns = useMemo(() => caseColumns(beside), [beside]);
  useEffect(() => {
    onShown(() => {
      if (!api) return lines.map(({ caseId }) => caseId);
      const ids: string[] = [];
      api.forEachNodeAfterFilterAndSort(({ data }) => {
        if (data) ids.push(data.caseId);
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
  useEffect(() => {
    api?.applyColumnState({ defaultState: { sort: null } });
  }, [api, unsort]);
  useEffect(() => {
    const timer = setInterval(
      () => api?.refreshCells({ columns: AGING_COLUMNS, force: true }),
      AGE_EVERY_MS,
    );
    return () => clearInterval(timer);
  }, [api]);
  return (
    <div className="grid" ref={holder}>
      <AgGridReact<CaseRow>
        theme={theme}
        rowData={lines as CaseRow[]}
        animateRows={false}
        columnDefs={columns}
        defaultColDef={{ resizable: true, sortable: true }}
        maintainColumnOrder
        tooltipShowDelay={400}
        getRowId={({ data }) => data.caseId}
        getRowClass={({ data }) => (data?.overdue === true ? 'overdue' : undefined)}
        rowSelection={{ mode: 'singleRow', checkboxes: false }}
        onGridReady={(event) => setApi(event.api)}
        onSortChanged={(event) =>
          onSorted(event.api.getColumnState().some(({ sort }) => sort !== null))
        }
        onRowClicked={({ data }: RowClickedEvent<CaseRow>) => data && onOpen(data.caseId)}
        onCellKeyDown={(event) => {
          const key = (event.event as KeyboardEvent | undefined)?.key;
          if (key === 'Enter' && event.data) onOpen(event.data.caseId);
        }}
      />
    </div>
  );
}
