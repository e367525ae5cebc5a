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
import { fillSeen } from '../seen.ts';
import { closeLevels, isAgainst, LEVELS_MAX, openLevel, type Lane, type Level } from '../levels.ts';
import type { Fill } from '../observation.ts';
import { PER_MILLE } from '../signal.ts';

const HALVED_AT = 300;
/** Others are taken to repeat a distance at one addition in so many. */
const REPEATED_ONE_IN = 4;
/** And to stack positions against the move once in so many times that they begin a direction. */
const STACKED_ONE_IN = 250;
const STACKS_MIN = 3;
/** Symbols whose latest distance is remembered of one trader. */
const DISTANCES_MAX = 10;
/** Positions held at once in one direction. */
const LABELS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10 or more'];

const params = z.strictObject({
  /** A distance is the same as the one before when it differs by no more, in thousandths. */
  unevenTo: z.int().min(10).max(900),
  /** Fewer additions at the same distance say nothing. */
  additionsMin: z.int().min(3).max(100),
  /** From this share of additions on it counts, in thousandths. */
  shareFrom: z.int().min(100).max(900),
  /** Somebody who never had more open in one direction builds no grid. */
  levelsMin: z.int().min(2).max(LEVELS_MAX),
});
type Params = z.output<typeof params>;

interface Own {
  lanes: Lane[];
  /** The latest distance between two entries, by symbol; the latest last. */
  distances: [symbol: string, points: number][];
  sums: Record<'begun' | 'stacks' | 'added' | 'repeated' | 'growth', number>;
  /** Openings by how many positions were then open in that direction. */
  depths: number[];
  deepest: number;
}
const ADDED = 1;
const REPEATED = 2;
const STACKED = 3;
const DEPTHS = 4;
/** The first bucket of depths counts how often a direction was begun. */
const BEGUN = DEPTHS;
const WIDTH = DEPTHS + LABELS.length;

export const gridTrading = defineHabit<Params, Own, null>({
  id: 'gridTrading',
  version: 1,
  title: 'Grid trading',
  pattern: 'style',
  describes:
    'Positions are added against the move at equal distances, many in one direction, until the ' +
    'price comes back or the account does not.',
  honestReasons:
    'Averaging into a position in two or three parts is common, at levels that the chart gives: their ' +
    'distances differ. An order that is filled in parts has its parts at nearly one price.',
  checklist: [
    'Look at the distances between the entries, and whether sizes grow with them.',
    'Check whether any of these positions had a stop, and where.',
    'Compute the loss of the whole stack one more step further.',
    'Look whether the entries come from a program: same distances on other symbols and days.',
  ],
  params,
  defaults: { unevenTo: 250, additionsMin: 5, shareFrom: 450, levelsMin: 4 },
  needs: ['fill', 'trade'],
  own: () => ({
    lanes: [],
    distances: [],
    sums: { begun: 0, stacks: 0, added: 0, repeated: 0, growth: 0 },
    depths: noCounts(LABELS.length),
    deepest: 0,
  }),
  common: () => null,
  counts: WIDTH,
  watch: (own, observation, { params, count, show }) => {
    if (observation.type === 'trade') closeLevels(own.lanes, observation);
    if (observation.type !== 'fill' || observation.entry === 'out') return false;
    const before = openLevel(own.lanes, observation);
    const depth = before.length + 1;
    const place = DEPTHS + Math.min(depth, LABELS.length) - 1;
    add(own.depths, place - DEPTHS, 1);
    const { sums } = own;
    if (sums.begun >= HALVED_AT) for (const counts of [sums, own.depths]) halve(counts);
    if (depth === 1) sums.begun += 1;
    const distance = distanceOf(before, observation);
    const last = distance === null ? null : lastDistance(own, observation.symbol, distance);
    const isStacked = distance !== null && depth === params.levelsMin;
    const isSame =
      distance !== null &&
      last !== null &&
      Math.abs(distance - last) * PER_MILLE <= params.unevenTo * last;
    count(
      place,
      ...(last === null ? [] : [ADDED]),
      ...(isSame ? [REPEATED] : []),
      ...(isStacked ? [STACKED] : []),
    );
    if (last !== null) sums.added += 1;
    if (isStacked) sums.stacks += 1;
    if (!isSame && !isStacked) return false;
    if (isSame) sums.repeated += 1;
    sums.growth += Math.floor((observation.lots * PER_MILLE) / Math.max(1, before[0]?.lots ?? 1));
    own.deepest = Math.max(own.deepest, depth);
    show(fillSeen(observation, depth));
    const isMuch = sums.repeated >= params.additionsMin || sums.stacks >= STACKS_MIN;
    return isMuch && own.deepest >= params.levelsMin;
  },
  booked: (own, trade) => closeLevels(own.lanes, trade),
  weigh: (own, { params, others, oneIn }) => {
    const { begun, stacks, added, repeated, growth } = own.sums;
    const share = perMilleOf(repeated, added);
    const { additionsMin, shareFrom, levelsMin } = params;
    const even = oneIn({
      times: repeated,
      events: added,
      place: REPEATED,
      of: ADDED,
      questions: 2,
      atLeastOneIn: REPEATED_ONE_IN,
    });
    const high = oneIn({
      times: stacks,
      events: begun,
      place: STACKED,
      of: BEGUN,
      questions: 2,
      atLeastOneIn: STACKED_ONE_IN,
    });
    const strengthEven = allStrong(rareness(even), rising(share, shareFrom, 650, 750));
    const strengthHigh = allStrong(rareness(high), rising(stacks, STACKS_MIN, 6, 750));
    return {
      strength: Math.max(strengthEven, strengthHigh),
      oneIn: strengthEven >= strengthHigh ? even : high,
      sentence:
        `${repeated} of ${added} additions against the move were made at the same distance as the one ` +
        `before, give or take ${percentOf(params.unevenTo)}; ${stacks} times of ${begun}, ${levelsMin} or ` +
        `more positions were stacked in one direction, up to ${own.deepest}.`,
      figures: [
        { name: 'sameDistance', unit: 'count', value: repeated, limit: additionsMin },
        { name: 'shareOfAdditions', unit: 'perMille', value: share, limit: shareFrom },
        { name: 'stacks', unit: 'count', value: stacks, limit: STACKS_MIN },
        { name: 'deepest', unit: 'count', value: own.deepest, limit: levelsMin },
        {
          name: 'sizeOfFirst',
          unit: 'perMille',
          limit: null,
          value: Math.floor(growth / Math.max(1, repeated + stacks)),
        },
      ],
      picture: histogramOf('open in one direction', LABELS, own.depths, others().slice(DEPTHS)),
    };
  },
});

/** How far an opening lies from the last one, where all that is open loses; else null. */
function distanceOf(before: readonly Level[], fill: Fill): number | null {
  const last = before.at(-1);
  if (!last || !isAgainst(before, fill)) return null;
  const distance = Math.abs(fill.price - last.price);
  // Nearer than a spread it is one order that was filled in parts.
  return fill.quote && distance < fill.quote.ask - fill.quote.bid ? null : distance;
}

/** The distance before this one on the symbol, or null; this one is remembered instead. */
function lastDistance(own: Own, symbol: string, distance: number): number | null {
  const known = own.distances.find(([name]) => name === symbol);
  if (!known) {
    own.distances = [...own.distances, [symbol, distance] as [string, number]].slice(
      -DISTANCES_MAX,
    );
    return null;
  }
  const [, last] = known;
  known[1] = distance;
  return last;
}
