import { createPublicKey, verify } from 'node:crypto';
import { strictVerify, type VerifyBytes } from '#core/signing/public-key.ts';

const plainVerify: VerifyBytes = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
};

/** Ed25519 that also refuses keys and signatures which prove nothing: small order, not canonical. */
export const verifyStrictly: VerifyBytes = strictVerify(plainVerify);
