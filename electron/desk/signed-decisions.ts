import { decisionSchema } from '#core/approvals/decision.ts';
import type { SignedDecision } from '#core/desk-api/contract.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { SignedHere } from './store/store.ts';

/** What became of what was signed on this desk: from the log, never from what the desk hopes. */
export function signedDecisions(
  signed: readonly SignedHere[],
  refusalOf: (decisionId: string) => string | null,
  governance: Governance,
): SignedDecision[] {
  return signed.toReversed().flatMap(({ decisionId, decision: text, personId, signedAt }) => {
    const parsed = decisionSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return [];
    const { subject, type } = parsed.data;
    const shared = {
      decisionId,
      proposalId: subject.id,
      version: subject.ver,
      decision: type,
      personId,
      signedAt,
    };
    return [{ ...shared, ...fateOf(decisionId, subject.id, refusalOf, governance) }];
  });
}

function fateOf(
  decisionId: string,
  proposalId: string,
  refusalOf: (decisionId: string) => string | null,
  governance: Governance,
): Pick<SignedDecision, 'state' | 'says'> {
  const received = governance.decision(decisionId);
  if (!received) {
    const refusal = refusalOf(decisionId);
    return refusal === null
      ? { state: 'signed', says: 'Signed on this desk, not yet received' }
      : { state: 'refused', says: `The server did not take it: ${refusal}` };
  }
  const { seq } = received.envelope;
  const { verdict } = received.data;
  if (verdict.type === 'notCounted') {
    return {
      state: 'notCounted',
      says: `Received as entry ${seq}, not counted: ${verdict.message}`,
    };
  }
  const closed = governance.proposal(proposalId)?.closed;
  if (closed?.outcome === 'executed')
    return { state: 'executed', says: `Counted as entry ${seq}; carried out` };
  return {
    state: 'counted',
    says: `Received and counted as entry ${seq}${closed ? `; ${closed.outcome}` : ''}`,
  };
}
