import type { TicketChange, TicketData, Topic } from '#core/support/support.events.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Priority } from '#core/work/policy.ts';
import type { Described, ItemAbout, Said, WorkSource } from '../work-source.ts';

const DAY_MS = 86_400_000;
/** A trader who was asked and does not answer is looked at again after so long. */
export const ANSWER_WITHIN_MS = 7 * DAY_MS;

const PRIORITY: Readonly<Record<Topic, Priority>> = {
  payout: 'high',
  dispute: 'high',
  platform: 'high',
  account: 'normal',
  rules: 'normal',
  purchase: 'normal',
  identity: 'normal',
  other: 'low',
};

/** Somebody wants something of the firm. */
export const ticket: WorkSource = {
  kind: 'ticket',
  name: 'Ticket',
  takes: ['ticketOpened', 'ticketMessaged', 'ticketChanged'],
  sees: 'viewTickets',
  works: 'workTickets',
  settledBy: 'solve the ticket on its page',
  open: () => (fact, at) => {
    switch (fact.kind) {
      case 'ticketOpened': {
        const { ticketId: id, personId: by, traderId, forAccount: accountId } = fact.data;
        const about = { accountId, traderId, programId: null };
        return [{ id, by, says: 'opened', what: describe(fact.data, about) }];
      }
      case 'ticketMessaged': {
        const { ticketId: id, direction, personId: by } = fact.data;
        // The trader has answered: what waited for it goes on.
        return [{ id, by, says: direction === 'in' ? 'resumed' : 'touched' }];
      }
      case 'ticketChanged': {
        const { ticketId: id, personId: by, change } = fact.data;
        return [{ id, by, ...wordOf(change, at) }];
      }
      default:
        return [];
    }
  },
};

function describe({ ticketId, topic }: TicketData, about: ItemAbout): Described {
  const link = { page: 'ticket', id: ticketId } as const;
  return { ...onTopic(topic), about, link, notFor: [], alertSeqs: [] };
}

function onTopic(topic: Topic): Pick<Described, 'title' | 'priority'> {
  const title = topic === 'other' ? 'A trader asks for something' : `A trader asks about ${topic}`;
  return { title, priority: PRIORITY[topic] };
}

/** What becomes of it, by what was done to it. */
function wordOf(change: TicketChange, at: EpochMs): Said {
  switch (change.type) {
    case 'concerns': {
      const { traderId, accountId } = change;
      return { says: 'changed', what: { about: { accountId, traderId, programId: null } } };
    }
    case 'topic':
      return { says: 'changed', what: onTopic(change.topic) };
    case 'tags':
      return { says: 'touched' };
    case 'asked':
      return { says: 'paused', until: at + ANSWER_WITHIN_MS, reason: 'the trader is to answer' };
    case 'solved':
      return { says: 'settled', reason: change.reason };
    case 'merged':
      return { says: 'settled', reason: `merged into ticket ${change.into}` };
    case 'reopened':
      return { says: 'reopened', reason: change.reason };
  }
}
