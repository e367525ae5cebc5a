import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRandom, type Random } from '#core/kernel/random.ts';
import { openBundle } from './bundle.ts';
import {
  decodeEntries,
  encodeEntries,
  MANIFEST_FILE,
  tilePath,
  tilesOf,
  TILE_WIDTH,
} from './bundle-format.ts';
import { cachedVerifier } from './log-key.ts';
import { verifyBundle } from './verify-bundle.ts';

export interface EditsTried {
  readonly tried: number;
  /** Edits that were not found: sentences. */
  readonly missed: readonly string[];
  /** Edits that were found, at another entry than the one that was edited. */
  readonly misplaced: readonly string[];
  /** Of those found, edits of entries: named by the tree, whatever the manifest says. */
  readonly placed: number;
  readonly byKind: Readonly<Record<string, number>>;
}

interface Target {
  readonly folder: string;
  readonly paths: readonly string[];
  readonly size: number;
  readonly random: Random;
}

/** What was done, and which entry it makes differ first, where that is certain. */
interface Edit {
  readonly what: string;
  readonly index: number | null;
  undo(): void;
}
type Editor = (target: Target) => Edit | null;

/**
 * Tries the verifier: changes one thing in a copy of a bundle, at random, verifies, puts it back, and
 * goes on. Every change must be found, and one of an entry at that entry.
 */
export function makeEdits(
  bundle: string,
  count: number,
  seed: number,
  progress: (done: number) => void = () => {},
): EditsTried {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-edits-'));
  try {
    cpSync(bundle, folder, { recursive: true });
    const { exit, problems } = verifyBundle(folder);
    if (exit !== 0 && exit !== 2) throw new Error(`the bundle is not whole: ${problems[0]}`);
    const target = targetOf(folder, seed);
    const missed: string[] = [];
    const misplaced: string[] = [];
    const byKind: Record<string, number> = {};
    let tried = 0;
    let placed = 0;
    while (tried < count) {
      const kind = target.random.pick(Object.keys(EDITORS)) as keyof typeof EDITORS;
      const edit = EDITORS[kind](target);
      if (!edit) continue;
      tried += 1;
      byKind[kind] = (byKind[kind] ?? 0) + 1;
      const { exit, firstBadIndex } = verifyBundle(folder);
      edit.undo();
      if (exit !== 1 && exit !== 3) missed.push(`${edit.what}: exit code ${exit}`);
      else if (edit.index !== null && firstBadIndex !== edit.index)
        misplaced.push(`${edit.what}: named ${firstBadIndex}, edited ${edit.index}`);
      else if (edit.index !== null) placed += 1;
      progress(tried);
    }
    return { tried, missed, misplaced, placed, byKind };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function targetOf(folder: string, seed: number): Target {
  const opened = openBundle(folder, cachedVerifier().verify);
  if (!opened.ok) throw new Error(opened.error);
  const { manifest, checkpoint } = opened.value;
  const paths = [...manifest.keys(), MANIFEST_FILE, `${MANIFEST_FILE}.note`];
  return { folder, paths, size: checkpoint.size, random: createRandom(seed) };
}

const flipBit: Editor = (target) =>
  edited(target, 'a bit of', (bytes, { below }) => {
    const at = below(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << below(8));
    return bytes;
  });

const changeBytes: Editor = (target) =>
  edited(target, 'some bytes of', (bytes, { below }) => {
    const from = below(bytes.length);
    for (let at = from; at < Math.min(bytes.length, from + 1 + below(16)); at += 1)
      bytes[at] = below(256);
    return bytes;
  });

const cutOff: Editor = (target) =>
  edited(target, 'the end of', (bytes, { below }) => bytes.subarray(0, below(bytes.length)));

const addTo: Editor = (target) =>
  edited(target, 'bytes after', (bytes, { below }) => {
    const more = Array.from({ length: 1 + below(8) }, () => below(256));
    return new Uint8Array(Buffer.concat([bytes, Uint8Array.from(more)]));
  });

/** Changes a file's bytes; null when that changed nothing. */
function edited(
  target: Target,
  how: string,
  change: (bytes: Uint8Array, random: Random) => Uint8Array,
): Edit | null {
  const { folder, random } = target;
  const path = pickFile(target);
  const file = join(folder, path);
  const before = readFileSync(file);
  if (before.length === 0) return null;
  const after = change(new Uint8Array(before), random);
  if (before.equals(after)) return null;
  writeFileSync(file, after);
  return {
    what: `${how} ${path}`,
    index: firstDifference(path, before, after),
    undo: () => writeFileSync(file, before),
  };
}

/** Files of entries as often as all others together. */
function pickFile({ paths, random }: Target): string {
  const entries = paths.filter((path) => path.startsWith('tile/entries/'));
  return random.below(2) === 0 && entries.length > 0 ? random.pick(entries) : random.pick(paths);
}

/** The entry whose bytes, or the length before them, differ first; null for any other file. */
function firstDifference(path: string, before: Uint8Array, after: Uint8Array): number | null {
  const match = /^tile\/entries\/([x0-9/]+?)(?:\.p\/(\d+))?$/.exec(path);
  if (!match) return null;
  const number = Number((match[1] ?? '').replaceAll(/[x/]/g, ''));
  const width = match[2] === undefined ? TILE_WIDTH : Number(match[2]);
  const { entries } = decodeEntries(before, width);
  let to = 0;
  for (const [place, entry] of entries.entries()) {
    const from = to;
    to += 2 + entry.length;
    const same = Buffer.compare(before.subarray(from, to), after.subarray(from, to)) === 0;
    if (!same) return number * TILE_WIDTH + place;
  }
  // Bytes after the last entry change no entry.
  return null;
}

const removeFile: Editor = (target) => {
  const path = pickFile(target);
  const file = join(target.folder, path);
  const before = readFileSync(file);
  rmSync(file);
  const first = firstDifference(path, before, new Uint8Array(0));
  return { what: `all of ${path}`, index: first, undo: () => writeFileSync(file, before) };
};

const emptyFile: Editor = (target) => {
  const path = pickFile(target);
  const file = join(target.folder, path);
  const before = readFileSync(file);
  if (before.length === 0) return null;
  truncateSync(file);
  const first = firstDifference(path, before, new Uint8Array(0));
  return { what: `the content of ${path}`, index: first, undo: () => writeFileSync(file, before) };
};

/** Puts one file in the place of another of its kind, as it lies there, both ways round. */
const swapFiles: Editor = ({ folder, paths, random }) => {
  const one = random.pick(paths);
  const other = random.pick(paths.filter((path) => dirname(path) === dirname(one)));
  const [a, b] = [readFileSync(join(folder, one)), readFileSync(join(folder, other))];
  if (a.equals(b)) return null;
  writeFileSync(join(folder, one), b);
  writeFileSync(join(folder, other), a);
  const places = [firstDifference(one, a, b), firstDifference(other, b, a)].filter(
    (at) => at !== null,
  );
  return {
    what: `${one} and ${other}, swapped,`,
    index: places.length === 0 ? null : Math.min(...places),
    undo: () => {
      writeFileSync(join(folder, one), a);
      writeFileSync(join(folder, other), b);
    },
  };
};

/** Changes the entries of one file as entries: their lengths stay right. */
function entriesEdited(
  target: Target,
  how: string,
  change: (entries: Uint8Array[], random: Random) => Uint8Array[],
): Edit | null {
  const { folder, size, random } = target;
  const { number, width } = random.pick([...tilesOf(size)]);
  const path = tilePath('entries', number, width);
  const before = readFileSync(join(folder, path));
  const { entries } = decodeEntries(before, width);
  const after = encodeEntries(change([...entries], random));
  if (before.equals(after)) return null;
  writeFileSync(join(folder, path), after);
  return {
    what: `${how} in ${path}`,
    index: firstDifference(path, before, after),
    undo: () => writeFileSync(join(folder, path), before),
  };
}

const swapEntries: Editor = (target) =>
  entriesEdited(target, 'two entries, swapped,', (entries, { below }) => {
    const [one, other] = [below(entries.length), below(entries.length)];
    const [first, second] = [entries[one], entries[other]];
    if (first && second) [entries[one], entries[other]] = [second, first];
    return entries;
  });

const removeEntry: Editor = (target) =>
  entriesEdited(target, 'an entry, left out,', (entries, { below }) =>
    entries.toSpliced(below(entries.length), 1),
  );

const repeatEntry: Editor = (target) =>
  entriesEdited(target, 'an entry, written twice,', (entries, { below }) => {
    const at = below(entries.length);
    return entries.toSpliced(at, 0, entries[at] ?? new Uint8Array(1));
  });

/** What a clever edit of one digit is: another amount, in an entry that is still well formed. */
const changeDigit: Editor = (target) =>
  entriesEdited(target, 'a digit', (entries, { below }) => {
    const at = below(entries.length);
    const entry = new Uint8Array(entries[at] ?? []);
    const digits = [...entry.keys()].filter((place) => isDigit(entry[place]));
    const place = digits[below(Math.max(1, digits.length))] ?? 0;
    entry[place] = 48 + below(10);
    entries[at] = entry;
    return entries;
  });

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

/** An older state of the log under the present checkpoint: its tail is gone. */
const rollBack: Editor = ({ folder, size, random }) => {
  const tiles = [...tilesOf(size)];
  const last = tiles.at(-1);
  if (!last) return null;
  const path = join(folder, tilePath('entries', last.number, last.width));
  const before = readFileSync(path);
  const { entries } = decodeEntries(before, last.width);
  const kept = random.below(entries.length);
  writeFileSync(path, encodeEntries(entries.slice(0, kept)));
  return {
    what: `the log back to ${last.number * TILE_WIDTH + kept} entries`,
    index: last.number * TILE_WIDTH + kept,
    undo: () => writeFileSync(path, before),
  };
};

const EDITORS = {
  flipBit,
  changeBytes,
  cutOff,
  addTo,
  removeFile,
  emptyFile,
  swapFiles,
  swapEntries,
  removeEntry,
  repeatEntry,
  changeDigit,
  rollBack,
} as const satisfies Readonly<Record<string, Editor>>;
