import { create } from 'zustand';

/** What the toolbar of the accounts asks for; an empty text asks for nothing. */
export interface Filters {
  readonly text: string;
  readonly status: string;
  readonly program: string;
  readonly phase: string;
  /** The severity of the last verdict, or `none`. */
  readonly verdict: string;
  /** Percent of an allowance left, at most. */
  readonly within: string;
}

export const noFilters: Filters = {
  text: '',
  status: '',
  program: '',
  phase: '',
  verdict: '',
  within: '',
};

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** Steps of filtering that can be taken back. */
const UNDO_MAX = 20;

/** Outlives the grid, which is not there while nobody sees it. */
export const useFilters = create<{
  readonly filters: Filters;
  readonly earlier: readonly Filters[];
  /** Null for the default: worst headroom first. */
  readonly sort: Sort | null;
}>(() => ({ filters: noFilters, earlier: [], sort: null }));

/** Letter by letter of one search is one step. */
export function setFilters(filters: Filters): void {
  useFilters.setState(({ filters: before, earlier }) => {
    const isWriting = before.text !== '' && filters.text !== '' && before.text !== filters.text;
    return { filters, earlier: isWriting ? earlier : [...earlier, before].slice(-UNDO_MAX) };
  });
}

export function undoFilters(): void {
  useFilters.setState(({ filters, earlier }) => ({
    filters: earlier.at(-1) ?? filters,
    earlier: earlier.slice(0, -1),
  }));
}

export function setSort(sort: Sort | null): void {
  useFilters.setState({ sort });
}

/** The next person begins with none. */
export function forgetFilters(): void {
  useFilters.setState({ filters: noFilters, earlier: [], sort: null });
}
