import { err, ok, type Result } from '#core/kernel/result.ts';

/*
 * How a log lies in a folder. `checkpoint`, `tile/…` and `tile/entries/…` are laid out as
 * https://c2sp.org/tlog-tiles says; the rest is ours, and its README says how to read it.
 */
export const TILE_WIDTH = 256;
export const CHECKPOINT_FILE = 'checkpoint';
export const KEY_FILE = 'log-key.txt';
export const MANIFEST_FILE = 'manifest';
export const MANIFEST_NOTE_FILE = 'manifest.note';
export const README_FILE = 'README';
export const VERIFIER_FILE = 'verify-log.mjs';

/** What a length of two bytes can say. */
export const ENTRY_BYTES_MAX = 65_535;
/** Caps on what is read, each far above anything that an export writes. */
export const LARGE_ENTRY_BYTES_MAX = 64 * 1024 * 1024;
export const CONTENT_BYTES_MAX = 16 * 1024 * 1024;
export const MARKS_BYTES_MAX = 64 * 1024 * 1024;
export const MANIFEST_BYTES_MAX = 512 * 1024 * 1024;
export const NOTE_BYTES_MAX = 4_096;
export const FILE_BYTES_MAX = 64 * 1024 * 1024;
export const ENTRIES_MAX = 100_000_000;

/** "x001/x234/067" for 1234067: three digits a folder. */
export function numberPath(number: number): string {
  const digits = String(number).padStart(Math.ceil(String(number).length / 3) * 3, '0');
  const parts = digits.match(/.{3}/g) ?? [];
  return parts.map((part, at) => (at === parts.length - 1 ? part : `x${part}`)).join('/');
}

/** A tile that is not full says how wide it is. */
export function tilePath(level: number | 'entries', number: number, width: number): string {
  const partial = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${numberPath(number)}${partial}`;
}

export function marksPath(number: number): string {
  return `marks/${numberPath(number)}`;
}

export function contentPath(digest: string): string {
  return `cas/${digest}`;
}

/** An entry that a length of two bytes cannot say: its place in the bundle holds nothing. */
export function largeEntryPath(index: number): string {
  return `large/${numberPath(index)}`;
}

/** The widths of all tiles of one level that a log of so many entries has. */
export function* tilesOf(count: number): Generator<{ number: number; width: number }> {
  for (let number = 0; number * TILE_WIDTH < count; number += 1) {
    yield { number, width: Math.min(TILE_WIDTH, count - number * TILE_WIDTH) };
  }
}

/** How many hashes each level of tiles holds, up from the leaves. */
export function tileLevels(size: number): number[] {
  const counts: number[] = [];
  for (let count = size; count > 0; count = Math.floor(count / TILE_WIDTH)) counts.push(count);
  return counts;
}

/** Entries one after the other, each after its length in two bytes, the larger byte first. */
export function encodeEntries(entries: readonly Uint8Array[]): Uint8Array {
  const sizes = entries.map(({ length }) => (length > ENTRY_BYTES_MAX ? 0 : length));
  const bytes = new Uint8Array(sizes.reduce((sum, size) => sum + 2 + size, 0));
  let at = 0;
  for (const [place, entry] of entries.entries()) {
    const size = sizes[place] ?? 0;
    bytes[at] = size >> 8;
    bytes[at + 1] = size & 255;
    if (size > 0) bytes.set(entry, at + 2);
    at += 2 + size;
  }
  return bytes;
}

/** Reads so many entries; an empty one stands elsewhere. What was read before an error is kept. */
export function decodeEntries(
  bytes: Uint8Array,
  count: number,
): { readonly entries: Uint8Array[]; readonly problem: string | null } {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (entries.length < count) {
    if (at + 2 > bytes.length) return { entries, problem: 'the entries break off' };
    const size = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
    at += 2;
    if (at + size > bytes.length) return { entries, problem: 'the entries break off' };
    entries.push(bytes.subarray(at, at + size));
    at += size;
  }
  return { entries, problem: at === bytes.length ? null : 'bytes follow the last entry' };
}

const PATH = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$/;

/** Reads what `sha256sum` writes: 64 hexadecimal digits, two spaces, a path. */
export function readManifest(text: string): Result<ReadonlyMap<string, string>, string> {
  const files = new Map<string, string>();
  if (text !== '' && !text.endsWith('\n')) return err('the manifest is cut off');
  for (let from = 0; from < text.length;) {
    const to = text.indexOf('\n', from);
    const line = text.slice(from, to);
    const digest = line.slice(0, 64);
    const path = line.slice(66);
    const isLine = /^[0-9a-f]{64}$/.test(digest) && line.slice(64, 66) === '  ' && PATH.test(path);
    if (!isLine || files.has(path)) return err(`line ${files.size + 1} of the manifest is none`);
    files.set(path, digest);
    from = to + 1;
  }
  return ok(files);
}
