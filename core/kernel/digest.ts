import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalText } from './canonical.ts';

/** SHA-256 of a value's canonical text, as 64 hexadecimal digits. */
export function digestOf(value: unknown): string {
  return digestOfText(canonicalText(value));
}

/** SHA-256 of a text's UTF-8 bytes, as 64 hexadecimal digits. */
export function digestOfText(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
