import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyText, type Money } from '#core/money/money.ts';
import { describeSize, initialSize, sizeOf, sizeSchema } from '../parameters.ts';
import { UNBOUNDED, type Moment, type RuleKind } from '../rule-kind.ts';

const params = z.strictObject({
  amount: sizeSchema,
  /** Almost every firm counts closed balance only. */
  measured: z.enum(['balance', 'equity']).default('balance'),
  /** Nothing may be open when the target is judged. */
  flat: z.boolean().default(true),
});
type Params = z.output<typeof params>;

function targetOf(params: Params, terms: AccountTerms): Money {
  return startOf(terms) + sizeOf(params.amount, terms);
}

function startOf(terms: AccountTerms): Money {
  return terms.startBalance === 0 ? 0 : initialSize(terms);
}

function valueOf(params: Params, moment: Moment): Money {
  return params.measured === 'balance' ? moment.balance : moment.equity;
}

/** Profit target (catalogue R11): open while the balance is short of it or positions are open. */
export const profitTarget: RuleKind<Params, Record<string, never>> = {
  kind: 'profitTarget',
  title: 'Profit target',
  role: 'objective',
  params,
  columns: [],
  warnAt: () => [],
  consequence: () => 'none',
  open: () => ({}),
  track: () => {},
  judge: (params, _state, moment, terms) => {
    const reached = valueOf(params, moment) >= targetOf(params, terms);
    return reached && (!params.flat || moment.openPositions === 0)
      ? { type: 'met' }
      : { type: 'clear' };
  },
  band: (params, _state, moment, _warned, terms) => {
    // Closed balance and flatness change with deals only; open equity is judged mark by mark.
    if (params.measured === 'balance' || (params.flat && moment.openPositions > 0))
      return UNBOUNDED;
    const target = targetOf(params, terms);
    return moment.equity >= target
      ? { ...UNBOUNDED, atOrBelow: target - 1 }
      : { ...UNBOUNDED, atOrAbove: target };
  },
  gauge: (params, _state, moment, terms) => ({
    type: 'target',
    value: valueOf(params, moment),
    target: targetOf(params, terms),
    start: startOf(terms),
  }),
  figures: (params, _state, moment, terms) => [
    { name: 'measured', unit: 'money', value: valueOf(params, moment) },
    { name: 'target', unit: 'money', value: targetOf(params, terms) },
    { name: 'openPositions', unit: 'count', value: moment.openPositions },
  ],
  describe: (params, terms) =>
    `Reach a ${params.measured === 'balance' ? 'closed balance' : 'an equity'} of ` +
    `${moneyText(targetOf(params, terms))} ${terms.currency}: a profit of ` +
    `${describeSize(params.amount, terms)}${params.flat ? ', with nothing left open' : ''}.`,
  contradictions: (params, terms) =>
    sizeOf(params.amount, terms) > 0 ? [] : ['the target must be a profit above zero'],
};
