import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  hkdfSync,
  timingSafeEqual,
} from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Connection } from '../store/open.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';

export type RandomBytes = (bytes: number) => Uint8Array;

/** Keeps secrets that must be read again, which a hash would not allow. */
export interface SecretBox {
  /** Encrypts for one owner: what was sealed for one person opens for no other. */
  seal(secret: Uint8Array, owner: string): Uint8Array;
  open(sealed: Uint8Array, owner: string): Uint8Array;
  /** A keyed hash: who has only the database cannot try out guesses against it. */
  fingerprint(text: string): Uint8Array;
}

/**
 * The key lies in a file of its own beside the database, so that a copy of the database alone
 * gives no secret away. Each purpose has its own key, derived from that one.
 */
export function openSecretBox(
  file: string,
  connection: Connection,
  random: RandomBytes,
): SecretBox {
  const key = keyBeside(file, connection, random);
  const sealKey = derive(key, 'propdesk people: seal');
  const fingerprintKey = derive(key, 'propdesk people: fingerprint');
  return {
    seal: (secret, owner) => seal(sealKey, secret, owner, random),
    open: (sealed, owner) => open(sealKey, sealed, owner),
    fingerprint: (text) => createHmac('sha256', fingerprintKey).update(text).digest(),
  };
}

export function keyFileOf(file: string): string {
  return `${file.replace(/\.sqlite$/, '')}.key`;
}

/** A new key is made only for a new database: under any other key the old secrets stay shut. */
function keyBeside(file: string, connection: Connection, random: RandomBytes): Uint8Array {
  const read = connection.prepare("SELECT value FROM meta WHERE name = 'keyCheck'").pluck();
  const known = read.get() as Uint8Array | undefined;
  const key = file === ':memory:' ? random(KEY_BYTES) : keyIn(keyFileOf(file), !known, random);
  const check = derive(key, 'propdesk people: check');
  if (!known) connection.prepare("INSERT INTO meta VALUES ('keyCheck', ?)").run(check);
  else if (!timingSafeEqual(known, check)) throw lostKey(keyFileOf(file));
  return key;
}

function keyIn(keyFile: string, mayMake: boolean, random: RandomBytes): Uint8Array {
  if (!existsSync(keyFile)) {
    if (!mayMake) throw lostKey(keyFile);
    writeFileSync(`${keyFile}.new`, random(KEY_BYTES), { mode: 0o600, flush: true });
    renameSync(`${keyFile}.new`, keyFile);
  }
  chmodSync(keyFile, 0o600);
  const key = readFileSync(keyFile);
  if (key.length !== KEY_BYTES) throw lostKey(keyFile);
  return key;
}

function lostKey(keyFile: string): Error {
  return new Error(
    `${basename(keyFile)} is not the key that the people store was made with: ` +
      'put it back from the backup, or remove both files and set everybody up again',
  );
}

function derive(key: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', purpose, KEY_BYTES));
}

function seal(key: Buffer, secret: Uint8Array, owner: string, random: RandomBytes): Uint8Array {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(owner));
  const hidden = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]);
}

function open(key: Buffer, sealed: Uint8Array, owner: string): Uint8Array {
  const tagEnd = NONCE_BYTES + TAG_BYTES;
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(owner));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, tagEnd));
    return Buffer.concat([decipher.update(sealed.subarray(tagEnd)), decipher.final()]);
  } catch {
    throw new Error(
      `the code secret of ${owner} was changed from outside: remove it and set it up again`,
    );
  }
}
