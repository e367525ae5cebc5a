import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkpointBody, keyIdOf, signedNote } from '#core/audit/checkpoint.ts';
import type { Hash } from '#core/audit/tree.ts';
import { bundleReadme } from './bundle-readme.ts';
import {
  CHECKPOINT_FILE,
  CONTENT_BYTES_MAX,
  contentPath,
  encodeEntries,
  ENTRY_BYTES_MAX,
  KEY_FILE,
  LARGE_ENTRY_BYTES_MAX,
  largeEntryPath,
  MANIFEST_FILE,
  MANIFEST_NOTE_FILE,
  marksPath,
  README_FILE,
  tileLevels,
  tilePath,
  tilesOf,
  TILE_WIDTH,
  VERIFIER_FILE,
} from './bundle-format.ts';
import { createGrowingTree, sha256, type GrowingTree } from './growing-tree.ts';
import { writeKey, type LogKey } from './log-key.ts';

/** What a bundle is made of. */
export interface BundleSource {
  readonly key: LogKey;
  /** The signed checkpoint over these entries. */
  readonly note: string;
  entries(): Iterable<Uint8Array>;
  /** The hash that the log keeps of an entry, counted from 0: exported even where it is another. */
  leaf(index: number, entry: Uint8Array): Hash;
  /** Asked for after all entries were. */
  contents(): Iterable<{ readonly digest: string; readonly text: string }>;
  marks(): Iterable<Uint8Array>;
  /** Signs as the log's key signs. */
  sign(body: string): Uint8Array;
  /** The verifier, in one file that needs nothing but Node; null to leave it out. */
  readonly verifier: Uint8Array | null;
}

export interface Written {
  readonly entries: number;
  readonly contents: number;
  readonly marks: number;
  readonly large: number;
  readonly files: number;
}

/** What is signed as a list of files, so that no tool takes it for a checkpoint of the log. */
export function manifestOrigin(origin: string): string {
  return `${origin}/bundle`;
}

/** Writes a bundle into a folder that is new or empty. */
export function writeBundle(
  folder: string,
  source: BundleSource,
  progress: (what: string) => void = () => {},
): Written {
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    throw new Error(`${folder} is not empty: give a new folder`);
  }
  const files = createWriter(folder);
  files.write(CHECKPOINT_FILE, source.note);
  files.write(KEY_FILE, writeKey(source.key));
  const tree = createGrowingTree();
  const large = writeEntries(source, files, tree, progress);
  writeTiles(tree, files);
  let contents = 0;
  for (const { digest, text } of source.contents()) {
    holdTo(CONTENT_BYTES_MAX, Buffer.byteLength(text), `the bytes ${digest}`);
    files.write(contentPath(digest), text);
    contents += 1;
  }
  let marks = 0;
  for (const chunk of source.marks()) {
    files.write(marksPath(marks), chunk);
    marks += 1;
    if (marks % 100 === 0) progress(`${marks} chunks of prices`);
  }
  files.write(README_FILE, bundleReadme(source.key));
  if (source.verifier) files.write(VERIFIER_FILE, source.verifier);
  writeManifest(files, source);
  return { entries: tree.size, contents, marks, large, files: files.lines.length };
}

/** Nothing is written that the verifier would refuse to read. */
function holdTo(bytesMax: number, bytes: number, what: string): void {
  if (bytes > bytesMax) throw new Error(`${what}: ${bytes} bytes, more than ${bytesMax}`);
}

interface Writer {
  readonly lines: string[];
  write(path: string, bytes: Uint8Array | string): void;
}

function createWriter(folder: string): Writer {
  const lines: string[] = [];
  const made = new Set<string>();
  return {
    lines,
    write: (path, bytes) => {
      const file = join(folder, path);
      if (!made.has(dirname(file))) mkdirSync(dirname(file), { recursive: true });
      made.add(dirname(file));
      writeFileSync(file, bytes, { flag: 'wx' });
      lines.push(`${hash('sha256', bytes)}  ${path}\n`);
    },
  };
}

function writeEntries(
  source: BundleSource,
  files: Writer,
  tree: GrowingTree,
  progress: (what: string) => void,
): number {
  let waiting: Uint8Array[] = [];
  let large = 0;
  const flush = (): void => {
    const number = Math.floor((tree.size - 1) / TILE_WIDTH);
    files.write(tilePath('entries', number, waiting.length), encodeEntries(waiting));
    waiting = [];
  };
  for (const entry of source.entries()) {
    holdTo(LARGE_ENTRY_BYTES_MAX, entry.length, `entry ${tree.size}`);
    if (entry.length > ENTRY_BYTES_MAX) {
      files.write(largeEntryPath(tree.size), entry);
      large += 1;
    }
    tree.add(source.leaf(tree.size, entry));
    waiting.push(entry);
    if (waiting.length === TILE_WIDTH) flush();
    if (tree.size % 65_536 === 0) progress(`${tree.size} entries`);
  }
  if (waiting.length > 0) flush();
  return large;
}

function writeTiles(tree: GrowingTree, files: Writer): void {
  for (const [level, count] of tileLevels(tree.size).entries()) {
    for (const { number, width } of tilesOf(count)) {
      files.write(tilePath(level, number, width), tileOf(tree, level, number, width));
    }
  }
}

/** The hashes of one tile, one after the other. */
export function tileOf(
  tree: GrowingTree,
  level: number,
  number: number,
  width: number,
): Uint8Array {
  const bytes = new Uint8Array(width * 32);
  for (let place = 0; place < width; place += 1) {
    bytes.set(tree.at(level * 8, number * TILE_WIDTH + place), place * 32);
  }
  return bytes;
}

/** The list of all files, and over it a note that the log's key signs. */
function writeManifest(files: Writer, { key, sign }: BundleSource): void {
  const count = files.lines.length;
  const text = [...files.lines].sort().join('');
  const name = manifestOrigin(key.name);
  const body = checkpointBody({ origin: name, size: count, root: sha256(Buffer.from(text)) });
  const signature = { name, keyId: keyIdOf(name, key.publicKey), signature: sign(body) };
  files.write(MANIFEST_FILE, text);
  files.write(MANIFEST_NOTE_FILE, signedNote(body, [signature]));
}
