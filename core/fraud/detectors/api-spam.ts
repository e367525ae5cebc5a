import { z } from 'zod';
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
import { bucketOf } from '../windows.ts';

const MINUTE_MS = 60_000;
/** Accounts of one trader whose fills are counted at a time. */
const LANES_MAX = 8;
const HALVED_AT = 200;
/** Others are taken to be so busy in one stretch of so many at least. */
const BUSY_ONE_IN = 25;
/** Programs are busy by nature: the measure is not the median of all, but what few exceed. */
const BUSIEST = 95;
/** Requests, changes and cancellations in a minute. */
const EDGES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000] as const;
const LABELS = ['< 1', ...EDGES.map(String)];

const params = z.strictObject({
  /** A stretch is busy from so many operations in a minute on. */
  perMinuteFrom: z.int().min(1).max(100_000),
  /** And from so many for each fill on. */
  perFillFrom: z.int().min(1).max(100_000),
  /** Fewer busy stretches than this say nothing. */
  stretchesMin: z.int().min(2).max(500),
});
type Params = z.output<typeof params>;

interface Lane {
  readonly accountId: string;
  fills: number;
}
interface Own {
  lanes: Lane[];
  sums: Record<'stretches' | 'busy' | 'operations' | 'rejections' | 'fills' | 'minutes', number>;
  /** Stretches by operations in a minute. */
  rates: number[];
}
const BUSY = 1;
const RATES = 2;
const WIDTH = RATES + LABELS.length;

export const apiSpam = defineHabit<Params, Own, null>({
  id: 'apiSpam',
  version: 1,
  title: 'Order spam',
  pattern: 'platform',
  describes:
    'Far more orders, changes and cancellations than fills need, and than others send: the platform ' +
    'is slowed, probed for stale prices, or held up while something else is filled.',
  honestReasons:
    'A program that trails stops sends a change every other second; a bad connection repeats requests. ' +
    'Rejections with one reason point at a fault of the program, which the trader may not know of.',
  checklist: [
    'Read which requests they were, and why they were rejected.',
    'Check whether others’ orders were slow at the same time.',
    'Look at fills right after bursts of requests.',
    'Ask the trader for the name and the settings of the program.',
  ],
  params,
  defaults: { perMinuteFrom: 120, perFillFrom: 100, stretchesMin: 3 },
  needs: ['activity', 'fill'],
  own: () => ({
    lanes: [],
    sums: { stretches: 0, busy: 0, operations: 0, rejections: 0, fills: 0, minutes: 0 },
    rates: noCounts(LABELS.length),
  }),
  common: () => null,
  counts: WIDTH,
  watch: (own, observation, { params, count }) => {
    if (observation.type === 'fill') {
      laneOf(own, observation.accountId).fills += 1;
      return false;
    }
    if (observation.type !== 'activity') return false;
    const { requests, modifications, cancellations, rejections, at, fromAt } = observation;
    const lane = laneOf(own, observation.accountId);
    const { fills } = lane;
    lane.fills = 0;
    const operations = requests + modifications + cancellations;
    const minutes = Math.max(1, Math.round((at - fromAt) / MINUTE_MS));
    const rate = Math.floor(operations / minutes);
    const isBusy =
      rate >= params.perMinuteFrom && operations >= params.perFillFrom * Math.max(1, fills);
    const bucket = bucketOf(EDGES, rate);
    const { sums } = own;
    if (sums.stretches >= HALVED_AT) for (const counts of [sums, own.rates]) halve(counts);
    count(RATES + bucket, ...(isBusy ? [BUSY] : []));
    add(own.rates, bucket, 1);
    sums.stretches += 1;
    sums.operations += operations;
    sums.rejections += rejections;
    sums.fills += fills;
    sums.minutes += minutes;
    if (!isBusy) return false;
    sums.busy += 1;
    return sums.busy >= params.stretchesMin;
  },
  weigh: (own, { params, others, oneIn }) => {
    const { stretches, busy, operations, rejections, fills, minutes } = own.sums;
    const rare = oneIn({ times: busy, events: stretches, place: BUSY, atLeastOneIn: BUSY_ONE_IN });
    const rate = Math.floor(operations / Math.max(1, minutes));
    const usual = usualRate(others().slice(RATES));
    const perFill = Math.floor(operations / Math.max(1, fills));
    return {
      strength: allStrong(
        rareness(rare),
        rising(rate, 3 * usual, 10 * usual, 750),
        rising(perMilleOf(busy, stretches), 100, 500, 850),
      ),
      oneIn: rare,
      sentence:
        `${operations} requests, changes and cancellations in ${minutes} minutes for ${fills} fills: ` +
        `${rate} a minute, where of a hundred stretches of others 95 stay under ${usual}.`,
      figures: [
        { name: 'perMinute', unit: 'count', value: rate, limit: params.perMinuteFrom },
        { name: 'othersPerMinute', unit: 'count', value: usual, limit: null },
        { name: 'perFill', unit: 'count', value: perFill, limit: params.perFillFrom },
        { name: 'busyStretches', unit: 'count', value: busy, limit: params.stretchesMin },
        {
          name: 'rejected',
          unit: 'perMille',
          value: perMilleOf(rejections, operations),
          limit: null,
        },
      ],
      picture: histogramOf('operations in a minute', LABELS, own.rates, others().slice(RATES)),
    };
  },
});

function laneOf(own: Own, accountId: string): Lane {
  const known = own.lanes.find((lane) => lane.accountId === accountId);
  const lane = known ?? { accountId, fills: 0 };
  if (!known) own.lanes = [...own.lanes, lane].slice(-LANES_MAX);
  return lane;
}

/** The rate that of a hundred stretches 95 stay under, busy programs among them; at least 1. */
function usualRate(rates: readonly number[]): number {
  const total = rates.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [bucket, count] of rates.entries()) {
    below += count;
    if (100 * below >= BUSIEST * total) return EDGES[bucket] ?? EDGES[EDGES.length - 1] ?? 1;
  }
  return 1;
}
