import { defineKpi } from '../define.ts';
import { firstOf, isIn, stepsOf } from '../matters.ts';
import { lastWord, payoutTakes } from '../payouts.ts';

/** How many payments do not arrive. */
export const payoutFailureRate = defineKpi({
  id: 'payoutFailureRate',
  system: 'payouts',
  title: 'Payout failure rate',
  describes:
    'The share of payments that were declined or returned, of those instructed during the period ' +
    'about which the rail had said by its end what became of them. Those nobody knows of yet are ' +
    'left out. A report told twice is one.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Needs payments that were instructed during the period.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['program', 'answer'],
  matter: 'payout',
  cohort: 'any',
  takes: payoutTakes,
  look: (payout, window) => {
    const steps = stepsOf(payout, window);
    const instructed = firstOf(steps, 'instructed');
    if (!instructed || !isIn(instructed.at, window)) return [];
    const word = lastWord(steps);
    const { at, seq } = word ?? instructed;
    const seen = { value: 0, at, seq };
    if (!word) return [{ ...seen, type: 'leftOut', says: 'its end is not known yet' }];
    const tags = { answer: word.name };
    return [{ ...seen, type: word.name === 'paid' ? 'miss' : 'hit', says: word.name, tags }];
  },
});
