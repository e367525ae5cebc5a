import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { digestSchema } from '#core/kernel/ids.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import {
  createVarintReader,
  createVarintWriter,
  readNames,
  writeNames,
} from '#core/market/varints.ts';

/*
 * The prices of a pack: those marks of the journal that can change the account, each with its place
 * in the journal, in slices of which each has a digest of its own, so that a change has a place.
 *
 * Layout of a slice: number of names, names; count; then per mark: difference of its place to the
 * one before, name of the symbol, name of the source, quality, and zig-zag differences of time (to
 * the mark before), bid (to the symbol's last in this slice) and spread (likewise).
 */
export const MARKS_PER_SLICE = 10_000;
export const SLICES_MAX = 200;
/** What the largest slice has in base64, with room: 40 bytes a mark are never needed. */
const SLICE_TEXT_MAX = 600_000;
/** Symbols and sources of one account. */
const NAMES_MAX = 2_000;

export const sliceSchema = z.strictObject({
  /** Places in the journal of the first and the last mark. */
  first: z.int().min(0),
  last: z.int().min(0),
  count: z.int().min(1).max(MARKS_PER_SLICE),
  /** SHA-256 of the bytes. */
  digest: digestSchema,
  /** Base64. */
  bytes: z.string().max(SLICE_TEXT_MAX),
});
export type Slice = z.infer<typeof sliceSchema>;

/** Marks in order of their places, cut into slices. */
export function slicesOf(marks: readonly JournalledMark[]): Slice[] {
  const slices: Slice[] = [];
  for (let from = 0; from < marks.length; from += MARKS_PER_SLICE) {
    slices.push(sliceOf(marks.slice(from, from + MARKS_PER_SLICE)));
  }
  return slices;
}

function sliceOf(marks: readonly JournalledMark[]): Slice {
  const out = createVarintWriter(marks.length * 10 + 256);
  const names = writeNames(marks, out);
  out.varint(marks.length);
  const last = new Map<string, JournalledMark>();
  let before: JournalledMark | null = null;
  for (const mark of marks) {
    const same = last.get(mark.symbol);
    out.varint(mark.index - (before?.index ?? 0));
    out.varint(names.get(mark.symbol) ?? 0);
    out.varint(names.get(mark.source) ?? 0);
    out.varint(mark.quality);
    out.signed(mark.at - (before?.at ?? 0));
    out.signed(mark.bid - (same?.bid ?? 0));
    out.signed(mark.ask - mark.bid - (same ? same.ask - same.bid : 0));
    last.set(mark.symbol, mark);
    before = mark;
  }
  const bytes = out.bytes();
  return {
    first: marks[0]?.index ?? 0,
    last: before?.index ?? 0,
    count: marks.length,
    digest: bytesToHex(sha256(bytes)),
    bytes: base64Of(bytes),
  };
}

/** Reads a slice back; an error says what of it is not as it says of itself. */
export function marksOf(slice: Slice): Result<JournalledMark[], string> {
  const bytes = bytesOfBase64(slice.bytes);
  if (!bytes.ok) return err('its bytes cannot be read');
  if (bytesToHex(sha256(bytes.value)) !== slice.digest) {
    return err('its bytes are not those that its digest names');
  }
  // Checked before anything is made of it: a slice of somebody else may claim anything.
  const namesClaimed = createVarintReader(bytes.value).varint();
  if (namesClaimed > NAMES_MAX) return err('it claims too many names');
  const read = createVarintReader(bytes.value);
  const names = readNames(read);
  const count = read.varint();
  if (count !== slice.count) return err('it does not hold as many marks as it says');
  const marks: JournalledMark[] = [];
  const last = new Map<string, JournalledMark>();
  let index = 0;
  let at = 0;
  for (let number = 0; number < count; number += 1) {
    index += read.varint();
    const symbol = names[read.varint()];
    const source = names[read.varint()];
    const quality = read.varint();
    at += read.signed();
    if (symbol === undefined || source === undefined || read.failed()) {
      return err(`it breaks off at mark ${number}`);
    }
    const same = last.get(symbol);
    const bid = (same?.bid ?? 0) + read.signed();
    const ask = bid + (same ? same.ask - same.bid : 0) + read.signed();
    const mark = { index, symbol, bid, ask, at, source, quality };
    if (![index, bid, ask, at].every(Number.isSafeInteger) || quality > 15) {
      return err(`mark ${number} of it is beyond what can be`);
    }
    marks.push(mark);
    last.set(symbol, mark);
  }
  if (read.failed()) return err('it breaks off');
  if (marks[0]?.index !== slice.first || marks.at(-1)?.index !== slice.last) {
    return err('its marks do not stand where it says');
  }
  return ok(marks);
}
