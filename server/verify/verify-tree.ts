import { hash } from 'node:crypto';
import { readCheckpoint } from '#core/audit/checkpoint.ts';
import { appendLeaves, hashesOf, type TileStore } from '#core/audit/tiles.ts';
import { isSame, leafHash, rootAt, type Hash } from '#core/audit/tree.ts';
import { entryOf } from '#core/facts/entry.ts';
import type { Store } from '../store/store.ts';

export interface TreeVerification {
  readonly size: number;
  readonly root: Hash;
  /** One sentence per fact that is not what the tree says, and per checkpoint that does not fit. */
  readonly differences: readonly string[];
}

const LEAVES_AT_A_TIME = 4_096;
const sha256 = (bytes: Uint8Array): Hash => hash('sha256', bytes, 'buffer');

/**
 * Hashes every fact of a log again and holds the result against the tree that is stored, leaf by
 * leaf, and against a checkpoint that was signed when the log was smaller or as large.
 */
export function verifyTree(
  store: Store,
  partition: number,
  note: string | null = null,
): TreeVerification {
  const differences: string[] = [];
  const stored = store.tree(partition);
  const tiles = memoryTiles();
  let size = 0;
  let leaves: Hash[] = [];
  const flush = (): void => {
    size = appendLeaves(tiles, size, leaves, sha256);
    leaves = [];
  };
  let next = 1;
  try {
    for (const fact of store.facts(partition, 1, Number.MAX_SAFE_INTEGER)) {
      const { seq } = fact.envelope;
      if (seq !== next) differences.push(`seq ${next}: the log lacks this fact`);
      const leaf = leafHash(entryOf(fact), sha256);
      if (seq <= stored.size && !isSame(leaf, stored.leaf(seq))) {
        differences.push(`seq ${seq} (${fact.kind}): it is not what was appended`);
      }
      leaves.push(leaf);
      next = seq + 1;
      if (leaves.length === LEAVES_AT_A_TIME) flush();
    }
  } catch (error) {
    // A fact that cannot be read any more was changed, too.
    differences.push(error instanceof Error ? error.message : String(error));
  }
  flush();
  if (size !== stored.size) differences.push(`the log has ${size} facts, its tree ${stored.size}`);
  const root = rootAt(size, hashesOf(tiles, sha256), sha256);
  if (note !== null) differences.push(...checkpointProblems(note, size, tiles));
  return { size, root, differences };
}

function checkpointProblems(note: string, size: number, tiles: TileStore): string[] {
  const checkpoint = readCheckpoint(note);
  if (!checkpoint.ok) return [checkpoint.error];
  const { size: signed, root } = checkpoint.value;
  if (signed > size) return [`a checkpoint was signed over ${signed} facts, the log has ${size}`];
  return isSame(rootAt(signed, hashesOf(tiles, sha256), sha256), root)
    ? []
    : [`the first ${signed} facts are not those that the checkpoint was signed over`];
}

function memoryTiles(): TileStore {
  const kept = new Map<string, Uint8Array>();
  return {
    read: (level, number) => kept.get(`${level}/${number}`) ?? null,
    write: (level, number, bytes) => void kept.set(`${level}/${number}`, bytes),
  };
}
