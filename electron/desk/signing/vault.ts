import type { Result } from '#core/kernel/result.ts';

/** A private key that is open for one signature; it never leaves its vault. */
export interface SigningKey {
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

/**
 * Where a desk keeps its persons' Ed25519 keys, one a person. The desktop app seals them with the
 * keychain of the operating system; the plain host with a passphrase.
 */
export interface Vault {
  /** How a person shows to be there when signing. */
  readonly presence: 'passphrase' | 'osPresence';
  publicKey(personId: string): Uint8Array | null;
  /** Makes a key; refuses when the person has one here. */
  create(personId: string, secret: string): Promise<Result<SigningKey, string>>;
  open(personId: string, secret: string): Promise<Result<SigningKey, string>>;
}
