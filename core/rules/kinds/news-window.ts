import { z } from 'zod';
import { mulDivFloor, percentText, PPM_UNIT, type Money } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import type { EpochMs } from '#core/time/time.ts';
import { conductKind, conductShape, keyOf } from '../conduct.ts';
import { createSlots } from '../objective.ts';
import type { Moment, RuleState } from '../rule-kind.ts';

const SECOND_MS = 1_000;
/** Positions opened inside a window and still open, at most. */
const TAINTED = 8;

const params = z.strictObject({
  ...conductShape,
  beforeSeconds: z.int().min(0).max(86_400),
  afterSeconds: z.int().min(0).max(86_400),
  impact: z
    .array(z.enum(['low', 'medium', 'high']))
    .min(1)
    .default(['high']),
  /** What is not done inside the window. */
  actions: z
    .array(z.enum(['open', 'close']))
    .min(1)
    .default(['open', 'close']),
  /** A position at least so old may be closed inside the window. */
  exemptOpenedBeforeSeconds: z.int().min(0).max(604_800).optional(),
  /** Only positions both opened and closed inside a window count against the rule. */
  onlyOpenedAndClosedInside: z.boolean().default(false),
  /** With `deductProfit`: the share of profit made in a window that still counts. */
  countedShare: percentInput.default(0),
});
type Params = z.output<typeof params>;
const slots = createSlots(TAINTED, ['opened']);

/** The first and last instant of the window around a release; both belong to it. */
export function newsWindowOf(
  params: Pick<Params, 'beforeSeconds' | 'afterSeconds'>,
  release: { readonly at: EpochMs; readonly endsAt: EpochMs },
): { readonly from: EpochMs; readonly to: EpochMs } {
  return {
    from: release.at - params.beforeSeconds * SECOND_MS,
    to: release.endsAt + params.afterSeconds * SECOND_MS,
  };
}

function isInside(params: Params, moment: Moment, symbol: string, at: EpochMs): boolean {
  return moment
    .news(symbol, at - params.afterSeconds * SECOND_MS, at + params.beforeSeconds * SECOND_MS)
    .some(({ impact }) => params.impact.includes(impact));
}

/** Whether the deal at this moment goes against the rule. */
function offends(params: Params, state: RuleState, moment: Moment): boolean {
  const { deal } = moment;
  if (!deal) return false;
  const inside = isInside(params, moment, deal.symbol, moment.at);
  if (deal.entry === 'in') {
    return inside && params.actions.includes('open') && !params.onlyOpenedAndClosedInside;
  }
  if (!params.actions.includes('close')) return false;
  const openedInside = slots.find(state, keyOf(deal.positionId)) !== null;
  if (params.onlyOpenedAndClosedInside) return inside && openedInside;
  const exempt = params.exemptOpenedBeforeSeconds;
  if (exempt !== undefined && moment.at - deal.openedAt >= exempt * SECOND_MS) return false;
  return inside;
}

/** Profit of the deal that the window taints: of an opening inside it, all that follows. */
function taintedProfit(params: Params, state: RuleState, moment: Moment): Money {
  const { deal } = moment;
  if (!deal || deal.entry === 'in') return 0;
  const openedInside =
    params.actions.includes('open') &&
    !params.onlyOpenedAndClosedInside &&
    slots.find(state, keyOf(deal.positionId)) !== null;
  return openedInside || offends(params, state, moment) ? Math.max(0, moment.realised) : 0;
}

/**
 * News windows (catalogue R31), closed at both ends. A partial close inside taints the position:
 * what it earned and earns from then on is profit made on news.
 */
export const newsWindow = conductKind<Params>({
  kind: 'newsWindow',
  title: 'News window',
  params,
  easier: { beforeSeconds: 'less', afterSeconds: 'less' },
  columns: ['newsProfit', ...slots.columns],
  needs: () => ['calendar'],
  observe: (params, state, moment) => {
    const { deal } = moment;
    if (deal) {
      const key = keyOf(deal.positionId);
      const inside = isInside(params, moment, deal.symbol, moment.at);
      if (deal.entry === 'in' && inside) slots.put(state, key, moment.at, { opened: 1 });
      state.newsProfit = (state.newsProfit ?? 0) + taintedProfit(params, state, moment);
      if (deal.entry === 'out' && offends(params, state, moment) && deal.lotsAfter > 0) {
        slots.put(state, key, moment.at, { opened: 1 });
      }
    }
    if (moment.payout) state.newsProfit = 0;
  },
  violation: (params, state, moment) =>
    offends(params, state, moment)
      ? [{ name: 'profitOnNews', unit: 'money', value: state.newsProfit ?? 0 }]
      : null,
  withheld: (params, state) => {
    if (params.effect !== 'deductProfit') return 0;
    const profit = state.newsProfit ?? 0;
    return profit - mulDivFloor(profit, params.countedShare, PPM_UNIT);
  },
  describe: (params) =>
    `Do not ${params.actions.join(' or ')} positions from ${minutes(params.beforeSeconds)} before to ` +
    `${minutes(params.afterSeconds)} after a release of ${params.impact.join(' or ')} impact` +
    (params.countedShare > 0
      ? `; ${percentText(params.countedShare)} of profit made then counts.`
      : '.'),
});

function minutes(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
