import { assert } from '#core/kernel/assert.ts';

/** Typed columns that grow together: row n of every column belongs to thing n. */
export interface Columns<Names extends Record<string, ColumnType>> {
  /** Replaced when the table grows: never keep a column across a call that may add rows. */
  readonly column: { [Name in keyof Names]: ColumnOf<Names[Name]> };
  readonly length: number;
  /** Adds a row of zeros, reusing a released one when there is one; returns its number. */
  add(): number;
  /** Gives a row back; it is cleared when used again. */
  release(row: number): void;
  bytes(): number;
}

export type ColumnType = 'float64' | 'int32' | 'uint8';
type ColumnOf<Type extends ColumnType> = Type extends 'float64'
  ? Float64Array
  : Type extends 'int32'
    ? Int32Array
    : Uint8Array;

const ROWS_AT_START = 64;
/** Int32 indices name rows. */
const ROWS_MAX = 2 ** 30;

export function createColumns<const Names extends Record<string, ColumnType>>(
  types: Names,
): Columns<Names> {
  const names = Object.keys(types);
  const column: Record<string, Float64Array | Int32Array | Uint8Array> = {};
  const released: number[] = [];
  let capacity = ROWS_AT_START;
  let length = 0;
  for (const name of names) column[name] = allocate(types[name] as ColumnType, capacity);
  const grow = (): void => {
    capacity *= 2;
    assert(capacity <= ROWS_MAX, 'a table of the engine is full');
    for (const name of names) {
      const larger = allocate(types[name] as ColumnType, capacity);
      larger.set(column[name] as Float64Array);
      column[name] = larger;
    }
  };
  return {
    column: column as Columns<Names>['column'],
    get length() {
      return length;
    },
    add: () => {
      const reused = released.pop();
      if (reused !== undefined) {
        for (const name of names) (column[name] as Float64Array)[reused] = 0;
        return reused;
      }
      if (length === capacity) grow();
      length += 1;
      return length - 1;
    },
    release: (row) => {
      released.push(row);
    },
    bytes: () => names.reduce((sum, name) => sum + (column[name]?.byteLength ?? 0), 0),
  };
}

function allocate(type: ColumnType, length: number): Float64Array | Int32Array | Uint8Array {
  if (type === 'float64') return new Float64Array(length);
  return type === 'int32' ? new Int32Array(length) : new Uint8Array(length);
}
