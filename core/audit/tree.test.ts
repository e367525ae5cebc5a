import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import { appendLeaves, hashesOf, type TileStore } from './tiles.ts';
import {
  consistencyProof,
  emptyRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  rootAt,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from './tree.ts';

/** Test vectors of the Certificate Transparency project: entries, and the root after each. */
const VECTORS = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  [
    '606162636465666768696a6b6c6d6e6f',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
] as const;

function memoryTiles(): TileStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    read: (level, number) => kept.get(`${level}/${number}`) ?? null,
    write: (level, number, bytes) => void kept.set(`${level}/${number}`, bytes.slice()),
  };
}

const entry = (at: number): Uint8Array =>
  Uint8Array.of(at & 255, (at >> 8) & 255, (at >> 16) & 255);
const leaves = (count: number): Hash[] =>
  Array.from({ length: count }, (_unused, at) => leafHash(entry(at)));

/** The root as its definition says, without any tiles. */
function plainRoot(of: readonly Hash[]): Hash {
  if (of.length === 0) return emptyRoot();
  if (of.length === 1) return of[0] as Hash;
  let split = 1;
  while (split * 2 < of.length) split *= 2;
  return nodeHash(plainRoot(of.slice(0, split)), plainRoot(of.slice(split)));
}

describe('the tree over the log', () => {
  it('has the roots that others compute for the same entries', () => {
    const tiles = memoryTiles();
    for (const [at, [hex, root]] of VECTORS.entries()) {
      appendLeaves(tiles, at, [leafHash(hexToBytes(hex))]);
      expect(bytesToHex(rootAt(at + 1, hashesOf(tiles)))).toBe(root);
    }
    expect(bytesToHex(emptyRoot())).toBe(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('is the same however its entries came, one by one or many at a time', () => {
    const random = createRandom(6_962);
    const all = leaves(1_300);
    const tiles = memoryTiles();
    let size = 0;
    while (size < all.length) {
      const next = Math.min(all.length, size + 1 + random.below(400));
      size = appendLeaves(tiles, size, all.slice(size, next));
      expect(rootAt(size, hashesOf(tiles))).toEqual(plainRoot(all.slice(0, size)));
    }
    const atOnce = memoryTiles();
    appendLeaves(atOnce, 0, all);
    expect([...atOnce.kept].sort()).toEqual([...tiles.kept].sort());
  });

  it('goes over three levels of tiles', () => {
    const count = 256 * 256 + 300;
    const tiles = memoryTiles();
    const all = leaves(count);
    appendLeaves(tiles, 0, all);
    expect([...tiles.kept.keys()].filter((name) => name.startsWith('2/'))).toEqual(['2/0']);
    const hashAt = hashesOf(tiles);
    const root = rootAt(count, hashAt);
    expect(root).toEqual(plainRoot(all));
    const proof = inclusionProof(70, count, hashAt);
    expect(verifyInclusion({ leaf: all[70] as Hash, index: 70, size: count, root, proof })).toBe(
      true,
    );
  });

  it('proves every entry of every small tree, and nothing else', () => {
    const all = leaves(40);
    const tiles = memoryTiles();
    appendLeaves(tiles, 0, all);
    const hashAt = hashesOf(tiles);
    let wrong = 0;
    for (let size = 1; size <= all.length; size += 1) {
      const root = rootAt(size, hashAt);
      for (let index = 0; index < size; index += 1) {
        const proof = inclusionProof(index, size, hashAt);
        const claim = { leaf: all[index] as Hash, index, size, root, proof };
        if (!verifyInclusion(claim)) wrong += 1;
        if (size > 1 && verifyInclusion({ ...claim, index: (index + 1) % size })) wrong += 1;
        if (verifyInclusion({ ...claim, leaf: leafHash(entry(999)) })) wrong += 1;
        if (verifyInclusion({ ...claim, proof: [...proof, root] })) wrong += 1;
        if (proof.length > 0 && verifyInclusion({ ...claim, proof: proof.slice(1) })) wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  it('proves every older tree to be the beginning of every newer, and no other tree', () => {
    const all = leaves(40);
    const tiles = memoryTiles();
    appendLeaves(tiles, 0, all);
    const other = memoryTiles();
    appendLeaves(other, 0, [leafHash(entry(777)), ...all.slice(1)]);
    const hashAt = hashesOf(tiles);
    let wrong = 0;
    for (let newer = 0; newer <= all.length; newer += 1) {
      for (let older = 0; older <= newer; older += 1) {
        const proof = consistencyProof(older, newer, hashAt);
        const claim = {
          older: { size: older, root: rootAt(older, hashAt) },
          newer: { size: newer, root: rootAt(newer, hashAt) },
          proof,
        };
        if (!verifyConsistency(claim)) wrong += 1;
        // A rewritten first entry, and proofs with too much or too little in them.
        const forked = { size: older, root: rootAt(older, hashesOf(other)) };
        if (older > 0 && verifyConsistency({ ...claim, older: forked })) wrong += 1;
        if (verifyConsistency({ ...claim, proof: [...proof, emptyRoot()] })) wrong += 1;
        if (proof.length > 0 && verifyConsistency({ ...claim, proof: proof.slice(0, -1) }))
          wrong += 1;
      }
    }
    expect(wrong).toBe(0);
  });

  it('does not break on claims that make no sense', () => {
    const root = emptyRoot();
    const claim = { leaf: root, index: 3, size: 2, root, proof: [] };
    expect(verifyInclusion(claim)).toBe(false);
    expect(verifyInclusion({ ...claim, index: -1 })).toBe(false);
    expect(verifyInclusion({ ...claim, index: 0.5 })).toBe(false);
    const trees = { older: { size: 5, root }, newer: { size: 2, root }, proof: [] };
    expect(verifyConsistency(trees)).toBe(false);
    expect(verifyConsistency({ ...trees, older: { size: Number.NaN, root } })).toBe(false);
  });
});
