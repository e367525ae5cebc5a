import type { Fact } from '#core/facts/registry.ts';
import type { Action } from '#core/people/roles.ts';

/*
 * Judges, from the log alone, whether links to standings were given and taken back by who may. Shares
 * nothing with the code that decided.
 */

/** What of the log it asks for. */
export interface SharingLog {
  may(personId: string, action: Action, about: { readonly programId: string | null }): boolean;
  account(accountId: string): { readonly programId: string } | undefined;
}

export interface SharingAudit {
  /** The next fact, in order; a sentence for each rule that it broke. */
  take(fact: Fact, log: SharingLog): string[];
}

const DAYS_MAX = 90;
const LIVE_MAX = 5;
const DAY_MS = 86_400_000;

interface Link {
  readonly accountId: string;
  readonly expiresAt: number;
  revoked: boolean;
}

export function auditSharing(): SharingAudit {
  const links = new Map<string, Link>();
  const shared = (
    {
      linkId,
      accountId,
      personId,
      expiresAt,
      at,
    }: Extract<Fact, { kind: 'standingShared' }>['data'],
    log: SharingLog,
  ): string[] => {
    const problems: string[] = [];
    const account = log.account(accountId);
    if (!account) problems.push(`a link is to ${accountId}, which is no account`);
    else if (!log.may(personId, 'shareStanding', { programId: account.programId })) {
      problems.push(`${personId} had no role that lets a link be given to ${accountId}`);
    }
    if (expiresAt <= at || expiresAt > at + DAYS_MAX * DAY_MS) {
      problems.push(`a link opens for another time than ${DAYS_MAX} days at the most`);
    }
    if (links.has(linkId)) problems.push(`the link ${linkId} was given before`);
    const live = [...links.values()].filter(
      (one) => one.accountId === accountId && !one.revoked && one.expiresAt > at,
    );
    if (live.length >= LIVE_MAX) problems.push(`${accountId} had ${live.length} links already`);
    links.set(linkId, { accountId, expiresAt, revoked: false });
    return problems;
  };
  const revoked = (
    { linkId, personId }: Extract<Fact, { kind: 'standingRevoked' }>['data'],
    log: SharingLog,
  ): string[] => {
    const link = links.get(linkId);
    if (!link || link.revoked) return [`the link ${linkId} opened nothing that could be revoked`];
    link.revoked = true;
    const programId = log.account(link.accountId)?.programId ?? null;
    return log.may(personId, 'shareStanding', { programId })
      ? []
      : [`${personId} had no role that lets a link of ${link.accountId} be revoked`];
  };
  return {
    take: (fact, log) => {
      if (fact.kind === 'standingShared') return shared(fact.data, log);
      return fact.kind === 'standingRevoked' ? revoked(fact.data, log) : [];
    },
  };
}
