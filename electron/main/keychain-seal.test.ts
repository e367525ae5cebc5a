import { describe, expect, it } from 'vitest';
import { keychainSeal, type Keychain } from './keychain-seal.ts';

/** A keychain that turns every byte over, as far as it is there. */
function playedKeychain(over: Partial<Keychain> = {}): Keychain {
  const turned = (bytes: Uint8Array): Buffer => Buffer.from(bytes.map((byte) => byte ^ 0xff));
  return {
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text) => Promise.resolve(turned(Buffer.from(text))),
    decryptStringAsync: (sealed) => Promise.resolve({ result: turned(sealed).toString('utf8') }),
    ...over,
  };
}

const SET_ONE_UP = /no keychain to seal a signing key with/;
const KEY = '{"salt":"ä","sealed":"…"}';

describe('the seal of the operating system', () => {
  it('opens to what was sealed', async () => {
    const seal = keychainSeal(playedKeychain());
    expect(await seal.open(await seal.seal(KEY))).toBe(KEY);
  });

  it('does not show what it seals', async () => {
    const sealed = await keychainSeal(playedKeychain()).seal(KEY);
    expect(Buffer.from(sealed, 'base64').toString('utf8')).not.toContain('salt');
  });

  it.each([
    ['there is no keychain', { isAsyncEncryptionAvailable: () => Promise.resolve(false) }],
    ['it has a fixed password', { getSelectedStorageBackend: () => 'basic_text' }],
  ])('refuses to seal where %s', async (_name, over) => {
    await expect(keychainSeal(playedKeychain(over)).seal(KEY)).rejects.toThrow(SET_ONE_UP);
  });

  it.each([
    ['there is no keychain', { isAsyncEncryptionAvailable: () => Promise.resolve(false) }],
    ['it has a fixed password', { getSelectedStorageBackend: () => 'basic_text' }],
  ])('refuses to open where %s', async (_name, over) => {
    const sealed = await keychainSeal(playedKeychain()).seal(KEY);
    await expect(keychainSeal(playedKeychain(over)).open(sealed)).rejects.toThrow(SET_ONE_UP);
  });

  it('takes every other keychain of Linux', async () => {
    const seal = keychainSeal(
      playedKeychain({ getSelectedStorageBackend: () => 'gnome_libsecret' }),
    );
    expect(await seal.open(await seal.seal(KEY))).toBe(KEY);
  });
});
