import { leafHash, type Hash } from '#core/audit/tree.ts';
import { isSame } from '#core/audit/tree.ts';
import { fileProblems, readEntries, type Bundle } from './bundle.ts';
import { tileLevels, tilePath, tilesOf, TILE_WIDTH } from './bundle-format.ts';
import { tileOf } from './bundle-writer.ts';
import { createGrowingTree, sha256, type GrowingTree } from './growing-tree.ts';

export interface Integrity {
  /** Over the entries as they lie there. */
  readonly tree: GrowingTree;
  readonly problems: readonly string[];
  /** Counted from 0, as the tree counts; null where no entry differs, or none can be named. */
  readonly firstBadIndex: number | null;
}

const HASH_BYTES = 32;

/**
 * Hashes every entry again and holds the tree over them against the checkpoint, every stored hash
 * against the tree, and every other file against the manifest.
 */
export function checkIntegrity(
  bundle: Bundle,
  progress: (entries: number) => void = () => {},
): Integrity {
  const { size, root } = bundle.checkpoint;
  const problems: string[] = [...bundle.problems];
  const walked = hashEntries(bundle, progress);
  const { tree, stored } = walked;
  problems.push(...walked.problems);
  const whole = tree.size === size;
  const isRoot = whole && isSame(tree.root(size), root);
  // Entries that are those signed show a stored hash to be wrong, and the other way round.
  let firstBadIndex = isRoot ? null : walked.firstBad;
  if (!isRoot) {
    const isStoredRoot = stored.size === size && isSame(stored.root(size), root);
    problems.push(rootSentence(firstBadIndex, isStoredRoot));
    if (firstBadIndex === null && !whole) firstBadIndex = tree.size;
  } else if (walked.firstBad !== null) {
    problems.push(`the stored hash of entry ${walked.firstBad} (from 0) is not that of the entry`);
  }
  // Against entries that are not those signed no tile is right: the manifest alone says of it then.
  if (isRoot) problems.push(...tileProblems(bundle, tree));
  problems.push(
    ...fileProblems(bundle, (path) => path.startsWith(isRoot ? 'tile/' : 'tile/entries/')),
  );
  return { tree, problems: [...new Set(problems)], firstBadIndex };
}

function rootSentence(firstBad: number | null, isStoredRoot: boolean): string {
  if (firstBad === null) return 'the tree over the entries is another than was signed';
  const place = `entry ${firstBad} (from 0; seq ${firstBad + 1})`;
  return isStoredRoot
    ? `${place} is not what was signed: all before it are`
    : `${place} is the first that differs from the stored hashes, and those are not what was signed either`;
}

interface Walked {
  readonly tree: GrowingTree;
  /** The tree over the hashes that are stored, as far as they can be read. */
  readonly stored: GrowingTree;
  readonly firstBad: number | null;
  readonly problems: readonly string[];
}

function hashEntries(bundle: Bundle, progress: (entries: number) => void): Walked {
  const { size } = bundle.checkpoint;
  const tree = createGrowingTree();
  const stored = createGrowingTree();
  const problems: string[] = [];
  let firstBad: number | null = null;
  let broken = false;
  for (const { number, width } of tilesOf(size)) {
    const tile = storedHashes(bundle, number, width);
    for (const one of tile) stored.add(one);
    if (broken) continue;
    const { entries, problem } = readEntries(bundle, number, width);
    if (problem !== null) problems.push(problem);
    for (const [place, entry] of entries.entries()) {
      const leaf = leafHash(entry, sha256);
      const kept = tile[place];
      if (kept && !isSame(leaf, kept)) firstBad ??= number * TILE_WIDTH + place;
      tree.add(leaf);
    }
    broken = entries.length < width;
    if (broken) firstBad ??= number * TILE_WIDTH + entries.length;
    progress(tree.size);
  }
  return { tree, stored, firstBad, problems };
}

function storedHashes({ files }: Bundle, number: number, width: number): Hash[] {
  const read = files.unheld(tilePath(0, number, width), TILE_WIDTH * HASH_BYTES);
  if (!read.ok || read.value?.length !== width * HASH_BYTES) return [];
  const { value: bytes } = read;
  return Array.from({ length: width }, (_unused, place) =>
    bytes.subarray(place * HASH_BYTES, (place + 1) * HASH_BYTES),
  );
}

/** Tiles that are missing, or do not hold the hashes of the entries that are there. */
function tileProblems({ files }: Bundle, tree: GrowingTree): string[] {
  const problems: string[] = [];
  for (const [level, count] of tileLevels(tree.size).entries()) {
    for (const { number, width } of tilesOf(count)) {
      const path = tilePath(level, number, width);
      const read = files.read(path, TILE_WIDTH * HASH_BYTES);
      if (!read.ok) problems.push(read.error);
      else if (read.value === null) problems.push(`${path} is missing`);
      else if (!isSame(read.value, tileOf(tree, level, number, width))) {
        problems.push(`${path} does not hold the hashes of the entries`);
      }
    }
  }
  return problems;
}
