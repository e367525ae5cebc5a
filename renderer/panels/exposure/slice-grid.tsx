import {
  AllCommunityModule,
  ModuleRegistry,
  themeQuartz,
  type GridApi,
  type RowClickedEvent,
} from 'ag-grid-community';
import { AgGridReact } from 'ag-grid-react';
import { useEffect, useMemo, useState, type ReactElement } from 'react';
import type { SliceName } from '#core/exposure/slices.ts';
import { gridTheme } from '#renderer/ui/grid-theme.ts';
import { sliceColumns } from './columns.tsx';
import type { SliceRow } from './rows.ts';

ModuleRegistry.registerModules([AllCommunityModule]);

const theme = gridTheme(themeQuartz);
/** With few lines the chart below gets the room: see the grid's theme. */
const HEAD_PX = 46;
const ROW_PX = 27;

/** One way to cut the book, a line for each part. */
export function SliceGrid({
  by,
  rows,
  programs,
  selected,
  onSelect,
  onOpen,
  onReady,
}: {
  readonly by: SliceName;
  readonly rows: readonly SliceRow[];
  readonly programs: ReadonlyMap<string, string>;
  readonly selected: string | null;
  readonly onSelect: (key: string) => void;
  /** Enter on a line, or a double click: who holds it. */
  readonly onOpen: (key: string) => void;
  readonly onReady: (api: GridApi<SliceRow>) => void;
}): ReactElement {
  const [api, setApi] = useState<GridApi<SliceRow> | null>(null);
  const columns = useMemo(() => sliceColumns(by, programs), [by, programs]);
  useEffect(() => {
    if (!api) return;
    api.forEachNode((node) => {
      const isSelected = node.id === selected;
      if (node.isSelected() !== isSelected) node.setSelected(isSelected);
      if (isSelected) api.ensureNodeVisible(node);
    });
    // Lines that come later are selected as they come.
  }, [api, selected, rows.length]);
  return (
    <div className="grid" style={{ maxHeight: HEAD_PX + rows.length * ROW_PX }}>
      <AgGridReact<SliceRow>
        theme={theme}
        rowData={rows as SliceRow[]}
        columnDefs={columns}
        getRowId={({ data }) => data.key}
        rowSelection={{ mode: 'singleRow', checkboxes: false }}
        suppressCellFocus={false}
        onGridReady={(event) => {
          setApi(event.api);
          onReady(event.api);
        }}
        onRowClicked={({ data }: RowClickedEvent<SliceRow>) => data && onSelect(data.key)}
        onRowDoubleClicked={({ data }) => data && onOpen(data.key)}
        onCellKeyDown={(event) => {
          const key = (event.event as KeyboardEvent | undefined)?.key;
          if (key === 'Enter' && event.data) onOpen(event.data.key);
        }}
      />
    </div>
  );
}
