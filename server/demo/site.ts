import { digestOfText } from '#core/kernel/digest.ts';
import type { AccountDetail, AccountSummary } from '#core/sync/protocol.ts';
import { openClientKeys } from '../api/client-keys.ts';
import { CLIENT_SIGNATURE, IDEMPOTENCY_KEY, signRequest } from '../api/client-signature.ts';
import { createLetterWriters } from './letters.ts';

/** The site looks this often whether a trader of the demonstration would ask for money. */
const SITE_EVERY_MS = 10_000;
/** Accounts looked at each time, and requests that may wait at once: people have to keep up. */
const LOOKED_AT = 24;
const WAITING_MAX = 10;
/** One in so many asks although the terms stand against it: people do. */
const HOPEFUL = 9;
/** One in so many traders is still being checked. */
const UNCHECKED = 8;

export interface SitePorts {
  accounts(): readonly AccountSummary[];
  detail(accountId: string): Promise<AccountDetail | null>;
  /** Whether surveillance has a case about this trader: such a one asks sooner, as people do. */
  isLookedAt(traderId: string): boolean;
  /** Payouts that nobody has decided, and whether one of this account is among them. */
  waiting(): number;
  hasAsked(accountId: string): boolean;
  post: Post;
  /** Tickets that wait, and whether anybody has written about this account. */
  tickets(): number;
  hasWritten(accountId: string): boolean;
  /** Where a trader of the demonstration is paid: an account number. */
  payeeOf(traderId: string): string;
  /** What its bank would say of what was paid; null where it has none. */
  bankFile(): string | null;
  failed(error: unknown): void;
}

/** Sends as any client of the API does; false when it was refused. */
export type Post = (path: string, key: string, body: object) => Promise<boolean>;

/**
 * The invented firm's own site: its traders ask for what they have made, through the API that any
 * firm's systems use. It knows no more than they do.
 */
export function startDemoSite(ports: SitePorts): { stop(): void } {
  let cursor = 0;
  const letters = createLetterWriters({ ...ports, waiting: ports.tickets });
  const look = async (): Promise<void> => {
    await tellBank(ports);
    await letters.look();
    if (ports.waiting() >= WAITING_MAX) return;
    const accounts = ports.accounts();
    const hasty = accounts.filter(
      ({ status, terms }) => status === 'active' && ports.isLookedAt(terms.traderId),
    );
    for (const account of hasty.slice(0, LOOKED_AT)) if (await asks(account, ports)) return;
    for (let seen = 0; seen < Math.min(LOOKED_AT, accounts.length); seen += 1) {
      const account = accounts[cursor % accounts.length];
      cursor += 1;
      if (account?.status === 'active' && (await asks(account, ports))) return;
    }
  };
  const timer = setInterval(() => void look().catch(ports.failed), SITE_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}

/** The bank's notification of all that was paid: what is known already changes nothing. */
async function tellBank({ bankFile, post }: SitePorts): Promise<void> {
  const content = bankFile();
  if (content === null) return;
  const key = `bank-${digestOfText(content).slice(0, 24)}`;
  await post('/v1/bank-files', key, { name: 'notification.xml', content });
}

/** Whether this trader asked for money just now. */
async function asks({ number, terms }: AccountSummary, ports: SitePorts): Promise<boolean> {
  const { accountId, traderId, currency } = terms;
  if (ports.hasAsked(accountId)) return false;
  const payout = (await ports.detail(accountId))?.payout;
  const hopeful =
    payout !== null && payout !== undefined && payout.profit > 0 && number % HOPEFUL === 0;
  if (!payout || (!payout.eligible && !hopeful)) return false;
  const result = number % UNCHECKED === 0 ? 'pending' : 'passed';
  await ports.post('/v1/trader-checks', `check-${traderId}`, {
    traderId,
    check: 'identity',
    result,
  });
  const account = ports.payeeOf(traderId);
  return ports.post('/v1/payout-requests', `payout-${accountId}`, {
    accountId,
    amount: null,
    currency,
    payee: { name: terms.traderName, method: 'testRail', account, region: 'CZ' },
  });
}

/** Posts to the API with the key of its first client, as any firm's site would. */
export function apiClient(url: string, keyFile: string, now: () => number): Post {
  const keys = openClientKeys(keyFile);
  const [client = ''] = keys.clients;
  return async (path, key, content) => {
    const secret = keys.secretOf(client);
    if (!secret) return false;
    const body = Buffer.from(JSON.stringify(content));
    const signed = { method: 'POST', path, idempotencyKey: key, body };
    const { ok } = await fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        [IDEMPOTENCY_KEY]: key,
        [CLIENT_SIGNATURE]: signRequest({ client, secret, t: now() }, signed),
      },
    });
    return ok;
  };
}
