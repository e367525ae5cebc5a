import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

const SECRET_BYTES = 32;

/** A secret in a file of its own, made once, readable by its owner alone. */
export function secretIn(file: string): Uint8Array {
  if (!existsSync(file)) {
    const made = randomBytes(SECRET_BYTES).toString('base64url');
    writeFileSync(`${file}.new`, `${made}\n`, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  const secret = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64url');
  if (secret.length >= SECRET_BYTES) return secret;
  throw new Error(
    `${file} holds no secret of ${SECRET_BYTES} bytes: put it back, or remove it to make one`,
  );
}
