import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How far the clock of the other side may be off, and how old a message may be. */
export const SIGNATURE_AGE_MAX_MS = 5 * 60_000;

/** What a header such as "t=1763752800000,v=09af…" says. */
export interface SignatureHeader {
  /** When it was signed, in milliseconds since 1970. */
  readonly t: number;
  /** HMAC-SHA256 as 64 hexadecimal digits. */
  readonly v: string;
}

/**
 * The HMAC of a message of one kind. The kind comes first and ends with a line break, so that a
 * message of one kind is never one of another, whatever it holds.
 */
export function macOf(secret: Uint8Array, kind: string, t: number, rest: Uint8Array): string {
  return createHmac('sha256', secret).update(`${kind}\n${t}\n`).update(rest).digest('hex');
}

/** Takes as long for a wrong text as for a right one. */
export function isSameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

export function digestOfBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The named parts of a header, each once and no other; null for anything else. */
export function partsOf(
  header: string | undefined,
  names: readonly string[],
): ReadonlyMap<string, string> | null {
  const pairs = (header ?? '').split(',').map((part) => /^\s*([a-z]+)=([^\s=,]+)\s*$/.exec(part));
  const parts = new Map(pairs.map((pair) => [pair?.[1] ?? '', pair?.[2] ?? '']));
  const whole = pairs.length === names.length && names.every((name) => parts.has(name));
  return whole ? parts : null;
}

/** A plain count of milliseconds; null for what only looks like one. */
export function instantOf(text: string | undefined): number | null {
  return /^[1-9]\d{0,14}$/.test(text ?? '') ? Number(text) : null;
}

export function isFresh(t: number, now: number): boolean {
  return Math.abs(now - t) <= SIGNATURE_AGE_MAX_MS;
}

export function signatureHeader({ t, v }: SignatureHeader): string {
  return `t=${t},v=${v}`;
}

export function readSignatureHeader(header: string | undefined): SignatureHeader | null {
  const parts = partsOf(header, ['t', 'v']);
  const t = instantOf(parts?.get('t'));
  return parts && t !== null ? { t, v: parts.get('v') ?? '' } : null;
}
