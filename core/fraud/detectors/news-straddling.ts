import { z } from 'zod';
import { touches, type NewsRelease } from '#core/market/calendar.ts';
import type { EpochMs } from '#core/time/time.ts';
import { defineHabit, type Context } from '../habit.ts';
import { allStrong, halve, histogramOf, noCounts, rareness, rising } from '../measures.ts';
import { tradeSeen } from '../seen.ts';
import { isOutsized, stakeOf, usualStake, type Usual } from '../stakes.ts';
import type { Trade } from '../observation.ts';
import type { TradeSeen } from '../signal.ts';
import { bucketOf } from '../windows.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Releases remembered; the earliest are forgotten. */
const RELEASES_MAX = 400;
/** Releases that one trader is followed through at a time. */
const FOLLOWED_MAX = 3;
const LEGS_MAX = 6;
const HALVED_AT = 400;
/** Spreads widen in the last seconds, and close some of those who wait: they waited for it. */
const WAITED_MS = 20_000;
/** Others are taken to straddle, to bet on, or to do both at, one release in so many trades. */
const STRADDLED_ONE_IN = 1_500;
const BET_ONE_IN = 1_000;
const BOTH_ONE_IN = 10_000;
/** Time from the release to the opening. */
const EDGES_MS = [-15, -5, -2, 0, 2, 5, 15, 60].map((minutes) => minutes * MINUTE_MS);
const LABELS = [
  '15-60 min before',
  '5-15 min before',
  '2-5 min before',
  '< 2 min before',
  '< 2 min after',
  '2-5 min after',
  '5-15 min after',
  '15-60 min after',
  'not near one',
];
/** The buckets within a quarter of an hour before it. */
const BEFORE = [1, 4] as const;

const params = z.strictObject({
  /** A position opened at most so long before a release waits for it. */
  beforeMinutes: z.int().min(1).max(60),
  /** It is closed shortly after when no later than this. */
  afterMinutes: z.int().min(1).max(240),
  /** One side alone counts when it is so many times the usual size, in thousandths. */
  outsizedFrom: z.int().min(1_000).max(100_000),
  /** Fewer releases than this say nothing. */
  releasesMin: z.int().min(2).max(50),
});
type Params = z.output<typeof params>;

/** A release that a trader stood ready for, with the positions that waited for it. */
interface Followed {
  readonly releaseAt: EpochMs;
  readonly legs: TradeSeen[];
  straddled: boolean;
  bet: boolean;
}
interface Own {
  sums: Record<'trades' | 'stake' | 'straddled' | 'bet' | 'both', number>;
  followed: Followed[];
  /** Trades by how long before or after the nearest release they were opened. */
  opened: number[];
}
type Release = Pick<NewsRelease, 'releaseId' | 'at' | 'currencies'>;
interface Common {
  releases: Release[];
  /** By symbol: what is usually put on a trade. */
  usual: Record<string, Usual>;
}
const STRADDLED = 1;
const BET = 2;
const BOTH = 3;
const OPENED = 4;
const WIDTH = OPENED + LABELS.length;
const NOTHING: { readonly places: readonly number[]; readonly legs: readonly TradeSeen[] } = {
  places: [],
  legs: [],
};

export const newsStraddling = defineHabit<Params, Own, Common>({
  id: 'newsStraddling',
  version: 1,
  title: 'News straddling',
  pattern: 'events',
  describes:
    'Shortly before releases of high impact, positions are opened on both sides, or far larger than ' +
    'usual, and closed shortly after: the jump is taken where a real market would not fill.',
  honestReasons:
    'Who trades all day opens before a release now and then, at the usual size; who trades the news ' +
    'opens after it. A hedger may hold both sides at any time: then most of it is not near releases.',
  checklist: [
    'Look at fills in the seconds after the release against the ticks of that moment.',
    'Compare sizes before releases with those on other days.',
    'Read whether the program forbids trading around releases, and how it words the window.',
    'Ask how the rest of the account came about: without these releases, is there a profit?',
  ],
  params,
  defaults: { beforeMinutes: 5, afterMinutes: 30, outsizedFrom: 2_500, releasesMin: 2 },
  needs: ['trade', 'news'],
  own: () => ({
    sums: { trades: 0, stake: 0, straddled: 0, bet: 0, both: 0 },
    followed: [],
    opened: noCounts(LABELS.length),
  }),
  common: () => ({ releases: [], usual: {} }),
  counts: WIDTH,
  hear: (observation, { common }) => {
    if (observation.type === 'news') schedule(common, observation.release);
  },
  watch: (own, observation, doing) => {
    if (observation.type !== 'trade') return false;
    const { params } = doing;
    const { sums } = own;
    const stake = stakeOf(observation, doing.account);
    const usual = usualStake(doing.common.usual, observation, stake);
    const isLarge = isOutsized(stake, usual, sums, params.outsizedFrom);
    if (sums.trades >= HALVED_AT) for (const counts of [sums, own.opened]) halve(counts);
    sums.trades += 1;
    sums.stake += stake;
    const release = releaseNear(observation, doing);
    const opened = openedIn(observation, release);
    own.opened[opened] = (own.opened[opened] ?? 0) + 1;
    const news =
      release && waitsFor(release.at, observation, params)
        ? follow(own, release.at, observation, isLarge)
        : NOTHING;
    doing.count(OPENED + opened, ...news.places);
    for (const leg of news.legs) doing.show(leg);
    if (news.places.includes(STRADDLED)) sums.straddled += 1;
    if (news.places.includes(BET)) sums.bet += 1;
    if (news.places.includes(BOTH)) sums.both += 1;
    return news.places.length > 0 && Math.max(sums.straddled, sums.bet) >= params.releasesMin;
  },
  weigh: (own, { params, others, oneIn }) => {
    const { trades, straddled, bet, both } = own.sums;
    const repeated = { events: trades, questions: 3 };
    const straddle = { times: straddled, place: STRADDLED, atLeastOneIn: STRADDLED_ONE_IN };
    const outsized = { times: bet, place: BET, atLeastOneIn: BET_ONE_IN };
    const together = { times: both, place: BOTH, atLeastOneIn: BOTH_ONE_IN };
    const rare = Math.max(
      ...[straddle, outsized, together].map((asked) => oneIn({ ...repeated, ...asked })),
    );
    const { releasesMin } = params;
    const size = rising(Math.max(straddled, bet), releasesMin, 2 * releasesMin, 830);
    const near = own.opened.slice(...BEFORE).reduce((sum, count) => sum + count, 0);
    return {
      strength: allStrong(rareness(rare), size),
      oneIn: rare,
      sentence:
        `Stood ready on both sides of ${straddled} releases, and ${bet} times with a position far ` +
        `larger than usual; ${near} of ${trades} positions were opened within 15 minutes before one.`,
      figures: [
        { name: 'straddledReleases', unit: 'count', value: straddled, limit: releasesMin },
        { name: 'outsizedBefore', unit: 'count', value: bet, limit: releasesMin },
        { name: 'trades', unit: 'count', value: trades, limit: null },
        {
          name: 'openedWithinBefore',
          unit: 'seconds',
          value: params.beforeMinutes * 60,
          limit: null,
        },
      ],
      picture: histogramOf(
        'opened around the nearest release',
        LABELS,
        own.opened,
        others().slice(OPENED),
      ),
    };
  },
});

/** Releases in the order of their time; a later word on the same one replaces it. */
function schedule(common: Common, release: NewsRelease): void {
  const { releaseId, at, currencies, impact } = release;
  const others = common.releases.filter((known) => known.releaseId !== releaseId);
  common.releases = [...others, ...(impact === 'high' ? [{ releaseId, at, currencies }] : [])]
    .sort((one, other) => one.at - other.at || (one.releaseId < other.releaseId ? -1 : 1))
    .slice(-RELEASES_MAX);
}

/** The next release within the hour after an opening, or else the last within the hour before. */
function releaseNear(trade: Trade, { common, directory }: Context<Params, Common>): Release | null {
  const instrument = directory.instrument(trade.symbol);
  if (!instrument) return null;
  let next: Release | null = null;
  for (let at = common.releases.length - 1; at >= 0; at -= 1) {
    const release = common.releases[at] as Release;
    if (release.at < trade.openedAt - HOUR_MS) break;
    if (release.at > trade.openedAt + HOUR_MS || !touches(release, instrument)) continue;
    if (release.at <= trade.openedAt) return next ?? release;
    next = release;
  }
  return next;
}

function openedIn({ openedAt }: Trade, release: Release | null): number {
  return release === null ? LABELS.length - 1 : bucketOf(EDGES_MS, openedAt - release.at);
}

/** Opened shortly before, held until it came, and closed shortly after. */
function waitsFor(releaseAt: EpochMs, { openedAt, at }: Trade, params: Params): boolean {
  const early = releaseAt - openedAt;
  const late = at - releaseAt;
  const isBefore = early > 0 && early <= params.beforeMinutes * MINUTE_MS;
  return isBefore && late >= -WAITED_MS && late <= params.afterMinutes * MINUTE_MS;
}

/** Adds a position to those that waited for a release, and says what that makes of them. */
function follow(own: Own, releaseAt: EpochMs, trade: Trade, isLarge: boolean): typeof NOTHING {
  const known = own.followed.find((followed) => followed.releaseAt === releaseAt);
  const followed = known ?? { releaseAt, legs: [], straddled: false, bet: false };
  if (!known) own.followed = [...own.followed, followed].slice(-FOLLOWED_MAX);
  const leg = tradeSeen(trade);
  const { symbol, side } = trade;
  const isBothSides = followed.legs.some((other) => other.symbol === symbol && other.side !== side);
  if (followed.legs.length < LEGS_MAX) followed.legs.push(leg);
  const places: number[] = [];
  if (isBothSides && !followed.straddled) places.push(STRADDLED);
  if (isLarge && !followed.bet) places.push(BET);
  const wasSeen = followed.straddled || followed.bet;
  const wasBoth = followed.straddled && followed.bet;
  followed.straddled ||= isBothSides;
  followed.bet ||= isLarge;
  if (followed.straddled && followed.bet && !wasBoth) places.push(BOTH);
  if (wasSeen) return { places, legs: [leg] };
  return { places, legs: places.length > 0 ? followed.legs : [] };
}
