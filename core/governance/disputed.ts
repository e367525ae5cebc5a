import { isInterim } from '#core/cases/cases.ts';
import { countedOn, type Proposal } from '#core/approvals/proposal.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Executed, Matter } from '#core/support/disputes.ts';
import type { Disputed } from '#core/support/support.events.ts';
import type { Governance } from './governance.ts';

/**
 * What a dispute is about, and who decided it: these may not decide the dispute. A sentence when
 * nothing of it can be disputed yet, null when there is no such thing.
 */
export function matterOf(
  about: Disputed,
  governance: Governance,
  factAt: (seq: number) => Fact | null,
): Matter | string | null {
  switch (about.type) {
    case 'verdict': {
      const fact = factAt(about.seq);
      const isVerdict = fact?.kind === 'breachDetected' || fact?.kind === 'conductFlagged';
      if (!isVerdict || fact.data.ruleId !== about.ruleId) return null;
      return {
        accountIds: [fact.data.accountId],
        decidedBy: refusedOverrides(about.seq, governance),
      };
    }
    case 'payout':
      return payoutMatter(about.payoutId, governance);
    case 'case': {
      const file = governance.cases.file(about.caseId);
      if (!file) return null;
      const { decided } = file;
      if (!decided || isInterim(decided.outcome)) return 'the case is not decided yet';
      const proposal = governance.proposal(decided.proposalId ?? '');
      const others = proposal ? [...proposal.makers, ...wordsOn(proposal)] : [];
      return {
        accountIds: [...file.accounts],
        decidedBy: [...new Set([decided.personId, ...others])],
      };
    }
  }
}

function payoutMatter(payoutId: string, governance: Governance): Matter | string | null {
  const payout = governance.payout(payoutId);
  const proposal = governance.proposal(payoutId);
  if (!payout || !proposal) return null;
  const { closed } = proposal;
  if (!closed || closed.outcome === 'withdrawn') return 'the payout has no answer yet';
  return { accountIds: [payout.request.accountId], decidedBy: wordsOn(proposal) };
}

/** Everybody whose word on a proposal counted. */
function wordsOn(proposal: Proposal): string[] {
  return [...new Set(countedOn(proposal).map(({ personId }) => personId))];
}

/** Who has said once already that this very verdict stays. */
function refusedOverrides(seq: number, governance: Governance): string[] {
  const refused = [...governance.proposals()].filter(
    ({ action, closed, params }) =>
      action === 'overrideVerdict' &&
      closed?.outcome === 'rejected' &&
      (params as { verdictSeq?: unknown } | null)?.verdictSeq === seq,
  );
  return [...new Set(refused.flatMap(wordsOn))];
}

/** A proposal that was carried out, as a remedy may rest on it; null for any other. */
export function executedOf(proposalId: string, governance: Governance): Executed | null {
  const proposal = governance.proposal(proposalId);
  if (proposal?.closed?.outcome !== 'executed') return null;
  return { action: proposal.action, params: proposal.params };
}
