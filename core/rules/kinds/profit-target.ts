import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText, shareCeil, type Money } from '#core/money/money.ts';
import { objectiveShape } from '../objective.ts';
import { describeSize, initialSize, sizeSchema, type Size } from '../parameters.ts';
import { UNBOUNDED, type Moment, type RuleKind, type RuleState } from '../rule-kind.ts';

const params = z.strictObject({
  ...objectiveShape,
  amount: sizeSchema,
  /** The target after the first payout, the second and so on; the last holds from there on. */
  afterPayouts: z.array(sizeSchema).max(12).default([]),
  /** What profit is counted from: the start, or the balance that the last payout left. */
  from: z.enum(['start', 'lastPayout']).default('start'),
  /** Profit already paid out still counts towards the target. */
  countsPayouts: z.boolean().default(false),
  /** Almost every firm counts closed balance only. */
  measured: z.enum(['balance', 'equity']).default('balance'),
  /** Open profit counts only once nothing is open. */
  flat: z.boolean().default(true),
});
type Params = z.output<typeof params>;

interface State extends RuleState {
  payouts: number;
  /** Sum of payouts that still count as profit. */
  paid: number;
  /** Balance that the last payout left. */
  base: number;
}

function sizeNow(params: Params, { payouts }: State): Size {
  if (payouts === 0) return params.amount;
  const later = params.afterPayouts;
  return later[Math.min(payouts, later.length) - 1] ?? params.amount;
}

function startOf(params: Params, state: State, terms: AccountTerms): Money {
  if (params.from === 'lastPayout' && state.payouts > 0) return state.base;
  return terms.startBalance === 0 ? 0 : initialSize(terms);
}

/** A percentage is one of what profit is counted from. */
function targetOf(params: Params, state: State, terms: AccountTerms): Money {
  const size = sizeNow(params, state);
  const start = startOf(params, state, terms);
  const base = params.from === 'lastPayout' && state.payouts > 0 ? start : initialSize(terms);
  const profit = 'fixed' in size ? size.fixed : shareCeil(base, size.percentOfInitial);
  return start + profit - state.paid;
}

function valueOf(params: Params, moment: Moment): Money {
  return params.measured === 'balance' ? moment.balance : moment.equity;
}

/** Profit target (catalogue R11, dynamic targets of R40): open while short of it or not flat. */
export const profitTarget: RuleKind<Params, State> = {
  kind: 'profitTarget',
  title: 'Profit target',
  role: 'objective',
  params,
  easier: { amount: 'less' },
  columns: ['payouts', 'paid', 'base'],
  gate: ({ gate }) => gate,
  warnAt: () => [],
  consequence: () => 'none',
  open: (_params, terms) => ({ payouts: 0, paid: 0, base: terms.startBalance }),
  track: (params, state, moment) => {
    if (!moment.payout) return;
    state.payouts += 1;
    state.base = moment.balance;
    if (params.countsPayouts) state.paid += moment.payout.amount;
  },
  judge: (params, state, moment, terms) => {
    const reached = valueOf(params, moment) >= targetOf(params, state, terms);
    // Closed profit does not come and go with what is open; passing waits for a flat account anyway.
    const counts = params.measured === 'balance' || !params.flat || moment.openPositions === 0;
    return reached && counts ? { type: 'met' } : { type: 'clear' };
  },
  band: (params, state, moment, _warned, terms) => {
    // Closed balance and flatness change with deals only; open equity is judged mark by mark.
    if (params.measured === 'balance' || (params.flat && moment.openPositions > 0))
      return UNBOUNDED;
    const target = targetOf(params, state, terms);
    return moment.equity >= target
      ? { ...UNBOUNDED, atOrBelow: target - 1 }
      : { ...UNBOUNDED, atOrAbove: target };
  },
  gauge: (params, state, moment, terms) => ({
    type: 'target',
    value: valueOf(params, moment),
    target: targetOf(params, state, terms),
    start: startOf(params, state, terms) - state.paid,
  }),
  figures: (params, state, moment, terms) => [
    { name: 'measured', unit: 'money', value: valueOf(params, moment) },
    { name: 'target', unit: 'money', value: targetOf(params, state, terms) },
    { name: 'openPositions', unit: 'count', value: moment.openPositions },
  ],
  describe: (params, terms) => {
    const start = terms.startBalance === 0 ? 0 : initialSize(terms);
    const profit =
      'fixed' in params.amount
        ? params.amount.fixed
        : shareCeil(initialSize(terms), params.amount.percentOfInitial);
    return (
      `Reach ${params.measured === 'balance' ? 'a closed balance' : 'an equity'} of ` +
      `${moneyText(start + profit)} ${terms.currency}: a profit of ` +
      `${describeSize(params.amount, terms)}${params.flat ? '; to pass, nothing may be left open' : ''}` +
      `${params.countsPayouts ? '; what was paid out still counts' : ''}.`
    );
  },
  contradictions: (params, terms) => {
    const fresh = { payouts: 0, paid: 0, base: terms.startBalance };
    return targetOf(params, fresh, terms) > startOf(params, fresh, terms)
      ? []
      : ['the target must be a profit above zero'];
  },
};
