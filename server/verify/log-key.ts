import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import { keyIdOf } from '#core/audit/checkpoint.ts';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { isSame } from '#core/audit/tree.ts';
import {
  fingerprintOf,
  fingerprintText,
  publicKeyProblem,
  signatureProblem,
  type VerifyBytes,
} from '#core/signing/public-key.ts';

/** The algorithm's byte in front of a key: Ed25519, by https://c2sp.org/signed-note. */
const ED25519 = 0x01;

export interface LogKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

/** "name+id+key", as tools for signed notes write and read it. */
export function writeKey({ name, publicKey }: LogKey): string {
  const id = Buffer.from(keyIdOf(name, publicKey)).toString('hex');
  return `${name}+${id}+${base64Of(Uint8Array.of(ED25519, ...publicKey))}\n`;
}

export function readKey(text: string): Result<LogKey, string> {
  const match = /^(\S{1,200}?)\+([0-9a-f]{8})\+(\S{1,80})\n?$/.exec(text);
  const bytes = bytesOfBase64(match?.[3] ?? '');
  if (!match || !bytes.ok) return err('the key of the log cannot be read');
  const name = match[1] ?? '';
  const publicKey = bytes.value.slice(1);
  if (bytes.value[0] !== ED25519 || publicKeyProblem(publicKey) !== null) {
    return err('the key of the log is no Ed25519 key that proves anything');
  }
  const id = Buffer.from(keyIdOf(name, publicKey)).toString('hex');
  return id === match[2] ? ok({ name, publicKey }) : err('the key of the log has another id');
}

/** Whether a person's idea of the key, a fingerprint or a key as written, is this one. */
export function isKeyOf(idea: string, { publicKey }: LogKey): boolean {
  const written = readKey(idea);
  if (written.ok) return isSame(written.value.publicKey, publicKey);
  const digits = idea.replaceAll(/\s/g, '').toLowerCase();
  const short = fingerprintText(publicKey).replaceAll(' ', '');
  return digits === fingerprintOf(publicKey) || digits === short;
}

/** Strict, and quick where few keys sign much: a key is looked at once. */
export function cachedVerifier(): { readonly verify: VerifyBytes; readonly count: () => number } {
  const keys = new Map<string, KeyObject | null>();
  let count = 0;
  const keyOf = (publicKey: Uint8Array): KeyObject | null => {
    const name = Buffer.from(publicKey).toString('base64url');
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key =
      publicKeyProblem(publicKey) === null
        ? createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: name }, format: 'jwk' })
        : null;
    keys.set(name, key);
    return key;
  };
  return {
    verify: (publicKey, message, signature) => {
      count += 1;
      const key = keyOf(publicKey);
      return (
        key !== null &&
        signatureProblem(signature) === null &&
        verify(null, message, key, signature)
      );
    },
    count: () => count,
  };
}
