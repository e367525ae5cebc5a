import type { Takers } from './define.ts';
import type { KpiWindow } from './kpi.ts';
import { lastOf, stepsOf, type Matter } from './matters.ts';

/** Tickets with what changed about them. */
export const ticketTakes: Takers = {
  ticketOpened: ({ data }, { matters, at, seq }) => {
    const { ticketId, topic, channel } = data;
    matters.open(ticketId, { at, seq }, { tags: { ticketId, topic, channel } });
  },
  ticketChanged: ({ data: { ticketId, change } }, { matters, at, seq }) => {
    const { type } = change;
    if (type === 'topic') matters.step(ticketId, { at, seq }, type, { about: change.topic });
    if (type === 'solved' || type === 'reopened' || type === 'merged') {
      matters.step(ticketId, { at, seq }, type);
    }
  },
};

/** What it was about at the end of a window. */
export function topicOf(ticket: Matter, window: KpiWindow): string {
  return lastOf(stepsOf(ticket, window), 'topic')?.about ?? ticket.tags.topic ?? 'other';
}
