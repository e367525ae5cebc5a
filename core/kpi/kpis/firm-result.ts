import { defineKpi } from '../define.ts';
import { moneyLook, moneyTakes } from '../money-flows.ts';

/** What the firm keeps. */
export const firmResult = defineKpi({
  id: 'firmResult',
  system: 'payouts',
  title: 'Firm result',
  describes:
    'Fees of orders of the period, less what was refunded and charged back during it, less payouts ' +
    'that were paid during it; the breakdown is by program. It knows no costs and no hedging. Only ' +
    'the reporting currency is summed: others are counted and left out.',
  method: 'A sum; no interval, since all there was is summed.',
  empty: 'Needs orders or payouts in the reporting currency during the period.',
  unit: 'money',
  better: 'higher',
  shape: 'money',
  breakdowns: ['program'],
  matter: 'order or payout',
  cohort: 'any',
  takes: moneyTakes,
  look: moneyLook({ fees: 'over', payouts: 'under' }),
});
