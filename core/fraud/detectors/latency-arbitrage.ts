import { z } from 'zod';
import { PPM_UNIT } from '#core/money/money.ts';
import { atLeast, chanceOf, oneIn as onceIn } from '../chance.ts';
import { defineHabit, type Weighing } from '../habit.ts';
import {
  add,
  allStrong,
  halve,
  histogramOf,
  noCounts,
  percentOf,
  perMilleOf,
  rareness,
  rising,
} from '../measures.ts';
import { fillSeen } from '../seen.ts';
import { leadOf, type Offsets } from '../lead.ts';
import type { MarkOut } from '../observation.ts';
import { PER_MILLE } from '../signal.ts';
import { bucketOf } from '../windows.ts';

const HALVED_AT = 400;
/** Others are taken to be followed by the price at one fill in so many. */
const FOLLOWED_ONE_IN = 12;
/** And to be followed where another source went first. */
const LED_ONE_IN = 40;
/**
 * Of moves beyond a spread an honest trader is taken to be right in so many, in thousandths: more
 * than a coin, for there is skill.
 */
const SKILL = 600;
/** Marks alone never weigh as much as marks and another source together. */
const WITHOUT_REFERENCE = 850;
/** Least of all where there was another source, and it was not ahead: that is something else. */
const NOT_AHEAD = 450;
/** The move after the fill, in spreads. */
const EDGES = [-2_000, -1_000, -500, 500, 1_000, 2_000, 4_000] as const;
const LABELS = [
  '2 or more against',
  '1-2 against',
  '½-1 against',
  'within ½ spread',
  '½-1 for',
  '1-2 for',
  '2-4 for',
  '4 or more for',
];

const params = z.strictObject({
  /** How soon the platform's price follows; one of the horizons of mark-outs. */
  horizonMs: z.union([z.literal(1_000), z.literal(10_000), z.literal(60_000)]),
  /** A move of so many spreads counts, in thousandths. */
  moveFrom: z.int().min(250).max(10_000),
  /** The other source was ahead by so many spreads as the fill was made, in thousandths. */
  leadFrom: z.int().min(100).max(10_000),
  /** Fewer fills that the price followed say nothing; of more, chance decides. */
  followedMin: z.int().min(5).max(200),
});
type Params = z.output<typeof params>;

type Sums = Record<
  'fills' | 'right' | 'wrong' | 'compared' | 'led' | 'ledRight' | 'ledPpm' | 'restPpm',
  number
>;
interface Own {
  sums: Sums;
  /** Fills by how far the price moved after them. */
  moves: number[];
}
interface Common {
  offsets: Offsets;
}
const RIGHT = 1;
const LED = 2;
const MOVES = 3;
const WIDTH = MOVES + LABELS.length;

export const latencyArbitrage = defineHabit<Params, Own, Common>({
  id: 'latencyArbitrage',
  version: 2,
  title: 'Latency and stale-feed arbitrage',
  pattern: 'prices',
  describes:
    'Fills are taken in the direction in which another source’s price had moved already, and the ' +
    'platform’s own price follows within seconds, far more often than for others.',
  honestReasons:
    'A fast scalper is right a little more often than not, and wrong with large moves too. After a ' +
    'release prices run for everybody. Few fills may be luck; a chart from another vendor may be ' +
    'ahead without the trader knowing.',
  checklist: [
    'Put the ticks of both sources around ten of these fills on one time axis.',
    'Check whether the platform’s feed was late for all symbols then, and tell the vendor.',
    'Compare the time of the order with the time of the fill: slippage and delay.',
    'Look at the same trader’s fills on symbols that have no second source.',
    'Look for one client, network or program behind several of these traders.',
  ],
  params,
  defaults: { horizonMs: 10_000, moveFrom: 1_000, leadFrom: 500, followedMin: 6 },
  needs: ['markOut'],
  own: () => ({
    sums: {
      fills: 0,
      right: 0,
      wrong: 0,
      compared: 0,
      led: 0,
      ledRight: 0,
      ledPpm: 0,
      restPpm: 0,
    },
    moves: noCounts(LABELS.length),
  }),
  common: () => ({ offsets: {} }),
  counts: WIDTH,
  watch: (own, observation, { params, common, count, show }) => {
    if (observation.type !== 'markOut' || observation.horizonMs !== params.horizonMs) return false;
    const { sums } = own;
    if (sums.fills >= HALVED_AT) for (const counts of [sums, own.moves]) halve(counts);
    const move = moveOf(observation);
    const bucket = bucketOf(EDGES, move);
    const isRight = move >= params.moveFrom;
    const lead = leadOf(observation.fill, common.offsets, observation.at);
    const isLed = lead !== null && lead >= params.leadFrom;
    add(own.moves, bucket, 1);
    sums.fills += 1;
    if (lead !== null) sums.compared += 1;
    if (isLed) sums.led += 1;
    sums[isLed ? 'ledPpm' : 'restPpm'] += observation.ppm;
    if (move <= -params.moveFrom) sums.wrong += 1;
    count(MOVES + bucket, ...(isRight ? [RIGHT] : []), ...(isRight && isLed ? [LED] : []));
    if (!isRight) return false;
    sums.right += 1;
    if (isLed) sums.ledRight += 1;
    show(fillSeen(observation.fill, isLed ? 1 : 0));
    return sums.right >= params.followedMin;
  },
  weigh: (own, weighing) => {
    const { params, others } = weighing;
    const { fills, right, wrong, led, ledRight } = own.sums;
    const alone = byMarks(own.sums, weighing);
    const ahead = byReference(own.sums, weighing);
    const strongest = ahead.strength >= alone.strength ? ahead : alone;
    const share = perMilleOf(right, fills);
    const otherShare = perMilleOf(others()[RIGHT] ?? 0, others()[0] ?? 0);
    const seconds = params.horizonMs / 1_000;
    const meanOf = (sum: number, count: number): number => Math.floor(sum / Math.max(1, count));
    return {
      ...strongest,
      sentence:
        `After ${right} of ${fills} fills the price went the trader’s way by a spread or more within ` +
        `${seconds} s, after ${wrong} against; others ${percentOf(otherShare)}. Before ${ledRight} of ` +
        `them another source had moved already.`,
      figures: [
        { name: 'followed', unit: 'count', value: right, limit: params.followedMin },
        { name: 'shareFollowed', unit: 'perMille', value: share, limit: null },
        { name: 'othersFollowed', unit: 'perMille', value: otherShare, limit: null },
        { name: 'wentAgainst', unit: 'count', value: wrong, limit: null },
        { name: 'sourceAhead', unit: 'count', value: ledRight, limit: null },
        { name: 'markOutAhead', unit: 'ppm', value: meanOf(own.sums.ledPpm, led), limit: null },
        {
          name: 'markOutRest',
          unit: 'ppm',
          value: meanOf(own.sums.restPpm, fills - led),
          limit: null,
        },
      ],
      picture: histogramOf(
        `move within ${seconds} s, in spreads`,
        LABELS,
        own.moves,
        others().slice(MOVES),
      ),
    };
  },
});

interface Strongest {
  readonly strength: number;
  readonly oneIn: number;
}

/** Right far more often than others, and far more often than wrong: the market's noise is neither. */
function byMarks(sums: Sums, { oneIn, compared }: Weighing<Params, Common>): Strongest {
  const { fills, right, wrong, ledRight } = sums;
  const often = oneIn({ times: right, events: fills, place: RIGHT, atLeastOneIn: FOLLOWED_ONE_IN });
  const skill = atLeast(right, right + wrong, chanceOf(SKILL, PER_MILLE));
  const rare = Math.min(often, onceIn(skill, compared));
  const isRefuted = 2 * sums.compared >= fills && 4 * ledRight < right;
  const strength = allStrong(
    isRefuted ? NOT_AHEAD : WITHOUT_REFERENCE,
    rareness(rare),
    rising(perMilleOf(right, right + wrong), 750, 900, 700),
    rising(perMilleOf(right, fills), 200, 400, 700),
  );
  return { strength, oneIn: rare };
}

/** Followed where another source went first, far more often than others. */
function byReference(sums: Sums, { oneIn }: Weighing<Params, Common>): Strongest {
  const { compared, led, ledRight, right, wrong } = sums;
  const rare = oneIn({ times: ledRight, events: compared, place: LED, atLeastOneIn: LED_ONE_IN });
  const strength = allStrong(
    rareness(rare),
    rising(perMilleOf(ledRight, led), 500, 700, 800),
    rising(perMilleOf(right, right + wrong), 650, 800, 800),
    rising(perMilleOf(ledRight, compared), 100, 300, 700),
  );
  return { strength, oneIn: rare };
}

/** How far the mid went the trader's way, in thousandths of the spread at the fill. */
function moveOf({ ppm, fill }: MarkOut): number {
  const { quote, price, side } = fill;
  if (!quote) return 0;
  // The mark-out begins at the price that was paid, which may lie beside the market; a move does not.
  const paid =
    side === 'buy' ? 2 * price - quote.bid - quote.ask : quote.bid + quote.ask - 2 * price;
  const moved = 2 * Math.round((ppm * price) / PPM_UNIT) + paid;
  return Math.floor((moved * PER_MILLE) / (2 * Math.max(1, quote.ask - quote.bid)));
}
