import { ok } from '#core/kernel/result.ts';
import type { Priority } from '#core/work/policy.ts';
import { ABOUT_NOTHING, type WorkSource } from '../work-source.ts';

/** Money that left twice, or to somebody else, gets harder to call back by the hour. */
const PRIORITY: Readonly<Record<string, Priority>> = {
  paidTwice: 'urgent',
  paidAfterStop: 'urgent',
  notInstructed: 'urgent',
  payeeDiffers: 'high',
  amountDiffers: 'high',
  paymentUnknown: 'high',
  paymentFailed: 'high',
  unknownEntry: 'normal',
};

/** What reconciliation found that fits nothing. */
export const payoutException: WorkSource = {
  kind: 'payoutException',
  name: 'Payout exception',
  takes: ['exceptionRaised', 'exceptionSettled'],
  sees: 'viewPayouts',
  works: 'reconcile',
  settledBy: null,
  open: () => (fact) => {
    switch (fact.kind) {
      case 'exceptionRaised': {
        const { exceptionId: id, type, sentence, payoutId } = fact.data;
        const what = {
          title: sentence,
          about: ABOUT_NOTHING,
          priority: PRIORITY[type] ?? 'high',
          link: { page: 'payouts', id: payoutId ?? '' },
          notFor: [],
          alertSeqs: [],
        } as const;
        return [{ id, by: null, says: 'opened', what }];
      }
      case 'exceptionSettled': {
        const { exceptionId: id, personId: by, reason } = fact.data;
        return [{ id, by, says: 'settled', reason }];
      }
      default:
        return [];
    }
  },
  /** The books of payouts settle it: they and this list say the same. */
  carryOut: ({ item, change, personId }, { at }) => {
    if (change.type !== 'settled') return null;
    const data = { exceptionId: item.id, personId, reason: change.reason, at };
    return ok({ drafts: [{ kind: 'exceptionSettled', data }], contents: [] });
  },
};
