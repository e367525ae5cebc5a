import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { moneyInput, percentInput } from '#core/money/schemas.ts';
import { moneyText, percentText, shareCeil, type Money } from '#core/money/money.ts';
import type { LimitDefinition } from '../limit.ts';
import { initialSize, limitShape } from '../parameters.ts';
import type { Moment, RuleState } from '../rule-kind.ts';

/** What one day's loss is measured from, and how much of it is allowed (catalogue R01, a to i). */
const anchorSchema = z.enum([
  'dayStartBalance',
  'dayStartEquity',
  'dayStartHigher',
  'initial',
  'dayPeakEquity',
  'peakEquity',
]);

const amountSchema = z.union([
  z.strictObject({ fixed: moneyInput }),
  z.strictObject({
    percent: percentInput,
    of: z.enum(['initial', 'anchor', 'dayStartBalance', 'dayStartEquity', 'dayStartHigher']),
  }),
]);
type Amount = z.output<typeof amountSchema>;

export const dailyFloorParams = z.strictObject({
  ...limitShape,
  anchor: anchorSchema,
  amount: amountSchema,
  /** A larger amount from the day after the balance reached a level (catalogue R01, step-up). */
  stepUps: z
    .array(z.strictObject({ atBalance: moneyInput, amount: amountSchema }))
    .max(8)
    .default([]),
});
export type DailyFloorParams = z.output<typeof dailyFloorParams>;

export interface DailyFloorState extends RuleState {
  dayStartBalance: number;
  dayStartEquity: number;
  /** Highest equity: of this day, or of all days, as the anchor says. */
  peak: number;
  /** Highest balance so far: decides the step-up. */
  highBalance: number;
  /** How many step-ups are in force today. */
  step: number;
}

type Shared = Omit<
  LimitDefinition<DailyFloorParams, DailyFloorState>,
  'kind' | 'title' | 'consequence' | 'describe'
>;

/** The mathematics that the daily loss (hard) and the daily pause (soft) share. */
export const dailyFloor: Shared = {
  role: 'daily',
  params: dailyFloorParams,
  easier: { amount: 'more' },
  columns: ['dayStartBalance', 'dayStartEquity', 'peak', 'highBalance', 'step'],
  open: (_params, terms) => ({
    dayStartBalance: terms.startBalance,
    dayStartEquity: terms.startBalance,
    peak: terms.startBalance,
    highBalance: terms.startBalance,
    step: 0,
  }),
  track: (params, state, moment) => {
    if (moment.cause === 'dayOpen') openDay(params, state, moment);
    if (moment.capitalFlow !== 0) shiftDay(state, moment.capitalFlow);
    if (moment.balance > state.highBalance) state.highBalance = moment.balance;
    if (followsEquity(params) && moment.equity > state.peak) state.peak = moment.equity;
  },
  floor: (params, state, terms) =>
    anchorOf(params.anchor, state, terms) - allowanceOf(params, state, terms),
  allowance: allowanceOf,
  rise: (params, state) => {
    if (!followsEquity(params)) return null;
    const amount = amountOf(params, state);
    const constant = 'fixed' in amount || amount.of !== 'anchor';
    return { at: state.peak + 1, steadilyUntil: constant ? Infinity : null };
  },
  figures: (params, state) => [
    { name: 'dayStartBalance', unit: 'money', value: state.dayStartBalance },
    { name: 'dayStartEquity', unit: 'money', value: state.dayStartEquity },
    ...(followsEquity(params) ? [{ name: 'peak', unit: 'money' as const, value: state.peak }] : []),
  ],
  contradictions: (params, terms) => zeroBasedPercent(params, terms),
};

/** "5 % of the balance at the start of the day", for both kinds. */
export function describeAllowance(params: DailyFloorParams, terms: AccountTerms): string {
  const anchor = {
    dayStartBalance: 'the balance at the start of the day',
    dayStartEquity: 'the equity at the start of the day',
    dayStartHigher: 'the higher of balance and equity at the start of the day',
    initial: 'the initial size',
    dayPeakEquity: "the day's highest equity",
    peakEquity: 'the highest equity so far',
  } as const;
  const { amount } = params;
  const allowed =
    'fixed' in amount
      ? `${moneyText(amount.fixed)} ${terms.currency}`
      : `${percentText(amount.percent)} of ${amount.of === 'anchor' ? 'that value' : anchor[amount.of]}`;
  const steps = params.stepUps.map(
    (step) =>
      ` From the day after the balance reaches ${moneyText(step.atBalance)} the amount is larger.`,
  );
  return `${allowed} under ${anchor[params.anchor]}.${steps.join('')}`;
}

function followsEquity(params: DailyFloorParams): boolean {
  return params.anchor === 'dayPeakEquity' || params.anchor === 'peakEquity';
}

function openDay(params: DailyFloorParams, state: DailyFloorState, moment: Moment): void {
  state.dayStartBalance = moment.balance;
  state.dayStartEquity = moment.equity;
  if (params.anchor !== 'peakEquity') state.peak = moment.equity;
  while (state.step < params.stepUps.length) {
    const next = params.stepUps[state.step];
    if (next === undefined || state.highBalance < next.atBalance) break;
    state.step += 1;
  }
}

/** Money paid in or out is neither profit nor loss of the day: the whole day moves with it. */
function shiftDay(state: DailyFloorState, flow: Money): void {
  state.dayStartBalance += flow;
  state.dayStartEquity += flow;
  state.peak += flow;
}

function anchorOf(
  anchor: z.output<typeof anchorSchema>,
  state: DailyFloorState,
  terms: AccountTerms,
): Money {
  switch (anchor) {
    case 'dayStartBalance':
      return state.dayStartBalance;
    case 'dayStartEquity':
      return state.dayStartEquity;
    case 'dayStartHigher':
      return Math.max(state.dayStartBalance, state.dayStartEquity);
    case 'initial':
      return initialSize(terms);
    case 'dayPeakEquity':
    case 'peakEquity':
      return state.peak;
  }
}

/** The amount in force today: the latest step-up that has taken effect, or the first amount. */
function amountOf(params: DailyFloorParams, state: DailyFloorState): Amount {
  return params.stepUps[state.step - 1]?.amount ?? params.amount;
}

function allowanceOf(params: DailyFloorParams, state: DailyFloorState, terms: AccountTerms): Money {
  const amount = amountOf(params, state);
  if ('fixed' in amount) return amount.fixed;
  const of = amount.of === 'anchor' ? params.anchor : amount.of;
  return shareCeil(anchorOf(of, state, terms), amount.percent);
}

function zeroBasedPercent(params: DailyFloorParams, terms: AccountTerms): readonly string[] {
  const { amount } = params;
  if (terms.startBalance !== 0 || 'fixed' in amount || amount.of === 'initial') return [];
  return ['a percentage of the balance means nothing on an account that starts at zero'];
}
