import { PERMITS } from '#core/approvals/action-types.ts';
import { approversOf, countedOn, type Proposal } from '#core/approvals/proposal.ts';
import type { ProposalDetail, ProposalView } from '#core/desk-api/contract.ts';
import { actionKinds } from '#core/governance/actions/index.ts';
import type { Governance } from '#core/governance/governance.ts';
import { recompute } from '#core/payouts/recompute.ts';
import { readSnapshot, type PayoutSnapshot } from '#core/payouts/snapshot.ts';

const CONDUCT = ['conductFlagged', 'breachDetected'];

/** What proposals look like to the person who is signed in, from facts and kept bytes alone. */
export interface ProposalViews {
  list(personId: string | null): ProposalView[];
  detail(proposalId: string, personId: string | null): ProposalDetail | null;
}

export interface ViewPorts {
  readonly governance: () => Governance;
  content(digest: string): string | null;
  nameOf(personId: string): string;
}

export function createProposalViews({ governance, content, nameOf }: ViewPorts): ProposalViews {
  // Bytes never change under their digest, so what was read from them is kept.
  const read = new Map<string, PayoutSnapshot | null>();
  const snapshotOf = ({ action, snapshot }: Proposal): PayoutSnapshot | null => {
    if (action !== 'payPayout') return null;
    const known = read.get(snapshot);
    if (known !== undefined) return known;
    const text = content(snapshot);
    if (text === null) return null;
    const parsed = readSnapshot(text, snapshot);
    read.set(snapshot, parsed.ok ? parsed.value : null);
    return parsed.ok ? parsed.value : null;
  };
  const view = (proposal: Proposal, personId: string | null): ProposalView => {
    const now = governance();
    const snapshot = snapshotOf(proposal);
    const payout = now.payout(proposal.proposalId);
    const state = stateOf(proposal, now);
    const whyNot = whyNotOf(proposal, state, personId, now);
    const { approvals: required } = now.required(proposal);
    return {
      proposalId: proposal.proposalId,
      action: proposal.action,
      title: actionKinds.get(proposal.action).title,
      about: proposal.about,
      version: proposal.version,
      amount: proposal.amount,
      currency: snapshot?.currency ?? payout?.request.currency ?? '',
      traderName: snapshot?.traderName ?? proposal.about.traderId ?? proposal.about.personId ?? '',
      programName: snapshot?.state.terms.program.name ?? proposal.about.programId ?? '',
      state,
      against: [...(snapshot?.against ?? []), ...heldBy(proposal, now)],
      flags: snapshot?.window.verdicts.filter(({ kind }) => CONDUCT.includes(kind)).length ?? 0,
      approvals: approversOf(countedOn(proposal)).length,
      required,
      payment: now.paymentState(proposal.proposalId),
      reconciled: (payout?.entries.length ?? 0) > 0,
      letter: (payout?.letter ?? null) !== null,
      openedAt: proposal.openedAt,
      decideBy: proposal.decideBy,
      expiresAt: proposal.expiresAt,
      escalated: proposal.escalated,
      makers: proposal.makers.map(nameOf),
      reason: proposal.closed?.reason || proposal.reason,
      mayDecide: whyNot === '',
      whyNot,
      whyHere: whyHereOf(proposal, snapshot, required, now),
    };
  };
  return {
    list: (personId) => [...governance().proposals()].map((one) => view(one, personId)).reverse(),
    detail: (proposalId, personId) => {
      const now = governance();
      const proposal = now.proposal(proposalId);
      if (!proposal) return null;
      const bytes = content(proposal.snapshot);
      const display =
        bytes === null ? null : actionKinds.get(proposal.action).display(bytes, proposal);
      const snapshot = snapshotOf(proposal);
      const again = snapshot ? recompute(snapshot) : null;
      return {
        proposal: view(proposal, personId),
        decisions: proposal.received.toReversed().map((one) => ({
          seq: one.seq,
          decision: one.decision,
          personId: one.personId,
          personName: nameOf(one.personId),
          version: one.version,
          reason: one.reason,
          at: one.at,
          notCounted: one.verdict.type === 'counted' ? '' : one.verdict.message,
        })),
        questions: (now.payout(proposalId)?.questions ?? []).map(
          ({ personId: by, question, at }) => ({
            by: nameOf(by),
            question,
            at,
          }),
        ),
        text: display?.ok ? display.value.text : null,
        snapshot,
        recomputed: again === null ? null : again.ok ? '' : again.error,
        earlier: earlierOf(proposal, now),
        samePayee: samePayeeOf(proposal, now),
      };
    },
  };
}

/** The one word for where a proposal is. */
export function stateOf(proposal: Proposal, governance: Governance): ProposalView['state'] {
  if (proposal.closed) return proposal.closed.outcome;
  if (proposal.approved?.version === proposal.version) return 'approved';
  const standing = governance.standing(proposal);
  return standing === 'held' || standing === 'contested' ? standing : 'open';
}

/** A case holds it now: later than the bytes, and gone as soon as the hold is lifted. */
function heldBy(
  { action, about: { accountId }, closed }: Proposal,
  { cases }: Governance,
): string[] {
  if (action !== 'payPayout' || accountId === null || closed) return [];
  const hold = cases.holdOn(accountId);
  if (hold === null) return [];
  const number = cases.file(hold.caseId)?.number ?? hold.caseId;
  return [`it is held by case ${number}: nothing is paid until the hold is lifted`];
}

function whyNotOf(
  proposal: Proposal,
  state: ProposalView['state'],
  personId: string | null,
  { people }: Governance,
): string {
  if (personId === null) return 'Sign in to decide.';
  if (proposal.closed) return `It was ${state}.`;
  if (proposal.makers.includes(personId))
    return 'You made or changed it, or it is about you: others decide.';
  const about = { ...proposal.about, amount: proposal.amount };
  if (people.may(personId, PERMITS[proposal.action].approve, about)) return '';
  const holds = proposal.action === 'payPayout' && people.may(personId, 'holdPayout', about);
  return holds ? 'You may hold it; others approve.' : 'No role of yours decides this.';
}

/** What sends it to people rather than through. */
function whyHereOf(
  proposal: Proposal,
  snapshot: PayoutSnapshot | null,
  required: number,
  governance: Governance,
): string {
  if (proposal.action !== 'payPayout') return `${required} of other persons must agree`;
  const { autoUpTo } = governance.policy('payPayout');
  if (snapshot === null) return '';
  if (snapshot.against.length > 0) return 'Something stands against it';
  if (snapshot.deductions.length > 0) return 'Trades are deducted';
  if (snapshot.window.verdicts.some(({ kind }) => CONDUCT.includes(kind)))
    return 'Rules have spoken since the last payout';
  if (snapshot.window.openReviews.length > 0) return 'A matter is open that nobody has looked at';
  return autoUpTo === null
    ? 'Every payout is approved by people'
    : 'It is above what goes through by itself';
}

function earlierOf(
  { about, proposalId }: Proposal,
  governance: Governance,
): ProposalDetail['earlier'] {
  const found: ProposalDetail['earlier'] = [];
  for (const { payoutId, request } of governance.payouts()) {
    const other = governance.proposal(payoutId);
    if (!other || payoutId === proposalId || request.traderId !== about.traderId) continue;
    found.push({
      payoutId,
      amount: other.amount,
      state: stateOf(other, governance),
      at: request.at,
    });
  }
  return found.reverse();
}

function samePayeeOf({ about, proposalId }: Proposal, governance: Governance): string[] {
  const payee = governance.payout(proposalId)?.request.payee;
  const traders = new Set<string>();
  for (const { request } of governance.payouts()) {
    const same =
      payee && request.payee.last4 === payee.last4 && request.payee.region === payee.region;
    if (same && request.traderId !== about.traderId) traders.add(request.traderId);
  }
  return [...traders];
}
