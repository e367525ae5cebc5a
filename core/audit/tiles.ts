import { sha256 } from '@noble/hashes/sha2.js';
import { assert, present } from '#core/kernel/assert.ts';
import { nodeHash, type Hash, type HashAt, type Sha256 } from './tree.ts';

/*
 * The hashes of a tree in tiles of 256, as https://c2sp.org/tlog-tiles lays them out: tile N of
 * level L holds the roots of 256 neighbouring subtrees of 256^L entries each. A full tile never
 * changes, so tiles can be copied, cached and checked by anybody's tools.
 */
export const TILE_WIDTH = 256;
export const HASH_BYTES = 32;
const TILE_LEVELS = 8;

/** Where tiles are kept. Bytes are hashes one after the other; a tile that is not full is shorter. */
export interface TileStore {
  read(level: number, number: number): Uint8Array | null;
  write(level: number, number: number, bytes: Uint8Array): void;
}

/** Appends leaf hashes to the tiles, after the `size` that are there. Returns the new size. */
export function appendLeaves(
  tiles: TileStore,
  size: number,
  leaves: readonly Hash[],
  hash: Sha256 = sha256,
): number {
  let level = 0;
  /** Hashes that stand at this level already. */
  let standing = size;
  let adding = leaves;
  while (adding.length > 0) {
    const above: Hash[] = [];
    let at = standing;
    let place = 0;
    while (place < adding.length) {
      const number = Math.floor(at / TILE_WIDTH);
      const room = TILE_WIDTH - (at % TILE_WIDTH);
      const part = adding.slice(place, place + room);
      const bytes = joined(at % TILE_WIDTH === 0 ? null : tiles.read(level, number), part);
      assert(bytes.length === ((at % TILE_WIDTH) + part.length) * HASH_BYTES, 'tiles are whole');
      tiles.write(level, number, bytes);
      at += part.length;
      place += part.length;
      if (at % TILE_WIDTH === 0) above.push(subtree(bytes, 0, TILE_WIDTH, hash));
    }
    adding = above;
    standing = Math.floor(standing / TILE_WIDTH);
    level += 1;
  }
  return size + leaves.length;
}

/** Reads roots of perfect subtrees from tiles, a tile at a time. */
export function hashesOf(tiles: TileStore, hash: Sha256 = sha256): HashAt {
  return (level, index) => {
    const tileLevel = Math.floor(level / TILE_LEVELS);
    const width = 2 ** (level - tileLevel * TILE_LEVELS);
    const first = index * width;
    const number = Math.floor(first / TILE_WIDTH);
    const bytes = present(tiles.read(tileLevel, number), `tile ${tileLevel}/${number}`);
    return subtree(bytes, first % TILE_WIDTH, width, hash);
  };
}

/** The root of `width` neighbouring hashes of a tile, from place `first` on. */
function subtree(bytes: Uint8Array, first: number, width: number, hash: Sha256): Hash {
  if (width === 1) {
    const own = bytes.slice(first * HASH_BYTES, (first + 1) * HASH_BYTES);
    assert(own.length === HASH_BYTES, 'the tile holds this hash');
    return own;
  }
  const half = width / 2;
  return nodeHash(
    subtree(bytes, first, half, hash),
    subtree(bytes, first + half, half, hash),
    hash,
  );
}

function joined(before: Uint8Array | null, hashes: readonly Hash[]): Uint8Array {
  const start = before?.length ?? 0;
  const bytes = new Uint8Array(start + hashes.length * HASH_BYTES);
  if (before) bytes.set(before);
  for (const [at, one] of hashes.entries()) bytes.set(one, start + at * HASH_BYTES);
  return bytes;
}
