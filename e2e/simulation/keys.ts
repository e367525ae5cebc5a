import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { digestOfText } from '#core/kernel/digest.ts';
import { fingerprintOf, type VerifyBytes } from '#core/signing/public-key.ts';
import { verifyStrictly } from '#desk/signing/ed25519.ts';
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
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_BEFORE_SEED, raw]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
  return {
    publicKey,
    keyId: fingerprintOf(publicKey),
    sign: (message) => new Uint8Array(sign(null, message, key)),
    secrets: [raw.toString('hex'), raw.toString('base64'), raw.toString('base64url')],
  };
}

/** The strict check that the server uses; the same question gets the answer that was found before. */
export function rememberingVerify(): VerifyBytes {
  const known = new Map<string, boolean>();
  return (publicKey, message, signature) => {
    const question = `${Buffer.from(signature).toString('base64')} ${Buffer.from(publicKey).toString('base64')} ${Buffer.from(message).toString('base64')}`;
    const before = known.get(question);
    if (before !== undefined) return before;
    const answer = verifyStrictly(publicKey, message, signature);
    known.set(question, answer);
    return answer;
  };
}
