import type { Fact } from '#core/facts/registry.ts';
import type { Action } from '#core/people/roles.ts';

/*
 * Work, judged from the log alone: that people worked in their own name and as their roles allow,
 * on what there is, and that nothing was settled by hand that another room settles. It shares no
 * code with the board that decides.
 */

/** What judging rests on beside the facts of work. */
export interface WorkEvidence {
  may(personId: string, action: Action): boolean;
}

export interface WorkAudit {
  /** What is wrong with a fact, a sentence each. */
  take(fact: Fact, evidence: WorkEvidence): string[];
}

/** Kinds that a person may settle by hand: nothing else says that they are settled. */
const SETTLED_BY_HAND: readonly string[] = ['dataQuality'];
/** Kinds whose own room says who has one, when it comes back, and what was noted. */
const TOLD_ELSEWHERE: readonly string[] = ['fraudCase'];
/** What only the board knows, even of those. */
const OF_THE_BOARD: readonly string[] = ['prioritised'];

export function auditWork(): WorkAudit {
  /** Items that there are, by what opened them. */
  const opened = new Set<string>();
  /** Of those that were escalated: how far, until they are settled or opened again. */
  const levels = new Map<string, number>();
  let version = 1;
  return {
    take: (fact, evidence) => {
      const forgets = openedBy(fact);
      for (const itemId of forgets) {
        opened.add(itemId);
        levels.delete(itemId);
      }
      switch (fact.kind) {
        case 'workDone':
          if (fact.data.change.type === 'reopened') levels.delete(fact.data.itemId);
          return [...ownName(fact, fact.data.personId), ...judged(fact, opened, evidence)];
        case 'workEscalated': {
          const { itemId, level } = fact.data;
          const before = levels.get(itemId) ?? 0;
          levels.set(itemId, level);
          return [
            ...(fact.envelope.actor.type === 'system' ? [] : [`a person escalated ${itemId}`]),
            ...(opened.has(itemId) ? [] : [`${itemId} was escalated, and nothing opened it`]),
            ...(level > before ? [] : [`step ${level} of ${itemId} was told after step ${before}`]),
          ];
        }
        case 'workPolicyChanged': {
          const { policy, personId } = fact.data;
          const follows = policy.version === version + 1;
          version = policy.version;
          return [
            ...ownName(fact, personId),
            ...(follows ? [] : [`version ${policy.version} of what work is owed follows no other`]),
            ...(evidence.may(personId, 'changeWorkPolicy')
              ? []
              : [`no role of ${personId} changes what work is owed`]),
          ];
        }
        default:
          return [];
      }
    },
  };
}

/** The items that a fact opens, or opens again. */
function openedBy({ kind, data, envelope: { seq } }: Fact): readonly string[] {
  switch (kind) {
    case 'reviewRequested':
      return [`breachReview/${seq}`];
    case 'conductFlagged':
      return data.effect === 'review' ? [`breachReview/${seq}`] : [];
    case 'caseOpened':
    case 'caseReopened':
      return [`fraudCase/${data.caseId}`];
    case 'caseSplit':
      return [`fraudCase/${data.newCaseId}`];
    case 'exceptionRaised':
      return [`payoutException/${data.exceptionId}`];
    case 'disputeOpened':
      return [`dispute/${data.disputeId}`];
    case 'ticketOpened':
      return [`ticket/${data.ticketId}`];
    case 'ticketChanged':
      return data.change.type === 'reopened' ? [`ticket/${data.ticketId}`] : [];
    case 'orderAdvanced': {
      const { step, orderId } = data;
      if (step.type !== 'failed') return [];
      return [`provisioningFailure/${orderId}${step.stage === 'review' ? '.review' : ''}`];
    }
    case 'feedStateObserved':
      return data.state === 'silent' ? [`dataQuality/${seq}`] : [];
    default:
      return [];
  }
}

function ownName({ kind, envelope: { actor } }: Fact, personId: string): string[] {
  const isOwn = actor.type === 'operator' && actor.id === personId;
  return isOwn ? [] : [`${kind} is not ${personId}’s own`];
}

function judged(
  { data: { itemId, personId, change } }: Extract<Fact, { kind: 'workDone' }>,
  opened: ReadonlySet<string>,
  { may }: WorkEvidence,
): string[] {
  const [kind = ''] = itemId.split('/');
  const works = may(personId, 'workItems') || (kind === 'ticket' && may(personId, 'workTickets'));
  const problems: string[] = [];
  if (!works) problems.push(`no role of ${personId} works on ${itemId}`);
  if (!opened.has(itemId)) problems.push(`${personId} worked on ${itemId}, and nothing opened it`);
  const isToOther = change.type === 'assigned' && change.to !== null && change.to !== personId;
  const gives = may(personId, 'assignWork') || (kind === 'ticket' && may(personId, 'workTickets'));
  if (isToOther && !gives) problems.push(`no role of ${personId} gives ${itemId} to others`);
  if (change.type === 'settled' && !SETTLED_BY_HAND.includes(kind)) {
    problems.push(`${itemId} was settled by hand`);
  }
  if (TOLD_ELSEWHERE.includes(kind) && !OF_THE_BOARD.includes(change.type)) {
    problems.push(`${itemId} was ${change.type} where its own room did not say so`);
  }
  return problems;
}
