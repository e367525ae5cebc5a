import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { assert } from '#core/kernel/assert.ts';

/*
 * A Merkle tree over a log (RFC 6962, section 2.1): one short root stands for every entry, in
 * order. An entry can be shown to be in it, and an older tree to be its beginning, with a few
 * hashes; whoever kept an old root sees any change of what came before.
 */

/** 32 bytes. */
export type Hash = Uint8Array;
export type Sha256 = (bytes: Uint8Array) => Hash;

const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

export function leafHash(entry: Uint8Array, hash: Sha256 = sha256): Hash {
  return hash(concatBytes(LEAF, entry));
}

export function nodeHash(left: Hash, right: Hash, hash: Sha256 = sha256): Hash {
  return hash(concatBytes(NODE, left, right));
}

/** The root of a tree without entries. */
export function emptyRoot(hash: Sha256 = sha256): Hash {
  return hash(new Uint8Array(0));
}

/**
 * Roots of perfect subtrees: `hashAt(level, index)` covers the entries from `index × 2^level` on,
 * 2^level of them, all of which must be in the log.
 */
export type HashAt = (level: number, index: number) => Hash;

/** The root of the first `size` entries. */
export function rootAt(size: number, hashAt: HashAt, hash?: Sha256): Hash {
  return size === 0 ? emptyRoot(hash) : rangeRoot(0, size, hashAt, hash);
}

/** The root of the entries from `from` to before `to`; `from` begins a subtree at least as large. */
function rangeRoot(from: number, to: number, hashAt: HashAt, hash?: Sha256): Hash {
  const size = to - from;
  const level = levelOf(size);
  if (level !== null) return hashAt(level, from / size);
  const split = from + splitOf(size);
  return nodeHash(rangeRoot(from, split, hashAt, hash), rangeRoot(split, to, hashAt, hash), hash);
}

/** The level of a perfect subtree of this size; null when none has it. */
function levelOf(size: number): number | null {
  let level = 0;
  let width = 1;
  while (width < size) {
    width *= 2;
    level += 1;
  }
  return width === size ? level : null;
}

/** The largest power of two below a size above one: where a tree of that size divides. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The hashes that lead from one entry to the root of the first `size` (RFC 6962, 2.1.1). */
export function inclusionProof(index: number, size: number, hashAt: HashAt): Hash[] {
  assert(index >= 0 && index < size, `entry ${index} is not among the first ${size}`);
  const walk = (from: number, to: number): Hash[] => {
    if (to - from === 1) return [];
    const split = from + splitOf(to - from);
    return index < split
      ? [...walk(from, split), rangeRoot(split, to, hashAt)]
      : [...walk(split, to), rangeRoot(from, split, hashAt)];
  };
  return walk(0, size);
}

/** Whether the entry with this leaf hash stands at `index` in the tree with this root. */
export function verifyInclusion(claim: {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
  readonly root: Hash;
  readonly proof: readonly Hash[];
}): boolean {
  const { leaf, index, size, root, proof } = claim;
  if (!isPlace(index) || !isPlace(size) || index >= size) return false;
  let at = 0;
  const next = (): Hash | null => proof[at++] ?? null;
  const walk = (from: number, to: number): Hash | null => {
    if (to - from === 1) return leaf;
    const split = from + splitOf(to - from);
    const inside = index < split ? walk(from, split) : walk(split, to);
    const beside = next();
    if (!inside || !beside) return null;
    return index < split ? nodeHash(inside, beside) : nodeHash(beside, inside);
  };
  const found = walk(0, size);
  return found !== null && at === proof.length && isSame(found, root);
}

/** The hashes that show the first `older` entries to be the beginning of `newer` (RFC 6962, 2.1.2). */
export function consistencyProof(older: number, newer: number, hashAt: HashAt): Hash[] {
  assert(older >= 0 && older <= newer, `${older} entries are not the beginning of ${newer}`);
  if (older === 0 || older === newer) return [];
  const walk = (from: number, to: number, whole: boolean): Hash[] => {
    if (older === to) return whole ? [] : [rangeRoot(from, to, hashAt)];
    const split = from + splitOf(to - from);
    return older <= split
      ? [...walk(from, split, whole), rangeRoot(split, to, hashAt)]
      : [...walk(split, to, false), rangeRoot(from, split, hashAt)];
  };
  return walk(0, newer, true);
}

/** Whether the tree with the older root is the beginning of the one with the newer root. */
export function verifyConsistency(claim: {
  readonly older: { readonly size: number; readonly root: Hash };
  readonly newer: { readonly size: number; readonly root: Hash };
  readonly proof: readonly Hash[];
}): boolean {
  const { older, newer, proof } = claim;
  if (!isPlace(older.size) || !isPlace(newer.size) || older.size > newer.size) return false;
  if (older.size === 0) return proof.length === 0 && isSame(older.root, emptyRoot());
  if (older.size === newer.size) return proof.length === 0 && isSame(older.root, newer.root);
  let at = 0;
  const next = (): Hash | null => proof[at++] ?? null;
  /** The older and the newer root of one part of the tree, found from the proof alone. */
  const walk = (from: number, to: number, whole: boolean): readonly [Hash, Hash] | null => {
    if (older.size === to) {
      const both = whole ? older.root : next();
      return both ? [both, both] : null;
    }
    const split = from + splitOf(to - from);
    const left = older.size <= split;
    const inside = left ? walk(from, split, whole) : walk(split, to, false);
    const beside = next();
    if (!inside || !beside) return null;
    const [was, is] = inside;
    return left ? [was, nodeHash(is, beside)] : [nodeHash(beside, was), nodeHash(beside, is)];
  };
  const found = walk(0, newer.size, true);
  if (!found || at !== proof.length) return false;
  return isSame(found[0], older.root) && isSame(found[1], newer.root);
}

export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function isPlace(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
