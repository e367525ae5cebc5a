import { beganIn, defineKpi } from '../define.ts';
import { firstOf, stepsOf } from '../matters.ts';
import { ticketTakes, topicOf } from '../tickets.ts';

/** How often traders need somebody. */
export const ticketsPerThousand = defineKpi({
  id: 'ticketsPerThousand',
  system: 'support',
  title: 'Tickets on 1,000 traders',
  describes:
    'Tickets opened during the period on every 1,000 active traders: distinct traders who held an ' +
    'account that had not ended at some moment of the period. One that was merged into another is ' +
    'the same matter and left out; one that was opened again counts once.',
  method: 'A rate with the score interval of a Poisson mean (Barker 2002).',
  empty: 'Needs active traders: it is zero while nobody writes.',
  unit: 'perThousand',
  better: 'lower',
  shape: 'rate',
  breakdowns: ['topic', 'channel'],
  matter: 'ticket',
  cohort: 'began',
  takes: ticketTakes,
  look: (ticket, window) => {
    const steps = stepsOf(ticket, window);
    const merged = firstOf(steps, 'merged');
    if (merged) {
      const { at, seq } = merged;
      return [{ type: 'leftOut', value: 0, at, seq, says: 'merged into another' }];
    }
    const topic = topicOf(ticket, window);
    return beganIn(ticket, window, topic).map((seen) => ({ ...seen, tags: { topic } }));
  },
});
