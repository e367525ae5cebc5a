import type { EpochMs } from '#core/time/time.ts';
import { atLeast, chanceOf, oneIn } from './chance.ts';
import { defineDetector, type Detector } from './detector.ts';
import { add, noCounts } from './measures.ts';
import type { Directory, Observation, SurveyedAccount, Trade } from './observation.ts';
import type { Finding, TradeSeen } from './signal.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

/*
 * What detectors share that ask what one trader does over and over: who is remembered, which trades
 * are kept to be shown, when a matter is weighed, and when it grew enough to be said again.
 */

const HOUR_MS = 3_600_000;
/** Traders remembered by one detector; the least recently active are forgotten. */
const TRADERS_MAX = 50_000;
/** A trader who did nothing for so long begins anew. */
const TRADERS_KEPT_MS = 120 * 86_400_000;
/** Being the latest to some minutes is enough to be forgotten in a fair order. */
const HEARD_AGAIN_MS = 10 * 60_000;
/** Trades kept of one trader to be shown. */
const TRADES_SHOWN_MAX = 24;
/** Accounts named of one trader: the latest. */
const ACCOUNTS_NAMED_MAX = 20;
/** What a detector knows of all traders together counts as so many entries at most. */
const COMMON_MAX = 50_000;
/** A matter is weighed again when its evidence grew by an eighth: never at every trade. */
const WEIGHED_AGAIN_SHIFT = 3;
/**
 * A trader is weighed again and again, and any look might have been the lucky one. Looks come
 * further and further apart and share most of what they see: so many of them are worth one each.
 */
const LOOKS = 4;
/** However few traders there are yet: others will come, and the first must not seem unique. */
const COMPARED_MIN = 1_000;
/** It is news when the strength rose by so much, in thousandths, or the evidence doubled. */
const STRENGTH_STEP = 100;
/** Below this strength nothing is said. */
const SAID_FROM = 300;
/** Events that one trader gives to the counts of all. */
const EVENTS_GIVEN_MAX = 60;

/** All that a habit may look at beside what it keeps. */
export interface Context<Params, Common> {
  readonly params: Params;
  readonly directory: Directory;
  readonly common: Common;
}

/** What a trader did, and on which account. */
export interface Doing<Params, Common> extends Context<Params, Common> {
  readonly accountId: string;
  readonly account: SurveyedAccount | undefined;
  /**
   * Counts an event among those of all traders, at place 0 and at these. Of one trader only so many
   * are taken: a few busy ones must not stand for the others.
   */
  count(...places: readonly number[]): void;
  /** Keeps a trade to be shown. */
  show(trade: TradeSeen): void;
}

/** What a trader is compared with. */
export interface Weighing<Params, Common> extends Context<Params, Common> {
  /** What was counted of all other traders before this instant. */
  others(): readonly number[];
  /** How rarely somebody who does as the others do would do it so many times. */
  oneIn(repeated: Repeated): number;
  /** Comparisons that were made so far: any of them might have been a coincidence. */
  readonly compared: number;
}

/** Something that a trader did so many times, of so many times that it could have been done. */
export interface Repeated {
  readonly times: number;
  readonly events: number;
  /** Where the times are counted among all: in one place, or in several together. */
  readonly place: number | readonly number[];
  /** Where it is counted how often it could have been done; place 0 when left out. */
  readonly of?: number;
  /** Others are taken to do it once in so many events at least, even where nobody was seen to. */
  readonly atLeastOneIn: number;
  /** Questions that were asked, of which this is the best answer; 1 when left out. */
  readonly questions?: number;
}

/** How much a matter weighs, and why; accounts only where they are not those with evidence. */
export interface Weighed extends Pick<
  Finding,
  'strength' | 'oneIn' | 'sentence' | 'figures' | 'picture'
> {
  readonly accounts?: Finding['accounts'];
}

export interface HabitCore<Params, Own, Common> {
  /** What is kept of one trader: plain data of bounded size. */
  own(): Own;
  /** What is kept of all traders together: plain data of bounded size. */
  common(): Common;
  /** How many counts are kept of all traders; place 0 counts every event. */
  readonly counts: number;
  /** Takes what a trader did; true where it makes the matter weigh more. */
  watch(own: Own, observation: Observation, doing: Doing<Params, Common>): boolean;
  /** A position was only a booking by the platform: what its opening left is taken back. */
  booked?(own: Own, trade: Trade): void;
  /** Takes what concerns no account: prices, releases, minutes. */
  hear?(observation: Observation, context: Context<Params, Common>): void;
  /** Null while there is nothing to say. */
  weigh(own: Own, weighing: Weighing<Params, Common>): Weighed | null;
}

/** One trader as a habit's detector remembers it. */
interface Held<Own> {
  own: Own;
  /** What of it was counted among all. */
  given: number[];
  heardAt: EpochMs;
  evidence: number;
  weighAt: number;
  fromAt: EpochMs | null;
  accounts: string[];
  trades: TradeSeen[];
  saidStrength: number;
  saidEvidence: number;
}

type HeldState<Own> = ExpiringMapState<Held<Own>>;

interface HabitState<Own, Common> {
  readonly common: Common;
  readonly crowd: CrowdState;
  readonly traders: HeldState<Own>;
}

/** A detector of what one trader does over and over. */
export interface Habit<Params, Own, Common>
  extends Omit<Detector<Params>, 'start' | 'heldMax'>, HabitCore<Params, Own, Common> {}

/** What a habit holds at most, in entries. */
export const HABIT_HELD_MAX: number = TRADERS_MAX * (1 + TRADES_SHOWN_MAX) + COMMON_MAX;

export function defineHabit<Params, Own, Common>(habit: Habit<Params, Own, Common>): Detector {
  const { own, common, counts, watch, booked, hear, weigh, ...card } = habit;
  const core = {
    own,
    common,
    counts,
    watch,
    weigh,
    ...(booked && { booked }),
    ...(hear && { hear }),
  };
  return defineDetector<Params>({ ...card, heldMax: HABIT_HELD_MAX, start: startHabit(core) });
}

/** Begins a habit's work, or goes on with it. */
export function startHabit<Params, Own, Common>(
  habit: HabitCore<Params, Own, Common>,
): Detector<Params>['start'] {
  const { own, common, counts, watch, booked, hear, weigh } = habit;
  return (params, directory, resume) => {
    const saved = resume as HabitState<Own, Common> | undefined;
    const traders = createTraders(own, counts, saved?.traders);
    const crowd = createCrowd(counts, saved?.crowd);
    const context = { params, directory, common: saved?.common ?? common() };
    // One for all observations: making one for each costs more than what is done with it.
    let heard: Held<Own> = unknown(own(), counts);
    const doing: { -readonly [Key in keyof Doing<Params, Common>]: Doing<Params, Common>[Key] } = {
      ...context,
      accountId: '',
      account: undefined,
      count: (...places) => crowd.count(heard.given, places),
      show: (trade) => traders.show(heard, doing.accountId, trade),
    };
    return {
      observe: (observation, found) => {
        const { at } = observation;
        if (crowd.reach(at, traders.size())) traders.expire(at);
        const accountId = accountOf(observation);
        if (accountId === null) return hear?.(observation, context);
        const account = directory.account(accountId);
        const traderId = account?.traderId ?? accountId;
        const held = traders.heard(traderId, at);
        if (observation.type === 'trade' && isBooking(observation)) {
          return booked?.(held.own, observation);
        }
        heard = held;
        doing.accountId = accountId;
        doing.account = account;
        if (!watch(held.own, observation, doing)) return;
        name(held, accountId);
        held.evidence += 1;
        held.fromAt ??= at;
        if (held.evidence < held.weighAt) return;
        held.weighAt = held.evidence + 1 + (held.evidence >> WEIGHED_AGAIN_SHIFT);
        const weighed = weigh(held.own, { ...context, ...crowd.besides(held.given) });
        if (weighed === null || !isNews(held, weighed.strength)) return;
        held.saidStrength = weighed.strength;
        held.saidEvidence = held.evidence;
        found(findingOf(traderId, held, weighed, at));
      },
      held: () => traders.size() + traders.shown(),
      state: (): HabitState<Own, Common> => ({
        common: context.common,
        crowd: crowd.state(),
        traders: traders.state(),
      }),
    };
  };
}

function createTraders<Own>(own: () => Own, counts: number, resume?: HeldState<Own>) {
  let shown = 0;
  const traders = createExpiringMap<Held<Own>>(
    { entriesMax: TRADERS_MAX, keepMs: TRADERS_KEPT_MS },
    resume,
    (_, { trades }) => (shown -= trades.length),
  );
  for (const [, { trades }] of traders.entries()) shown += trades.length;
  return {
    heard: (traderId: string, at: EpochMs): Held<Own> => {
      const known = traders.get(traderId);
      if (known && at - known.heardAt < HEARD_AGAIN_MS) return known;
      const held = known ?? unknown(own(), counts);
      held.heardAt = at;
      traders.set(traderId, held, at);
      return held;
    },
    show: (held: Held<Own>, accountId: string, trade: TradeSeen): void => {
      if (held.trades.length === TRADES_SHOWN_MAX) held.trades.shift();
      else shown += 1;
      held.trades.push(trade);
      name(held, accountId);
      held.fromAt = Math.min(held.fromAt ?? trade.openedAt, trade.openedAt);
    },
    expire: (at: EpochMs): void => traders.expire(at),
    size: traders.size,
    shown: () => shown,
    state: traders.state,
  };
}

function findingOf(traderId: string, held: Held<unknown>, weighed: Weighed, at: EpochMs): Finding {
  const accounts = weighed.accounts ?? [...held.accounts];
  const trades = held.trades.filter((trade) => accounts.includes(trade.accountId));
  return { key: traderId, at, fromAt: held.fromAt ?? at, ...weighed, accounts, trades };
}

interface CrowdState {
  readonly all: number[];
  /** Counted at this instant, and taken in when it is over. */
  readonly fresh: number[];
  readonly at: EpochMs;
  readonly traders: number;
}

/**
 * What all traders do, as it was known before the present instant: who is heard first among equal
 * times changes nothing.
 */
function createCrowd(width: number, resume?: CrowdState) {
  const all = resume?.all ?? noCounts(width);
  const fresh = resume?.fresh ?? noCounts(width);
  let at = resume?.at ?? 0;
  let traders = resume?.traders ?? 0;
  const nextHour = (): EpochMs => (Math.floor(at / HOUR_MS) + 1) * HOUR_MS;
  let turnsAt = nextHour();
  return {
    /** True where the hour turned. */
    reach: (now: EpochMs, tradersNow: number): boolean => {
      if (now === at) return false;
      at = now;
      traders = tradersNow;
      if (fresh[0] !== 0) {
        for (const [place, count] of fresh.entries()) add(all, place, count);
        fresh.fill(0);
      }
      if (now < turnsAt) return false;
      turnsAt = nextHour();
      return true;
    },
    count: (given: number[], places: readonly number[]): void => {
      if ((given[0] ?? 0) >= EVENTS_GIVEN_MAX) return;
      for (const counts of [fresh, given]) {
        add(counts, 0, 1);
        for (const place of places) add(counts, place, 1);
      }
    },
    /** What a trader who gave these is compared with. */
    besides: (given: readonly number[]) => {
      const compared = Math.max(COMPARED_MIN, traders * LOOKS);
      const others = (): number[] =>
        all.map((count, place) => Math.max(0, count - (given[place] ?? 0)));
      const oneIn = (repeated: Repeated): number => oneInOf(repeated, others(), compared);
      return { others, oneIn, compared };
    },
    state: (): CrowdState => ({ all, fresh, at, traders }),
  };
}

function oneInOf(repeated: Repeated, others: readonly number[], compared: number): number {
  const { times, events, place, of = 0, atLeastOneIn, questions = 1 } = repeated;
  const places = typeof place === 'number' ? [place] : place;
  const otherEvents = others[of] ?? 0;
  const otherTimes = places.reduce((sum, one) => sum + (others[one] ?? 0), 0);
  // While little is known of others, they are taken to be as the least says.
  const seen = chanceOf(Math.min(otherTimes, otherEvents) + 1, otherEvents + atLeastOneIn);
  const least = chanceOf(1, atLeastOneIn);
  const each = seen > least ? seen : least;
  return oneIn(atLeast(Math.min(times, events), events, each), compared * questions);
}

function unknown<Own>(own: Own, counts: number): Held<Own> {
  return {
    own,
    given: noCounts(counts),
    heardAt: 0,
    evidence: 0,
    weighAt: 1,
    fromAt: null,
    accounts: [],
    trades: [],
    saidStrength: 0,
    saidEvidence: 0,
  };
}

/** Names an account among those of the matter, the latest last. */
function name(held: Held<unknown>, accountId: string): void {
  if (held.accounts.at(-1) === accountId) return;
  held.accounts = [...held.accounts.filter((known) => known !== accountId), accountId];
  if (held.accounts.length > ACCOUNTS_NAMED_MAX) held.accounts.shift();
}

function isNews(held: Held<unknown>, strength: number): boolean {
  if (strength < SAID_FROM) return false;
  if (held.saidStrength === 0) return true;
  const stronger = strength >= held.saidStrength + STRENGTH_STEP;
  const longer = strength >= held.saidStrength && held.evidence >= 2 * held.saidEvidence;
  return stronger || longer;
}

function accountOf(observation: Observation): string | null {
  switch (observation.type) {
    case 'account':
      return observation.account.accountId;
    case 'markOut':
      return observation.fill.accountId;
    case 'news':
    case 'quote':
    case 'clock':
      return null;
    default:
      return observation.accountId;
  }
}

/** Opened and closed at one instant and one price: a booking by the platform, not a trade. */
function isBooking({ openedAt, at, openPrice, closePrice }: Trade): boolean {
  return openedAt === at && openPrice === closePrice;
}
