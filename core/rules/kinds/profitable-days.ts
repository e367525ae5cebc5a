import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { percentText, type Money } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import { createSlots, objectiveShape, resetsSchema, withinShare } from '../objective.ts';
import { describeSize, sizeOf, sizeSchema } from '../parameters.ts';
import { UNBOUNDED, type Moment, type RuleKind, type RuleState } from '../rule-kind.ts';

/**
 * What a day's profit is (catalogue R13, 1 to 6; 7 is a fixed minimum, 8 `ofBestDay`):
 * `closed` what was realised in the day; `closedLessFloatingLoss` the same minus open losses at
 * its end; `balanceChange` and `equityChange` from open to end; `byOpeningDay` what positions
 * opened in the day realise, whenever they close; `closedAndFloating` realised plus open at the end.
 */
const MEASURES = [
  'closed',
  'closedLessFloatingLoss',
  'balanceChange',
  'equityChange',
  'byOpeningDay',
  'closedAndFloating',
] as const;

const params = z.strictObject({
  ...objectiveShape,
  days: z.int().min(1).max(60),
  profit: z.enum(MEASURES),
  minimum: sizeSchema,
  /** Whether a profit of exactly the minimum is enough. */
  reached: z.enum(['atLeast', 'moreThan']).default('atLeast'),
  /** A day must also bring this share of the best day's profit. */
  ofBestDay: percentInput.optional(),
  resets: resetsSchema,
});
type Params = z.output<typeof params>;

/** Days whose profit can still change or be compared with the best; older ones stay counted. */
const DAYS_REMEMBERED = 12;
const slots = createSlots(DAYS_REMEMBERED, ['profit']);

interface State extends RuleState {
  counted: number;
  best: number;
  balanceAtOpen: number;
  equityAtOpen: number;
  opensAt: number;
}

function qualifies(params: Params, profit: Money, best: Money, terms: AccountTerms): boolean {
  const minimum = sizeOf(params.minimum, terms);
  const enough = params.reached === 'atLeast' ? profit >= minimum : profit > minimum;
  if (!enough || params.ofBestDay === undefined) return enough;
  return profit >= best || !withinShare(profit, best, params.ofBestDay, 'below');
}

function countOf(params: Params, state: State, terms: AccountTerms): number {
  const known = slots.all(state);
  const best = Math.max(state.best, ...known.map(({ profit }) => profit));
  return (
    state.counted + known.filter(({ profit }) => qualifies(params, profit, best, terms)).length
  );
}

/** What the moment adds to which day; a day is known by the instant it opened. */
function record(
  params: Params,
  state: State,
  key: number,
  profit: Money,
  terms: AccountTerms,
): void {
  const gone = slots.put(state, key, key, { profit });
  if (gone === null) return;
  state.best = Math.max(state.best, gone.profit);
  if (qualifies(params, gone.profit, state.best, terms)) state.counted += 1;
}

function observe(params: Params, state: State, moment: Moment, terms: AccountTerms): void {
  const today = moment.day?.opensAt ?? 0;
  if (today !== state.opensAt && moment.cause !== 'dayClose') {
    state.opensAt = today;
    state.balanceAtOpen = moment.balance - moment.realised - moment.capitalFlow;
    state.equityAtOpen = moment.equity - moment.realised - moment.capitalFlow;
  }
  state.balanceAtOpen += moment.capitalFlow;
  state.equityAtOpen += moment.capitalFlow;
  const known = slots.find(state, today)?.profit ?? 0;
  const floating = moment.equity - moment.balance;
  const put = (profit: Money, key = today): void => record(params, state, key, profit, terms);
  switch (params.profit) {
    case 'closed':
      if (moment.realised !== 0) put(known + moment.realised);
      return;
    case 'balanceChange':
      if (moment.realised !== 0) put(moment.balance - state.balanceAtOpen);
      return;
    case 'equityChange':
      if (moment.cause === 'dayClose') put(moment.equity - state.equityAtOpen);
      return;
    case 'closedLessFloatingLoss':
      if (moment.cause === 'dayClose')
        put(moment.balance - state.balanceAtOpen + Math.min(0, floating));
      return;
    case 'closedAndFloating':
      if (moment.cause === 'dayClose') put(moment.balance - state.balanceAtOpen + floating);
      return;
    case 'byOpeningDay': {
      if (moment.realised === 0 || !moment.deal) return;
      const key = dayOpened(state, moment, today);
      put((slots.find(state, key)?.profit ?? 0) + moment.realised, key);
    }
  }
}

/** The day in which the position was opened; days too long ago are not distinguished. */
function dayOpened(state: State, moment: Moment, today: number): number {
  const openedAt = moment.deal?.openedAt ?? today;
  if (openedAt >= today) return today;
  const opened = slots.all(state).filter(({ key }) => key <= openedAt);
  return opened.length === 0 ? openedAt : Math.max(...opened.map(({ key }) => key));
}

/** Minimum profitable days (catalogue R13). Days need not follow one another. */
export const profitableDays: RuleKind<Params, State> = {
  kind: 'profitableDays',
  title: 'Profitable days',
  role: 'objective',
  params,
  easier: { days: 'less', minimum: 'less' },
  columns: ['counted', 'best', 'balanceAtOpen', 'equityAtOpen', 'opensAt', ...slots.columns],
  gate: ({ gate }) => gate,
  warnAt: () => [],
  consequence: () => 'none',
  open: (_params, terms) => ({
    counted: 0,
    best: 0,
    balanceAtOpen: terms.startBalance,
    equityAtOpen: terms.startBalance,
    opensAt: 0,
    ...slots.empty(),
  }),
  track: (params, state, moment, terms) => {
    if (moment.cause === 'mark') return;
    observe(params, state, moment, terms);
    // A day on which a position only opened is remembered, so that its profit finds it later.
    if (params.profit === 'byOpeningDay' && moment.deal?.opensPosition) {
      const key = moment.day?.opensAt ?? 0;
      record(params, state, key, slots.find(state, key)?.profit ?? 0, terms);
    }
    if (moment.payout && params.resets === 'afterPayout') {
      slots.clear(state);
      state.counted = 0;
      state.best = 0;
    }
  },
  judge: (params, state, _moment, terms) =>
    countOf(params, state, terms) >= params.days ? { type: 'met' } : { type: 'clear' },
  band: () => UNBOUNDED,
  gauge: (params, state, _moment, terms) => ({
    type: 'count',
    value: countOf(params, state, terms),
    needed: params.days,
  }),
  figures: (params, state, _moment, terms) => [
    { name: 'days', unit: 'count', value: countOf(params, state, terms) },
    { name: 'needed', unit: 'count', value: params.days },
    { name: 'minimum', unit: 'money', value: sizeOf(params.minimum, terms) },
  ],
  describe: (params, terms) =>
    `Have ${params.days} profitable ${params.days === 1 ? 'day' : 'days'}: a day counts when ` +
    {
      closed: 'what you closed in it made',
      closedLessFloatingLoss: 'what you closed in it, less open losses at its end, made',
      balanceChange: 'your balance grew by',
      equityChange: 'your equity grew by',
      byOpeningDay: 'the positions you opened in it made',
      closedAndFloating: 'closed and open profit at its end come to',
    }[params.profit] +
    ` ${params.reached === 'atLeast' ? 'at least' : 'more than'} ` +
    describeSize(params.minimum, terms) +
    (params.ofBestDay === undefined
      ? '.'
      : `, and at least ${percentText(params.ofBestDay)} of your best day.`),
  contradictions: () => [],
};
