import { z } from 'zod';
import { mulDivFloor } from '#core/money/money.ts';
import { defineHabit } from '../habit.ts';
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
  sumOf,
} from '../measures.ts';
import { tradeSeen } from '../seen.ts';
import { stakeOf, usualStake, type Usual } from '../stakes.ts';
import type { SurveyedAccount, Trade } from '../observation.ts';
import { PER_MILLE } from '../signal.ts';
import { bucketOf } from '../windows.ts';

/** Trades of a trader that sides are judged by. */
const RECENT_MAX = 30;
const HALVED_AT = 200;
/** Others are taken to bet at least once in so many trades. */
const BET_ONE_IN = 60;
/** A second line lies so many buckets higher: beyond it a bet is rarer still. */
const HIGHER = 2;
const HIGH_BET_ONE_IN = 150;
/** What was put on a trade, in thousandths of what others put on the same symbol. */
const EDGES = [500, 1_000, 2_000, 3_000, 5_000, 8_000, 12_000, 20_000, 40_000] as const;
const LABELS = [
  '< half',
  'half to 1 times',
  '1-2 times',
  '2-3 times',
  '3-5 times',
  '5-8 times',
  '8-12 times',
  '12-20 times',
  '20-40 times',
  '40 times or more',
];

const params = z.strictObject({
  /** A trade is a bet from so many times the usual stake on its symbol on, in thousandths. */
  betFrom: z.union([z.literal(3_000), z.literal(5_000), z.literal(8_000), z.literal(12_000)]),
  /** Fewer bets than this say nothing. */
  betsMin: z.int().min(2).max(100),
  /** From this share of trades on it counts, in thousandths. */
  shareFrom: z.int().min(50).max(900),
});
type Params = z.output<typeof params>;

interface Own {
  /** Trades by how many times the usual was put on them. */
  times: number[];
  /** The sides of the latest trades, true for bought. */
  sides: boolean[];
  /** The most that one trade moved, in thousandths of the capital. */
  most: number;
}
interface Common {
  /** By symbol: what is usually put on a trade. */
  usual: Record<string, Usual>;
}
const TIMES = 1;
const WIDTH = TIMES + LABELS.length;
const PLACES = LABELS.map((_, bucket) => TIMES + bucket);

export const gambling = defineHabit<Params, Own, Common>({
  id: 'gambling',
  version: 2,
  title: 'Gambling',
  pattern: 'style',
  describes:
    'Nearly all that the account can hold is put on single trades, many times what others put on the ' +
    'same symbol: a few coin tosses decide the account, and another one is bought if they fail.',
  honestReasons:
    'A hedged position or a very tight stop allows a large size at little risk. A single large trade ' +
    'may be a mistake of digits. Some programs give more leverage: compare within the program.',
  checklist: [
    'Set the loss of the largest trades against the daily limit of the program.',
    'Look whether sizes follow the balance, the stop, or nothing.',
    'See how much of the profit comes from the best three trades, and whether all are on one side.',
    'Look for other accounts of the same trader that were lost in the same way.',
  ],
  params,
  defaults: { betFrom: 5_000, betsMin: 3, shareFrom: 400 },
  needs: ['trade'],
  own: () => ({ times: noCounts(LABELS.length), sides: [], most: 0 }),
  common: () => ({ usual: {} }),
  counts: WIDTH,
  watch: (own, observation, { params, common, account, count, show }) => {
    if (observation.type !== 'trade') return false;
    const stake = stakeOf(observation, account);
    const usual = usualStake(common.usual, observation, stake);
    if (usual === null) return false;
    const times = mulDivFloor(stake, PER_MILLE, Math.max(1, usual));
    const bucket = bucketOf(EDGES, times);
    if (sumOf(own.times) >= HALVED_AT) halve(own.times);
    own.sides.push(observation.side === 'buy');
    if (own.sides.length > RECENT_MAX) own.sides.shift();
    own.most = Math.max(own.most, movedOf(observation, account));
    count(TIMES + bucket);
    add(own.times, bucket, 1);
    if (times < params.betFrom) return false;
    show(tradeSeen(observation));
    return sumOf(own.times.slice(bucketOf(EDGES, params.betFrom))) >= params.betsMin;
  },
  weigh: (own, { params, others, oneIn }) => {
    const from = bucketOf(EDGES, params.betFrom);
    const events = sumOf(own.times);
    // Beyond a higher line lie fewer bets, and far fewer of others.
    const betsFrom = (line: number, atLeastOneIn: number): number =>
      oneIn({
        times: sumOf(own.times.slice(line)),
        events,
        questions: 2,
        place: PLACES.slice(line),
        atLeastOneIn,
      });
    const rare = Math.max(betsFrom(from, BET_ONE_IN), betsFrom(from + HIGHER, HIGH_BET_ONE_IN));
    const bets = sumOf(own.times.slice(from));
    const share = perMilleOf(bets, events);
    const size = rising(share, params.shareFrom, 2 * params.shareFrom, 750);
    if (size === 0) return null;
    const buys = own.sides.filter((isBuy) => isBuy).length;
    const side = perMilleOf(Math.max(buys, own.sides.length - buys), own.sides.length);
    return {
      strength: allStrong(rareness(rare), size),
      oneIn: rare,
      sentence:
        `On ${bets} of ${events} trades at least ${params.betFrom / 1_000} times as much was put as others ` +
        `put on the same symbols; one moved the capital by ${percentOf(own.most)}, and ` +
        `${percentOf(side)} were on one side.`,
      figures: [
        { name: 'bets', unit: 'count', value: bets, limit: params.betsMin },
        { name: 'shareOfTrades', unit: 'perMille', value: share, limit: params.shareFrom },
        { name: 'betFromUsual', unit: 'perMille', value: params.betFrom, limit: null },
        { name: 'mostMoved', unit: 'perMille', value: own.most, limit: null },
        { name: 'onOneSide', unit: 'perMille', value: side, limit: null },
      ],
      picture: histogramOf('times the usual stake', LABELS, own.times, others().slice(TIMES)),
    };
  },
});

/** What a trade moved the capital by, either way, in thousandths of it. */
function movedOf({ profit, balance }: Trade, account: SurveyedAccount | undefined): number {
  const capital = Math.max(balance, account?.nominalSize ?? 0);
  return capital <= 0 ? 0 : mulDivFloor(Math.abs(profit), PER_MILLE, capital);
}
