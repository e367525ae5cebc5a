import type { EpochMs } from '#core/time/time.ts';
import type { RevokedData, SharedData } from './sharing.events.ts';

/** Days that a link may live; the trader asks for another one then. */
export const LINK_DAYS_MAX = 90;
/** Links of one account that open something at the same time. */
export const LINKS_PER_ACCOUNT_MAX = 5;
const DAY_MS = 86_400_000;

export interface StandingLink extends SharedData {
  readonly revoked: {
    readonly personId: string;
    readonly reason: string;
    readonly at: EpochMs;
  } | null;
}

/** Links to standings as the log tells them. */
export interface StandingLinks {
  share(data: SharedData): void;
  revoke(data: RevokedData): void;
  link(linkId: string): StandingLink | undefined;
  /** Of one account, newest first, with those that open nothing any more. */
  of(accountId: string): readonly StandingLink[];
}

export function createStandingLinks(): StandingLinks {
  const links = new Map<string, StandingLink>();
  const byAccount = new Map<string, string[]>();
  return {
    share: (data) => {
      links.set(data.linkId, { ...data, revoked: null });
      const known = byAccount.get(data.accountId) ?? [];
      byAccount.set(data.accountId, [data.linkId, ...known]);
    },
    revoke: ({ linkId, personId, reason, at }) => {
      const link = links.get(linkId);
      if (link) links.set(linkId, { ...link, revoked: link.revoked ?? { personId, reason, at } });
    },
    link: (linkId) => links.get(linkId),
    of: (accountId) => (byAccount.get(accountId) ?? []).flatMap((id) => links.get(id) ?? []),
  };
}

/** Whether a link opens something at an instant. */
export function isLive({ revoked, expiresAt }: StandingLink, at: EpochMs): boolean {
  return revoked === null && at < expiresAt;
}

export function expiryOf(days: number, at: EpochMs): EpochMs {
  return at + days * DAY_MS;
}
