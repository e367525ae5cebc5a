import type { Fact } from '#core/facts/registry.ts';

/*
 * What people made of a verdict, or of a payout: entries that come after it and are judged by their
 * signatures, not by the rules.
 */

/** Payouts of an account, by their ids. */
function payoutsIn(accountId: string, firm: readonly Fact[]): ReadonlySet<string> {
  return new Set(
    firm.flatMap((fact) =>
      fact.kind === 'payoutRequested' && fact.data.accountId === accountId
        ? [fact.data.payoutId]
        : [],
    ),
  );
}

/** The payout that a fact is about, if it is one of this account. */
export function payoutOf(fact: Fact, accountId: string, firm: readonly Fact[]): string | null {
  const { payoutId } = fact.data as { readonly payoutId?: unknown };
  if (typeof payoutId !== 'string') return null;
  return payoutsIn(accountId, firm).has(payoutId) ? payoutId : null;
}

/** Overrides that were proposed of one verdict on one account. */
function overridesOf(accountId: string, seq: number, firm: readonly Fact[]): string[] {
  return firm.flatMap((fact) => {
    if (fact.kind !== 'proposalOpened' || fact.data.action !== 'overrideVerdict') return [];
    const params = fact.data.params as Readonly<Record<string, unknown>>;
    const isOf = params['accountId'] === accountId && params['verdictSeq'] === seq;
    return isOf ? [fact.data.proposalId] : [];
  });
}

/** Disputes about a verdict, or about a payout. */
function disputesOf(
  about: { readonly seq: number; readonly accountId: string; readonly payoutId: string | null },
  firm: readonly Fact[],
): string[] {
  return firm.flatMap((fact) => {
    if (fact.kind !== 'disputeOpened') return [];
    const { about: subject, disputeId, accountId } = fact.data;
    if (accountId !== about.accountId) return [];
    const isOf =
      (subject.type === 'verdict' && subject.seq === about.seq) ||
      (subject.type === 'payout' && subject.payoutId === about.payoutId);
    return isOf ? [disputeId] : [];
  });
}

const PROPOSAL_KINDS: ReadonlySet<Fact['kind']> = new Set([
  'proposalOpened',
  'proposalRevised',
  'decisionReceived',
  'proposalApproved',
  'proposalClosed',
]);
const PAYOUT_KINDS: ReadonlySet<Fact['kind']> = new Set([
  'payoutRequested',
  'informationAsked',
  'paymentInstructed',
  'paymentReported',
  'letterIssued',
]);
const DISPUTE_KINDS: ReadonlySet<Fact['kind']> = new Set([
  'disputeOpened',
  'disputeDecided',
  'disputeWithdrawn',
]);

/** Whether a kind of fact may stand in a pack among what people did. */
export function isOfPeople({ kind }: Fact): boolean {
  return (
    PROPOSAL_KINDS.has(kind) ||
    PAYOUT_KINDS.has(kind) ||
    DISPUTE_KINDS.has(kind) ||
    kind === 'keyEnrolled'
  );
}

/** Facts of the firm that say what people made of it, in order, with the keys that they signed with. */
export function peopleFactsOf(
  about: { readonly seq: number; readonly accountId: string; readonly payoutId: string | null },
  firm: readonly Fact[],
): readonly Fact[] {
  const { seq, accountId, payoutId } = about;
  const disputes = new Set(disputesOf(about, firm));
  const proposals = new Set([
    ...overridesOf(accountId, seq, firm),
    ...(payoutId === null ? [] : [payoutId]),
  ]);
  for (const fact of firm) {
    if (fact.kind !== 'disputeDecided' || !disputes.has(fact.data.disputeId)) continue;
    if (fact.data.proposalId !== null) proposals.add(fact.data.proposalId);
  }
  const keys = new Set<string>();
  const chosen = firm.filter((fact) => {
    const data = fact.data as Readonly<Record<string, unknown>>;
    const isIn =
      (PROPOSAL_KINDS.has(fact.kind) && proposals.has(String(data['proposalId']))) ||
      (PAYOUT_KINDS.has(fact.kind) && payoutId !== null && data['payoutId'] === payoutId) ||
      (DISPUTE_KINDS.has(fact.kind) && disputes.has(String(data['disputeId'])));
    if (isIn && fact.kind === 'decisionReceived') keys.add(fact.data.keyId);
    return isIn;
  });
  const enrolled = firm.filter((fact) => fact.kind === 'keyEnrolled' && keys.has(fact.data.keyId));
  return [...chosen, ...enrolled].sort((one, other) => one.envelope.seq - other.envelope.seq);
}
