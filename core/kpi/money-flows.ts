import type { Takers } from './define.ts';
import type { KpiContext, KpiWindow } from './kpi.ts';
import type { Seen } from './measure.ts';
import { firstOf, isIn, stepsOf, type Matter, type Step } from './matters.ts';
import { orderTakes } from './orders.ts';
import { paidTurns, payoutTakes } from './payouts.ts';

/** Orders and payouts together; neither ever has the name of the other. */
export const moneyTakes: Takers = {
  ...named('order', orderTakes),
  ...named('payout', payoutTakes),
};

/** Puts a word before the names of matters, so that two kinds of them fit in one place. */
function named(word: string, takes: Takers): Takers {
  const wrapped = Object.entries(takes).map(([kind, take]) => [
    kind,
    (fact: never, taking: Parameters<NonNullable<Takers['orderReceived']>>[1]) => {
      const { matters } = taking;
      const own: typeof matters = {
        ...matters,
        open: (id, ...rest) => matters.open(`${word}/${id}`, ...rest),
        step: (id, ...rest) => matters.step(`${word}/${id}`, ...rest),
      };
      (take as (fact: never, taking: unknown) => void)(fact, { ...taking, matters: own });
    },
  ]);
  return Object.fromEntries(wrapped) as Takers;
}

/** All money that moved during a window, each movement on the side that it is of. */
export function moneyLook(sides: {
  readonly fees: 'over' | 'under';
  readonly payouts: 'over' | 'under';
}): (matter: Matter, window: KpiWindow, context: KpiContext) => readonly Seen[] {
  return (matter, window, { currencyAt }) => {
    const isOrder = matter.tags.orderId !== undefined;
    const moves = isOrder
      ? feesIn(matter, window, sides.fees)
      : paidIn(matter, window, sides.payouts);
    if (moves.length === 0 || matter.tags.currency === currencyAt(window.until)) return moves;
    const { at, seq } = moves[0] ?? matter;
    const says = `in ${matter.tags.currency ?? 'another currency'}`;
    return [{ type: 'leftOut', value: 0, at, seq, says }];
  };
}

/** A refund tells all that was given back so far; a chargeback and its return tell themselves. */
function feesIn(order: Matter, window: KpiWindow, type: 'over' | 'under'): Seen[] {
  let given = 0;
  const moves: Seen[] = [];
  const { at, seq, amount } = order;
  if (isIn(at, window)) moves.push({ type, value: amount, at, seq, says: 'fee' });
  for (const step of stepsOf(order, window)) {
    const value = valueOf(step, given);
    if (value === null) continue;
    if (step.name === 'refund') given -= value;
    const { at: movedAt, seq: movedSeq, name: says } = step;
    if (isIn(movedAt, window)) moves.push({ type, value, at: movedAt, seq: movedSeq, says });
  }
  return moves;
}

function valueOf({ name, amount }: Step, given: number): number | null {
  if (name === 'refund') return given - Math.max(given, amount);
  if (name === 'chargeback') return -amount;
  return name === 'won' ? amount : null;
}

function paidIn(payout: Matter, window: KpiWindow, type: 'over' | 'under'): Seen[] {
  const steps = stepsOf(payout, window);
  const amount = firstOf(steps, 'instructed')?.amount ?? 0;
  return paidTurns(steps).flatMap(({ step: { at, seq, name }, sign }): Seen[] =>
    isIn(at, window) ? [{ type, value: sign * amount, at, seq, says: name }] : [],
  );
}
