import type { AccountSummary } from '#core/sync/protocol.ts';
import { decodeRowFrame, ROW_COLUMNS, ROW_WIDTH, type RowColumn } from '#core/sync/row-frame.ts';

const PLACE = Object.fromEntries(ROW_COLUMNS.map((name, at) => [name, at + 1])) as Record<
  RowColumn,
  number
>;

/**
 * The live numbers of every account, outside React: one Float64Array, written by row frames and
 * read by cells. `version` counts changes, so that a frame loop knows when there is work.
 */
export interface Book {
  readonly accounts: readonly AccountSummary[];
  readonly version: number;
  /** Rises when an account is new or its summary changed: filters look again. */
  readonly summaryVersion: number;
  value(account: number, column: RowColumn): number;
  /** Smallest share of an allowance left, over daily and overall floor; NaN without either. */
  worstShare(account: number): number;
  headroom(account: number, role: 'daily' | 'overall'): number;
  share(account: number, role: 'daily' | 'overall'): number;
  setAccounts(summaries: readonly AccountSummary[]): void;
  applyFrame(bytes: ArrayBuffer | Uint8Array): void;
  /** Forgets every account and number: another log begins. */
  clear(): void;
}

export function createBook(): Book {
  let rows = new Float64Array(1_024 * ROW_WIDTH).fill(Number.NaN);
  const accounts: AccountSummary[] = [];
  let version = 0;
  let summaryVersion = 0;
  const value = (account: number, column: RowColumn): number =>
    rows[account * ROW_WIDTH + PLACE[column]] ?? Number.NaN;
  const headroom = (account: number, role: 'daily' | 'overall'): number =>
    value(account, 'equity') - value(account, role === 'daily' ? 'dailyFloor' : 'overallFloor');
  const share = (account: number, role: 'daily' | 'overall'): number =>
    headroom(account, role) /
    value(account, role === 'daily' ? 'dailyAllowance' : 'overallAllowance');
  return {
    accounts,
    get version() {
      return version;
    },
    get summaryVersion() {
      return summaryVersion;
    },
    value,
    headroom,
    share,
    worstShare: (account) => {
      const daily = share(account, 'daily');
      const overall = share(account, 'overall');
      if (Number.isNaN(daily)) return overall;
      return Number.isNaN(overall) ? daily : Math.min(daily, overall);
    },
    clear: () => {
      rows.fill(Number.NaN);
      accounts.length = 0;
      summaryVersion += 1;
      version += 1;
    },
    setAccounts: (summaries) => {
      for (const summary of summaries) accounts[summary.number] = summary;
      summaryVersion += 1;
      version += 1;
    },
    applyFrame: (bytes) => {
      const frame = decodeRowFrame(bytes);
      if (!frame) return;
      for (let row = 0; row < frame.rows; row += 1) {
        const from = row * ROW_WIDTH;
        const account = frame.values[from] as number;
        const to = account * ROW_WIDTH;
        if (to + ROW_WIDTH > rows.length) {
          const larger = new Float64Array(Math.max(to + ROW_WIDTH, rows.length * 2)).fill(
            Number.NaN,
          );
          larger.set(rows);
          rows = larger;
        }
        for (let at = 0; at < ROW_WIDTH; at += 1) rows[to + at] = frame.values[from + at] as number;
      }
      version += 1;
    },
  };
}
