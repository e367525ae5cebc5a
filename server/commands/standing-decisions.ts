import type { Decided } from '#core/governance/propose.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { expiryOf, isLive, LINKS_PER_ACCOUNT_MAX } from '#core/sharing/links.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { Rejection } from './decide.ts';
import type { ServerCommand } from './server-command.ts';

export type StandingIntent = Extract<Intent, { type: 'shareStanding' | 'revokeStanding' }>;

/** Gives a trader a link to where an account stands, or takes it back. */
export function decideStanding(
  { intent, actor, commandId }: ServerCommand & { readonly intent: StandingIntent },
  { world }: { readonly world: GovernedWorld },
): Result<Decided, Rejection> {
  const { governance, at } = world;
  const personId = actor.id;
  if (intent.type === 'shareStanding') {
    const { accountId, days } = intent;
    if (world.accountOf(accountId) === null) {
      return err({ code: 'notFound', message: `there is no account ${accountId}` });
    }
    const live = governance.links.of(accountId).filter((link) => isLive(link, at));
    if (live.length >= LINKS_PER_ACCOUNT_MAX) {
      const message = `the account has ${live.length} links that open: revoke one first`;
      return err({ code: 'conflict', message });
    }
    // The command's id names the link: sent twice, it makes one.
    const linkId = `st-${digestOfText(`standing ${commandId}`).slice(0, 20)}`;
    const data = { linkId, accountId, personId, expiresAt: expiryOf(days, at), at };
    return ok({ drafts: [{ kind: 'standingShared', data }], contents: [] });
  }
  const { linkId, reason } = intent;
  const link = governance.links.link(linkId);
  if (!link) return err({ code: 'notFound', message: `there is no link ${linkId}` });
  if (!isLive(link, at)) {
    return err({ code: 'conflict', message: 'the link opens nothing any more' });
  }
  const data = { linkId, personId, reason, at };
  return ok({ drafts: [{ kind: 'standingRevoked', data }], contents: [] });
}
