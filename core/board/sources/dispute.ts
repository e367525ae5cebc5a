import type { DisputeData } from '#core/support/support.events.ts';
import type { Priority } from '#core/work/policy.ts';
import type { Described, WorkSource } from '../work-source.ts';

const ABOUT_WHAT: Readonly<Record<DisputeData['about']['type'], string>> = {
  verdict: 'a verdict',
  payout: 'the answer to a payout',
  case: 'the outcome of a case',
};
/** Who disputes a verdict has lost an account by it. */
const PRIORITY: Readonly<Record<DisputeData['about']['type'], Priority>> = {
  verdict: 'high',
  payout: 'high',
  case: 'normal',
};

/** Somebody says that a decision is wrong: somebody else than who took it decides again. */
export const dispute: WorkSource = {
  kind: 'dispute',
  name: 'Dispute',
  takes: ['disputeOpened', 'disputeDecided', 'disputeWithdrawn'],
  sees: 'viewTickets',
  works: 'decideDisputes',
  settledBy: 'decide the dispute on its page',
  open: () => (fact) => {
    switch (fact.kind) {
      case 'disputeOpened': {
        const { disputeId: id, personId: by } = fact.data;
        return [{ id, by, says: 'opened', what: describe(fact.data) }];
      }
      case 'disputeDecided': {
        const { disputeId: id, personId: by, remedy, reason } = fact.data;
        return [{ id, by, says: 'settled', reason: `${remedy}: ${reason}` }];
      }
      case 'disputeWithdrawn': {
        const { disputeId: id, personId: by, reason } = fact.data;
        return [{ id, by, says: 'settled', reason: `withdrawn: ${reason}` }];
      }
      default:
        return [];
    }
  },
};

function describe(data: DisputeData): Described {
  const { disputeId, accountId, traderId, about, reason, decidedBy } = data;
  return {
    title: `Dispute about ${ABOUT_WHAT[about.type]}: ${wordsOf(reason)}`,
    about: { accountId, traderId, programId: null },
    priority: PRIORITY[about.type],
    link: { page: 'dispute', id: disputeId },
    notFor: decidedBy,
    alertSeqs: [],
  };
}

/** `priceWrong` as "price wrong". */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
