import { readCheckpoint, signatureOf, type SignedCheckpoint } from '#core/audit/checkpoint.ts';
import { isSame } from '#core/audit/tree.ts';
import { heldAgainst, openFolder, type BundleFiles } from './bundle-files.ts';
import {
  CHECKPOINT_FILE,
  CONTENT_BYTES_MAX,
  contentPath,
  decodeEntries,
  ENTRIES_MAX,
  ENTRY_BYTES_MAX,
  FILE_BYTES_MAX,
  KEY_FILE,
  LARGE_ENTRY_BYTES_MAX,
  largeEntryPath,
  MANIFEST_BYTES_MAX,
  MANIFEST_FILE,
  MANIFEST_NOTE_FILE,
  NOTE_BYTES_MAX,
  readManifest,
  tilePath,
  TILE_WIDTH,
} from './bundle-format.ts';
import { manifestOrigin } from './bundle-writer.ts';
import { sha256 } from './growing-tree.ts';
import { readKey, type LogKey } from './log-key.ts';
import type { VerifyBytes } from '#core/signing/public-key.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';

/** A bundle whose key, checkpoint and manifest could be read; whether they are right is said beside. */
export interface Bundle {
  readonly key: LogKey;
  readonly checkpoint: SignedCheckpoint;
  readonly manifest: ReadonlyMap<string, string>;
  /** Each held against the manifest when it is read. */
  readonly files: BundleFiles;
  /** Signatures that are wrong, and a manifest that is not the one signed. */
  readonly problems: readonly string[];
}

/** Opens a folder that somebody may have made to deceive; an error says what cannot be read at all. */
export function openBundle(folder: string, verify: VerifyBytes): Result<Bundle, string> {
  const plain = openFolder(folder);
  const key = textIn(plain, KEY_FILE, NOTE_BYTES_MAX, readKey);
  if (!key.ok) return key;
  const checkpoint = textIn(plain, CHECKPOINT_FILE, NOTE_BYTES_MAX, readCheckpoint);
  if (!checkpoint.ok) return checkpoint;
  if (checkpoint.value.size > ENTRIES_MAX) return err('the checkpoint is over too many entries');
  const note = textIn(plain, MANIFEST_NOTE_FILE, NOTE_BYTES_MAX, readCheckpoint);
  if (!note.ok) return note;
  const bytes = plain.read(MANIFEST_FILE, MANIFEST_BYTES_MAX);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err(`${MANIFEST_FILE} is missing`);
  const manifest = readManifest(textOf(bytes.value));
  if (!manifest.ok) return manifest;
  const { name } = key.value;
  const problems = [
    ...noteProblems(CHECKPOINT_FILE, checkpoint.value, name, key.value, verify),
    ...noteProblems(MANIFEST_NOTE_FILE, note.value, manifestOrigin(name), key.value, verify),
  ];
  const isListed =
    note.value.size === manifest.value.size && isSame(note.value.root, sha256(bytes.value));
  if (!isListed) problems.push(`${MANIFEST_FILE} is not the one that was signed`);
  return ok({
    key: key.value,
    checkpoint: checkpoint.value,
    manifest: manifest.value,
    files: heldAgainst(plain, manifest.value),
    problems,
  });
}

function noteProblems(
  file: string,
  note: SignedCheckpoint,
  origin: string,
  { publicKey }: LogKey,
  verify: VerifyBytes,
): string[] {
  if (note.origin !== origin) return [`${file} is of ${note.origin}, not of ${origin}`];
  return isSignedBy(note, origin, publicKey, verify)
    ? []
    : [`${file} is not signed by the log's key`];
}

export function isSignedBy(
  note: SignedCheckpoint,
  name: string,
  publicKey: Uint8Array,
  verify: VerifyBytes,
): boolean {
  const signature = signatureOf(note, name, publicKey);
  return signature !== null && verify(publicKey, Buffer.from(note.body), signature);
}

function textIn<Value>(
  files: BundleFiles,
  path: string,
  bytesMax: number,
  read: (text: string) => Result<Value, string>,
): Result<Value, string> {
  const bytes = files.read(path, bytesMax);
  if (!bytes.ok) return bytes;
  if (bytes.value === null) return err(`${path} is missing`);
  const value = read(textOf(bytes.value));
  return value.ok ? value : err(`${path}: ${value.error}`);
}

/** What is no UTF-8 becomes other text, and so other bytes: its digest tells. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Entries of one file, those that are too long for it from theirs. */
export function readEntries(
  { files }: Bundle,
  number: number,
  width: number,
): { readonly entries: readonly Uint8Array[]; readonly problem: string | null } {
  const path = tilePath('entries', number, width);
  const read = files.read(path, width * (ENTRY_BYTES_MAX + 2));
  // What differs is read all the same where it can be: its first entry that differs has a number.
  const bytes = read.ok ? read.value : unheld(files, path, width);
  const said = read.ok ? null : read.error;
  if (bytes === null) return { entries: [], problem: said ?? `${path} is missing` };
  const { entries, problem } = decodeEntries(bytes, width);
  const first = number * TILE_WIDTH;
  const whole: Uint8Array[] = [];
  for (const entry of entries) {
    if (entry.length > 0) {
      whole.push(entry);
      continue;
    }
    const large = files.read(largeEntryPath(first + whole.length), LARGE_ENTRY_BYTES_MAX);
    if (!large.ok) return { entries: whole, problem: large.error };
    if (large.value === null) return { entries: whole, problem: `an entry of ${path} is missing` };
    whole.push(large.value);
  }
  return { entries: whole, problem: said ?? (problem === null ? null : `${path}: ${problem}`) };
}

function unheld(files: BundleFiles, path: string, width: number): Uint8Array | null {
  const read = files.unheld(path, width * (ENTRY_BYTES_MAX + 2));
  return read.ok ? read.value : null;
}

/** The bytes kept under a digest, as text, whether or not they have it. */
export function contentIn({ files }: Bundle, digest: string): string | null {
  if (!/^[0-9a-f]{64}$/.test(digest)) return null;
  const read = files.read(contentPath(digest), CONTENT_BYTES_MAX);
  return read.ok && read.value !== null ? textOf(read.value) : null;
}

/** Every file that the manifest names and nothing else reads, held against it. */
export function fileProblems(
  { files, manifest }: Bundle,
  isReadElsewhere: (path: string) => boolean,
): string[] {
  const problems: string[] = [];
  for (const path of manifest.keys()) {
    if (isReadElsewhere(path)) continue;
    const read = files.read(path, FILE_BYTES_MAX);
    if (!read.ok) problems.push(read.error);
  }
  return problems;
}
