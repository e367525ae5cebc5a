import { expect, it } from 'vitest';
import { decodeRowFrame, encodeRowFrame, ROW_WIDTH } from './row-frame.ts';

const frame = (): Uint8Array => {
  const values = Float64Array.from({ length: ROW_WIDTH * 2 }, (_unused, at) => at / 3);
  return new Uint8Array(encodeRowFrame({ marketAt: 1, serverAt: 2, rows: 2, values }));
};

it('reads a frame that a network buffer holds at an odd place', () => {
  const bytes = frame();
  const buffer = Buffer.alloc(bytes.length + 3);
  buffer.set(bytes, 3);
  expect(decodeRowFrame(buffer.subarray(3))).toEqual(decodeRowFrame(bytes));
});

it('refuses what is cut off, longer than its rows, or of another version', () => {
  const bytes = frame();
  expect(decodeRowFrame(bytes.slice(0, bytes.length - 8))).toBeNull();
  expect(decodeRowFrame(bytes.slice(0, bytes.length - 3))).toBeNull();
  const longer = new Uint8Array(bytes.length + 8);
  longer.set(bytes);
  expect(decodeRowFrame(longer)).toBeNull();
  const other = new Float64Array(bytes.slice().buffer);
  other[1] = 99;
  expect(decodeRowFrame(other.buffer)).toBeNull();
});
