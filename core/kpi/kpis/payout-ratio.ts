import { defineKpi } from '../define.ts';
import { moneyLook, moneyTakes } from '../money-flows.ts';

/** What of traders' fees goes back to traders as payouts. */
export const payoutRatio = defineKpi({
  id: 'payoutRatio',
  system: 'payouts',
  title: 'Payout ratio',
  describes:
    'Payouts that were paid during the period to fees of orders of the period, less what was refunded ' +
    'and charged back during it. A payment that came back is taken off again. Only the reporting ' +
    'currency is summed: others are counted and left out.',
  method: 'A ratio of two sums; no interval, since all there was is summed.',
  empty: 'Needs orders with a price in the reporting currency during the period.',
  unit: 'ppm',
  better: 'neither',
  shape: 'ratio',
  breakdowns: ['program'],
  matter: 'order or payout',
  cohort: 'any',
  takes: moneyTakes,
  look: moneyLook({ fees: 'under', payouts: 'over' }),
});
