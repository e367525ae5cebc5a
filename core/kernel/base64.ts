import { err, ok, type Result } from './result.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Bytes as standard base64 with padding (RFC 4648, section 4). */
export function base64Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [one = 0, two = 0, three = 0] = bytes.subarray(at, at + 3);
    const group = (one << 16) | (two << 8) | three;
    const left = bytes.length - at;
    text += LETTERS[group >> 18];
    text += LETTERS[(group >> 12) & 63];
    text += left > 1 ? LETTERS[(group >> 6) & 63] : '=';
    text += left > 2 ? LETTERS[group & 63] : '=';
  }
  return text;
}

/** Reads what base64Of writes, and nothing else: one text for one run of bytes. */
export function bytesOfBase64(text: string): Result<Uint8Array, string> {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) {
    return err('this is not base64');
  }
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let at = 0; at < text.length; at += 4) {
    let group = 0;
    for (const letter of text.slice(at, at + 4)) {
      group = (group << 6) | Math.max(0, LETTERS.indexOf(letter));
    }
    const to = (at / 4) * 3;
    for (let byte = 0; byte < 3 && to + byte < bytes.length; byte += 1) {
      bytes[to + byte] = (group >> (16 - 8 * byte)) & 255;
    }
  }
  return base64Of(bytes) === text ? ok(bytes) : err('this is not how these bytes are written');
}
