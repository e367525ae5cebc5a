import { PERMITS } from '#core/approvals/action-types.ts';
import { approversOf, countedOn, type Proposal, type Received } from '#core/approvals/proposal.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import { err, ok } from '#core/kernel/result.ts';
import { actionKinds } from './actions/index.ts';
import type { Governance } from './governance.ts';
import type { Drafts, GovernedWorld } from './world.ts';

/** What stands against going on with a proposal now, as a sentence; null when nothing does. */
export function blockAgainst(proposal: Proposal, world: GovernedWorld): string | null {
  if (proposal.closed) return `it was ${proposal.closed.outcome}`;
  if (world.at >= proposal.expiresAt) return 'it has expired';
  return actionKinds.get(proposal.action).blockedBy(proposal, world);
}

/**
 * Approves a proposal when enough agree. Called after every fact that could make it so; the fact it
 * gives belongs in the transaction of that one.
 */
export function approveIfAgreed(proposal: Proposal, world: GovernedWorld): FactDraft | null {
  const { governance, at } = world;
  if (proposal.closed || proposal.approved?.version === proposal.version) return null;
  // Where nobody needs to approve, nobody would wait for the cooling-off either.
  if (proposal.coolingUntil !== null && at < proposal.coolingUntil) return null;
  const now = asItStands(proposal, governance);
  if (governance.standing(now) !== 'agreed' || blockAgainst(proposal, world) !== null) return null;
  const { proposalId, version } = proposal;
  const required = governance.required(proposal).approvals;
  const executableFrom = at + governance.policy(proposal.action).coolOffMs;
  const by = approversOf(countedOn(now));
  return {
    kind: 'proposalApproved',
    data: { proposalId, version, by, required, executableFrom, at },
  };
}

/** A proposal without the approvals that stand no more: of a key or a role that was taken away. */
export function asItStands(proposal: Proposal, { people }: Governance): Proposal {
  const about = { ...proposal.about, amount: proposal.amount };
  const stands = ({ personId, keyId }: Received): boolean => {
    const key = people.key(keyId);
    const holds = key && key.grantedSeq !== null && key.revokedSeq === null && !key.frozen;
    return (
      holds === true &&
      people.may(personId, PERMITS[proposal.action].approve, about) &&
      !proposal.makers.includes(personId)
    );
  };
  const { received } = proposal;
  return {
    ...proposal,
    received: received.filter((one) => one.decision !== 'approve' || stands(one)),
  };
}

/**
 * The one way to carry a high-risk action out. Everything is asked again, in the transaction that
 * writes the deed: who approved, with which keys and roles, on which version, and what stands
 * against it. Nothing else gives the facts that it gives.
 */
export function authoriseExecution(proposalId: string, world: GovernedWorld): Drafts {
  const { governance, at } = world;
  const proposal = governance.proposal(proposalId);
  if (!proposal) return err({ code: 'notFound', message: `there is no proposal ${proposalId}` });
  const { version, approved } = proposal;
  const refuse = (message: string): Drafts => err({ code: 'notApproved', message });
  const block = blockAgainst(proposal, world);
  if (block !== null) return refuse(block);
  if (approved?.version !== version) return refuse('not enough persons have approved this version');
  if (at < approved.executableFrom) return refuse('the cool-off has not ended');
  const standing = governance.standing(proposal);
  if (standing !== 'agreed') return refuse(`it is ${standing}`);
  const now = asItStands(proposal, governance);
  if (governance.standing(now) !== 'agreed') {
    const stand = approversOf(countedOn(now)).length;
    return refuse(`${stand} approvals stand: a key or a role that is needed was taken away since`);
  }
  const deed = actionKinds.get(proposal.action).execute(proposal, world);
  if (!deed.ok) return refuse(deed.error);
  const closed = { proposalId, version, outcome: 'executed', reason: '', at } as const;
  return ok([...deed.value, { kind: 'proposalClosed', data: closed }]);
}
