import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  type KeyObject,
} from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointBody, keyIdOf, readCheckpoint, signedNote } from '#core/audit/checkpoint.ts';
import { isSame, verifyConsistency, type Hash } from '#core/audit/tree.ts';
import { evidenceOrigin } from '#core/evidence/pack.ts';
import { assert } from '#core/kernel/assert.ts';

/** Where the log's tree can be asked: see Store.tree. */
export interface LogTree {
  readonly size: number;
  root(size: number): Hash;
  consistency(older: number, newer: number): readonly Hash[];
}

export interface LogSigner {
  readonly origin: string;
  readonly publicKey: Uint8Array;
  /** Signs what the log is now. Never signs a log that does not go on from what it signed last. */
  checkpoint(tree: LogTree): string;
  /** Signs what a pack of evidence says of itself, and nothing that could pass for a checkpoint. */
  signEvidence(body: string): string;
}

/**
 * Keeps the log's key, and the last checkpoint signed, in files beside the log. The checkpoint is
 * on the disk before anybody is shown it, so that not even a restart signs two histories.
 */
export function openLogSigner(folder: string, logId: string): LogSigner {
  const origin = `propdesk/${logId}`;
  const key = readKey(join(folder, 'log-key.pem'));
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  const file = join(folder, 'checkpoint.txt');
  let last = existsSync(file) ? readFileSync(file, 'utf8') : null;
  return {
    origin,
    publicKey,
    checkpoint: (tree) => {
      const { size } = tree;
      const now = { origin, size, root: tree.root(size) };
      const before = last === null ? null : readCheckpoint(last);
      if (before) {
        assert(before.ok, 'the last checkpoint signed can be read');
        const older = before.value;
        if (last !== null && older.size === size && isSame(older.root, now.root)) return last;
        const proof = older.size <= size ? tree.consistency(older.size, size) : [];
        assert(
          verifyConsistency({ older, newer: now, proof }),
          `the log does not go on from its checkpoint of ${older.size} entries: it was changed or put back`,
        );
      }
      const body = checkpointBody(now);
      const signature = new Uint8Array(sign(null, Buffer.from(body), key));
      const note = signedNote(body, [
        { name: origin, keyId: keyIdOf(origin, publicKey), signature },
      ]);
      writeFileSync(`${file}.new`, note, { flush: true });
      renameSync(`${file}.new`, file);
      last = note;
      return note;
    },
    signEvidence: (body) => {
      const name = evidenceOrigin(origin);
      assert(body.startsWith(`${name}\n`), 'only evidence is signed as evidence');
      const signature = new Uint8Array(sign(null, Buffer.from(body), key));
      const keyId = keyIdOf(name, publicKey);
      return signedNote(body, [{ name, keyId, signature }]);
    },
  };
}

function readKey(file: string): KeyObject {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(file, pem, { mode: 0o600, flush: true });
  }
  return createPrivateKey(readFileSync(file));
}
