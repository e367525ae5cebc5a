import { hash } from '#core/kernel/random.ts';
import type { AccountDetail, AccountSummary } from '#core/sync/protocol.ts';

/** The site looks this often whether a trader of the demonstration would ask for money. */
export const SITE_EVERY_MS = 10_000;
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
  /** Payouts that nobody has decided, and whether one of this account is among them. */
  waiting(): number;
  hasAsked(accountId: string): boolean;
  /** As any client of the API does it. */
  post(path: string, key: string, body: object): Promise<boolean>;
}

/**
 * The invented firm's own site: its traders ask for what they have made, through the API that any
 * firm's systems use. It knows no more than they do.
 */
export function createDemoSite(ports: SitePorts): { look(): Promise<void> } {
  let cursor = 0;
  return {
    look: async () => {
      if (ports.waiting() >= WAITING_MAX) return;
      const accounts = ports.accounts();
      for (let seen = 0; seen < Math.min(LOOKED_AT, accounts.length); seen += 1) {
        const account = accounts[cursor % accounts.length];
        cursor += 1;
        if (account?.status === 'active' && (await asks(account, ports))) return;
      }
    },
  };
}

/** Whether this trader asked for money just now. */
async function asks({ number, terms }: AccountSummary, ports: SitePorts): Promise<boolean> {
  const { accountId, traderId, currency } = terms;
  if (ports.hasAsked(accountId)) return false;
  const payout = (await ports.detail(accountId))?.payout;
  const hopeful = payout !== null && payout !== undefined && payout.profit > 0 && number % HOPEFUL === 0;
  if (!payout || (!payout.eligible && !hopeful)) return false;
  const result = number % UNCHECKED === 0 ? 'pending' : 'passed';
  await ports.post('/v1/trader-checks', `check-${traderId}`, { traderId, check: 'identity', result });
  const account = String(hash(number, 7, 7, 7) % 1_000_000_000).padStart(10, '4');
  return ports.post('/v1/payout-requests', `payout-${accountId}`, {
    accountId,
    amount: null,
    currency,
    payee: { name: terms.traderName, method: 'testRail', account, region: 'CZ' },
  });
}
