import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { digestOfText } from '#core/kernel/digest.ts';

/** A key of its own: what signs letters signs nothing else, and the log's key signs no letter. */
export interface LetterSigner {
  /** Raw Ed25519 key, base64. */
  readonly publicKey: string;
  /** The signature, base64. */
  sign(text: string): string;
}

export function openLetterSigner(file: string): LetterSigner {
  const key = keyIn(file);
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: Buffer.from(x, 'base64url').toString('base64'),
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64'),
  };
}

function keyIn(file: string): KeyObject {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(`${file}.new`, pem, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  return createPrivateKey(readFileSync(file));
}

/** What is signed of a letter: which payout it answers, and the digest of its page. */
export function letterStatement(payoutId: string, page: string): string {
  return `propdesk-letter/1\n${payoutId}\n${digestOfText(page)}\n`;
}

const LINE = /<!-- propdesk-letter\/1 ([0-9a-f]{64}) ([A-Za-z0-9+/]{86}==) -->\n$/;

/** The page with a last line that anybody can check with the firm's key; browsers do not show it. */
export function signedLetter(
  payoutId: string,
  page: string,
  signer: Pick<LetterSigner, 'sign'>,
): string {
  const signature = signer.sign(letterStatement(payoutId, page));
  return `${page}<!-- propdesk-letter/1 ${digestOfText(page)} ${signature} -->\n`;
}

/** Whether a letter is, byte for byte, one that the holder of a key gave as its answer to a payout. */
export function isSignedLetter(payoutId: string, text: string, publicKey: string): boolean {
  const line = LINE.exec(text);
  if (!line) return false;
  const page = text.slice(0, line.index);
  const x = Buffer.from(publicKey, 'base64').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const signature = Buffer.from(line[2] ?? '', 'base64');
  const isSigned = verify(null, Buffer.from(letterStatement(payoutId, page)), key, signature);
  return isSigned && line[1] === digestOfText(page);
}
