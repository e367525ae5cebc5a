import { defineKpi } from '../define.ts';
import { firstOf, stepsOf } from '../matters.ts';
import { orderTakes } from '../orders.ts';

/** How many orders are paid back. */
export const refundRate = defineKpi({
  id: 'refundRate',
  system: 'provisioning',
  title: 'Refund rate',
  describes:
    'The share of orders of the period that were refunded, in full or in part, by its end. An order ' +
    'refunded in several parts counts once; chargebacks are counted by themselves.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Needs orders from a shop or a payment system.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['program', 'source', 'kind'],
  matter: 'order',
  cohort: 'began',
  takes: orderTakes,
  look: (order, window) => {
    const refund = firstOf(stepsOf(order, window), 'refund');
    const { at, seq } = refund ?? order;
    const says = refund ? 'refunded' : 'not refunded';
    return [{ type: refund ? 'hit' : 'miss', value: 0, at, seq, says }];
  },
});
