import { z } from 'zod';
import { mulDivFloor, percentText, PPM_UNIT, type Money, type Ppm } from '#core/money/money.ts';
import { percentInput } from '#core/money/schemas.ts';
import { conductKind, conductShape } from '../conduct.ts';
import { shareOf } from '../objective.ts';
import type { Figures, Moment, RuleState } from '../rule-kind.ts';

const SECOND_MS = 1_000;

const params = z.strictObject({
  ...conductShape,
  /** A position closed sooner than this is short. */
  seconds: z.int().min(1).max(86_400),
  /** Whether a position closed after exactly so long is short still. */
  shortWhen: z.enum(['under', 'atMost']).default('under'),
  /**
   * `each`: no position may be short; `share`: short ones may make at most a share; `average`: the
   * average must be longer than `seconds`, and long positions make the rest of the profit.
   */
  judged: z.enum(['each', 'share', 'average']),
  /** Of what the share is: after a first flag it may change (Fintokei's two stages). */
  shareOf: z.enum(['trades', 'lots', 'profit']).default('trades'),
  thenShareOf: z.enum(['trades', 'lots', 'profit']).optional(),
  largestShare: percentInput.default(500_000),
  /** Fewer closed positions than this say nothing about shares and averages. */
  fromTrades: z.int().min(1).max(1_000).default(1),
});
type Params = z.output<typeof params>;

const COLUMNS = [
  'trades',
  'shortTrades',
  'lots',
  'shortLots',
  'profit',
  'shortProfit',
  'totalMs',
  'withheld',
  'over',
  'fresh',
] as const;

function isShort(params: Params, heldMs: number): boolean {
  const limit = params.seconds * SECOND_MS;
  return params.shortWhen === 'under' ? heldMs < limit : heldMs <= limit;
}

function shareIn(params: Params, state: RuleState): Ppm {
  const flagged = (state.strikes ?? 0) > 0 && params.thenShareOf;
  switch (flagged || params.shareOf) {
    case 'lots':
      return shareOf(state.shortLots ?? 0, state.lots ?? 0);
    case 'profit':
      return shareOf(state.shortProfit ?? 0, state.profit ?? 0);
    default:
      return shareOf(state.shortTrades ?? 0, state.trades ?? 0);
  }
}

/** The average time a position was held, in milliseconds. */
function averageMs(state: RuleState): number {
  return mulDivFloor(state.totalMs ?? 0, 1, Math.max(1, state.trades ?? 0));
}

function isOver(params: Params, state: RuleState): boolean {
  if ((state.trades ?? 0) < params.fromTrades) return false;
  if (params.judged === 'share') return shareIn(params, state) > params.largestShare;
  const longProfit = PPM_UNIT - shareOf(state.shortProfit ?? 0, state.profit ?? 0);
  const tooFast = averageMs(state) <= params.seconds * SECOND_MS;
  return tooFast || longProfit < params.largestShare;
}

function close(params: Params, state: RuleState, moment: Moment): void {
  const { deal } = moment;
  if (deal?.entry !== 'out') return;
  const heldMs = moment.at - deal.openedAt;
  const short = isShort(params, heldMs);
  const add = (name: (typeof COLUMNS)[number], value: number): void => {
    state[name] = (state[name] ?? 0) + value;
  };
  const gain: Money = Math.max(0, moment.realised);
  add('trades', 1);
  add('lots', deal.lots);
  add('profit', gain);
  add('totalMs', heldMs);
  if (short) {
    add('shortTrades', 1);
    add('shortLots', deal.lots);
    add('shortProfit', gain);
    add('withheld', gain);
  }
  const over = Number(params.judged === 'each' ? short : isOver(params, state));
  state.fresh = Number(over === 1 && (params.judged === 'each' || state.over !== 1));
  state.over = over;
}

function figuresOf(params: Params, state: RuleState, moment: Moment): Figures {
  if (params.judged === 'each') {
    const held = moment.at - (moment.deal?.openedAt ?? moment.at);
    return [
      { name: 'held', unit: 'seconds', value: Math.floor(held / SECOND_MS) },
      { name: 'atLeast', unit: 'seconds', value: params.seconds },
    ];
  }
  return [
    { name: 'share', unit: 'ppm', value: shareIn(params, state) },
    { name: 'largest', unit: 'ppm', value: params.largestShare },
    { name: 'average', unit: 'seconds', value: Math.floor(averageMs(state) / SECOND_MS) },
    { name: 'trades', unit: 'count', value: state.trades ?? 0 },
  ];
}

/** Minimum holding time (catalogue R33): of each position, of a share of them, or on average. */
export const holdingTime = conductKind<Params>({
  kind: 'holdingTime',
  title: 'Holding time',
  params,
  easier: { seconds: 'less' },
  columns: COLUMNS,
  observe: (params, state, moment) => {
    if (moment.cause !== 'deal') return;
    state.fresh = 0;
    close(params, state, moment);
  },
  violation: (params, state, moment) =>
    moment.cause === 'deal' && state.fresh === 1 ? figuresOf(params, state, moment) : null,
  withheld: (params, state) => (params.effect === 'deductProfit' ? (state.withheld ?? 0) : 0),
  describe: (params) =>
    ({
      each: `Hold every position for at least ${params.seconds} seconds.`,
      share:
        `Positions held for less than ${params.seconds} seconds may make at most ` +
        `${percentText(params.largestShare)} of your ${params.shareOf}.`,
      average:
        `Hold positions for more than ${params.seconds} seconds on average, and let longer ones ` +
        `make at least ${percentText(params.largestShare)} of your profit.`,
    })[params.judged],
});
