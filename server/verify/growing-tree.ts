import { hash } from 'node:crypto';
import { nodeHash, rootAt, type Hash, type Sha256 } from '#core/audit/tree.ts';

const HASH_BYTES = 32;
const FIRST_HASHES = 1_024;

export const sha256: Sha256 = (bytes) => hash('sha256', bytes, 'buffer');

/** A tree that only grows, every perfect subtree kept: any root of the past costs a few hashes. */
export interface GrowingTree {
  readonly size: number;
  add(leaf: Hash): void;
  /** The root of the perfect subtree of 2^level entries from `index × 2^level` on. */
  at(level: number, index: number): Hash;
  root(size: number): Hash;
}

export function createGrowingTree(): GrowingTree {
  const levels: { bytes: Uint8Array; count: number }[] = [];
  const push = (level: number, one: Hash): void => {
    const row = (levels[level] ??= { bytes: new Uint8Array(FIRST_HASHES * HASH_BYTES), count: 0 });
    if ((row.count + 1) * HASH_BYTES > row.bytes.length) {
      const larger = new Uint8Array(row.bytes.length * 2);
      larger.set(row.bytes);
      row.bytes = larger;
    }
    row.bytes.set(one, row.count * HASH_BYTES);
    row.count += 1;
    if (row.count % 2 === 0) {
      push(level + 1, nodeHash(at(level, row.count - 2), at(level, row.count - 1), sha256));
    }
  };
  const at = (level: number, index: number): Hash => {
    const row = levels[level];
    if (!row || index >= row.count) throw new Error(`the tree has no node ${index} at ${level}`);
    return row.bytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  };
  return {
    get size() {
      return levels[0]?.count ?? 0;
    },
    add: (leaf) => push(0, leaf),
    at,
    root: (size) => rootAt(size, at, sha256),
  };
}
