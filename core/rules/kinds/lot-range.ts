import { z } from 'zod';
import { mulDivCeil, mulDivFloor, percentText, PPM_UNIT } from '#core/money/money.ts';
import type { MicroLots } from '#core/accounts/held-position.ts';
import { percentInput } from '#core/money/schemas.ts';
import { objectiveShape, resetsSchema } from '../objective.ts';
import { UNBOUNDED, type RuleKind, type RuleState } from '../rule-kind.ts';

const params = z.strictObject({
  ...objectiveShape,
  /** `averageClosed`: of closed orders, each part of a partial close one; `firstTrade`: the first. */
  reference: z.enum(['averageClosed', 'firstTrade']),
  lowest: percentInput,
  highest: percentInput,
  /** Trades opened within so many seconds of one another are one. */
  clusterSeconds: z.int().min(0).max(3_600).default(0),
  resets: resetsSchema,
});
type Params = z.output<typeof params>;

interface State extends RuleState {
  orders: number;
  lots: number;
  smallest: number;
  largest: number;
  first: number;
  cluster: number;
  clusterAt: number;
}
const EMPTY: State = {
  orders: 0,
  lots: 0,
  smallest: 0,
  largest: 0,
  first: 0,
  cluster: 0,
  clusterAt: 0,
};

function referenceOf(params: Params, state: State): MicroLots {
  if (params.reference === 'firstTrade') return state.first === 0 ? state.cluster : state.first;
  return state.orders === 0 ? 0 : mulDivFloor(state.lots, 1, state.orders);
}

/** The smallest and largest order that fit the reference. */
export function lotRangeOf(
  params: Pick<Params, 'lowest' | 'highest'>,
  reference: MicroLots,
): { readonly from: MicroLots; readonly to: MicroLots } {
  return {
    from: mulDivCeil(reference, params.lowest, PPM_UNIT),
    to: mulDivFloor(reference, params.highest, PPM_UNIT),
  };
}

function add(state: State, lots: MicroLots): void {
  state.orders += 1;
  state.lots += lots;
  state.smallest = state.smallest === 0 ? lots : Math.min(state.smallest, lots);
  state.largest = Math.max(state.largest, lots);
}

/** A cluster is complete once a later trade lies outside it. */
function closeCluster(state: State): void {
  if (state.cluster === 0) return;
  if (state.first === 0) state.first = state.cluster;
  add(state, state.cluster);
  state.cluster = 0;
}

function bounds(params: Params, state: State): { smallest: number; largest: number } {
  const { cluster } = state;
  if (params.reference === 'averageClosed' || cluster === 0) return state;
  return {
    smallest: state.smallest === 0 ? cluster : Math.min(state.smallest, cluster),
    largest: Math.max(state.largest, cluster),
  };
}

/** Lot-size consistency (catalogue R19): every order lies in a range around a reference. */
export const lotRange: RuleKind<Params, State> = {
  kind: 'lotRange',
  title: 'Lot-size consistency',
  role: 'objective',
  params,
  easier: { lowest: 'less', highest: 'more' },
  columns: ['orders', 'lots', 'smallest', 'largest', 'first', 'cluster', 'clusterAt'],
  gate: ({ gate }) => gate,
  warnAt: () => [],
  consequence: () => 'none',
  open: () => ({ ...EMPTY }),
  track: (params, state, moment) => {
    const { deal } = moment;
    if (deal && params.reference === 'averageClosed' && deal.entry === 'out') add(state, deal.lots);
    if (deal && params.reference === 'firstTrade' && deal.entry === 'in') {
      if (moment.at - state.clusterAt > params.clusterSeconds * 1_000) closeCluster(state);
      if (state.cluster === 0) state.clusterAt = moment.at;
      state.cluster += deal.lots;
    }
    if (moment.payout && params.resets === 'afterPayout') Object.assign(state, EMPTY);
  },
  judge: (params, state) => {
    const { from, to } = lotRangeOf(params, referenceOf(params, state));
    const { smallest, largest } = bounds(params, state);
    return smallest > 0 && smallest >= from && largest <= to ? { type: 'met' } : { type: 'clear' };
  },
  band: () => UNBOUNDED,
  gauge: (params, state) => {
    const { from, to } = lotRangeOf(params, referenceOf(params, state));
    const { smallest, largest } = bounds(params, state);
    const inside = Number(smallest >= from) + Number(largest <= to);
    return { type: 'count', value: smallest === 0 ? 0 : inside, needed: 2 };
  },
  figures: (params, state) => {
    const reference = referenceOf(params, state);
    const { from, to } = lotRangeOf(params, reference);
    const { smallest, largest } = bounds(params, state);
    return [
      { name: 'reference', unit: 'lots', value: reference },
      { name: 'from', unit: 'lots', value: from },
      { name: 'to', unit: 'lots', value: to },
      { name: 'smallest', unit: 'lots', value: smallest },
      { name: 'largest', unit: 'lots', value: largest },
    ];
  },
  describe: (params) =>
    `Keep every order between ${percentText(params.lowest)} and ${percentText(params.highest)} of ` +
    (params.reference === 'averageClosed'
      ? 'the average size of your closed orders.'
      : 'the size of your first trade.'),
  contradictions: (params) =>
    params.lowest < params.highest ? [] : ['the lowest share lies above the highest'],
};
