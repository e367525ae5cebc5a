import type { Theme } from 'ag-grid-community';

/** The grids in the colours of the rest, in both themes. */
export function gridTheme(base: Theme): Theme {
  return base.withParams({
    backgroundColor: 'var(--surface)',
    foregroundColor: 'var(--text)',
    borderColor: 'var(--line)',
    headerBackgroundColor: 'var(--surface-raised)',
    headerTextColor: 'var(--text-quiet)',
    oddRowBackgroundColor: 'var(--surface)',
    rowHoverColor: 'var(--hover)',
    selectedRowBackgroundColor: 'var(--selected)',
    accentColor: 'var(--accent)',
    fontFamily: 'inherit',
    fontSize: 13,
    headerFontSize: 12,
    // The grid measures it, and measures again when the density changes.
    rowHeight: 'var(--row-height)',
    headerHeight: 'var(--head-height)',
    cellHorizontalPadding: 8,
    borderRadius: 0,
    wrapperBorderRadius: 0,
    wrapperBorder: false,
    columnBorder: false,
  });
}
