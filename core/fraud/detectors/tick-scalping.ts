import { z } from 'zod';
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
} from '../measures.ts';
import { tradeSeen } from '../seen.ts';
import { leadOf, type Offsets } from '../lead.ts';
import type { Fill } from '../observation.ts';
import { bucketOf } from '../windows.ts';

const SECOND_MS = 1_000;
/** With so many trades a trader's counts are halved: what is recent counts more. */
const HALVED_AT = 400;
/** Positions of a trader that are remembered as explained; those held so long are not short. */
const EXPLAINED_MAX = 30;
/** Others are taken to gain so quickly with at least one in so many, even where none was seen. */
const QUICK_ONE_IN = 25;
const EDGES_S = [2, 5, 10, 20, 30, 60, 120, 300, 900, 3_600, 14_400] as const;
const LABELS = [...EDGES_S.map((edge) => `< ${edge} s`), 'longer'];

const params = z.strictObject({
  /** A position closed sooner than this is short. */
  seconds: z.int().min(1).max(600),
  /** Fewer short trades that gained say nothing. */
  quickGainsMin: z.int().min(5).max(200),
  /** From this share of all trades on quick gains count, in thousandths. */
  shareFrom: z.int().min(0).max(900),
  /** A fill before which another source was ahead by so many spreads is explained by that. */
  leadFrom: z.int().min(100).max(100_000),
  /** Of short trades so many have gained at least, in thousandths: stops that were hit are not it. */
  rightFrom: z.int().min(0).max(900),
});
type Params = z.output<typeof params>;

type Sums = Record<'trades' | 'short' | 'quick' | 'gain' | 'quickGain', number>;
interface Own {
  sums: Sums;
  /** Open positions that another source explains: latency arbitrage asks about them. */
  explained: string[];
  /** Trades by the time they were held. */
  held: number[];
}
interface Common {
  offsets: Offsets;
}
/** Of all traders: trades, quick gains, then one count for each bucket of time held. */
const QUICK = 1;
const BUCKETS = 2;
const WIDTH = BUCKETS + LABELS.length;

export const tickScalping = defineHabit<Params, Own, Common>({
  id: 'tickScalping',
  version: 2,
  title: 'Tick scalping',
  pattern: 'style',
  describes:
    'A large part of all trades are gains after a few seconds, and hardly any so short a trade ' +
    'loses: gains that simulated fills give and a market would not.',
  honestReasons:
    'Scalpers with tight stops close many losing trades within seconds, while their gains take ' +
    'longer: only short trades that gained are counted here, and none that another source’s price ' +
    'explains. A break-out trader may have a day of ' +
    'quick targets; look whether it goes on over several days.',
  checklist: [
    'Compare the time that winners were held with that of losers.',
    'Check whether the gains are larger than the spread and the slippage of a real fill.',
    'Look whether an order came with its exit at once, as programs place them.',
    'Read which holding time the program of the account allows.',
  ],
  params,
  defaults: { seconds: 30, quickGainsMin: 10, shareFrom: 200, rightFrom: 550, leadFrom: 500 },
  needs: ['trade', 'fill'],
  own: () => ({
    sums: { trades: 0, short: 0, quick: 0, gain: 0, quickGain: 0 },
    explained: [],
    held: noCounts(LABELS.length),
  }),
  common: () => ({ offsets: {} }),
  counts: WIDTH,
  watch: (own, observation, { params, common, count, show }) => {
    if (observation.type === 'fill') explain(own, observation, common, params);
    if (observation.type !== 'trade') return false;
    if (own.explained.includes(observation.positionId)) return false;
    const heldMs = observation.at - observation.openedAt;
    const isShort = heldMs < params.seconds * SECOND_MS;
    const bucket = bucketOf(EDGES_S, Math.floor(heldMs / SECOND_MS));
    const gain = Math.max(0, observation.profit);
    const isQuick = isShort && gain > 0;
    count(BUCKETS + bucket, ...(isQuick ? [QUICK] : []));
    const { sums, held } = own;
    if (sums.trades >= HALVED_AT) for (const counts of [sums, held]) halve(counts);
    add(held, bucket, 1);
    sums.trades += 1;
    sums.gain += gain;
    if (isShort) sums.short += 1;
    if (!isQuick) return false;
    sums.quick += 1;
    sums.quickGain += gain;
    show(tradeSeen(observation));
    return sums.quick >= params.quickGainsMin;
  },
  weigh: (own, { params, others, oneIn }) => {
    const { trades, short, quick, gain, quickGain } = own.sums;
    const { shareFrom, rightFrom } = params;
    const share = perMilleOf(quick, trades);
    const right = perMilleOf(quick, short);
    const rare = oneIn({ times: quick, events: trades, place: QUICK, atLeastOneIn: QUICK_ONE_IN });
    const all = others();
    return {
      strength: allStrong(
        rareness(rare),
        rising(share, shareFrom, 2 * shareFrom, 750),
        rising(right, rightFrom, 700, 850),
      ),
      oneIn: rare,
      sentence:
        `${quick} of ${trades} trades gained within ${params.seconds} seconds, and only ` +
        `${short - quick} so short did not; they made ${percentOf(perMilleOf(quickGain, gain))} of the ` +
        `gains. Of others' trades ${percentOf(perMilleOf(all[QUICK] ?? 0, all[0] ?? 0))} gain so soon.`,
      figures: [
        { name: 'quickGains', unit: 'count', value: quick, limit: params.quickGainsMin },
        { name: 'shareOfTrades', unit: 'perMille', value: share, limit: shareFrom },
        { name: 'gainedOfShort', unit: 'perMille', value: right, limit: rightFrom },
        { name: 'shareOfGains', unit: 'perMille', value: perMilleOf(quickGain, gain), limit: null },
        { name: 'shortWhenUnder', unit: 'seconds', value: params.seconds, limit: null },
      ],
      picture: histogramOf('time held', LABELS, own.held, all.slice(BUCKETS)),
    };
  },
});

function explain(own: Own, fill: Fill, { offsets }: Common, { leadFrom }: Params): void {
  if (fill.entry === 'out') return;
  if ((leadOf(fill, offsets, fill.at) ?? 0) < leadFrom) return;
  own.explained.push(fill.positionId);
  if (own.explained.length > EXPLAINED_MAX) own.explained.shift();
}
