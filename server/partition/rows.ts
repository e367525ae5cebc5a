import type { Gauge } from '#core/rules/rule-kind.ts';
import { ROW_WIDTH, ROWS_PER_FRAME_MAX } from '#core/sync/row-frame.ts';
import type { Ingest } from '../ingest/ingest.ts';

/** Accounts looked at in one take: valuing each costs, and marks wait meanwhile. */
const ACCOUNTS_PER_TAKE_MAX = 32_768;

/** Finds the accounts whose live numbers changed since they were last taken. */
export interface RowFeed {
  /** Up to `rowsMax` changed rows, round robin, so that a busy book starves nobody. */
  take(rowsMax: number): { readonly rows: number; readonly values: Float64Array };
}

export function createRowFeed({ book, dayStartEquity }: Ingest): RowFeed {
  let sentEquity = new Float64Array(0);
  let cursor = 0;
  return {
    take: (rowsMax) => {
      const { accounts } = book;
      if (sentEquity.length < accounts) {
        const larger = new Float64Array(accounts * 2).fill(Number.NaN);
        larger.set(sentEquity);
        sentEquity = larger;
      }
      const most = Math.min(rowsMax, ROWS_PER_FRAME_MAX, accounts);
      const values = new Float64Array(most * ROW_WIDTH);
      let rows = 0;
      const looks = Math.min(accounts, ACCOUNTS_PER_TAKE_MAX);
      for (let looked = 0; looked < looks && rows < most; looked += 1) {
        const account = cursor;
        cursor = cursor + 1 === accounts ? 0 : cursor + 1;
        const equity = book.equity(account);
        if (equity === sentEquity[account] && !book.takeChanged(account)) continue;
        book.takeChanged(account);
        sentEquity[account] = equity;
        writeRow(values, rows * ROW_WIDTH, account, {
          ...book.standing(account),
          dayPnl: equity - dayStartEquity(account),
        });
        rows += 1;
      }
      return { rows, values: values.subarray(0, rows * ROW_WIDTH) };
    },
  };
}

interface Row {
  readonly status: number;
  readonly balance: number;
  readonly equity: number;
  readonly openPositions: number;
  readonly dayPnl: number;
  readonly gauges: readonly Gauge[];
}

/** In the order of ROW_COLUMNS. Of several floors of one role the highest is shown: it is nearest. */
function writeRow(values: Float64Array, at: number, account: number, row: Row): void {
  const daily = nearestFloor(row.gauges, 'daily');
  const overall = nearestFloor(row.gauges, 'overall');
  const target = row.gauges.find((gauge) => gauge.type === 'target');
  const days = row.gauges.find((gauge) => gauge.type === 'count');
  const none = Number.NaN;
  values.set(
    [
      account,
      row.status,
      row.balance,
      row.equity,
      row.dayPnl,
      daily?.floor ?? none,
      daily?.allowance ?? none,
      overall?.floor ?? none,
      overall?.allowance ?? none,
      target?.value ?? none,
      target?.target ?? none,
      target?.start ?? none,
      days?.value ?? none,
      days?.needed ?? none,
      row.openPositions,
    ],
    at,
  );
}

function nearestFloor(
  gauges: readonly Gauge[],
  role: 'daily' | 'overall',
): Extract<Gauge, { type: 'floor' }> | undefined {
  let nearest: Extract<Gauge, { type: 'floor' }> | undefined;
  for (const gauge of gauges) {
    if (gauge.type !== 'floor' || gauge.role !== role) continue;
    if (!nearest || gauge.floor > nearest.floor) nearest = gauge;
  }
  return nearest;
}
