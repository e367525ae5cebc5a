import type { Money } from '#core/money/money.ts';
import type { Role } from '#core/people/roles.ts';
import type { ActionType } from './action-types.ts';
import type { ProposalAbout } from './approvals.events.ts';
import type { DecisionType, DecisionVerdict, Grounds } from './decision.ts';
import type { Required } from './policy.ts';

/** A decision as the log holds it. */
export interface Received {
  readonly seq: number;
  readonly decisionId: string;
  readonly version: number;
  readonly decision: DecisionType;
  readonly personId: string;
  readonly keyId: string;
  readonly grounds: Grounds | null;
  readonly reason: string;
  readonly verdict: DecisionVerdict;
  readonly at: number;
}

/** One high-risk action on its way from being proposed to its end. Immutable; facts lead on. */
export interface Proposal {
  readonly proposalId: string;
  readonly action: ActionType;
  readonly about: ProposalAbout;
  readonly openedSeq: number;
  readonly openedAt: number;
  readonly expiresAt: number;
  readonly decideBy: number;
  readonly version: number;
  /** The entry of the log that made this version. */
  readonly versionSeq: number;
  readonly params: unknown;
  readonly snapshot: string;
  readonly amount: Money;
  readonly reason: string;
  readonly makers: readonly string[];
  readonly coolingUntil: number | null;
  /** All that arrived, for every version, in order. */
  readonly received: readonly Received[];
  readonly approved: {
    readonly version: number;
    readonly executableFrom: number;
    readonly by: readonly string[];
  } | null;
  readonly closed: {
    readonly outcome: 'executed' | 'rejected' | 'withdrawn' | 'expired';
    readonly reason: string;
    readonly at: number;
    readonly seq: number;
  } | null;
  readonly escalated: number;
}

/**
 * What the decisions come to: approvals and rejections of the present version; a hold, whichever
 * version it was put on, because changing a proposal takes nobody's hold away.
 *
 * - `open`: not enough agree; one person alone who rejects at discretion keeps it open, whoever agrees;
 * - `held`: a person holds it, until that person or two others release it;
 * - `contested`: one approved and another rejected; two others release it, or one more rejects it;
 * - `agreed`: enough distinct persons approve, and nobody stands against it;
 * - `refused`: rejected, by one person on a clause, by two on discretion.
 */
export type Standing = 'open' | 'held' | 'contested' | 'agreed' | 'refused';

/** How many must be of one mind to reject at their own discretion, or to lift a block of another's. */
export const DISCRETION_PERSONS = 2;
export const RELEASE_PERSONS = 2;

/** Decisions that count on the present version, in order. */
export function countedOn(proposal: Proposal): readonly Received[] {
  return proposal.received.filter(
    ({ version, verdict }) => version === proposal.version && verdict.type === 'counted',
  );
}

/** Pure: the same decisions stand the same on every machine. */
export function standingOf(
  proposal: Proposal,
  required: Required,
  rolesOf: (personId: string) => readonly Role[],
): Standing {
  const block = blockOf(stancesOf(proposal));
  if (block) return block;
  const approvers = approversOf(countedOn(proposal));
  if (approvers.length < required.approvals) return 'open';
  const hasEach = required.oneOf.every((roles) =>
    approvers.some((person) => rolesOf(person).some((role) => roles.includes(role))),
  );
  return hasEach ? 'agreed' : 'open';
}

/** Distinct persons whose last word is to approve. */
export function approversOf(counted: readonly Received[]): string[] {
  const last = new Map<string, DecisionType>();
  for (const { personId, decision } of counted) {
    if (decision === 'approve' || decision === 'reject') last.set(personId, decision);
  }
  return [...last].flatMap(([person, decision]) => (decision === 'approve' ? [person] : []));
}

/** Whether a person's own hold or rejection stands: that, a person can always take back. */
export function standsAgainst(proposal: Proposal, personId: string): boolean {
  const { holders, rejects } = stancesOf(proposal);
  return holders.has(personId) || rejects.has(personId);
}

/** Who stands for it and who against it, after some of the decisions. */
interface Stances {
  readonly approved: Set<string>;
  readonly holders: Set<string>;
  readonly rejects: Map<string, Received>;
  /** Who has released since the last word against it: enough of them lift it. */
  readonly releasers: Set<string>;
}

function stancesOf(proposal: Proposal): Stances {
  const stances: Stances = {
    approved: new Set(),
    holders: new Set(),
    rejects: new Map(),
    releasers: new Set(),
  };
  let version = 0;
  for (const one of proposal.received) {
    if (one.verdict.type !== 'counted') continue;
    if (one.version !== version) forget(stances);
    version = one.version;
    take(one, stances);
  }
  if (version !== proposal.version) forget(stances);
  return stances;
}

/** Another version: what was said of the one before is void, but for holds. */
function forget({ approved, rejects }: Stances): void {
  approved.clear();
  rejects.clear();
}

function take(one: Received, stances: Stances): void {
  const { personId, decision } = one;
  const { approved, holders, rejects, releasers } = stances;
  switch (decision) {
    case 'approve':
      approved.add(personId);
      return;
    case 'hold':
      holders.add(personId);
      return releasers.clear();
    case 'reject':
      approved.delete(personId);
      rejects.set(personId, one);
      return releasers.clear();
    case 'release':
      return release(personId, stances);
  }
}

/** Who stands against it takes back only his own word; who stands for it lifts no rejection. */
function release(personId: string, { approved, holders, rejects, releasers }: Stances): void {
  const held = holders.delete(personId);
  const rejected = rejects.delete(personId);
  if (held || rejected) return;
  if (rejects.size > 0 && approved.has(personId)) return;
  releasers.add(personId);
  if (releasers.size < RELEASE_PERSONS) return;
  holders.clear();
  rejects.clear();
  releasers.clear();
}

/** What stands against going on; null when nothing does. */
function blockOf({ approved, holders, rejects }: Stances): Standing | null {
  const rejection = rejects.size > 0 ? rejectionOf([...rejects.values()], approved) : null;
  if (rejection !== null && rejection !== 'open') return rejection;
  return holders.size > 0 ? 'held' : rejection;
}

/** An approval of who also rejects speaks for nobody: the rejection stands until it is taken back. */
function rejectionOf(rejects: readonly Received[], approved: ReadonlySet<string>): Standing {
  const rejecters = new Set(rejects.map(({ personId }) => personId));
  const isApproved = [...approved].some((personId) => !rejecters.has(personId));
  const byClause = rejects.some(({ grounds }) => grounds?.type === 'clause');
  if (rejects.length >= DISCRETION_PERSONS || (byClause && !isApproved)) return 'refused';
  return isApproved ? 'contested' : 'open';
}
