import { assert } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { JournalledMark } from './mark.ts';
import { createVarintReader, createVarintWriter, readNames, writeNames } from './varints.ts';

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
  const out = createVarintWriter(marks.length * 8 + 256);
  out.varint(VERSION);
  const names = writeNames(marks, out);
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
  const read = createVarintReader(bytes);
  if (read.varint() !== VERSION) return err('the chunk is of an unknown version');
  const names = readNames(read);
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
