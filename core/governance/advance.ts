import type { FactDraft } from '#core/facts/registry.ts';
import type { Proposal } from '#core/approvals/proposal.ts';
import { approveIfAgreed, authoriseExecution } from './authorise.ts';
import type { GovernedWorld } from './world.ts';

const ESCALATIONS_MAX = 3;

/**
 * What time and earlier facts have made due on one proposal: its end, its approval, its escalation,
 * its execution. One step at a time; called until nothing more is due. A payout is executed by the
 * payment run, everything else as soon as its cool-off ends.
 */
export function dueOn(proposal: Proposal, world: GovernedWorld): readonly FactDraft[] {
  const { governance, at } = world;
  if (proposal.closed) return [];
  const { proposalId, version } = proposal;
  const close = (outcome: 'expired' | 'rejected', reason: string): readonly FactDraft[] => [
    { kind: 'proposalClosed', data: { proposalId, version, outcome, reason, at } },
  ];
  if (governance.standing(proposal) === 'refused')
    return close('rejected', refusalReason(proposal));
  if (at >= proposal.expiresAt) return close('expired', 'nobody decided it in time');
  const approved = approveIfAgreed(proposal, world);
  if (approved) return [approved];
  const level = escalationLevel(proposal, at);
  if (level > proposal.escalated)
    return [{ kind: 'proposalEscalated', data: { proposalId, level, at } }];
  if (proposal.action === 'payPayout' || proposal.approved?.version !== version) return [];
  const done = authoriseExecution(proposalId, world);
  return done.ok ? done.value : [];
}

function refusalReason({ received, version }: Proposal): string {
  const word = received.findLast(
    (one) => one.decision === 'reject' && one.version === version && one.verdict.type === 'counted',
  );
  return word?.reason ?? '';
}

/** One level for every time that the time to decide has passed again, while nobody has approved it. */
function escalationLevel({ approved, openedAt, decideBy, version }: Proposal, at: number): number {
  if (approved?.version === version || at < decideBy) return 0;
  return Math.min(ESCALATIONS_MAX, Math.floor((at - openedAt) / Math.max(1, decideBy - openedAt)));
}

/** Payouts that a payment run may try to pay now. */
export function payable({ governance, at }: GovernedWorld): Proposal[] {
  const found: Proposal[] = [];
  for (const proposal of governance.open()) {
    const { action, approved, version } = proposal;
    if (action !== 'payPayout' || approved?.version !== version || at < approved.executableFrom)
      continue;
    found.push(proposal);
  }
  return found;
}
