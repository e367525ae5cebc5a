import { describe, expect, it } from 'vitest';
import type { BookSlice } from '#core/what-if/book-shock.ts';
import { decodeSlice, encodeSlice } from './slice-frame.ts';

const slice: BookSlice = {
  symbols: [{ symbol: 'EURUSD', digits: 5, bid: 138_700, ask: 138_720 }],
  programs: ['Zwölf'],
  number: Int32Array.of(3, 9),
  program: Int32Array.of(0, 0),
  equity: Float64Array.of(1e9, 2e9),
  warnLine: Float64Array.of(-Infinity, 5),
  pauseLine: Float64Array.of(-Infinity, 4),
  failLine: Float64Array.of(-Infinity, 3),
  payable: Float64Array.of(0, 7e6),
  start: Float64Array.of(1e9, 1e9),
  owedPpm: Int32Array.of(0, 800_000),
  legFrom: Int32Array.of(0, 0, 1),
  legSymbol: Int32Array.of(0),
  long: Float64Array.of(12.5),
  short: Float64Array.of(0),
};

describe('a slice on the wire', () => {
  it('comes out as it went in, wherever in a larger buffer it lies', () => {
    const bytes = encodeSlice(slice);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const decoded = decodeSlice(shifted.subarray(3));
    expect(decoded).toEqual({ ok: true, value: slice });
  });

  it('comes out of a byte array whose slice is a window, not a copy', () => {
    class Window extends Uint8Array {
      override slice(from?: number, to?: number): Uint8Array<ArrayBuffer> {
        return super.subarray(from, to) as Uint8Array<ArrayBuffer>;
      }
    }
    const bytes = encodeSlice(slice);
    const pool = new Window(bytes.length + 8);
    pool.set(bytes, 8);
    expect(decodeSlice(pool.subarray(8))).toEqual({ ok: true, value: slice });
  });

  it('is refused when anything is missing or left over', () => {
    const bytes = encodeSlice(slice);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeSlice(bytes.subarray(0, length)).ok, `${length} bytes`).toBe(false);
    }
    expect(decodeSlice(Uint8Array.of(...bytes, 0)).ok).toBe(false);
  });
});
