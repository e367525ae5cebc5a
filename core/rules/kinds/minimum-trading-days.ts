import { z } from 'zod';
import { objectiveShape, resetsSchema } from '../objective.ts';
import { UNBOUNDED, type DealMoment, type RuleKind, type RuleState } from '../rule-kind.ts';

const params = z.strictObject({
  days: z.int().min(1).max(366),
  /** What makes a day a trading day (catalogue R12). */
  countedWhen: z.enum([
    'positionOpened',
    'openedAndClosed',
    'returnedToFlat',
    'heldLongEnough',
    'anyDeal',
    'closed',
  ]),
  /** For `heldLongEnough`: how long a position closed in the day must have been held. */
  heldSeconds: z.int().min(1).max(86_400).default(60),
  ...objectiveShape,
  resets: resetsSchema.default('never'),
});
type Params = z.output<typeof params>;

interface State extends RuleState {
  days: number;
  /** 1 when the current day is counted already. */
  counted: number;
}

function counts(params: Params, deal: DealMoment, at: number): boolean {
  switch (params.countedWhen) {
    case 'positionOpened':
      return deal.opensPosition;
    case 'openedAndClosed':
      return deal.entry === 'out' && deal.openedSameDay;
    case 'returnedToFlat':
      return deal.entry === 'out' && deal.symbolFlatAfter;
    case 'heldLongEnough':
      return deal.entry === 'out' && at - deal.openedAt >= params.heldSeconds * 1_000;
    case 'closed':
      return deal.entry === 'out';
    case 'anyDeal':
      return true;
  }
}

/** Minimum trading days (catalogue R12), each definition a parameter. */
export const minimumTradingDays: RuleKind<Params, State> = {
  kind: 'minimumTradingDays',
  title: 'Minimum trading days',
  role: 'objective',
  params,
  easier: { days: 'less' },
  columns: ['days', 'counted'],
  gate: ({ gate }) => gate,
  warnAt: () => [],
  consequence: () => 'none',
  open: () => ({ days: 0, counted: 0 }),
  track: (params, state, moment) => {
    if (moment.cause === 'dayOpen') state.counted = 0;
    if (moment.deal && state.counted === 0 && counts(params, moment.deal, moment.at)) {
      state.counted = 1;
      state.days += 1;
    }
    if (moment.payout && params.resets === 'afterPayout') state.days = 0;
  },
  judge: (params, state) => (state.days >= params.days ? { type: 'met' } : { type: 'clear' }),
  band: () => UNBOUNDED,
  gauge: (params, state) => ({ type: 'count', value: state.days, needed: params.days }),
  figures: (params, state) => [
    { name: 'days', unit: 'count', value: state.days },
    { name: 'needed', unit: 'count', value: params.days },
  ],
  describe: (params) =>
    `Trade on at least ${params.days} ${params.days === 1 ? 'day' : 'days'}: a day counts when ` +
    {
      positionOpened: 'a new position is opened in it.',
      openedAndClosed: 'a position is both opened and closed in it.',
      returnedToFlat: 'a symbol returns to flat in it.',
      heldLongEnough: `a position held for ${params.heldSeconds} seconds or longer is closed in it.`,
      closed: 'a position is closed in it.',
      anyDeal: 'any deal is executed in it.',
    }[params.countedWhen],
  contradictions: () => [],
};
