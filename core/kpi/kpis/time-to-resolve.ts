import { defineKpi } from '../define.ts';
import { firstOf, lastOf, stepsOf } from '../matters.ts';
import { ticketTakes, topicOf } from '../tickets.ts';

/** How long a trader waits until a matter is settled for good. */
export const timeToResolve = defineKpi({
  id: 'timeToResolve',
  system: 'support',
  title: 'Time to resolve a ticket',
  describes:
    'How long it took from a ticket until it was solved: the middle of all tickets opened during the ' +
    'period. A ticket that was opened again lasts until it was solved for good. Open ones count as ' +
    'lasting longer, merged ones are left out. Time that the firm waits for the trader is part of it.',
  method: 'Product-limit estimate (Kaplan and Meier 1958); bounds are order statistics.',
  empty: 'Needs tickets that were opened during the period.',
  unit: 'ms',
  better: 'lower',
  shape: 'duration',
  breakdowns: ['topic', 'channel'],
  matter: 'ticket',
  cohort: 'began',
  takes: ticketTakes,
  look: (ticket, window) => {
    const steps = stepsOf(ticket, window);
    const tags = { topic: topicOf(ticket, window) };
    const merged = firstOf(steps, 'merged');
    if (merged) {
      const { at, seq } = merged;
      return [{ type: 'leftOut', value: 0, at, seq, says: 'merged into another' }];
    }
    const again = lastOf(steps, 'reopened');
    const solved = steps.find(
      ({ name, seq }) => name === 'solved' && (again === undefined || seq > again.seq),
    );
    if (solved) {
      const { at, seq } = solved;
      return [{ type: 'ended', value: at - ticket.began, at, seq, says: 'solved', tags }];
    }
    const { at, seq } = again ?? ticket;
    const says = again ? 'opened again' : 'open';
    return [{ type: 'open', value: window.until - ticket.began, at, seq, says, tags }];
  },
});
