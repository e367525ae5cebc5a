import { nodeHash, type Hash, type HashAt, type Sha256 } from '#core/audit/tree.ts';
import { assert } from '#core/kernel/assert.ts';

/*
 * One proof for many entries of a Merkle tree (RFC 6962, section 2.1): the tree is walked from its
 * root, left before right; a part without any of the entries is given as one hash, all others are
 * computed. Thousands of entries that lie close together need a few hashes more than one does.
 */

/** Where a range of entries divides: the largest power of two below its size. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The hashes that lead from these entries (counted from 0, ascending) to the root of `size`. */
export function proveMany(indexes: readonly number[], size: number, hashAt: HashAt): Hash[] {
  assert(
    indexes.every((index, at) => index < size && index > (indexes[at - 1] ?? -1)),
    'entries are given in order, each once, and are in the tree',
  );
  const proof: Hash[] = [];
  /** `known` is the part of `indexes` from `from` to before `to`. */
  const walk = (from: number, to: number, known: readonly number[]): void => {
    if (known.length === 0) proof.push(rangeRoot(from, to, hashAt));
    else if (to - from > 1) {
      const split = from + splitOf(to - from);
      walk(
        from,
        split,
        known.filter((index) => index < split),
      );
      walk(
        split,
        to,
        known.filter((index) => index >= split),
      );
    }
  };
  walk(0, size, indexes);
  return proof;
}

/** The root of the entries from `from` to before `to`, wherever they lie in the tree. */
function rangeRoot(from: number, to: number, hashAt: HashAt): Hash {
  const size = to - from;
  let level = 0;
  for (let width = 1; width < size; width *= 2) level += 1;
  if (2 ** level === size) return hashAt(level, from / size);
  // A range that is not perfect ends where the tree ends: its parts are found as the root's are.
  const left = splitOf(size);
  return nodeHash(rangeRoot(from, from + left, hashAt), rangeRoot(from + left, to, hashAt));
}

/** The root that entries and a proof give; null when the proof is not one for these entries. */
export function rootOfMany(
  leaves: readonly { readonly index: number; readonly leaf: Hash }[],
  size: number,
  proof: readonly Hash[],
  hash?: Sha256,
): Hash | null {
  if (!Number.isSafeInteger(size) || size < 1 || leaves.length === 0) return null;
  const isInOrder = leaves.every(
    ({ index }, at) => index < size && index > (leaves[at - 1]?.index ?? -1),
  );
  if (!isInOrder) return null;
  let next = 0;
  const walk = (from: number, to: number, first: number, last: number): Hash | null => {
    if (first === last) {
      const given = proof[next];
      next += 1;
      return given ?? null;
    }
    if (to - from === 1) return leaves[first]?.leaf ?? null;
    const split = from + splitOf(to - from);
    let middle = first;
    while (middle < last && (leaves[middle]?.index ?? to) < split) middle += 1;
    const left = walk(from, split, first, middle);
    const right = walk(split, to, middle, last);
    return left && right && nodeHash(left, right, hash);
  };
  const root = walk(0, size, 0, leaves.length);
  return next === proof.length ? root : null;
}
