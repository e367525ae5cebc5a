import { createPublicKey } from 'node:crypto';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import type { Result } from '#core/kernel/result.ts';
import { verifyStrictly } from './ed25519.ts';
import { openPassphraseVault, type OuterSeal } from './passphrase-vault.ts';
import type { SigningKey, Vault } from './vault.ts';

const PASSPHRASE = 'four random words here';
const MESSAGE = new TextEncoder().encode('what is signed');
const DAMAGED = /damaged/;
let folder = '';
let vault: Vault;

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'propdesk-vault-')), 'keys');
  vault = opened();
});
afterEach(() => rmSync(join(folder, '..'), { recursive: true }));

function opened(outer?: OuterSeal): Vault {
  return openPassphraseVault(folder, { cost: { N: 16 }, ...(outer ? { outer } : {}) });
}

describe('a vault', () => {
  it('opens the key that it made, also after a restart', async () => {
    const made = keyOf(await vault.create('ada', PASSPHRASE));
    const again = keyOf(await opened().open('ada', PASSPHRASE));
    const signature = again.sign(MESSAGE);
    expect(verifyStrictly(made.publicKey, MESSAGE, signature)).toBe(true);
    expect(opened().publicKey('ada')).toEqual(made.publicKey);
  });

  it('gives every person another key', async () => {
    const ada = keyOf(await vault.create('ada', PASSPHRASE));
    const bram = keyOf(await vault.create('bram', PASSPHRASE));
    expect(ada.publicKey).not.toEqual(bram.publicKey);
  });

  it('knows no key of who made none', async () => {
    expect(vault.publicKey('ada')).toBeNull();
    expect(errorOf(await vault.open('ada', PASSPHRASE))).toMatch(/no key of yours/);
  });

  it('refuses a wrong passphrase', async () => {
    await vault.create('ada', PASSPHRASE);
    expect(errorOf(await vault.open('ada', `${PASSPHRASE}!`))).toBe('the passphrase is wrong');
  });

  it('takes a passphrase however its letters are composed', async () => {
    await vault.create('ada', 'zwölf Boxkämpfer'.normalize('NFC'));
    keyOf(await vault.open('ada', 'zwölf Boxkämpfer'.normalize('NFD')));
  });

  it('refuses a short passphrase and makes nothing', async () => {
    expect(errorOf(await vault.create('ada', 'nine char'))).toMatch(/at least 10/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a second key and keeps the first', async () => {
    const first = keyOf(await vault.create('ada', PASSPHRASE));
    expect(errorOf(await vault.create('ada', 'another passphrase'))).toMatch(/already/);
    expect(keyOf(await vault.open('ada', PASSPHRASE)).publicKey).toEqual(first.publicKey);
  });

  it('makes one key of two wishes at the same time', async () => {
    const both = await Promise.all([
      vault.create('ada', PASSPHRASE),
      vault.create('ada', PASSPHRASE),
    ]);
    const made = both.filter(({ ok }) => ok);
    expect(made).toHaveLength(1);
    expect(vault.publicKey('ada')).toEqual(keyOf(present(made[0], 'the key')).publicKey);
  });

  it('refuses the file of another person under the same passphrase', async () => {
    await vault.create('ada', PASSPHRASE);
    const adas = fileIn(folder);
    await vault.create('bram', PASSPHRASE);
    const brams = present(
      readdirSync(folder).find((name) => name !== adas),
      'the other file',
    );
    copyFileSync(join(folder, adas), join(folder, brams));
    expect(errorOf(await vault.open('bram', PASSPHRASE))).toBe('the passphrase is wrong');
  });
});

describe('the file of a key', () => {
  it('can be read by its owner alone, and so can its folder', async () => {
    await vault.create('ada', PASSPHRASE);
    expect(statSync(join(folder, fileIn(folder))).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('leaves nothing beside it', async () => {
    await vault.create('ada', PASSPHRASE);
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^[0-9a-f]{32}\.json$/)]);
  });

  it('holds neither the passphrase nor the private key', async () => {
    const { seen, publicKey } = await sealedAndSeen();
    const file = readFileSync(join(folder, fileIn(folder)), 'utf8');
    expect(file).not.toContain(PASSPHRASE);
    expect(file).not.toContain('PRIVATE');
    // Sealed or not, what the outer seal was given holds no private key in any writing.
    for (const text of [file, seen]) expect(privateKeysIn(text, publicKey)).toBe(0);
  });

  it.each([
    ['no JSON at all', () => 'x'],
    ['cut off', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['of another layout', (text: string) => text.replace('"v":1', '"v":2')],
    ['without a key', (text: string) => text.replace(/"key":".*"}$/, '"key":"{}"}')],
    [
      'with a short nonce',
      (text: string) => text.replace(/nonce\\":\\"[^\\]+/, 'nonce\\":\\"AAAA'),
    ],
    ['with a short tag', (text: string) => text.replace(/tag\\":\\"[^\\]+/, 'tag\\":\\"AAAA')],
  ])('is said to be damaged when it is %s', async (_name, spoil) => {
    await vault.create('ada', PASSPHRASE);
    spoilFile(spoil);
    expect(errorOf(await vault.open('ada', PASSPHRASE))).toMatch(DAMAGED);
  });

  it('is not overwritten when it is damaged', async () => {
    await vault.create('ada', PASSPHRASE);
    spoilFile(() => 'x');
    expect(errorOf(await vault.create('ada', PASSPHRASE))).toMatch(/already/);
    expect(readFileSync(join(folder, fileIn(folder)), 'utf8')).toBe('x');
  });

  it('opens nothing when a byte of what is sealed is another', async () => {
    await vault.create('ada', PASSPHRASE);
    spoilFile((text) =>
      text.replace(
        /(sealed\\":\\")(.)/,
        (_all, before: string, letter) => `${before}${letter === 'A' ? 'B' : 'A'}`,
      ),
    );
    expect(errorOf(await vault.open('ada', PASSPHRASE))).toBe('the passphrase is wrong');
  });

  it('opens nothing when it names another public key', async () => {
    await vault.create('ada', PASSPHRASE);
    const other = Buffer.alloc(32, 7).toString('base64');
    spoilFile((text) => text.replace(/"publicKey":"[^"]+"/, `"publicKey":"${other}"`));
    expect(errorOf(await vault.open('ada', PASSPHRASE))).toMatch(DAMAGED);
  });
});

describe('a vault behind the seal of its host', () => {
  const turned: OuterSeal = {
    seal: (text) => Promise.resolve([...text].toReversed().join('')),
    open: (text) => Promise.resolve([...text].toReversed().join('')),
  };
  const missing = (): Promise<string> => Promise.reject(new Error('set a keychain up first'));

  it('opens what it sealed', async () => {
    const made = keyOf(await opened(turned).create('ada', PASSPHRASE));
    expect(keyOf(await opened(turned).open('ada', PASSPHRASE)).publicKey).toEqual(made.publicKey);
  });

  it('opens nothing without that seal', async () => {
    await opened(turned).create('ada', PASSPHRASE);
    expect(errorOf(await opened().open('ada', PASSPHRASE))).toMatch(DAMAGED);
  });

  it('makes no key where the host refuses to seal, and says why', async () => {
    const refusing = opened({ seal: missing, open: missing });
    expect(errorOf(await refusing.create('ada', PASSPHRASE))).toBe('set a keychain up first');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says why where the host refuses to open', async () => {
    await opened(turned).create('ada', PASSPHRASE);
    const refusing = opened({ seal: missing, open: missing });
    expect(errorOf(await refusing.open('ada', PASSPHRASE))).toBe('set a keychain up first');
  });
});

function keyOf(result: Result<SigningKey, string>): SigningKey {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

function errorOf(result: Result<SigningKey, string>): string {
  return result.ok ? 'opened' : result.error;
}

function fileIn(place: string): string {
  return present(readdirSync(place)[0], 'a file');
}

function spoilFile(spoil: (text: string) => string): void {
  const file = join(folder, fileIn(folder));
  const text = readFileSync(file, 'utf8');
  const spoilt = spoil(text);
  expect(spoilt).not.toBe(text);
  writeFileSync(file, spoilt);
}

/** A key whose vault's outer seal has noted what it was given. */
async function sealedAndSeen(): Promise<{ seen: string; publicKey: Uint8Array }> {
  let seen = '';
  const noting: OuterSeal = {
    seal: (text) => Promise.resolve((seen = text)),
    open: (text) => Promise.resolve(text),
  };
  const { publicKey } = keyOf(await opened(noting).create('ada', PASSPHRASE));
  return { seen, publicKey };
}

/** How many base64 parts of a text are, or hold, the private half of a public key. */
function privateKeysIn(text: string, publicKey: Uint8Array): number {
  const parts = text.match(/[A-Za-z0-9+/]{20,}={0,2}/g) ?? [];
  return parts.filter((part) => isPrivateHalf(Buffer.from(part, 'base64'), publicKey)).length;
}

const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

function isPrivateHalf(bytes: Buffer, publicKey: Uint8Array): boolean {
  const wanted = Buffer.from(publicKey).toString('base64url');
  for (let from = 0; from + 32 <= bytes.length; from += 1) {
    const der = Buffer.concat([PKCS8_PREFIX, bytes.subarray(from, from + 32)]);
    const key = createPublicKey({ key: pemOf(der), format: 'pem' });
    if (key.export({ format: 'jwk' }).x === wanted) return true;
  }
  return false;
}

function pemOf(der: Buffer): string {
  return `-----BEGIN PRIVATE KEY-----\n${der.toString('base64')}\n-----END PRIVATE KEY-----\n`;
}
