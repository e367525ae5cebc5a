import { defineKpi } from '../define.ts';
import { firstOf, isIn, stepsOf } from '../matters.ts';
import { orderTakes } from '../orders.ts';

/** How many orders a bank took back, as card schemes count it. */
export const chargebackRate = defineKpi({
  id: 'chargebackRate',
  system: 'provisioning',
  title: 'Chargeback rate',
  describes:
    'Orders charged back for the first time during the period, whenever they were bought, to orders ' +
    'of the period: as card schemes count it. One that was contested and won still counts; the ' +
    'breakdown says which.',
  method: 'A rate with the score interval of a Poisson mean (Barker 2002).',
  empty: 'Needs orders of the period: it is zero while nothing is charged back.',
  unit: 'ppm',
  better: 'lower',
  shape: 'rate',
  breakdowns: ['program', 'source', 'answer'],
  matter: 'order',
  cohort: 'any',
  takes: orderTakes,
  exposure: (window, _context, matters) => [...matters.within(window)].length,
  look: (order, window) => {
    const steps = stepsOf(order, window);
    const first = firstOf(steps, 'chargeback');
    if (!first || !isIn(first.at, window)) return [];
    const answer = firstOf(steps, 'won') ? 'won back' : 'lost or open';
    const { at, seq } = first;
    const says = `charged back, ${answer}`;
    return [{ type: 'hit', value: 0, at, seq, says, tags: { answer } }];
  },
});
