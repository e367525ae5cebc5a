import { z } from 'zod';
import type { AccountTerms } from '#core/accounts/account.ts';
import { percentText, type Money, type Ppm } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import {
  mostWithin,
  objectiveShape,
  resetsSchema,
  shareOf,
  wholeFor,
  withinShare,
} from '../objective.ts';
import { describeSize, initialSize, sizeOf, sizeSchema } from '../parameters.ts';
import { UNBOUNDED, type Moment, type RuleKind, type RuleState } from '../rule-kind.ts';

const params = z
  .strictObject({
    ...objectiveShape,
    /** What must not stand out: one day's realised profit, or one deal's. */
    unit: z.enum(['day', 'trade', 'dayOrTrade']).default('day'),
    /** The largest share; a list goes by payout number, its last entry holding from there on. */
    share: z.union([percentInput, z.array(percentInput).min(1).max(12)]),
    /**
     * Of what: profit net of losses since the reset, the sum of profitable days, the account's
     * profit over its initial size, or a target amount.
     */
    of: z
      .union([
        z.enum(['netProfit', 'profitableDays', 'profitFromInitial']),
        z.strictObject({ target: sizeSchema }),
      ])
      .default('netProfit'),
    /** Whether exactly the share is still consistent. */
    allowed: z.enum(['atMost', 'below']).default('atMost'),
    resets: resetsSchema,
    /** OneUp's form: so many further days must together reach the share of the best (R21). */
    restOfDays: z.int().min(1).max(5).optional(),
  })
  .transform((value) => ({
    ...value,
    share: typeof value.share === 'number' ? [value.share] : value.share,
  }));
type Params = z.output<typeof params>;

interface State extends RuleState {
  total: number;
  positives: number;
  today: number;
  bestDay: number;
  bestTrade: number;
  payouts: number;
}

function shareIn(params: Params, state: State): Ppm {
  const { share } = params;
  return share[Math.min(state.payouts, share.length - 1)] ?? 0;
}

function bestOf(params: Params, state: State): Money {
  const day = Math.max(state.bestDay, state.today);
  if (params.unit === 'day') return day;
  return params.unit === 'trade' ? state.bestTrade : Math.max(day, state.bestTrade);
}

function wholeOf(params: Params, state: State, moment: Moment, terms: AccountTerms): Money {
  if (typeof params.of === 'object') return sizeOf(params.of.target, terms);
  switch (params.of) {
    case 'netProfit':
      return state.total;
    case 'profitableDays':
      return state.positives + Math.max(0, state.today);
    case 'profitFromInitial':
      return moment.balance - (terms.startBalance === 0 ? 0 : initialSize(terms));
  }
}

function isConsistent(params: Params, state: State, moment: Moment, terms: AccountTerms): boolean {
  const whole = wholeOf(params, state, moment, terms);
  const best = bestOf(params, state);
  if (whole <= 0) return false;
  if (typeof params.of === 'object' && best <= 0) return true;
  return withinShare(best, whole, shareIn(params, state), params.allowed);
}

/**
 * Best day or trade as a share of profit or of a target (catalogue R16, R17, R18). As long as the
 * best is fixed, meeting it is the same as reaching a raised target, `best / share`; it can be
 * lost again when a later day becomes the best.
 */
export const consistency: RuleKind<Params, State> = {
  kind: 'consistency',
  title: 'Consistency',
  role: 'objective',
  params,
  easier: { share: 'more' },
  columns: ['total', 'positives', 'today', 'bestDay', 'bestTrade', 'payouts'],
  gate: ({ gate }) => gate,
  warnAt: () => [],
  consequence: () => 'none',
  open: () => ({ total: 0, positives: 0, today: 0, bestDay: 0, bestTrade: 0, payouts: 0 }),
  track: (params, state, moment) => {
    state.total += moment.realised;
    state.today += moment.realised;
    if (moment.deal?.entry === 'out' && moment.realised > state.bestTrade) {
      state.bestTrade = moment.realised;
    }
    if (moment.cause === 'dayClose') {
      state.bestDay = Math.max(state.bestDay, state.today);
      state.positives += Math.max(0, state.today);
      state.today = 0;
    }
    if (!moment.payout) return;
    state.payouts += 1;
    if (params.resets === 'never') return;
    Object.assign(state, { total: 0, positives: 0, today: 0, bestDay: 0, bestTrade: 0 });
  },
  judge: (params, state, moment, terms) =>
    isConsistent(params, state, moment, terms) ? { type: 'met' } : { type: 'clear' },
  band: () => UNBOUNDED,
  gauge: (params, state, moment, terms) => {
    const best = bestOf(params, state);
    const limit = shareIn(params, state);
    const value = wholeOf(params, state, moment, terms);
    const total = wholeFor(Math.max(0, best), limit, params.allowed);
    const most = mostWithin(value, limit, params.allowed);
    return { type: 'share', share: shareOf(best, value), limit, total, value, most };
  },
  figures: (params, state, moment, terms) => [
    { name: 'best', unit: 'money', value: bestOf(params, state) },
    { name: 'total', unit: 'money', value: wholeOf(params, state, moment, terms) },
    { name: 'limit', unit: 'ppm', value: shareIn(params, state) },
    {
      name: 'fitsFrom',
      unit: 'money',
      value: wholeFor(Math.max(0, bestOf(params, state)), shareIn(params, state), params.allowed),
    },
  ],
  describe: (params, terms) => {
    const unit = { day: 'day', trade: 'trade', dayOrTrade: 'day or trade' }[params.unit];
    const shares = params.share.map(percentText).join(', then ');
    const whole =
      typeof params.of === 'object'
        ? `the target of ${describeSize(params.of.target, terms)}`
        : {
            netProfit: 'your profit net of losses',
            profitableDays: 'the sum of your profitable days',
            profitFromInitial: "the account's profit over its initial size",
          }[params.of];
    const amount = params.allowed === 'atMost' ? 'at most' : 'less than';
    return `Your best ${unit} may make ${amount} ${shares} of ${whole}.`;
  },
  contradictions: (params) =>
    params.share.some((share) => share <= 0 || share > 1_000_000)
      ? ['the share must lie above 0 and not above 100 percent']
      : [],
};
