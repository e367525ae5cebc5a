import { z } from 'zod';
import { decimalText } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import { defineHabit, type Doing } from '../habit.ts';
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
import { fillSeen, tradeSeen } from '../seen.ts';
import { stakeOf } from '../stakes.ts';
import { closeLevels, isAgainst, openLevel, type Lane } from '../levels.ts';
import type { Fill, Trade } from '../observation.ts';
import { PER_MILLE } from '../signal.ts';
import { bucketOf } from '../windows.ts';

/** Accounts of one trader that are followed at a time. */
const PASTS_MAX = 6;
/** Closed trades of an account, in which the one before an opening is looked up. */
const RECENT_MAX = 8;
const HALVED_AT = 300;
/** Others are taken to raise their size after one loss in so many, and at one addition. */
const RAISED_ONE_IN = 10;
/** And to double it after one loss in so many. */
const DOUBLED_ONE_IN = 25;
/** Of all openings, others' are taken to be raised, or doubled, into a losing position so rarely. */
const INTO_ONE_IN = { raised: 40, doubled: 80 } as const;
/** Answers that are looked at: raises and doublings, after losses, of additions and of openings. */
const QUESTIONS = 6;
/** So many times the size before are a doubling, in thousandths: lots come in steps. */
const DOUBLED_FROM = 1_900;
/** Size after a loss, in thousandths of the size before it. */
const EDGES = [500, 800, 1_250, 1_500, 2_000, 3_000, 4_000] as const;
const LABELS = [
  '< half',
  'smaller',
  'the same',
  '1.25-1.5 times',
  '1.5-2 times',
  '2-3 times',
  '3-4 times',
  '> 4 times',
];

const params = z.strictObject({
  /** A size counts as raised from so many times the one before, in thousandths. */
  raisedFrom: z.int().min(1_050).max(10_000),
  /** Fewer raises after losses than this say nothing. */
  raisesMin: z.int().min(3).max(100),
  /** From this share of losses that were followed by a raise on it counts, in thousandths. */
  shareFrom: z.int().min(100).max(900),
});
type Params = z.output<typeof params>;

/** A closed trade, as the measure of the next one. */
interface Closed {
  readonly at: EpochMs;
  readonly stake: number;
  readonly lost: boolean;
  /** The size with which this row of raises began, and how many raises it is long. */
  readonly base: number;
  readonly steps: number;
}
interface Past {
  readonly accountId: string;
  recent: Closed[];
}
type Sums = Record<
  | 'afterLoss'
  | 'raised'
  | 'doubled'
  | 'afterGain'
  | 'raisedAfterGain'
  | 'opened'
  | 'added'
  | 'raisedInto'
  | 'doubledInto',
  number
>;
interface Own {
  sums: Sums;
  pasts: Past[];
  /** What is open, to see what is added to it. */
  lanes: Lane[];
  /** Sizes after a loss, by how many times the size before it they were. */
  sizes: number[];
  longest: number;
  /** The most raises in a row into one losing position. */
  longestInto: number;
  /** The largest size in thousandths of the one with which its row began. */
  highest: number;
}
const RAISED = 1;
const ADDED = 2;
const RAISED_INTO = 3;
const AFTER_LOSS = 4;
const DOUBLED = 5;
const DOUBLED_INTO = 6;
const OPENED = 7;
const SIZES = 8;
const WIDTH = SIZES + LABELS.length;

export const martingale = defineHabit<Params, Own, null>({
  id: 'martingale',
  version: 2,
  title: 'Martingale',
  pattern: 'style',
  describes:
    'After a loss the next position is a multiple of the lost one, again and again, and it falls back ' +
    'after a gain: losses are doubled away until one cannot be.',
  honestReasons:
    'Who sizes by the distance of the stop varies sizes after gains as much as after losses. A raise ' +
    'after one loss may be a better chance: look whether it is the rule, and whether gains end it.',
  checklist: [
    'Follow one row of losses from its first size to its last.',
    'Compare sizes after losses with sizes after gains.',
    'Check the risk at the stop rather than lots alone: a tighter stop allows a larger size.',
    'Compute what one more loss would have done to the account.',
  ],
  params,
  defaults: { raisedFrom: 1_400, raisesMin: 4, shareFrom: 400 },
  needs: ['trade', 'fill'],
  own: () => ({
    sums: {
      afterLoss: 0,
      raised: 0,
      doubled: 0,
      afterGain: 0,
      raisedAfterGain: 0,
      opened: 0,
      added: 0,
      raisedInto: 0,
      doubledInto: 0,
    },
    pasts: [],
    lanes: [],
    sizes: noCounts(LABELS.length),
    longest: 0,
    longestInto: 0,
    highest: 0,
  }),
  common: () => null,
  counts: WIDTH,
  watch: (own, observation, doing) => {
    if (observation.type === 'fill') return added(own, observation, doing);
    if (observation.type !== 'trade') return false;
    closeLevels(own.lanes, observation);
    return followed(own, observation, doing);
  },
  booked: (own, trade) => closeLevels(own.lanes, trade),
  weigh: (own, { params, others, oneIn }) => {
    const { afterLoss, raised, doubled, afterGain, raisedAfterGain } = own.sums;
    const { opened, added, raisedInto, doubledInto } = own.sums;
    const share = perMilleOf(raised, afterLoss);
    const shareInto = perMilleOf(raisedInto, added);
    // As often as after gains, should losses have nothing to do with it.
    const otherwise = Math.floor((afterGain + RAISED_ONE_IN) / (raisedAfterGain + 1));
    const after = { events: afterLoss, of: AFTER_LOSS, questions: QUESTIONS };
    const raises = { times: raised, place: RAISED };
    const doublings = { times: doubled, place: DOUBLED, atLeastOneIn: DOUBLED_ONE_IN };
    const rareAfter = Math.max(
      oneIn({ ...after, ...raises, atLeastOneIn: Math.max(2, Math.min(RAISED_ONE_IN, otherwise)) }),
      // Where sizes jump after gains as well, doublings say no more than raises do.
      otherwise < RAISED_ONE_IN ? 1 : oneIn({ ...after, ...doublings }),
    );
    const raisesInto = { times: raisedInto, place: RAISED_INTO, questions: QUESTIONS };
    const doublingsInto = { times: doubledInto, place: DOUBLED_INTO, questions: QUESTIONS };
    // Hardly anybody else adds to what loses: those who do are few, and not all of them honest.
    const ofAll = { events: opened, of: OPENED };
    const ofAdded = { events: added, of: ADDED };
    const rareInto = Math.max(
      oneIn({ ...ofAdded, ...raisesInto, atLeastOneIn: RAISED_ONE_IN }),
      oneIn({ ...ofAdded, ...doublingsInto, atLeastOneIn: DOUBLED_ONE_IN }),
      oneIn({ ...ofAll, ...raisesInto, atLeastOneIn: INTO_ONE_IN.raised }),
      oneIn({ ...ofAll, ...doublingsInto, atLeastOneIn: INTO_ONE_IN.doubled }),
    );
    const size = (of: number): number => rising(of, params.shareFrom, 750, 750);
    // One raise at a time may be a better chance; a row of them is a plan.
    const row = (of: number): number => rising(of, 1, 3, 700);
    const strengthAfter = allStrong(rareness(rareAfter), size(share), row(own.longest));
    const strengthInto = allStrong(rareness(rareInto), size(shareInto), row(own.longestInto));
    const strength = Math.max(strengthAfter, strengthInto);
    return {
      strength,
      oneIn: strengthAfter >= strengthInto ? rareAfter : rareInto,
      sentence:
        `After ${raised} of ${afterLoss} losses the next position was at least ` +
        `${timesText(params.raisedFrom)} times as large (after gains ` +
        `${percentOf(perMilleOf(raisedAfterGain, afterGain))}), up to ${own.longest} times in a row; ` +
        `${raisedInto} of ${added} additions to losing positions were so much larger than the last.`,
      figures: [
        { name: 'raisedAfterLoss', unit: 'count', value: raised, limit: params.raisesMin },
        { name: 'shareOfLosses', unit: 'perMille', value: share, limit: params.shareFrom },
        { name: 'raisesInARow', unit: 'count', value: own.longest, limit: null },
        { name: 'highestOfFirst', unit: 'perMille', value: own.highest, limit: null },
        { name: 'raisedIntoLoss', unit: 'count', value: raisedInto, limit: params.raisesMin },
        { name: 'shareOfAdditions', unit: 'perMille', value: shareInto, limit: params.shareFrom },
      ],
      picture: histogramOf('size after a loss', LABELS, own.sizes, others().slice(SIZES)),
    };
  },
});

type Heard = Doing<Params, null>;

/** A closed trade, beside the one that was closed before it was opened. */
function followed(own: Own, trade: Trade, { params, account, count, show }: Heard): boolean {
  const past = pastOf(own, trade.accountId);
  const before = past.recent.findLast(({ at }) => at <= trade.openedAt);
  const stake = stakeOf(trade, account);
  const ratio = before && before.stake > 0 ? Math.floor((stake * PER_MILLE) / before.stake) : 0;
  const isRaised = ratio >= params.raisedFrom;
  remember(past, trade, stake, isRaised && before?.lost ? before : null);
  if (!before) return false;
  const { sums } = own;
  if (sums.afterLoss + sums.afterGain >= HALVED_AT) {
    for (const counts of [sums, own.sizes]) halve(counts);
  }
  if (!before.lost) {
    sums.afterGain += 1;
    if (isRaised) sums.raisedAfterGain += 1;
    return false;
  }
  const size = bucketOf(EDGES, ratio);
  const isDoubled = ratio >= DOUBLED_FROM;
  count(AFTER_LOSS, SIZES + size, ...(isRaised ? [RAISED] : []), ...(isDoubled ? [DOUBLED] : []));
  sums.afterLoss += 1;
  add(own.sizes, size, 1);
  if (!isRaised) return false;
  sums.raised += 1;
  if (isDoubled) sums.doubled += 1;
  own.longest = Math.max(own.longest, before.steps + 1);
  own.highest = Math.max(own.highest, Math.floor((stake * PER_MILLE) / before.base));
  show(tradeSeen(trade, 1 + before.steps));
  return sums.raised >= params.raisesMin;
}

/** An opening, beside what is open already in its direction and losing. */
function added(own: Own, fill: Fill, { params, count, show }: Heard): boolean {
  if (fill.entry === 'out') return false;
  const before = openLevel(own.lanes, fill);
  const { sums } = own;
  if (sums.opened >= HALVED_AT) halve(sums);
  sums.opened += 1;
  count(OPENED);
  if (!isAgainst(before, fill)) return false;
  const last = before.at(-1)?.lots ?? fill.lots;
  const isRaised = fill.lots * PER_MILLE >= params.raisedFrom * last;
  const isDoubled = fill.lots * PER_MILLE >= DOUBLED_FROM * last;
  count(ADDED, ...(isRaised ? [RAISED_INTO] : []), ...(isDoubled ? [DOUBLED_INTO] : []));
  sums.added += 1;
  if (!isRaised) return false;
  sums.raisedInto += 1;
  if (isDoubled) sums.doubledInto += 1;
  own.longestInto = Math.max(own.longestInto, raisesIn([...before, fill], params.raisedFrom));
  show(fillSeen(fill, before.length));
  return sums.raisedInto >= params.raisesMin;
}

/** How many times in a row, up to the latest, each opening was so much larger than the one before. */
function raisesIn(levels: readonly { readonly lots: number }[], raisedFrom: number): number {
  let raises = 0;
  for (let at = levels.length - 1; at > 0; at -= 1) {
    const [lots, before] = [levels[at]?.lots ?? 0, levels[at - 1]?.lots ?? 0];
    if (lots * PER_MILLE < raisedFrom * before) break;
    raises += 1;
  }
  return raises;
}

function pastOf(own: Own, accountId: string): Past {
  const known = own.pasts.find((past) => past.accountId === accountId);
  const past = known ?? { accountId, recent: [] };
  if (!known) own.pasts = [...own.pasts, past].slice(-PASTS_MAX);
  return past;
}

function remember(past: Past, trade: Trade, stake: number, raisedFrom: Closed | null): void {
  const base = raisedFrom?.base ?? Math.max(1, stake);
  const steps = raisedFrom ? raisedFrom.steps + 1 : 0;
  past.recent.push({ at: trade.at, stake, lost: trade.profit < 0, base, steps });
  if (past.recent.length > RECENT_MAX) past.recent.shift();
}

/** 2,500 thousandths are "2.5". */
function timesText(perMille: number): string {
  return decimalText(Math.round(perMille / 100), 1).replace('.0', '');
}
