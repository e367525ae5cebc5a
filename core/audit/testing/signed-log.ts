import { base64Of } from '#core/kernel/base64.ts';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { checkpointBody, keyIdOf, signedNote } from '../checkpoint.ts';
import { appendLeaves, hashesOf, type TileStore } from '../tiles.ts';
import { consistencyProof, leafHash, rootAt } from '../tree.ts';
import type { Shown } from '../witness.ts';

/** A key pair as a test has it: how it signs is the host's business. */
export interface TestKey {
  readonly publicKey: Uint8Array;
  sign(message: string): Uint8Array;
}

/** A log of so many entries, of which the first is `first`, as its server would show it. */
export function signedLog(origin: string, size: number, first = 'a') {
  const kept = new Map<string, Uint8Array>();
  const tiles: TileStore = {
    read: (level, number) => kept.get(`${level}/${number}`) ?? null,
    write: (level, number, bytes) => void kept.set(`${level}/${number}`, bytes),
  };
  const leaves = Array.from({ length: size }, (_unused, at) =>
    leafHash(utf8ToBytes(at === 0 ? first : `entry ${at}`)),
  );
  appendLeaves(tiles, 0, leaves);
  const hashAt = hashesOf(tiles);
  const show = (key: TestKey, seen: number): Shown => {
    const body = checkpointBody({ origin, size, root: rootAt(size, hashAt) });
    const keyId = keyIdOf(origin, key.publicKey);
    const note = signedNote(body, [{ name: origin, keyId, signature: key.sign(body) }]);
    const proof = seen <= size ? consistencyProof(seen, size, hashAt) : [];
    return { note, publicKey: key.publicKey, proof };
  };
  return {
    show,
    /** As it goes over the wire. */
    reply: (key: TestKey, seen: number) => {
      const { note, publicKey, proof } = show(key, seen);
      return { note, publicKey: base64Of(publicKey), proof: proof.map(base64Of) };
    },
  };
}
