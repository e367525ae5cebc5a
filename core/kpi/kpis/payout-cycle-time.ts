import { defineKpi } from '../define.ts';
import { lastOf, stepsOf } from '../matters.ts';
import { lastWord, payoutTakes } from '../payouts.ts';

/** How long a trader waits for money. */
export const payoutCycleTime = defineKpi({
  id: 'payoutCycleTime',
  system: 'payouts',
  title: 'Payout cycle time',
  describes:
    'How long it took from a trader’s request until the payment had arrived: the middle of all ' +
    'payouts requested during the period. Those still on their way count as lasting longer; those ' +
    'rejected, withdrawn or expired, and those whose payment failed, are left out.',
  method: 'Product-limit estimate (Kaplan and Meier 1958); bounds are order statistics.',
  empty: 'Needs payouts that were requested during the period.',
  unit: 'ms',
  better: 'lower',
  shape: 'duration',
  breakdowns: ['program'],
  matter: 'payout',
  cohort: 'began',
  takes: payoutTakes,
  look: (payout, window) => {
    const steps = stepsOf(payout, window);
    const word = lastWord(steps);
    if (word) {
      const { at, seq, name } = word;
      if (name !== 'paid') {
        return [{ type: 'leftOut', value: 0, at, seq, says: 'the payment failed' }];
      }
      return [{ type: 'ended', value: at - payout.began, at, seq, says: 'paid' }];
    }
    const refused = lastOf(steps, 'rejected', 'withdrawn', 'expired');
    if (refused) {
      const { at, seq } = refused;
      return [{ type: 'leftOut', value: 0, at, seq, says: 'rejected, withdrawn or expired' }];
    }
    const { at, seq } = steps.at(-1) ?? payout;
    return [{ type: 'open', value: window.until - payout.began, at, seq, says: 'on its way' }];
  },
});
