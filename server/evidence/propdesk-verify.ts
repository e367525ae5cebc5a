import { createPublicKey, hash, verify } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machinePartIn } from '#core/evidence/file.ts';
import { PACK_BYTES_MAX } from '#core/evidence/pack.ts';
import { refusedPack, verifyPackFile, type PackVerdict } from '#core/evidence/verify-pack.ts';
import { packLines, printable } from '#core/evidence/words.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { strictVerify } from '#core/signing/public-key.ts';

/**
 * propdesk-verify pack FILE [--key FINGERPRINT] [--json]
 *
 * Judges the account of an evidence pack again, from the file alone: no network, no packages, nothing
 * of the firm. Exit code 0: the verdict follows. 1: this is not what was signed. 2: it is, and the
 * verdict does not follow. 3: it cannot be read.
 */
const USAGE = 'propdesk-verify pack FILE [--key "FINGERPRINT OF THE LOG’S KEY"] [--json]';

const verifyBytes = strictVerify((publicKey, message, signature) => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, message, key, signature);
});

process.exitCode = main(process.argv.slice(2));

function main(args: readonly string[]): number {
  const asked = optionsIn(args);
  if (!asked.ok) return unreadable(`${asked.error}\n${USAGE}`);
  const { file, key, json } = asked.value;
  const text = textOf(file);
  if (!text.ok) return unreadable(text.error);
  return said(judged(text.value, key), aboutOf(text.value), json);
}

interface Options {
  readonly file: string;
  readonly key: string | null;
  readonly json: boolean;
}

function optionsIn(args: readonly string[]): Result<Options, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { key: { type: 'string' }, json: { type: 'boolean', default: false } },
    });
    const [verb, file, ...rest] = positionals;
    if (verb !== 'pack' || file === undefined || rest.length > 0) return err('say which file');
    return ok({ file, key: values.key ?? null, json: values.json });
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
}

/** Read whole, once, and never more than a pack may have; what is no UTF-8 is no pack. */
function textOf(file: string): Result<string, string> {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch {
    return err(`${file} cannot be opened`);
  }
  try {
    const { size } = fstatSync(handle);
    if (!fstatSync(handle).isFile()) return err(`${file} is no file`);
    if (size > PACK_BYTES_MAX) return err(`${file} is larger than ${PACK_BYTES_MAX} bytes`);
    const bytes = Buffer.alloc(size);
    let at = 0;
    while (at < size) {
      const read = readSync(handle, bytes, at, size - at, at);
      if (read === 0) return err(`${file} became shorter while it was read`);
      at += read;
    }
    return ok(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return err(`${file} is no text in UTF-8`);
  } finally {
    closeSync(handle);
  }
}

function judged(text: string, key: string | null): PackVerdict {
  try {
    return verifyPackFile(text, { verify: verifyBytes, key, hash: sha256 });
  } catch (error) {
    // Facts that no log of ours holds: an instrument that cannot be, an amount beyond all amounts.
    const reason = error instanceof Error ? error.message : String(error);
    return refusedPack(`the account cannot be judged: ${reason}`);
  }
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer');
}

function aboutOf(text: string): string {
  const pack = machinePartIn(text);
  if (!pack.ok) return '';
  const { accountId, seq, sentence } = pack.value.body.subject;
  return `Account ${accountId}, entry ${seq}: ${sentence}`;
}

function said(verdict: PackVerdict, about: string, json: boolean): number {
  const lines = json ? [plainJson({ about, ...verdict })] : packLines(verdict, about);
  process.stdout.write(`${lines.join('\n')}\n`);
  return verdict.exit;
}

/** What a terminal could take for more than text is written as JSON lets it be written. */
function plainJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function unreadable(message: string): number {
  for (const line of message.split('\n')) process.stderr.write(`${printable(line)}\n`);
  return 3;
}
