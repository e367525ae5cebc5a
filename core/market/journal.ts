import { assert } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { JournalledMark } from './mark.ts';

/**
 * Marks in compact chunks: varints of differences, a few bytes per mark, exact. A chunk stands on
 * its own: the first mark of each symbol in it is written whole.
 *
 * Layout: version, number of names, names (length and UTF-8 code units as varints), index of the
 * first mark, count; then per mark: name of the symbol, name of the source, quality, and zig-zag
 * differences of time (to the mark before), bid (to the symbol's last) and spread (likewise).
 */
export const MARKS_PER_CHUNK_MAX = 100_000;
const VERSION = 1;

export function encodeMarks(marks: readonly JournalledMark[]): Uint8Array {
  assert(marks.length > 0 && marks.length <= MARKS_PER_CHUNK_MAX, 'a chunk holds some marks');
  const out = createWriter(marks.length * 8 + 256);
  const names = new Map<string, number>();
  for (const { symbol, source } of marks) {
    for (const name of [symbol, source]) if (!names.has(name)) names.set(name, names.size);
  }
  out.varint(VERSION);
  out.varint(names.size);
  for (const name of names.keys()) {
    out.varint(name.length);
    for (let at = 0; at < name.length; at += 1) out.varint(name.charCodeAt(at));
  }
  out.varint((marks[0] as JournalledMark).index);
  out.varint(marks.length);
  const last = new Map<string, JournalledMark>();
  let at = 0;
  for (const mark of marks) {
    const before = last.get(mark.symbol);
    out.varint(names.get(mark.symbol) as number);
    out.varint(names.get(mark.source) as number);
    out.varint(mark.quality);
    out.signed(mark.at - at);
    out.signed(mark.bid - (before?.bid ?? 0));
    out.signed(mark.ask - mark.bid - (before ? before.ask - before.bid : 0));
    at = mark.at;
    last.set(mark.symbol, mark);
  }
  return out.bytes();
}

/** Reads a chunk back; refuses bytes that are not one. */
export function decodeMarks(bytes: Uint8Array): Result<JournalledMark[], string> {
  const read = createReader(bytes);
  if (read.varint() !== VERSION) return err('the chunk is of an unknown version');
  const names: string[] = [];
  const nameCount = read.varint();
  for (let at = 0; at < nameCount; at += 1) {
    const length = read.varint();
    names.push(String.fromCharCode(...Array.from({ length }, () => read.varint())));
  }
  let index = read.varint();
  const count = read.varint();
  if (count > MARKS_PER_CHUNK_MAX) return err(`the chunk claims ${count} marks`);
  const last = new Map<string, JournalledMark>();
  const marks: JournalledMark[] = [];
  let at = 0;
  for (let mark = 0; mark < count; mark += 1) {
    const symbol = names[read.varint()];
    const source = names[read.varint()];
    const quality = read.varint();
    at += read.signed();
    if (symbol === undefined || source === undefined || read.failed()) {
      return err(`the chunk breaks off at mark ${mark}`);
    }
    const before = last.get(symbol);
    const bid = (before?.bid ?? 0) + read.signed();
    const ask = bid + (before ? before.ask - before.bid : 0) + read.signed();
    const decoded = { index, symbol, bid, ask, at, source, quality };
    last.set(symbol, decoded);
    marks.push(decoded);
    index += 1;
  }
  return read.failed() ? err('the chunk breaks off') : ok(marks);
}

interface Writer {
  varint(value: number): void;
  signed(value: number): void;
  bytes(): Uint8Array;
}

function createWriter(capacity: number): Writer {
  let buffer = new Uint8Array(capacity);
  let length = 0;
  const varint = (value: number): void => {
    if (length + 10 > buffer.length) {
      const larger = new Uint8Array(buffer.length * 2);
      larger.set(buffer);
      buffer = larger;
    }
    let left = value;
    while (left >= 128) {
      buffer[length] = (left % 128) + 128;
      length += 1;
      left = Math.floor(left / 128);
    }
    buffer[length] = left;
    length += 1;
  };
  return {
    varint,
    signed: (value) => varint(value < 0 ? -value * 2 - 1 : value * 2),
    bytes: () => buffer.slice(0, length),
  };
}

interface Reader {
  varint(): number;
  signed(): number;
  failed(): boolean;
}

function createReader(bytes: Uint8Array): Reader {
  let at = 0;
  let failed = false;
  const varint = (): number => {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = bytes[at];
      at += 1;
      if (byte === undefined) {
        failed = true;
        return 0;
      }
      value += (byte & 127) * scale;
      if (byte < 128) return value;
      scale *= 128;
    }
  };
  return {
    varint,
    signed: () => {
      const value = varint();
      return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    },
    failed: () => failed,
  };
}
