import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { strictVerify, type VerifyBytes } from '#core/signing/public-key.ts';
import type { SigningKey } from './vault.ts';

/** A new private key, as the bytes that a vault seals. */
export function newPrivateKey(): Buffer {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
}

export function signingKeyOf(privateKey: Buffer): SigningKey {
  const key = createPrivateKey({ key: privateKey, format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

const plainVerify: VerifyBytes = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};

/** Refuses keys and signatures that would prove nothing, whatever the library says of them. */
export const verifyStrictly: VerifyBytes = strictVerify(plainVerify);
