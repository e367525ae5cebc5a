import { defineKpi } from '../define.ts';
import { firstOf, stepsOf } from '../matters.ts';
import { endOfOrder, isPurchase, orderTakes } from '../orders.ts';

/** How long a buyer waits for an account. */
export const purchaseToAccount = defineKpi({
  id: 'purchaseToAccount',
  system: 'provisioning',
  title: 'Purchase to account',
  describes:
    'How long it took from a purchase, by the shop’s clock, until the platform had made its ' +
    'account: the middle of all purchases that came in during the period. Purchases whose account ' +
    'is not made yet count as lasting longer; those given up or paid back before are left out.',
  method: 'Product-limit estimate (Kaplan and Meier 1958); bounds are order statistics.',
  empty: 'Needs orders from a shop or a payment system: it begins with the first purchase.',
  unit: 'ms',
  better: 'lower',
  shape: 'duration',
  breakdowns: ['program', 'source'],
  matter: 'order',
  cohort: 'began',
  takes: orderTakes,
  look: (order, window) => {
    if (!isPurchase(order)) return [];
    const steps = stepsOf(order, window);
    const created = firstOf(steps, 'created');
    const ended = endOfOrder(steps);
    if (created) {
      const { at, seq } = created;
      return [{ type: 'ended', value: at - order.began, at, seq, says: 'account made' }];
    }
    if (ended) {
      const { at, seq } = ended;
      return [{ type: 'leftOut', value: 0, at, seq, says: 'given up or paid back before' }];
    }
    const { at, seq } = steps.at(-1) ?? order;
    const value = window.until - order.began;
    return [{ type: 'open', value, at, seq, says: 'waits for its account' }];
  },
});
