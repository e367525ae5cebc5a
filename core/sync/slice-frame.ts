import { z } from 'zod';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { BookSlice } from '#core/what-if/book-shock.ts';

/** Accounts in one slice; a larger book is sliced by partition. */
export const SLICE_ACCOUNTS_MAX = 2_000_000;

const headSchema = z.strictObject({
  symbols: z
    .array(z.strictObject({ symbol: z.string(), digits: z.int(), bid: z.int(), ask: z.int() }))
    .max(500),
  programs: z.array(z.string()).max(500),
  accounts: z.int().min(0).max(SLICE_ACCOUNTS_MAX),
  legs: z
    .int()
    .min(0)
    .max(SLICE_ACCOUNTS_MAX * 8),
});

const HEAD_LENGTH_BYTES = 4;
const ALIGNMENT = 8;

/** In this order on the wire: 8-byte numbers first, so that every column starts aligned. */
const columnsOf = (accounts: number, legs: number) =>
  [
    ['equity', Float64Array, accounts],
    ['warnLine', Float64Array, accounts],
    ['pauseLine', Float64Array, accounts],
    ['failLine', Float64Array, accounts],
    ['payable', Float64Array, accounts],
    ['start', Float64Array, accounts],
    ['long', Float64Array, legs],
    ['short', Float64Array, legs],
    ['number', Int32Array, accounts],
    ['program', Int32Array, accounts],
    ['legFrom', Int32Array, accounts + 1],
    ['legSymbol', Int32Array, legs],
    ['owedPpm', Int32Array, accounts],
  ] as const;

/** A slice of a book as one run of bytes: a JSON head, then its columns. */
export function encodeSlice(slice: BookSlice): Uint8Array {
  const { symbols, programs, equity, legSymbol } = slice;
  const head = { symbols, programs, accounts: equity.length, legs: legSymbol.length };
  const text = asciiBytes(JSON.stringify(head));
  const start = aligned(HEAD_LENGTH_BYTES + text.length);
  const columns = columnsOf(head.accounts, head.legs);
  const bytes = new Uint8Array(
    columns.reduce((sum, [, kind, length]) => sum + kind.BYTES_PER_ELEMENT * length, start),
  );
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, HEAD_LENGTH_BYTES);
  let at = start;
  for (const [name] of columns) {
    const { buffer, byteOffset, byteLength } = slice[name];
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** Refuses what is not such a run of bytes, to its last byte. */
export function decodeSlice(input: Uint8Array): Result<BookSlice, string> {
  if (input.length < HEAD_LENGTH_BYTES) return err('too short to be a slice');
  // A copy of its own starts aligned, wherever the message lay. Not `slice`: some hosts' byte
  // arrays answer it with a window on the same memory.
  const bytes = new Uint8Array(input);
  const length = new DataView(bytes.buffer).getUint32(0, true);
  if (HEAD_LENGTH_BYTES + length > bytes.length) return err('the head of the slice is cut off');
  let parsed: unknown;
  try {
    parsed = JSON.parse(asciiText(bytes.subarray(HEAD_LENGTH_BYTES, HEAD_LENGTH_BYTES + length)));
  } catch {
    return err('the head of the slice cannot be read');
  }
  const head = headSchema.safeParse(parsed);
  if (!head.success) return err(`the head of the slice: ${z.prettifyError(head.error)}`);
  const { symbols, programs, accounts, legs } = head.data;
  let at = aligned(HEAD_LENGTH_BYTES + length);
  const columns: Record<string, Float64Array | Int32Array> = {};
  for (const [name, Kind, count] of columnsOf(accounts, legs)) {
    if (at + Kind.BYTES_PER_ELEMENT * count > bytes.length) return err(`the slice ends in ${name}`);
    columns[name] = new Kind(bytes.buffer, at, count);
    at += Kind.BYTES_PER_ELEMENT * count;
  }
  if (at !== bytes.length) return err('bytes follow the slice');
  return ok({ symbols, programs, ...columns } as unknown as BookSlice);
}

/** JSON in ASCII alone: other characters become escapes, so that a byte is a character. */
function asciiBytes(json: string): Uint8Array {
  const escaped = json.replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return Uint8Array.from(escaped, (character) => character.charCodeAt(0));
}

function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
