import { assert } from '#core/kernel/assert.ts';

/**
 * The live numbers of accounts, as one binary frame: latest wins, so a frame may be dropped.
 * A frame is little-endian float64 throughout: `[FRAME_MARK, version, rows, marketAt, serverAt]`,
 * then row after row: the account's number and one value per ROW_COLUMNS. Whole money units are
 * exact in a float64. NaN says "this account has no such rule".
 */
export const ROW_COLUMNS = [
  'status',
  'balance',
  'equity',
  'dayPnl',
  'dailyFloor',
  'dailyAllowance',
  'overallFloor',
  'overallAllowance',
  'targetValue',
  'target',
  'targetStart',
  'tradingDays',
  'tradingDaysNeeded',
  'openPositions',
] as const;
export type RowColumn = (typeof ROW_COLUMNS)[number];
/** Values per row, the account number included. */
export const ROW_WIDTH = ROW_COLUMNS.length + 1;
export const ROWS_PER_FRAME_MAX = 8_192;

const FRAME_MARK = 0x5044; // "PD"
const FRAME_VERSION = 1;
const HEADER_WIDTH = 5;

export interface RowFrame {
  readonly marketAt: number;
  readonly serverAt: number;
  readonly rows: number;
  /** rows × ROW_WIDTH values; the first of each row is the account's number. */
  readonly values: Float64Array;
}

/** `values` holds rows × ROW_WIDTH numbers from the start; what follows them is ignored. */
export function encodeRowFrame(frame: RowFrame): ArrayBuffer {
  assert(frame.rows <= ROWS_PER_FRAME_MAX, `a frame holds ${ROWS_PER_FRAME_MAX} rows at most`);
  const buffer = new ArrayBuffer((HEADER_WIDTH + frame.rows * ROW_WIDTH) * 8);
  const numbers = new Float64Array(buffer);
  numbers.set([FRAME_MARK, FRAME_VERSION, frame.rows, frame.marketAt, frame.serverAt]);
  numbers.set(frame.values.subarray(0, frame.rows * ROW_WIDTH), HEADER_WIDTH);
  return buffer;
}

/** Reads a frame; null when it is not one. The values are a view, not a copy, where possible. */
export function decodeRowFrame(bytes: ArrayBuffer | Uint8Array): RowFrame | null {
  const numbers = float64View(bytes);
  if (numbers === null || numbers.length < HEADER_WIDTH) return null;
  const [mark, version, rows = -1, marketAt = 0, serverAt = 0] = numbers;
  if (mark !== FRAME_MARK || version !== FRAME_VERSION) return null;
  if (!Number.isInteger(rows) || rows < 0 || rows > ROWS_PER_FRAME_MAX) return null;
  if (numbers.length !== HEADER_WIDTH + rows * ROW_WIDTH) return null;
  return { marketAt, serverAt, rows, values: numbers.subarray(HEADER_WIDTH) };
}

function float64View(bytes: ArrayBuffer | Uint8Array): Float64Array | null {
  if (bytes.byteLength % 8 !== 0) return null;
  if (!ArrayBuffer.isView(bytes)) return new Float64Array(bytes);
  // Copied by constructor: the `slice` of a Node buffer copies nothing.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
  return new Float64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8);
}
