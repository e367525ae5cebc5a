import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { HASH_BYTES } from './tiles.ts';
import { isSame, type Hash } from './tree.ts';

/**
 * What a log commits to at one moment: its name, how many entries it has, and the root over them.
 * Written as https://c2sp.org/tlog-checkpoint, signed as https://c2sp.org/signed-note.
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Hash;
}

export interface SignedCheckpoint extends Checkpoint {
  /** The exact text that the signatures are over. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes that name the key; see keyIdOf. */
  readonly keyId: Uint8Array;
  readonly signature: Uint8Array;
}

const KEY_ID_BYTES = 4;
const ED25519 = Uint8Array.of(0x01);
const NOTE_BYTES_MAX = 4_096;

export function checkpointBody({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${base64Of(root)}\n`;
}

/** Names a key in a note: the first bytes of a hash over the signer's name and the public key. */
export function keyIdOf(name: string, publicKey: Uint8Array): Uint8Array {
  return sha256(concatBytes(utf8ToBytes(`${name}\n`), ED25519, publicKey)).slice(0, KEY_ID_BYTES);
}

export function signedNote(body: string, signatures: readonly NoteSignature[]): string {
  const lines = signatures.map(
    ({ name, keyId, signature }) => `— ${name} ${base64Of(concatBytes(keyId, signature))}\n`,
  );
  return `${body}\n${lines.join('')}`;
}

/** Reads a note to its last byte; says nothing of whether its signatures are right. */
export function readCheckpoint(note: string): Result<SignedCheckpoint, string> {
  if (note.length > NOTE_BYTES_MAX) return err('the checkpoint is too long');
  const split = note.indexOf('\n\n');
  if (split < 0 || !note.endsWith('\n')) return err('the checkpoint is cut off');
  const body = note.slice(0, split + 1);
  const [origin = '', sizeText = '', rootText = '', ...rest] = body.slice(0, -1).split('\n');
  if (origin === '' || rest.length > 0) return err('the checkpoint does not have three lines');
  if (!/^(0|[1-9]\d{0,15})$/.test(sizeText)) return err('the size is not a whole number');
  const root = bytesOfBase64(rootText);
  if (!root.ok || root.value.length !== HASH_BYTES) return err('the root is not a hash');
  const signatures: NoteSignature[] = [];
  for (const line of note.slice(split + 2, -1).split('\n')) {
    const match = /^— (\S+) (\S+)$/.exec(line);
    const bytes = bytesOfBase64(match?.[2] ?? '');
    if (!match || !bytes.ok || bytes.value.length <= KEY_ID_BYTES) {
      return err('a signature of the checkpoint cannot be read');
    }
    const keyId = bytes.value.slice(0, KEY_ID_BYTES);
    signatures.push({ name: match[1] ?? '', keyId, signature: bytes.value.slice(KEY_ID_BYTES) });
  }
  return ok({ origin, size: Number(sizeText), root: root.value, body, signatures });
}

/** The signature of a key, if the note carries one; the caller verifies it over the body. */
export function signatureOf(
  { signatures }: SignedCheckpoint,
  name: string,
  publicKey: Uint8Array,
): Uint8Array | null {
  const keyId = keyIdOf(name, publicKey);
  const found = signatures.find((one) => one.name === name && isSame(one.keyId, keyId));
  return found?.signature ?? null;
}
