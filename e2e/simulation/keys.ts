import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { digestOfText } from '#core/kernel/digest.ts';
import {
  fingerprintOf,
  publicKeyProblem,
  signatureProblem,
  type VerifyBytes,
} from '#core/signing/public-key.ts';
import type { SigningKey } from '#desk/signing/vault.ts';

/** What precedes a raw Ed25519 seed in PKCS #8: RFC 8410, section 7. */
const PKCS8_BEFORE_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface SimulatedKey extends SigningKey {
  readonly keyId: string;
  /** The secret half, as the checkers look for it in everything that leaves a machine. */
  readonly secrets: readonly string[];
}

/** A key that a name and a seed fix for ever. */
export function keyFrom(seed: number, name: string): SimulatedKey {
  const raw = Buffer.from(digestOfText(`simulated key ${seed} ${name}`), 'hex');
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_BEFORE_SEED, raw]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  return {
    publicKey,
    keyId: fingerprintOf(publicKey),
    sign: (message) => new Uint8Array(sign(null, message, key)),
    secrets: [raw.toString('hex'), raw.toString('base64'), raw.toString('base64url')],
  };
}

const known = new Map<string, { readonly key: KeyObject; readonly problem: string | null }>();

/** A public key as it is needed to verify with it: what is costly about it is found out once. */
function keyOf(publicKey: Uint8Array): {
  readonly key: KeyObject;
  readonly problem: string | null;
} {
  const x = Buffer.from(publicKey).toString('base64url');
  const before = known.get(x);
  if (before) return before;
  const problem = publicKeyProblem(publicKey);
  const found = {
    key: createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
    problem,
  };
  known.set(x, found);
  return found;
}

/** What the product's strict verifier asks, in its order. */
export const verifyStrictly: VerifyBytes = (publicKey, message, signature) => {
  const { key, problem } = keyOf(publicKey);
  return (
    signatureProblem(signature) === null &&
    problem === null &&
    verify(null, message, key, signature)
  );
};

/** A verifier of checkpoints, as a desk has one. */
export function verifyNote(publicKey: Uint8Array, message: string, signature: Uint8Array): boolean {
  return verify(null, Buffer.from(message), keyOf(publicKey).key, signature);
}
