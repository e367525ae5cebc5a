import { generateKeyPairSync, sign, verify, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { base64Of, bytesOfBase64 } from '#core/kernel/base64.ts';
import { createRandom } from '#core/kernel/random.ts';
import { readCheckpoint } from './checkpoint.ts';
import { signedLog, type TestKey } from './testing/signed-log.ts';
import { witness, type Shown, type VerifySignature } from './witness.ts';

const ORIGIN = 'propdesk/test';
const checkSignature: VerifySignature = (publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, Buffer.from(message), key, signature);
};

function newKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  return {
    publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
    sign: (message) => new Uint8Array(sign(null, Buffer.from(message), privateKey)),
  };
}

const logOf = (size: number, first?: string, origin: string = ORIGIN) =>
  signedLog(origin, size, first);

describe('base64', () => {
  it('is what everybody writes, and reads only that', () => {
    const random = createRandom(4_648);
    for (let length = 0; length < 70; length += 1) {
      const bytes = Uint8Array.from({ length }, () => random.below(256));
      expect(base64Of(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(bytesOfBase64(base64Of(bytes))).toEqual({ ok: true, value: bytes });
    }
    const wrong = ['A', 'AA', 'AAA', 'AA=A', 'AB==', 'AAA-', ' AAA', 'AAAA\n', 'AAB='];
    expect(wrong.filter((text) => bytesOfBase64(text).ok)).toEqual([]);
  });
});

describe('a checkpoint', () => {
  const key = newKey();
  const { note } = logOf(5).show(key, 0);

  it('reads as it was written', () => {
    const read = readCheckpoint(note);
    expect(read.ok && [read.value.origin, read.value.size]).toEqual([ORIGIN, 5]);
    expect(read.ok && read.value.signatures.length).toBe(1);
  });

  it.each([
    ['nothing', ''],
    ['no signatures', note.slice(0, note.indexOf('—'))],
    ['a size with a zero before it', note.replace('\n5\n', '\n05\n')],
    ['a size below zero', note.replace('\n5\n', '\n-5\n')],
    ['a line too many', note.replace('\n5\n', '\n5\nmore\n')],
    ['a root that is no hash', note.replace(/\n5\n\S+/, '\n5\nAAAA')],
    ['a signature that is no base64', note.replace(/— (\S+) \S+/, '— $1 ????')],
    ['an end that is cut off', note.slice(0, -3)],
    ['far too much', note + 'x'.repeat(5_000)],
  ])('with %s is refused', (_what, text) => {
    expect(readCheckpoint(text).ok).toBe(false);
  });
});

describe('a witness of a log', () => {
  const key = newKey();
  const kept = { publicKey: key.publicKey, note: logOf(300).show(key, 0).note };
  const see = (shown: Shown, before: typeof kept | null = kept): string => {
    const seen = witness(ORIGIN, before, shown, checkSignature);
    return seen.ok ? `${seen.value.size} entries` : seen.error;
  };

  it('keeps what it sees first', () => {
    expect(see(logOf(300).show(key, 0), null)).toBe('300 entries');
  });

  it('goes on with a log that goes on, and with one that stands still', () => {
    expect(see(logOf(900).show(key, 300))).toBe('900 entries');
    expect(see(logOf(300).show(key, 300))).toBe('300 entries');
  });

  it('refuses a log that was put back', () => {
    expect(see(logOf(299).show(key, 300))).toMatch(/rolled back: it had 300 entries, now 299/);
  });

  it('refuses a log whose past was changed, however long it is and whatever its proof', () => {
    expect(see(logOf(300, 'b').show(key, 300))).toMatch(/rewritten: its first 300/);
    expect(see(logOf(900, 'b').show(key, 300))).toMatch(/rewritten/);
    const proof = logOf(900).show(key, 300).proof;
    expect(see({ ...logOf(900, 'b').show(key, 300), proof })).toMatch(/rewritten/);
    expect(see({ ...logOf(900).show(key, 300), proof: [] })).toMatch(/rewritten/);
  });

  it('refuses another key, another log, and a text that was changed after it was signed', () => {
    expect(see(logOf(900).show(newKey(), 300))).toMatch(/not signed with the key/);
    expect(see(logOf(900, 'a', 'propdesk/other').show(key, 300))).toMatch(/of propdesk\/other/);
    const changed = logOf(900).show(key, 300);
    const text = changed.note.replace('\n900\n', '\n901\n');
    expect(see({ ...changed, note: text })).toMatch(/not signed/);
  });
});
