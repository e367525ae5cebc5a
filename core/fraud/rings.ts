import { present } from '#core/kernel/assert.ts';
import type { EpochMs } from '#core/time/time.ts';
import { allOf, atLeast, chanceOf, CERTAIN, oneIn, type Chance } from './chance.ts';
import { PPB, type Ppb } from './controls.ts';
import { createGroups, GROUPS_HELD_MAX, type Group, type GroupsState } from './groups.ts';
import { PER_MILLE, type TradeSeen } from './signal.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const DAY_MS = 86_400_000;
/**
 * Pairs that matched once, and pairs that matched again: chance makes many of the first. Where only
 * openings match it makes so many that they are kept by themselves, or they would push out all else.
 */
const ONCE_MAX = 40_000;
const AGAIN_MAX = 20_000;
const PAIRS_KEPT_MS = 45 * DAY_MS;
const TRADERS_MAX = 100_000;
/** Matched trades kept of a pair, to be shown. */
const SHOWN_MAX = 6;
/** A pair's kept matches are two trades each. */
export const RINGS_HELD_MAX =
  2 * ONCE_MAX + AGAIN_MAX * (1 + 2 * SHOWN_MAX) + TRADERS_MAX + GROUPS_HELD_MAX;

const NO_EVIDENCE: Evidence = { rare: 0, sum: 0 };
/** Who matches in so much of their trades is a companion, in thousandths: readers of one public signal do not. */
const COMPANION_SHARE = 500;
/** Traders remembered who stood against a pair, and how often one has to. */
const AGAINST_MAX = 6;
const AGAINST_MIN = 2;
/** Every match is looked at for being close, and for being closer still. */
const CLOSENESSES = 2;
/** Long before anything. */
const NEVER: EpochMs = -1e15;
const NO_TRACK: Track = { matches: 0, lastOpenedAt: NEVER, lastClosedAt: NEVER, evidence: [] };

export interface RingRules {
  /** Kinds of matching that are counted, each by itself. */
  readonly kinds: number;
  /** Two matches of one pair count as two only this far apart, at opening and at closing. */
  readonly apartMs: number;
  /** A match that happens to one in fewer than this is ordinary: it is no evidence. */
  readonly rareFrom: number;
  /** Matches that are evidence, of one pair, before it is spoken of. */
  readonly matchesMin: number;
  /** Part of the round trips of the less active of the two that must match, in thousandths. */
  readonly shareMin: number;
  /** How rare it must be by chance, among all comparisons. */
  readonly oneInMin: number;
}

/** Two traders' round trips that match. */
export interface Match {
  readonly traders: readonly [string, string];
  readonly trades: readonly [TradeSeen, TradeSeen];
  readonly openedAt: EpochMs;
  /** Null where only the openings match. */
  readonly closedAt: EpochMs | null;
  /** Which of the `kinds` of matching it is. */
  readonly kind: number;
  /** That two are by chance as close as each closeness asks; null where these two are not. */
  readonly chances: readonly (Ppb | null)[];
  /** Traders who did the opposite of both at the same time. */
  readonly against: readonly string[];
}

/** Matches of one closeness that are evidence, and the sum of their chances. */
export interface Evidence {
  readonly rare: number;
  readonly sum: Ppb;
}

/** Matches of one kind. */
interface Track {
  readonly matches: number;
  readonly lastOpenedAt: EpochMs;
  readonly lastClosedAt: EpochMs;
  /** By closeness, the widest first. */
  readonly evidence: readonly Evidence[];
}

/** What is known of two traders. */
export interface Pair {
  readonly traders: readonly [string, string];
  readonly firstAt: EpochMs;
  /** By kind of matching, null for none: what matches in two kinds is in both. */
  readonly tracks: readonly (Track | null)[];
  /** Round trips that the two had made before the first match. */
  readonly before: readonly [number, number];
  /** Who did the opposite of both, and how often: two halves of one hedge are no copies. */
  readonly against: readonly (readonly [trader: string, times: number])[];
  readonly shown: readonly (readonly [Packed, Packed])[];
}

/** A trade to be shown, as it is kept: most are forgotten before anybody sees them. */
type Packed = readonly [
  ...[accountId: string, positionId: string, symbol: string, side: TradeSeen['side'], lots: number],
  ...[openedAt: EpochMs, closedAt: EpochMs | null, openPrice: number, closePrice: number | null],
  profit: number | null,
];

/** The trades of a pair that are shown. */
export function shownOf({ shown }: Pair): TradeSeen[] {
  return shown.flat().map((packed) => {
    const [accountId, positionId, symbol, side, lots, openedAt, closedAt, ...rest] = packed;
    const [openPrice, closePrice, profit] = rest;
    return {
      accountId,
      positionId,
      symbol,
      side,
      lots,
      openedAt,
      closedAt,
      openPrice,
      closePrice,
      profit,
      match: 0,
    };
  });
}

function packed(trade: TradeSeen): Packed {
  const { accountId, positionId, symbol, side, lots, openedAt, closedAt } = trade;
  const { openPrice, closePrice, profit } = trade;
  return [
    ...([accountId, positionId, symbol, side, lots] as const),
    ...([openedAt, closedAt, openPrice, closePrice] as const),
    profit,
  ];
}

/** How a pair stands against chance. */
export interface Weight {
  /** Round trips of the less active of the two since the first match. */
  readonly opportunities: number;
  /** Matches among them, in thousandths. */
  readonly share: number;
  readonly oneIn: number;
  readonly comparisons: number;
  /** The kind and closeness that is rarest, by their places, and what is counted there. */
  readonly kind: number;
  readonly closeness: number;
  readonly matches: number;
  /** How often a trade by itself matches so by chance, on average: once in so many. */
  readonly eachOneIn: number;
}

/**
 * Counts matches between traders, weighs them against chance and links those that hold into rings.
 * A pair that was seen once is forgotten before one that was seen again.
 */
export interface Rings {
  /** A trader opened a trade: an opportunity to match, once in `apartMs`. */
  opened(trader: string, at: EpochMs): void;
  /** Whether two matched so often already that one is no control for the other. */
  areCompanions(one: string, other: string): boolean;
  /** Gives the ring that the match belongs to, once there is one. */
  match(match: Match, at: EpochMs): Group | null;
  ringOf(trader: string): Group | undefined;
  pair(key: string): Pair | undefined;
  weigh(pair: Pair): Weight;
  expire(at: EpochMs): void;
  size(): number;
  state(): RingsState;
}

export interface RingsState {
  readonly once: ExpiringMapState<Pair>;
  readonly onceOpened: ExpiringMapState<Pair>;
  readonly again: ExpiringMapState<Pair>;
  readonly trips: ExpiringMapState<Trips>;
  readonly groups: GroupsState;
}

interface Trips {
  readonly count: number;
  readonly lastOpenedAt: EpochMs;
}

export function createRings(rules: RingRules, resume?: RingsState): Rings {
  const kept = { keepMs: PAIRS_KEPT_MS };
  let shown = 0;
  const once = createExpiringMap<Pair>({ entriesMax: ONCE_MAX, ...kept }, resume?.once);
  const onceOpened = createExpiringMap<Pair>({ entriesMax: ONCE_MAX, ...kept }, resume?.onceOpened);
  const again = createExpiringMap<Pair>(
    { entriesMax: AGAIN_MAX, ...kept },
    resume?.again,
    (_, pair) => {
      shown -= pair.shown.length;
    },
  );
  const trips = createExpiringMap<Trips>({ entriesMax: TRADERS_MAX, ...kept }, resume?.trips);
  const groups = createGroups(2 * PAIRS_KEPT_MS, resume?.groups);
  for (const [, pair] of again.entries()) shown += pair.shown.length;
  const tripsOf = (trader: string): number => trips.get(trader)?.count ?? 0;

  const opportunitiesOf = (pair: Pair): number => {
    const { traders, before } = pair;
    const [one, other] = traders;
    return Math.max(
      matchesOf(pair),
      Math.min(tripsOf(one) - before[0], tripsOf(other) - before[1]),
    );
  };
  const shareOf = (pair: Pair): number =>
    Math.floor((PER_MILLE * matchesOf(pair)) / opportunitiesOf(pair));
  /** As far as it is evidence: what common causes bring about is no share. */
  const rareShareOf = (pair: Pair): number =>
    Math.floor((PER_MILLE * rareOf(pair)) / opportunitiesOf(pair));
  /** Every two traders might have matched; with a ring that is known, every one with its members. */
  const comparisonsFor = (pair: Pair): number => {
    const others = Math.max(1, trips.size() - 1);
    const known = pair.traders.flatMap((trader) => groups.of(trader)?.members.length ?? []);
    const among = known.length > 0 ? Math.max(...known) : Math.ceil((others + 1) / 2);
    // It is looked at again at every match, in every kind and closeness.
    const looks = Math.max(1, rareOf(pair)) * rules.kinds * CLOSENESSES;
    return (isOneTrader(pair) ? others : others * among) * looks;
  };
  const weigh = (pair: Pair): Weight => {
    const opportunities = opportunitiesOf(pair);
    const starts = Math.max(opportunities, Math.min(...pair.traders.map(tripsOf)));
    const comparisons = comparisonsFor(pair);
    const weighed = evidenceOf(pair).map(({ kind, closeness, evidence }) => {
      const chance = chanceOfPair(evidence, opportunities, starts);
      const { rare: matches, sum } = evidence;
      const eachOneIn = Math.floor((matches * PPB) / Math.max(1, sum));
      return { kind, closeness, matches, eachOneIn, oneIn: oneIn(chance, comparisons) };
    });
    const [rarest] = weighed.sort((one, other) => other.oneIn - one.oneIn);
    return { ...present(rarest, 'evidence'), opportunities, share: shareOf(pair), comparisons };
  };
  const isEvidence = (pair: Pair): boolean =>
    rareOf(pair) >= rules.matchesMin &&
    rareShareOf(pair) >= rules.shareMin &&
    !isCountered(pair) &&
    weigh(pair).oneIn >= rules.oneInMin;
  const isForgotten = ({ traders: [one, other], before }: Pair): boolean =>
    tripsOf(one) < before[0] || tripsOf(other) < before[1];
  const join = (pair: Pair, link: string, at: EpochMs): Group =>
    groups.join(
      {
        members: pair.traders,
        link,
        firstAt: pair.firstAt,
        key: firstAccount(pair),
        most: weigh(pair).oneIn,
      },
      at,
    );
  const keep = (key: string, pair: Pair, at: EpochMs): void => {
    once.delete(key);
    onceOpened.delete(key);
    if (matchesOf(pair) > 1) {
      shown += pair.shown.length - (again.get(key)?.shown.length ?? 0);
      again.set(key, pair, at);
    } else (pair.tracks.some(isClosed) ? once : onceOpened).set(key, pair, at);
  };
  return {
    opened: (trader, at) => {
      const before = trips.get(trader);
      if (before && at - before.lastOpenedAt < rules.apartMs) return;
      trips.set(trader, { count: (before?.count ?? 0) + 1, lastOpenedAt: at }, at);
    },
    areCompanions: (one, other) => {
      const group = groups.of(one);
      if (group !== undefined && group === groups.of(other)) return true;
      const pair = again.get(keyOf([one, other]));
      return pair !== undefined && shareOf(pair) >= COMPANION_SHARE;
    },
    match: (match, at) => {
      const key = keyOf(match.traders);
      const seen = again.get(key) ?? once.get(key) ?? onceOpened.get(key);
      const before = seen && isForgotten(seen) ? undefined : seen;
      if (before && !isApart(before, match, rules.apartMs)) return null;
      const pair = counted(before, match, rules, tripsOf);
      keep(key, pair, at);
      return isEvidence(pair) || isInside(pair) ? join(pair, key, at) : null;
    },
    ringOf: groups.of,
    pair: (key) => again.get(key),
    weigh,
    expire: (at) => {
      once.expire(at);
      onceOpened.expire(at);
      again.expire(at);
      trips.expire(at);
      groups.expire(at);
    },
    size: () =>
      once.size() + onceOpened.size() + again.size() + 2 * shown + trips.size() + groups.size(),
    state: () => ({
      once: once.state(),
      onceOpened: onceOpened.state(),
      again: again.state(),
      trips: trips.state(),
      groups: groups.state(),
    }),
  };
  /** Both belong to one ring already: what they do from now on adds to it. */
  function isInside({ traders: [one, other] }: Pair): boolean {
    const group = groups.of(one);
    return group !== undefined && group === groups.of(other);
  }
}

/**
 * That two who know nothing of each other match so often. The first match may be any of their round
 * trips; from there on all others have to follow.
 */
function chanceOfPair({ rare, sum }: Evidence, opportunities: number, starts: number): Chance {
  if (rare === 0) return CERTAIN;
  const each = chanceOf(sum, rare * PPB);
  const rest = atLeast(rare - 1, opportunities - 1, each);
  const all = allOf(each, rest) * BigInt(starts);
  return all < CERTAIN ? all : CERTAIN;
}

function counted(
  before: Pair | undefined,
  match: Match,
  rules: RingRules,
  tripsOf: (trader: string) => number,
): Pair {
  const { traders, trades, openedAt, kind } = match;
  const [one, other] = traders;
  return {
    traders: before?.traders ?? traders,
    firstAt: before?.firstAt ?? openedAt,
    tracks: Array.from({ length: rules.kinds }, (_, at) => {
      const track = before?.tracks[at] ?? null;
      return at === kind ? trackedOn(track ?? NO_TRACK, match, rules) : track;
    }),
    before: before?.before ?? [Math.max(0, tripsOf(one) - 1), Math.max(0, tripsOf(other) - 1)],
    against: againstOn(before?.against ?? [], match.against),
    shown: withShown(before?.shown ?? [], trades),
  };
}

function againstOn(before: Pair['against'], now: readonly string[]): Pair['against'] {
  const counts = new Map(before);
  for (const trader of [...now].sort()) counts.set(trader, (counts.get(trader) ?? 0) + 1);
  return [...counts]
    .sort(([one, times], [other, often]) => often - times || (one < other ? -1 : 1))
    .slice(0, AGAINST_MAX);
}

/** Somebody stood on the other side of most of what matches. */
function isCountered(pair: Pair): boolean {
  const [[, times] = ['', 0]] = pair.against;
  return times >= AGAINST_MIN && 2 * times >= matchesOf(pair);
}

function trackedOn({ matches, evidence }: Track, match: Match, { rareFrom }: RingRules): Track {
  const { openedAt, closedAt, chances } = match;
  return {
    matches: matches + 1,
    lastOpenedAt: openedAt,
    lastClosedAt: closedAt ?? NEVER,
    evidence: chances.map((chance, at) => {
      const { rare, sum } = evidence[at] ?? NO_EVIDENCE;
      const isRare = chance !== null && chance * rareFrom <= PPB;
      return isRare ? { rare: rare + 1, sum: sum + chance } : { rare, sum };
    }),
  };
}

/** What matches in several kinds is shown once. */
function withShown(shown: Pair['shown'], trades: readonly [TradeSeen, TradeSeen]): Pair['shown'] {
  const isOther = (one: readonly [Packed, Packed]): boolean =>
    one.some(([, positionId]) => trades.every((trade) => trade.positionId !== positionId));
  const latest = [packed(trades[0]), packed(trades[1])] as const;
  return [...shown.filter(isOther), latest].slice(-SHOWN_MAX);
}

/** Trades that match, of the kind that has most. */
export function matchesOf({ tracks }: Pair): number {
  return Math.max(...tracks.map((track) => track?.matches ?? 0));
}

interface Placed {
  readonly kind: number;
  readonly closeness: number;
  readonly evidence: Evidence;
}

function evidenceOf({ tracks }: Pair): Placed[] {
  return tracks.flatMap((track, kind) =>
    (track?.evidence ?? []).map((evidence, closeness) => ({ kind, closeness, evidence })),
  );
}

/** Matches that are evidence, of the kind and closeness that has most. */
export function rareOf(pair: Pair): number {
  return Math.max(...evidenceOf(pair).map(({ evidence }) => evidence.rare));
}

function isClosed(track: Track | null): boolean {
  return track !== null && track.lastClosedAt !== NEVER;
}

function isOneTrader({ traders: [one, other] }: Pair): boolean {
  return one === other;
}

function isApart({ tracks }: Pair, match: Match, apartMs: number): boolean {
  const { kind, openedAt, closedAt } = match;
  const track = tracks[kind] ?? NO_TRACK;
  return (
    Math.abs(openedAt - track.lastOpenedAt) >= apartMs &&
    (closedAt === null || Math.abs(closedAt - track.lastClosedAt) >= apartMs)
  );
}

export function keyOf([one, other]: readonly [string, string]): string {
  return one < other ? `${one}\n${other}` : `${other}\n${one}`;
}

function firstAccount({ shown }: Pair): string {
  const [first = ''] = shown.flatMap((trades) => trades.map(([accountId]) => accountId)).sort();
  return first;
}
