import type { OuterSeal } from '#desk/signing/passphrase-vault.ts';

/** The little of Electron's `safeStorage` that sealing needs. */
export interface Keychain {
  isAsyncEncryptionAvailable(): Promise<boolean>;
  encryptStringAsync(text: string): Promise<Buffer>;
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string }>;
  getSelectedStorageBackend?(): string;
}

/**
 * Seals a key's file with the operating system's keychain, on top of its passphrase. Where there is
 * no keychain, or only a fixed password that anybody can read (Linux `basic_text`), it refuses.
 */
export function keychainSeal(keychain: Keychain): OuterSeal {
  const ready = async (): Promise<void> => {
    const plain = keychain.getSelectedStorageBackend?.() === 'basic_text';
    if (plain || !(await keychain.isAsyncEncryptionAvailable())) {
      throw new Error(
        'This computer has no keychain to seal a signing key with: set one up first.',
      );
    }
  };
  return {
    seal: async (text) => {
      await ready();
      return (await keychain.encryptStringAsync(text)).toString('base64');
    },
    open: async (text) => {
      await ready();
      const { result } = await keychain.decryptStringAsync(Buffer.from(text, 'base64'));
      return result;
    },
  };
}
