import { utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalText, type Json } from '#core/kernel/canonical.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';

/** Limits of what is signed: far above any decision, far below what could stall a reader. */
export const STRICT_JSON_BYTES_MAX = 32 * 1024;
export const STRICT_JSON_DEPTH_MAX = 8;

/**
 * Reads JSON of which every value has one way of being written, so that two readers cannot see two
 * values in bytes that one person signed. It is RFC 8785 restricted to whole numbers and plain text
 * (see plainTextProblem). Platform parsers will not do: of a key that is there twice they keep the
 * last, numbers they round, and V8 takes some escaped keys for keys that it read before. Errors name
 * the byte at which reading stopped.
 */
export function readStrictJson(bytes: Uint8Array): Result<Json, string> {
  if (bytes.length > STRICT_JSON_BYTES_MAX) {
    return err(`${bytes.length} bytes are more than ${STRICT_JSON_BYTES_MAX}`);
  }
  const cursor = { bytes, at: 0 };
  const read = readValue(cursor, 0);
  if (!read.ok) return read;
  if (cursor.at < bytes.length) return failure(cursor.at, 'nothing may follow the value');
  // What is above refuses every other way of writing already; this does not take its word for it.
  const written = utf8ToBytes(canonicalText(read.value));
  const isSame = written.length === bytes.length && written.every((byte, at) => byte === bytes[at]);
  return isSame ? read : err('this is not the canonical way to write this value');
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_RECORD = 0x7b;
const CLOSE_RECORD = 0x7d;

const ZERO = 0x30;
const NINE = 0x39;
/** What would go on with a number: a point, `e` or `E`. */
const FRACTIONS = [0x2e, 0x65, 0x45];

const WORDS = [
  ['null', null],
  ['true', true],
  ['false', false],
] as const;

function readValue(cursor: Cursor, depth: number): Result<Json, string> {
  const byte = cursor.bytes[cursor.at];
  if (byte === QUOTE) return readText(cursor);
  if (byte === OPEN_RECORD || byte === OPEN_LIST) {
    if (depth === STRICT_JSON_DEPTH_MAX) {
      return failure(cursor.at, `values may not be nested deeper than ${STRICT_JSON_DEPTH_MAX}`);
    }
    cursor.at += 1;
    return byte === OPEN_LIST ? readList(cursor, depth + 1) : readRecord(cursor, depth + 1);
  }
  if (byte === MINUS || digitAt(cursor) !== null) return readInteger(cursor);
  for (const [word, value] of WORDS) if (takeWord(cursor, word)) return ok(value);
  return failure(cursor.at, 'expected a value');
}

function readList(cursor: Cursor, depth: number): Result<Json, string> {
  const items: Json[] = [];
  if (take(cursor, CLOSE_LIST)) return ok(items);
  for (;;) {
    const item = readValue(cursor, depth);
    if (!item.ok) return item;
    items.push(item.value);
    if (take(cursor, CLOSE_LIST)) return ok(items);
    if (!take(cursor, COMMA)) return failure(cursor.at, 'expected "," or "]"');
  }
}

function readRecord(cursor: Cursor, depth: number): Result<Json, string> {
  const fields: [string, Json][] = [];
  if (take(cursor, CLOSE_RECORD)) return ok({});
  for (;;) {
    const key = readKey(cursor, fields.at(-1)?.[0]);
    if (!key.ok) return key;
    const value = readValue(cursor, depth);
    if (!value.ok) return value;
    fields.push([key.value, value.value]);
    if (take(cursor, CLOSE_RECORD)) return ok(Object.fromEntries(fields));
    if (!take(cursor, COMMA)) return failure(cursor.at, 'expected "," or "}"');
  }
}

/** Strings compare by UTF-16 code units here, which is the order of RFC 8785. */
function readKey(cursor: Cursor, before: string | undefined): Result<string, string> {
  const start = cursor.at;
  if (cursor.bytes[start] !== QUOTE) return failure(start, 'expected a key');
  const key = readText(cursor);
  if (!key.ok) return key;
  if (key.value === before) return failure(start, 'this key is here twice');
  if (before !== undefined && key.value < before) {
    return failure(start, 'this key belongs before the last one, or is here twice');
  }
  // Whoever copies fields one by one would set the copy's prototype with it.
  if (key.value === '__proto__') return failure(start, '__proto__ may not be a key');
  return take(cursor, COLON) ? key : failure(cursor.at, 'expected ":"');
}

function readInteger(cursor: Cursor): Result<number, string> {
  const start = cursor.at;
  const isNegative = take(cursor, MINUS);
  const first = cursor.at;
  let value = 0;
  for (let digit = digitAt(cursor); digit !== null; digit = digitAt(cursor)) {
    value = value * 10 + digit;
    cursor.at += 1;
  }
  const length = cursor.at - first;
  if (length === 0) return failure(start, 'expected digits');
  if (length > 1 && cursor.bytes[first] === ZERO) {
    return failure(start, 'a number does not begin with 0');
  }
  if (FRACTIONS.includes(cursor.bytes[cursor.at] ?? 0)) {
    return failure(start, 'a number has no fraction and no exponent');
  }
  if (isNegative && value === 0) return failure(start, 'zero has no sign');
  // Sums that were rounded on the way are beyond it too: they only ever grow.
  if (!Number.isSafeInteger(value)) return failure(start, 'the number is beyond 2^53 - 1');
  return ok(isNegative ? -value : value);
}

/** With controls refused, only a quote and a backslash have to be escaped, and so may be. */
function readText(cursor: Cursor): Result<string, string> {
  const start = cursor.at;
  cursor.at += 1;
  let text = '';
  while (!take(cursor, QUOTE)) {
    if (take(cursor, BACKSLASH)) {
      const escaped = cursor.bytes[cursor.at];
      if (escaped !== QUOTE && escaped !== BACKSLASH) {
        return failure(cursor.at - 1, 'only a quote and a backslash may be escaped');
      }
    }
    if (cursor.at >= cursor.bytes.length) return failure(start, 'this text does not end');
    const code = takeCodePoint(cursor);
    if (code === null) return failure(cursor.at, 'this is not UTF-8');
    text += String.fromCodePoint(code);
  }
  const problem = plainTextProblem(text);
  return problem === null ? ok(text) : failure(start, `the text ${problem}`);
}

/** The least code point that UTF-8 may write in so many bytes: a shorter way must be taken. */
const LEAST_OF_LENGTH = [0, 0, 0x80, 0x800, 0x1_0000];
/** With what the last character that there is begins. */
const LAST_LEAD = 0xf4;

function takeCodePoint(cursor: Cursor): number | null {
  const lead = cursor.bytes[cursor.at] ?? 0;
  const length = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (length === 0 || lead > LAST_LEAD) return null;
  let code = length === 1 ? lead : lead & (0x7f >> length);
  for (let next = 1; next < length; next += 1) {
    const byte = cursor.bytes[cursor.at + next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return null;
    code = (code << 6) | (byte & 0x3f);
  }
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < (LEAST_OF_LENGTH[length] ?? 0) || code > 0x10_ffff || isSurrogate) return null;
  cursor.at += length;
  return code;
}

function take(cursor: Cursor, byte: number): boolean {
  if (cursor.bytes[cursor.at] !== byte) return false;
  cursor.at += 1;
  return true;
}

function takeWord(cursor: Cursor, word: string): boolean {
  for (let index = 0; index < word.length; index += 1) {
    if (cursor.bytes[cursor.at + index] !== word.charCodeAt(index)) return false;
  }
  cursor.at += word.length;
  return true;
}

function digitAt({ bytes, at }: Cursor): number | null {
  const byte = bytes[at] ?? 0;
  return byte >= ZERO && byte <= NINE ? byte - ZERO : null;
}

function failure(at: number, problem: string): { readonly ok: false; readonly error: string } {
  return err(`byte ${at}: ${problem}`);
}

const CONTROL = 'is a control character';
const DIRECTION = 'changes the direction of the text around it';
const INVISIBLE = 'cannot be seen';
const LINE = 'breaks the line';
const HALF = 'is half of a character';
const NOT_A_CHARACTER = 'is not a character';

/**
 * What no signed text may hold, because a person would read another text than the bytes say. Given
 * as a table and not as Unicode properties, so that desk and server agree whatever their versions.
 */
const REFUSED: readonly (readonly [first: number, last: number, why: string])[] = [
  [0x0000, 0x001f, CONTROL],
  [0x007f, 0x009f, CONTROL],
  [0x00ad, 0x00ad, INVISIBLE],
  [0x034f, 0x034f, INVISIBLE],
  [0x061c, 0x061c, DIRECTION],
  [0x115f, 0x1160, INVISIBLE],
  [0x17b4, 0x17b5, INVISIBLE],
  [0x180b, 0x180f, INVISIBLE],
  [0x200b, 0x200d, INVISIBLE],
  [0x200e, 0x200f, DIRECTION],
  [0x2028, 0x2029, LINE],
  [0x202a, 0x202e, DIRECTION],
  [0x2060, 0x2065, INVISIBLE],
  [0x2066, 0x2069, DIRECTION],
  [0x206a, 0x206f, INVISIBLE],
  [0x3164, 0x3164, INVISIBLE],
  [0xd800, 0xdfff, HALF],
  [0xfdd0, 0xfdef, NOT_A_CHARACTER],
  [0xfe00, 0xfe0f, INVISIBLE],
  [0xfeff, 0xfeff, INVISIBLE],
  [0xffa0, 0xffa0, INVISIBLE],
  [0xfff0, 0xfffb, INVISIBLE],
  [0x1_bca0, 0x1_bca3, INVISIBLE],
  [0x1_d173, 0x1_d17a, INVISIBLE],
  [0xe_0000, 0xe_0fff, INVISIBLE],
];

/** Whether a text looks like what it is; for the schemas of names that people decide by. */
export function isPlainText(text: string): boolean {
  return plainTextProblem(text) === null;
}

/**
 * Why a text may not be signed, or null: it must be in Unicode's composed form, without controls,
 * without characters that turn, hide or break text, and without broken ones. Letters that look
 * alike are allowed: no table can tell whether a name means them.
 */
export function plainTextProblem(text: string): string | null {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const why = refusalOf(code);
    if (why) return `has U+${code.toString(16).toUpperCase().padStart(4, '0')}, which ${why}`;
  }
  return text.normalize('NFC') === text ? null : 'is not in composed form (NFC)';
}

function refusalOf(code: number): string | null {
  if (code >= 0x20 && code < 0x7f) return null;
  if ((code & 0xfffe) === 0xfffe) return NOT_A_CHARACTER;
  return REFUSED.find(([first, last]) => code >= first && code <= last)?.[2] ?? null;
}
