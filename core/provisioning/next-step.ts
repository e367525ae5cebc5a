import type { EpochMs } from '#core/time/time.ts';
import { isStopped, type Order } from './orders.ts';
import { OPENS_WITHIN_MS } from './policy.ts';

/**
 * What is to be done for an order now. `look` asks whether the account has opened, `watch` whether
 * its credentials were read and whether it has traded.
 */
export type NextStep = 'assign' | 'ask' | 'look' | 'lookInVain' | 'deliver' | 'watch' | 'nothing';

/** Follows from the facts and the time alone: whoever begins anew goes on at the same place. */
export function nextStep(order: Order, now: EpochMs): NextStep {
  const { failure, progress, milestones } = order;
  const isDue = failure === null || (failure.retryAt !== null && failure.retryAt <= now);
  if (isStopped(order)) {
    // What was asked for before may open all the same, and is then closed or restricted.
    if (order.asked > 0 && milestones.created === null) return 'look';
    return milestones.created === null ? 'nothing' : 'watch';
  }
  switch (progress) {
    case 'received':
      return isDue ? 'assign' : 'nothing';
    case 'assigned':
      return isDue ? 'ask' : 'nothing';
    case 'asked':
      if (failure !== null) return isDue ? 'ask' : 'look';
      return now - (order.askedAt ?? now) > OPENS_WITHIN_MS ? 'lookInVain' : 'look';
    case 'created':
      return isDue ? 'deliver' : 'watch';
    case 'credentialsSent':
    case 'credentialsOpened':
      return 'watch';
  }
}
