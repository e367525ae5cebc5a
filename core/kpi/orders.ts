import type { Takers } from './define.ts';
import { firstOf, type Matter, type Step } from './matters.ts';

/** Orders with all that became of them. An order that is told again is the same order. */
export const orderTakes: Takers = {
  orderReceived: ({ data }, { matters, at, seq }) => {
    const { orderId, programId, source, kind, currency, traderId, price, orderedAt } = data;
    const tags = { orderId, program: programId, source, kind, currency, traderId };
    // A shop whose clock is ahead of ours sold it when we heard of it.
    matters.open(orderId, { at, seq }, { tags, amount: price, began: orderedAt });
  },
  orderAdvanced: ({ data: { orderId, step } }, { matters, at, seq }) => {
    matters.step(orderId, { at, seq }, step.type);
  },
  orderReversed: ({ data }, { matters, at, seq }) => {
    const { orderId, type, externalId, amount } = data;
    const about = `${type}/${externalId}`;
    matters.step(orderId, { at, seq }, type, { amount, about, once: true });
  },
};

export function isPurchase({ tags }: Matter): boolean {
  return tags.kind === 'purchase';
}

/** Given up by a person, or paid back. */
export function endOfOrder(steps: readonly Step[]): Step | undefined {
  return firstOf(steps, 'cancelled', 'refund', 'chargeback');
}
