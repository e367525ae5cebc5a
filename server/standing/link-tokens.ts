import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { StandingLink } from '#core/sharing/links.ts';

const KEY_BYTES = 32;
const MAC = 'base64url';
/** A link's name, a dot, and 32 bytes in base64url. */
const TOKEN = /^(st-[0-9a-f]{20})\.([A-Za-z0-9_-]{43})$/;

/** What stands in an address: a link's name, and the server's word that it is until then. */
export interface LinkTokens {
  tokenOf(link: Pick<StandingLink, 'linkId' | 'accountId' | 'expiresAt'>): string;
  /** The link that a token claims to be; null for what no token looks like. */
  claimed(token: string): string | null;
  isOf(token: string, link: Pick<StandingLink, 'linkId' | 'accountId' | 'expiresAt'>): boolean;
}

/** Keeps its secret in a file of its own: who reads the log can name a link, and open none. */
export function openLinkTokens(file: string, logId: string): LinkTokens {
  if (!existsSync(file)) {
    const text = randomBytes(KEY_BYTES).toString(MAC);
    writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
    renameSync(`${file}.new`, file);
  }
  chmodSync(file, 0o600);
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), MAC);
  if (key.length !== KEY_BYTES) throw new Error(`${file} is no key: remove it to make a new one`);
  const macOf = ({ linkId, accountId, expiresAt }: Parameters<LinkTokens['tokenOf']>[0]): Buffer =>
    createHmac('sha256', key)
      .update(['propdesk-standing/1', logId, linkId, accountId, String(expiresAt)].join('\n'))
      .digest();
  return {
    tokenOf: (link) => `${link.linkId}.${macOf(link).toString(MAC)}`,
    claimed: (token) => TOKEN.exec(token)?.[1] ?? null,
    isOf: (token, link) => {
      const [, linkId, given = ''] = TOKEN.exec(token) ?? [];
      const mac = Buffer.from(given, MAC);
      const own = macOf(link);
      return linkId === link.linkId && mac.length === own.length && timingSafeEqual(mac, own);
    },
  };
}
