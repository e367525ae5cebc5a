import { z } from 'zod';
import { startHabit, type HabitCore } from './habit.ts';
import {
  add,
  allStrong,
  histogramOf,
  noCounts,
  percentOf,
  perMilleOf,
  rising,
  sumOf,
} from './measures.ts';
import { tradeSeen } from './seen.ts';
import { stakeOf } from './stakes.ts';
import type { Trade } from './observation.ts';
import { PER_MILLE } from './signal.ts';
import { bucketOf } from './windows.ts';

const HOUR_MS = 3_600_000;
const HOURS_PER_BUCKET = 3;
/** Accounts of one trader that are remembered: the latest. */
const CHAPTERS_MAX = 5;
/** Devices, countries and symbols of an account; more are counted together. */
const NAMES_MAX = 10;
const OTHERS = '(others)';
const HOURS = Array.from({ length: 24 / HOURS_PER_BUCKET }, (_, at) => hoursText(at));
const HELD_EDGES_S = [30, 120, 600, 1_800, 7_200, 28_800, 86_400] as const;
/** Value in millionths of the balance: from a hundredth of it to a hundred times. */
const STAKE_EDGES = [
  30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000, 30_000_000,
] as const;
/** Without sessions nobody knows whose hands it were: the way of trading alone counts for less. */
const HANDS_UNKNOWN = 250;
/** What a device that was never used before counts in a country that was. */
const NEW_DEVICE = 350;

const shape = {
  /** Fewer trades on either side say nothing about a way of trading. */
  tradesMin: z.int().min(3).max(500),
  /** Fewer sessions on either side say nothing about devices and countries. */
  sessionsMin: z.int().min(1).max(100),
  /** From this distance on it counts, in thousandths: that of hands times that of style. */
  distanceFrom: z.int().min(10).max(900),
};
type Params = z.output<z.ZodObject<typeof shape>>;

type Named = [name: string, count: number][];
/** How one account was traded, and from where. */
interface Chapter {
  readonly accountId: string;
  trades: number;
  sessions: number;
  hours: number[];
  held: number[];
  stakes: number[];
  symbols: Named;
  devices: Named;
  countries: Named;
}
interface Own {
  chapters: Chapter[];
  /** The account that was heard last: it is compared with the ones before. */
  latest: string;
}

const habit: HabitCore<Params, Own, null> = {
  own: () => ({ chapters: [], latest: '' }),
  common: () => null,
  counts: 1,
  watch: (own, observation, { params, accountId, account, show }) => {
    if (observation.type !== 'trade' && observation.type !== 'session') return false;
    const chapter = chapterOf(own, accountId);
    own.latest = accountId;
    if (observation.type === 'session') {
      chapter.sessions += 1;
      bump(chapter.devices, observation.deviceId);
      bump(chapter.countries, observation.country);
    } else {
      chapter.trades += 1;
      add(chapter.hours, hourOf(observation), 1);
      add(chapter.held, bucketOf(HELD_EDGES_S, secondsOf(observation)), 1);
      add(chapter.stakes, bucketOf(STAKE_EDGES, stakeOf(observation, account)), 1);
      bump(chapter.symbols, observation.symbol);
    }
    const earlierTrades = own.chapters
      .slice(0, own.chapters.indexOf(chapter))
      .reduce((sum, { trades }) => sum + trades, 0);
    if (Math.min(earlierTrades, chapter.trades) < params.tradesMin) return false;
    if (observation.type === 'trade') show(tradeSeen(observation));
    return true;
  },
  weigh: (own, { params }) => {
    const later = chapterOf(own, own.latest);
    const earlier = before(own, later);
    if (earlier === null) return null;
    const hasSessions = Math.min(earlier.sessions, later.sessions) >= params.sessionsMin;
    const devices = unknownShare(earlier.devices, later.devices);
    const countries = unknownShare(earlier.countries, later.countries);
    const hours = distance(earlier.hours, later.hours);
    const held = distance(earlier.held, later.held);
    const stakes = distance(earlier.stakes, later.stakes);
    const symbols = distanceOfNamed(earlier.symbols, later.symbols);
    // A new device alone is a new device; in another country it is likely in other hands.
    const known = Math.floor(
      (devices * (NEW_DEVICE + Math.floor(((1_000 - NEW_DEVICE) * countries) / 1_000))) / 1_000,
    );
    const hands = hasSessions ? known : HANDS_UNKNOWN;
    const style = Math.floor((hours + held + stakes + symbols) / 4);
    const apart = allStrong(hands, style);
    const strength = rising(apart, params.distanceFrom, 3 * params.distanceFrom, 550);
    if (strength === 0) return null;
    const figure = (name: string, value: number) =>
      ({ name, unit: 'perMille', value, limit: null }) as const;
    return {
      accounts: own.chapters.map(({ accountId }) => accountId),
      strength,
      oneIn: null,
      sentence:
        `${later.trades} trades of the later account against ${earlier.trades} before: apart by ` +
        `${percentOf(hours)} in hours, ${percentOf(held)} in time held, ${percentOf(stakes)} in size, ` +
        `${percentOf(symbols)} in symbols; ` +
        (hasSessions
          ? `${percentOf(devices)} of sessions from new devices, ${percentOf(countries)} from new countries.`
          : 'too few sessions to compare devices.'),
      figures: [
        { name: 'distance', unit: 'perMille', value: apart, limit: params.distanceFrom },
        ...(hasSessions ? [figure('newDevices', devices), figure('newCountries', countries)] : []),
        figure('hours', hours),
        figure('timeHeld', held),
        figure('size', stakes),
        figure('symbols', symbols),
      ],
      picture: histogramOf(
        'hour of the day (UTC), before as expected',
        HOURS,
        later.hours,
        earlier.hours,
      ),
    };
  },
};

/** The first question of `styleChange`: is a later account in the hands of the earlier ones? */
export const otherHands = {
  shape,
  defaults: { tradesMin: 5, sessionsMin: 2, distanceFrom: 150 },
  needs: ['trade', 'session'],
  start: startHabit(habit),
} as const;

function chapterOf(own: Own, accountId: string): Chapter {
  const known = own.chapters.find((chapter) => chapter.accountId === accountId);
  const chapter = known ?? emptyChapter(accountId);
  if (!known) own.chapters = [...own.chapters, chapter].slice(-CHAPTERS_MAX);
  return chapter;
}

function emptyChapter(accountId: string): Chapter {
  return {
    accountId,
    trades: 0,
    sessions: 0,
    hours: noCounts(HOURS.length),
    held: noCounts(HELD_EDGES_S.length + 1),
    stakes: noCounts(STAKE_EDGES.length + 1),
    symbols: [],
    devices: [],
    countries: [],
  };
}

/** All accounts before one, together; null where there is none. */
function before({ chapters }: Own, later: Chapter): Chapter | null {
  const earlier = chapters.slice(0, chapters.indexOf(later));
  if (earlier.length === 0) return null;
  const together = emptyChapter('');
  for (const chapter of earlier) {
    together.trades += chapter.trades;
    together.sessions += chapter.sessions;
    for (const name of ['hours', 'held', 'stakes'] as const) {
      for (const [at, count] of chapter[name].entries()) add(together[name], at, count);
    }
    for (const name of ['symbols', 'devices', 'countries'] as const) {
      for (const [value, count] of chapter[name]) bump(together[name], value, count, Infinity);
    }
  }
  return together;
}

function bump(named: Named, name: string, times = 1, namesMax = NAMES_MAX): void {
  const known = named.find(([other]) => other === name);
  if (known) known[1] += times;
  else if (named.length < namesMax) named.push([name, times]);
  else if (name !== OTHERS) bump(named, OTHERS, times, Infinity);
}

/** Of a thousand of the later so many are of a name that the earlier never had. */
function unknownShare(earlier: Named, later: Named): number {
  const known = new Set(earlier.map(([name]) => name));
  const counts = later.map(([name, count]) => (known.has(name) ? 0 : count));
  return perMilleOf(sumOf(counts), sumOf(later.map(([, count]) => count)));
}

function distanceOfNamed(earlier: Named, later: Named): number {
  const names = [...new Set([...earlier, ...later].map(([name]) => name))];
  const countsOf = (named: Named): number[] =>
    names.map((name) => named.find(([other]) => other === name)?.[1] ?? 0);
  return distance(countsOf(earlier), countsOf(later));
}

/**
 * The part of what was counted that would have to move to make one like the other, in thousandths,
 * without what samples of this size differ by anyway: equal ways of trading are at about nothing.
 */
function distance(earlier: readonly number[], later: readonly number[]): number {
  const [before, after] = [sumOf(earlier), sumOf(later)];
  if (before === 0 || after === 0) return 0;
  const apart = earlier.reduce(
    (sum, count, at) => sum + Math.abs(count * after - (later[at] ?? 0) * before),
    0,
  );
  const moved = Math.floor((apart * PER_MILLE) / (2 * before * after));
  const cells = earlier.filter((count, at) => count + (later[at] ?? 0) > 0).length;
  // Half the root of cells times (1 / before + 1 / after): an upper bound of what is expected.
  const square = ((cells - 1) * (before + after) * PER_MILLE * PER_MILLE) / (4 * before * after);
  return Math.max(0, moved - Math.ceil(Math.sqrt(square)));
}

function hourOf({ openedAt }: Trade): number {
  return Math.floor((openedAt % (24 * HOUR_MS)) / (HOURS_PER_BUCKET * HOUR_MS));
}

function secondsOf({ openedAt, at }: Trade): number {
  return Math.floor((at - openedAt) / 1_000);
}

function hoursText(bucket: number): string {
  const hour = (of: number): string => String(of * HOURS_PER_BUCKET).padStart(2, '0');
  return `${hour(bucket)}-${hour(bucket + 1)} h`;
}
