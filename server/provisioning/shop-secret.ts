import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const SECRET_BYTES = 32;
/** Shorter ones can be guessed; a shop's own are longer. */
const SECRET_LENGTH_MIN = 16;

/**
 * What a shop signs with: the text of `shop-<name>.secret`, as it is. For a shop of our own kind it
 * is made at the first start; another shop's is copied from there.
 */
export function shopSecret(folder: string, name: string, isOurs: boolean): Uint8Array {
  const file = join(folder, `shop-${name}.secret`);
  if (!existsSync(file)) {
    if (!isOurs) {
      throw new Error(`${file} is missing: write into it what the shop signs its webhooks with`);
    }
    const made = `${randomBytes(SECRET_BYTES).toString('base64url')}\n`;
    writeFileSync(`${file}.new`, made, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  const text = readFileSync(file, 'utf8').trim();
  if (text.length >= SECRET_LENGTH_MIN) return Buffer.from(text, 'utf8');
  throw new Error(
    `${file} holds fewer than ${SECRET_LENGTH_MIN} characters: anybody could guess it`,
  );
}
