import { defineKpi } from '../define.ts';
import { firstOf, isIn, stepsOf } from '../matters.ts';
import { endOfOrder, isPurchase, orderTakes } from '../orders.ts';

/** A buyer who has not traded by then is taken as lost on the way. */
export const DROPPED_AFTER_MS = 7 * 86_400_000;
/** The way of an order, the furthest step last. */
const WAY = ['assigned', 'asked', 'created', 'credentialsSent', 'credentialsOpened'] as const;
const REACHED: Readonly<Record<string, string>> = {
  assigned: 'no account was asked for',
  asked: 'no account was made',
  created: 'no credentials were sent',
  credentialsSent: 'credentials were not opened',
  credentialsOpened: 'nothing was traded',
};

/** Who bought and never began. */
export const onboardingDropOff = defineKpi({
  id: 'onboardingDropOff',
  system: 'provisioning',
  title: 'Onboarding drop-off',
  describes:
    'The share of purchases without a first trade seven days after the purchase, of those whose ' +
    'seven days ended during the period. Purchases given up or paid back before are left out. The ' +
    'breakdown by stage says how far the others came.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Counts a purchase seven days after it: nothing was bought long enough ago.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['stage', 'program', 'source'],
  matter: 'order',
  cohort: 'any',
  takes: orderTakes,
  look: (order, window) => {
    const dueAt = order.at + DROPPED_AFTER_MS;
    if (!isPurchase(order) || !isIn(dueAt, window)) return [];
    const steps = stepsOf(order, { from: order.at, until: dueAt });
    const traded = firstOf(steps, 'firstTraded');
    if (traded) {
      const { at, seq } = traded;
      return [
        { type: 'miss', value: 0, at, seq, says: 'traded in time', tags: { stage: 'traded' } },
      ];
    }
    const ended = endOfOrder(steps);
    const { seq } = steps.at(-1) ?? order;
    if (ended)
      return [{ type: 'leftOut', value: 0, at: dueAt, seq, says: 'given up or paid back' }];
    const furthest = WAY.findLast((name) => firstOf(steps, name)) ?? 'assigned';
    const says = REACHED[furthest] ?? furthest;
    return [{ type: 'hit', value: 0, at: dueAt, seq, says, tags: { stage: says } }];
  },
});
