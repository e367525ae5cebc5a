import type { IncomingMessage } from 'node:http';
import { err, ok, type Result } from '#core/kernel/result.ts';

/** A body that takes longer than this is not waited for. */
const BODY_MS_MAX = 20_000;

/** Reads a body to its end, as bytes; refuses one that is too large or too slow. */
export async function readBody(
  request: IncomingMessage,
  bytesMax: number,
): Promise<Result<Uint8Array, 'tooLarge' | 'tooSlow' | 'broken'>> {
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) return err('tooLarge');
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise((done) => {
    const end = (result: Result<Uint8Array, 'tooLarge' | 'tooSlow' | 'broken'>): void => {
      clearTimeout(timer);
      request.removeAllListeners('data');
      done(result);
    };
    const timer = setTimeout(() => end(err('tooSlow')), BODY_MS_MAX);
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > bytesMax) end(err('tooLarge'));
      else chunks.push(chunk);
    });
    request.on('end', () => end(ok(Buffer.concat(chunks))));
    request.on('error', () => end(err('broken')));
    request.on('close', () => end(err('broken')));
  });
}

/** Strictly UTF-8 and JSON; undefined for anything else. */
export function jsonIn(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}
