import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inclusionProof, leafHash, nodeHash, rootAt, type Hash } from '#core/audit/tree.ts';
import { proveMany, rootOfMany } from './multi-proof.ts';

function treeOf(size: number): { leaves: Hash[]; at(level: number, index: number): Hash } {
  const leaves = Array.from({ length: size }, (_unused, at) =>
    leafHash(Uint8Array.of(at, at >> 8)),
  );
  const at = (level: number, index: number): Hash =>
    level === 0
      ? (leaves[index] ?? new Uint8Array(32))
      : nodeHash(at(level - 1, index * 2), at(level - 1, index * 2 + 1));
  return { leaves, at };
}

const trees = fc.integer({ min: 1, max: 70 }).chain((size) =>
  fc.record({
    size: fc.constant(size),
    indexes: fc
      .uniqueArray(fc.integer({ min: 0, max: size - 1 }), { minLength: 1 })
      .map((all) => all.sort((one, other) => one - other)),
  }),
);

describe('one proof for many entries', () => {
  it('gives the root of the tree, whichever entries of whichever tree', () => {
    fc.assert(
      fc.property(trees, ({ size, indexes }) => {
        const { leaves, at } = treeOf(size);
        const known = indexes.map((index) => ({ index, leaf: leaves[index] ?? new Uint8Array() }));
        const proof = proveMany(indexes, size, at);
        expect(rootOfMany(known, size, proof)).toEqual(rootAt(size, at));
      }),
    );
  });

  it('is for one entry as long as that entry’s own, and never longer than all of theirs', () => {
    fc.assert(
      fc.property(trees, ({ size, indexes }) => {
        const { at } = treeOf(size);
        const own = indexes.map((index) => inclusionProof(index, size, at).length);
        const [first = 0] = indexes;
        expect(proveMany([first], size, at)).toHaveLength(own[0] ?? 0);
        const sum = own.reduce((all, one) => all + one, 0);
        expect(proveMany(indexes, size, at).length).toBeLessThanOrEqual(sum);
      }),
    );
  });

  it('gives another root, or none, when an entry, its place, the size or the proof is another', () => {
    fc.assert(
      fc.property(trees, fc.nat(), ({ size, indexes }, seed) => {
        const { leaves, at } = treeOf(size);
        const known = indexes.map((index) => ({ index, leaf: leaves[index] ?? new Uint8Array() }));
        const proof = proveMany(indexes, size, at);
        const root = rootAt(size, at);
        const place = seed % known.length;
        const changed = known.map((one, which) =>
          which === place ? { ...one, leaf: leafHash(Uint8Array.of(255, 255, 255)) } : one,
        );
        expect(rootOfMany(changed, size, proof)).not.toEqual(root);
        expect(rootOfMany(known, size, [...proof, root])).toBeNull();
        const short = proof.length > 0 ? rootOfMany(known, size, proof.slice(1)) : null;
        expect(short).toBeNull();
        expect(rootOfMany(known.toReversed(), size, proof)).toSatisfy(
          (found) => known.length === 1 || found === null,
        );
      }),
    );
    expect(rootOfMany([], 4, [])).toBeNull();
    expect(rootOfMany([{ index: 4, leaf: new Uint8Array(32) }], 4, [])).toBeNull();
  });
});
