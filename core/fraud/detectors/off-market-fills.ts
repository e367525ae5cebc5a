import { z } from 'zod';
import { atLeast, chanceOf, oneIn as onceIn } from '../chance.ts';
import { defineHabit } from '../habit.ts';
import {
  add,
  allStrong,
  halve,
  histogramOf,
  noCounts,
  perMilleOf,
  rareness,
  rising,
} from '../measures.ts';
import { fillSeen } from '../seen.ts';
import type { Fill } from '../observation.ts';
import { PER_MILLE } from '../signal.ts';
import { bucketOf } from '../windows.ts';

const HALVED_AT = 400;
/** Others are taken to be filled so well once in so many fills at least. */
const FAVOURED_ONE_IN = 100;
/** A price that has stood for longer may be late: what is filled beside it is not off the market. */
const QUOTE_OLD_MS = 15_000;
/** Slippage falls either way about as often; a little kindness is left to it, in thousandths. */
const EITHER_WAY = 600;
/** Better than the platform's price, in spreads. */
const EDGES = [-3_000, -1_500, -500, 1, 500, 1_500, 3_000, 6_000] as const;
const LABELS = [
  '3 or more worse',
  '1.5-3 worse',
  '½-1.5 worse',
  'at the price',
  'a little better',
  '½-1.5 better',
  '1.5-3 better',
  '3-6 better',
  '6 or more better',
];

const params = z.strictObject({
  /** So many spreads better than the platform's own price is off the market, in thousandths. */
  spreadsFrom: z.int().min(500).max(50_000),
  /** Fewer such fills than this say nothing. */
  fillsMin: z.int().min(3).max(200),
});
type Params = z.output<typeof params>;

interface Own {
  sums: Record<'fills' | 'better' | 'worse' | 'spreads', number>;
  /** Fills by how much better or worse they were than the price. */
  beside: number[];
}
const BETTER = 1;
const BESIDE = 2;
const WIDTH = BESIDE + LABELS.length;

export const offMarketFills = defineHabit<Params, Own, null>({
  id: 'offMarketFills',
  version: 1,
  title: 'Off-market fills',
  pattern: 'platform',
  describes:
    'Fills lie beyond the platform’s own price in the trader’s favour, again and again, and hardly ever ' +
    'against: a fault of the platform is being used.',
  honestReasons:
    'Slippage falls either way; a resting order can be filled better when the price jumps over it. ' +
    'A late or crossed quote is the platform’s fault, and such fills are left out here.',
  checklist: [
    'Ask the platform how these orders were priced: type, queue, dealer, bridge.',
    'Compare with fills of others in the same seconds.',
    'Look whether the trader’s way of trading changed when the fault began.',
    'Decide whether the trades are corrected: at which price would they have been filled?',
  ],
  params,
  defaults: { spreadsFrom: 1_500, fillsMin: 4 },
  needs: ['fill'],
  own: () => ({
    sums: { fills: 0, better: 0, worse: 0, spreads: 0 },
    beside: noCounts(LABELS.length),
  }),
  common: () => null,
  counts: WIDTH,
  watch: (own, observation, { params, count, show }) => {
    if (observation.type !== 'fill') return false;
    const beside = besideOf(observation);
    if (beside === null) return false;
    const { sums } = own;
    if (sums.fills >= HALVED_AT) for (const counts of [sums, own.beside]) halve(counts);
    const isBetter = beside >= params.spreadsFrom;
    const bucket = bucketOf(EDGES, beside);
    count(BESIDE + bucket, ...(isBetter ? [BETTER] : []));
    add(own.beside, bucket, 1);
    sums.fills += 1;
    if (beside <= -params.spreadsFrom) sums.worse += 1;
    if (!isBetter) return false;
    sums.better += 1;
    sums.spreads += beside;
    show(fillSeen(observation));
    return sums.better >= params.fillsMin;
  },
  weigh: (own, { params, others, oneIn, compared }) => {
    const { fills, better, worse, spreads } = own.sums;
    const often = oneIn({
      times: better,
      events: fills,
      place: BETTER,
      atLeastOneIn: FAVOURED_ONE_IN,
    });
    const oneWay = atLeast(better, better + worse, chanceOf(EITHER_WAY, PER_MILLE));
    // Fewer than a dozen cannot be rare by their direction alone: that it is one way must suffice.
    const isOneWay = perMilleOf(better, better + worse) >= 850;
    const rare = isOneWay ? often : Math.min(often, onceIn(oneWay, compared));
    const mean = Math.floor(spreads / better);
    return {
      strength: allStrong(
        rareness(rare),
        rising(better, params.fillsMin, 2 * params.fillsMin, 800),
        rising(perMilleOf(better, better + worse), 600, 850, 700),
      ),
      oneIn: rare,
      sentence:
        `${better} of ${fills} fills were ${params.spreadsFrom / 1_000} spreads or more better than the ` +
        `platform’s own price, on average ${Math.floor(mean / 100) / 10}; ${worse} were as much worse.`,
      figures: [
        { name: 'better', unit: 'count', value: better, limit: params.fillsMin },
        { name: 'worse', unit: 'count', value: worse, limit: null },
        { name: 'shareOfFills', unit: 'perMille', value: perMilleOf(better, fills), limit: null },
        { name: 'meanSpreads', unit: 'perMille', value: mean, limit: params.spreadsFrom },
      ],
      picture: histogramOf('spreads beside the price', LABELS, own.beside, others().slice(BESIDE)),
    };
  },
});

/** How much better than the platform's price, in thousandths of the spread; null without a good one. */
function besideOf({ at, quote, side, entry, price }: Fill): number | null {
  if (!quote || quote.ask <= quote.bid || at - quote.at > QUOTE_OLD_MS) return null;
  const isBought = (side === 'buy') === (entry === 'in');
  const better = isBought ? quote.ask - price : price - quote.bid;
  return Math.floor((better * PER_MILLE) / (quote.ask - quote.bid));
}
