import {
  decodeRowFrame,
  encodeRowFrame,
  ROW_COLUMNS,
  ROW_WIDTH,
  ROWS_PER_FRAME_MAX,
  type RowColumn,
} from '#core/sync/row-frame.ts';

/** The latest live numbers of every account, by account number; kept on disk by the desk. */
export interface LiveRows {
  /** All rows as saved: ROW_WIDTH float64 values each, NaN where none came yet. */
  bytes(): Uint8Array;
  /** False when the frame cannot be read. */
  merge(frame: Uint8Array): boolean;
  /** The latest of one number of an account; null where none came yet. */
  value(account: number, column: RowColumn): number | null;
  /** The latest rows of some accounts, or of all, as frames. */
  frames(asOf: number, accounts?: readonly number[]): Generator<Uint8Array>;
  clear(): void;
}

export function createLiveRows(saved: Uint8Array | undefined): LiveRows {
  let rows = restore(saved);
  return {
    bytes: () => new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength),
    merge: (bytes) => {
      const frame = decodeRowFrame(bytes);
      if (!frame) return false;
      for (let row = 0; row < frame.rows; row += 1) {
        const account = frame.values[row * ROW_WIDTH] as number;
        rows = grown(rows, (account + 1) * ROW_WIDTH);
        rows.set(
          frame.values.subarray(row * ROW_WIDTH, (row + 1) * ROW_WIDTH),
          account * ROW_WIDTH,
        );
      }
      return true;
    },
    value: (account, column) => {
      const value = rows[account * ROW_WIDTH + 1 + ROW_COLUMNS.indexOf(column)] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    },
    frames: (asOf, accounts) => framesOf(rows, asOf, accounts ?? everyAccount(rows)),
    clear: () => {
      rows = new Float64Array(0);
    },
  };
}

function restore(bytes: Uint8Array | undefined): Float64Array {
  if (!bytes || bytes.byteLength % (ROW_WIDTH * 8) !== 0) return new Float64Array(0);
  return new Float64Array(bytes.slice().buffer);
}

function grown(rows: Float64Array, length: number): Float64Array {
  if (length <= rows.length) return rows;
  const larger = new Float64Array(Math.max(length, rows.length * 2)).fill(Number.NaN);
  larger.set(rows);
  return larger;
}

function everyAccount(rows: Float64Array): number[] {
  return Array.from({ length: rows.length / ROW_WIDTH }, (_unused, account) => account);
}

function* framesOf(
  rows: Float64Array,
  asOf: number,
  accounts: readonly number[],
): Generator<Uint8Array> {
  const known = accounts.filter((account) => !Number.isNaN(rows[account * ROW_WIDTH] ?? NaN));
  for (let from = 0; from < known.length; from += ROWS_PER_FRAME_MAX) {
    const part = known.slice(from, from + ROWS_PER_FRAME_MAX);
    const values = new Float64Array(part.length * ROW_WIDTH);
    for (const [row, account] of part.entries()) {
      values.set(rows.subarray(account * ROW_WIDTH, (account + 1) * ROW_WIDTH), row * ROW_WIDTH);
    }
    const frame = { marketAt: asOf, serverAt: asOf, rows: part.length, values };
    yield new Uint8Array(encodeRowFrame(frame));
  }
}
