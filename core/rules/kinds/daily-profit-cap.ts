import { z } from 'zod';
import type { Money } from '#core/money/money.ts';
import { conductKind, conductShape } from '../conduct.ts';
import { describeSize, sizeOf, sizeSchema } from '../parameters.ts';
import type { RuleState } from '../rule-kind.ts';

const params = z.strictObject({
  ...conductShape,
  cap: sizeSchema,
});

const excessOf = (state: RuleState, cap: Money): Money => Math.max(0, (state.today ?? 0) - cap);

/** Daily profit cap (catalogue R20): what a day earns beyond the cap does not count. */
export const dailyProfitCap = conductKind<z.output<typeof params>>({
  kind: 'dailyProfitCap',
  title: 'Daily profit cap',
  params,
  easier: { cap: 'more' },
  columns: ['today', 'closing', 'withheld'],
  observe: (params, state, moment, terms) => {
    if (moment.cause === 'dayOpen') {
      state.today = 0;
      state.closing = 0;
    }
    state.today = (state.today ?? 0) + moment.realised;
    if (moment.cause === 'dayClose') {
      state.closing = excessOf(state, sizeOf(params.cap, terms));
      state.withheld = (state.withheld ?? 0) + state.closing;
    }
    if (moment.payout) state.withheld = 0;
  },
  violation: (params, state, moment, terms) => {
    if (moment.cause !== 'dayClose' || (state.closing ?? 0) === 0) return null;
    return [
      { name: 'profit', unit: 'money', value: state.today ?? 0 },
      { name: 'cap', unit: 'money', value: sizeOf(params.cap, terms) },
      { name: 'excess', unit: 'money', value: state.closing ?? 0 },
    ];
  },
  withheld: (params, state, _moment, terms) =>
    params.effect === 'deductProfit'
      ? (state.withheld ?? 0) + excessOf(state, sizeOf(params.cap, terms))
      : 0,
  describe: (params, terms) => `Profit of one day counts up to ${describeSize(params.cap, terms)}.`,
});
