import { mulDivCeil } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import {
  CONTROLS_HELD_MAX,
  createControls,
  PPB,
  type ClosingAsked,
  type Controls,
  type ControlsState,
  type OpeningAsked,
  type Ppb,
} from './controls.ts';
import type { Detecting } from './detector.ts';
import type { Group } from './groups.ts';
import { leadOf, type Offsets } from './lead.ts';
import type { Directory, Fill, Trade } from './observation.ts';
import { createUnderlyings, type RelatedSymbols } from './related.ts';
import {
  createRings,
  matchesOf,
  RINGS_HELD_MAX,
  shownOf,
  type Match,
  type RingRules,
  type RingsState,
} from './rings.ts';
import {
  numbered,
  positionOf,
  seenOf,
  strengthOf,
  type RingSeen,
  type Said,
} from './ring-finding.ts';
import { ACCOUNTS_PER_SIGNAL_MAX, PER_MILLE, type Finding, type TradeSeen } from './signal.ts';
import { createSizes, sizeClass, SIZES_HELD_MAX, type SizesState } from './sizes.ts';
import {
  createTogether,
  inOrder,
  TOGETHER_HELD_MAX,
  type Act,
  type Matched,
  type TogetherState,
} from './together.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const DAY_MS = 86_400_000;
/** Positions shown as open whose end is waited for. */
const AWAITED_MAX = 40_000;
/** Open positions that followed another source's price, and how far it was ahead, in spreads. */
const LED_MAX = 20_000;
const LED_KEPT_MS = 3 * DAY_MS;
const LED_FROM = PER_MILLE / 2;
export const COINCIDENCE_HELD_MAX =
  2 * CONTROLS_HELD_MAX +
  3 * TOGETHER_HELD_MAX +
  RINGS_HELD_MAX +
  SIZES_HELD_MAX +
  AWAITED_MAX +
  LED_MAX;
/** More than so many at one time follow something public: all of them stay controls. */
const RING_MAX = 12;
/** Kinds of matching: in and out together, whatever the size; in together with equal sizes. */
const IN_AND_OUT = 0;
const IN_AND_SIZE = 1;
/** In and out together on two sides of one currency, by way of different symbols. */
const BY_CURRENCY = 2;
const KINDS = 3;
const HOW = ['in and out', 'at equal sizes', 'in and out, by currency'] as const;

export interface CoincidenceOptions {
  /** Two acts no further apart than this are together; what is closer still is rarer. */
  readonly togetherMs: number;
  readonly closeMs: number;
  readonly rules: Omit<RingRules, 'kinds'>;
  /** Bets against each other rather than the same bet. */
  readonly opposite: boolean;
  /** Also by way of different symbols that are bets on one currency: against it, and on it. */
  readonly byCurrency: boolean;
  /** Whether one trader's accounts are compared with each other. */
  readonly sameTrader: boolean;
  readonly related: RelatedSymbols;
  /** What is said of a ring. */
  readonly say: (seen: RingSeen) => Said;
}

interface State {
  readonly controls: ControlsState;
  readonly sizes: SizesState;
  readonly openings: TogetherState<Opening>;
  readonly roundTrips: TogetherState<RoundTrip>;
  readonly legs: TogetherState<RoundTrip>;
  readonly legControls: ControlsState;
  readonly rings: RingsState;
  readonly awaited: ExpiringMapState<TradeSeen | null>;
  readonly led: ExpiringMapState<true>;
  readonly offsets: Offsets;
}

/** Where another source's price went first, whoever watches it acts: by itself that is no copy. */
interface Opening extends Act {
  readonly led: boolean;
  readonly fill: Pick<Fill, 'symbol' | 'side' | 'lots' | 'price'>;
}
interface RoundTrip extends Act {
  readonly led: boolean;
  readonly trade: Trade;
}

/** What is known when two acts are compared. */
interface Occasion {
  /** Companions of the two who were there, too. */
  readonly without: number;
  readonly against: readonly string[];
  readonly at: EpochMs;
}
type Compare<Kind extends Act> = (one: Kind, other: Kind, on: Occasion) => Group | null;

/**
 * Watches for traders whose trades coincide more often than matched controls allow, with the same
 * bets or with opposite ones. Rings, not pairs, are what is found.
 */
export function createCoincidence(
  options: CoincidenceOptions,
  directory: Directory,
  resume?: unknown,
): Detecting {
  const { togetherMs, closeMs, opposite } = options;
  const saved = resume as State | undefined;
  const controls = createControls(closeMs, togetherMs, saved?.controls);
  const sizes = createSizes(saved?.sizes);
  const openings = createTogether<Opening>(openingNearness(togetherMs), saved?.openings);
  const roundTrips = createTogether<RoundTrip>(roundTripNearness(togetherMs), saved?.roundTrips);
  const legs = createTogether<RoundTrip>(roundTripNearness(closeMs), saved?.legs);
  const legControls = createControls(closeMs, togetherMs, saved?.legControls);
  const rings = createRings({ ...options.rules, kinds: KINDS }, saved?.rings);
  const awaited = createExpiringMap<TradeSeen | null>(
    { entriesMax: AWAITED_MAX, keepMs: 45 * DAY_MS },
    saved?.awaited,
  );
  const led = createExpiringMap<true>({ entriesMax: LED_MAX, keepMs: LED_KEPT_MS }, saved?.led);
  const offsets: Offsets = saved?.offsets ?? {};
  const underlyingOf = createUnderlyings(directory.instrument, options.related);
  const actOf = ({ accountId, positionId, symbol, side }: Fill | Trade): Omit<Act, 'at'> => {
    const trader = directory.account(accountId)?.traderId ?? accountId;
    const { name, way } = underlyingOf(symbol);
    return { trader, accountId, positionId, ...marketOf(name, (side === 'buy') === (way === 1)) };
  };
  const marketOf = (
    name: string,
    rises: boolean,
  ): Pick<Act, 'market' | 'matching' | 'opposing'> => {
    const [market, other] = rises ? [`${name} +`, `${name} -`] : [`${name} -`, `${name} +`];
    return opposite
      ? { market, matching: other, opposing: '' }
      : { market, matching: market, opposing: other };
  };
  /** The same act as bets on the currencies of its symbol. */
  const legsOf = <Kind extends Omit<Act, 'at'>>(act: Kind, of: Fill | Trade): Kind[] =>
    options.byCurrency
      ? underlyingOf(of.symbol).legs.map(({ currency, way }) => ({
          ...act,
          ...marketOf(currency, (of.side === 'buy') === (way === 1)),
        }))
      : [];
  /** Chances that two acts are together, for being close and for being closer still. */
  const chances = (apartMs: number, chance: (withinMs: number) => Ppb): (Ppb | null)[] =>
    [togetherMs, closeMs].map((withinMs) => (apartMs > withinMs ? null : chance(withinMs)));
  const unlessLed = <Kind extends Opening | RoundTrip>(
    [one, other]: readonly [Kind, Kind],
    of: (Ppb | null)[],
  ): (Ppb | null)[] => (one.led && other.led ? of.map(() => null) : of);
  const byOpening: Compare<Opening> = (one, other, { without, against, at }) => {
    const asked = { sides: [one, other], without } as const;
    const size = sizes.chance(nameOf(one.market), one.fill.lots);
    return rings.match(
      {
        traders: [one.trader, other.trader],
        kind: IN_AND_SIZE,
        trades: [seenOpen(one), seenOpen(other)],
        openedAt: other.at,
        closedAt: null,
        against,
        chances: unlessLed(
          [one, other],
          chances(Math.abs(one.at - other.at), (withinMs) =>
            mulDivCeil(controls.opening(asked, withinMs), size, PPB),
          ),
        ),
      },
      at,
    );
  };
  const byRoundTrip: Compare<RoundTrip> = (one, other, { without, against, at }) => {
    const asked = askedOf(one, other, without);
    return rings.match(
      {
        ...matchOf(one, other),
        kind: IN_AND_OUT,
        against,
        chances: unlessLed(
          [one, other],
          chances(asked.apartMs, (withinMs) => inAndOut(controls, asked, withinMs)),
        ),
      },
      at,
    );
  };
  const byCurrency: Compare<RoundTrip> = (one, other, { without, at }) => {
    // One underlying is compared as such.
    if (underlyingOf(one.trade.symbol).name === underlyingOf(other.trade.symbol).name) return null;
    const chance = inAndOut(legControls, askedOf(one, other, without), closeMs);
    const match = { ...matchOf(one, other), kind: BY_CURRENCY, against: [] };
    return rings.match({ ...match, chances: [null, chance] }, at);
  };
  const settle = (at: EpochMs, found: (finding: Finding) => void): void => {
    const grown = new Map<string, Group>();
    const each =
      <Kind extends Act>(compare: Compare<Kind>) =>
      ({ act, matches, around, against }: Matched<Kind>): void => {
        for (const match of matches) {
          // Every two are compared once, when the later of them is looked at.
          if (inOrder(match, act) > 0) break;
          if (match.trader === act.trader && !options.sameTrader) continue;
          const without = companionsOf(act, match, around, rings.areCompanions);
          const ring = compare(match, act, { without, against: [...against], at });
          if (ring) grown.set(ring.key, ring);
        }
      };
    openings.settle(at, each(byOpening));
    roundTrips.settle(at, each(byRoundTrip));
    legs.settle(at, each(byCurrency));
    for (const key of [...grown.keys()].sort()) {
      const group = grown.get(key);
      // Two rings may have become one after the first was written down.
      const isCurrent = group && rings.ringOf(group.members[0] ?? '')?.key === key;
      const finding = isCurrent ? findingOf(group, at) : null;
      if (finding) found(finding);
    }
  };
  /** What was shown while it was open, as it ended. */
  const withEnd = (trade: TradeSeen): TradeSeen => awaited.get(positionOf(trade)) ?? trade;
  const findingOf = (ring: Group, at: EpochMs): Finding | null => {
    const pairs = ring.links.flatMap((key) => rings.pair(key) ?? []);
    const [strongest] = [...pairs].sort((one, other) => matchesOf(other) - matchesOf(one));
    if (!strongest) return null;
    const shown = pairs.flatMap(shownOf);
    for (const trade of shown) {
      if (trade.closedAt === null && !awaited.has(positionOf(trade))) {
        awaited.set(positionOf(trade), null, at);
      }
    }
    const trades = numbered(shown.map(withEnd), togetherMs);
    const accounts = [...new Set(shown.map(({ accountId }) => accountId))].sort();
    const weight = rings.weigh(strongest);
    const seen: RingSeen = {
      traders: ring.members,
      accounts,
      weight,
      trades,
      withinMs: weight.closeness === 0 ? togetherMs : closeMs,
      how: HOW[weight.kind] ?? 'in and out',
    };
    const named = accounts.slice(0, ACCOUNTS_PER_SIGNAL_MAX);
    return {
      key: ring.key,
      at,
      fromAt: ring.firstAt,
      accounts: named,
      strength: strengthOf(ring.most),
      oneIn: ring.most,
      ...options.say(seen),
      trades: trades.filter(({ accountId }) => named.includes(accountId)),
      picture: { type: 'trades' },
    };
  };
  return {
    observe: (observation, found) => {
      if (observation.type === 'fill') {
        if (observation.entry === 'out') return;
        const { at, lots, price, symbol, side } = observation;
        const act = actOf(observation);
        controls.opened(act.trader, act.market, at);
        rings.opened(act.trader, at);
        sizes.add(nameOf(act.market), lots, at);
        const isLed = !opposite && (leadOf(observation, offsets, at) ?? 0) >= LED_FROM;
        if (isLed) led.set(positionOf(observation), true, at);
        openings.add({ ...act, at, led: isLed, fill: { symbol, side, lots, price } });
        for (const leg of legsOf(act, observation)) legControls.opened(leg.trader, leg.market, at);
      } else if (observation.type === 'trade') {
        const act = actOf(observation);
        controls.closed(act.market, observation.at);
        const isLed = led.has(positionOf(observation));
        const trip = { ...act, at: observation.at, led: isLed, trade: observation };
        roundTrips.add(trip);
        for (const leg of legsOf(trip, observation)) {
          legControls.closed(leg.market, leg.at);
          legs.add(leg);
        }
        if (!awaited.has(positionOf(observation))) return;
        awaited.set(positionOf(observation), seenOf(observation), observation.at);
      } else if (observation.type === 'clock') {
        settle(observation.at, found);
        for (const kept of [controls, legControls, sizes, rings, awaited, led]) {
          kept.expire(observation.at);
        }
      }
    },
    held: () =>
      [controls, legControls, sizes, openings, roundTrips, legs, rings, awaited, led].reduce(
        (sum, kept) => sum + kept.size(),
        0,
      ),
    state: (): State => ({
      controls: controls.state(),
      sizes: sizes.state(),
      openings: openings.state(),
      roundTrips: roundTrips.state(),
      legs: legs.state(),
      legControls: legControls.state(),
      rings: rings.state(),
      awaited: awaited.state(),
      led: led.state(),
      offsets,
    }),
  };
}

function openingNearness(togetherMs: number) {
  return {
    placeOf: ({ at, fill }: Opening) =>
      [Math.floor(at / togetherMs), sizeClass(fill.lots)] as const,
    areTogether: (one: Opening, other: Opening) => Math.abs(one.at - other.at) <= togetherMs,
    waitMs: togetherMs,
  };
}

function roundTripNearness(togetherMs: number) {
  return {
    placeOf: ({ at, trade }: RoundTrip) =>
      [Math.floor(trade.openedAt / togetherMs), Math.floor(at / togetherMs)] as const,
    areTogether: (one: RoundTrip, other: RoundTrip) =>
      Math.abs(one.trade.openedAt - other.trade.openedAt) <= togetherMs &&
      Math.abs(one.at - other.at) <= togetherMs,
    waitMs: togetherMs,
  };
}

/** Traders who match these two all the time: where they were, says nothing about chance. */
function companionsOf(
  { trader: one }: Act,
  { trader: other }: Act,
  around: ReadonlySet<string>,
  areCompanions: (one: string, other: string) => boolean,
): number {
  if (around.size > RING_MAX) return 0;
  let companions = 0;
  for (const trader of around) {
    if (trader === one || trader === other) continue;
    if (areCompanions(trader, one) || areCompanions(trader, other)) companions += 1;
  }
  return companions;
}

/** The underlying alone: sizes are counted whichever way the bet goes. */
function nameOf(market: string): string {
  return market.slice(0, -2);
}

interface Asked {
  readonly opening: OpeningAsked;
  readonly closing: ClosingAsked;
  readonly apartMs: number;
}

function askedOf(one: RoundTrip, other: RoundTrip, without: number): Asked {
  const heldMs = Math.min(heldOf(one), heldOf(other));
  return {
    opening: { sides: [atOpening(one), atOpening(other)], without },
    closing: { sides: [one, other], heldMs, without },
    apartMs: Math.max(
      Math.abs(one.trade.openedAt - other.trade.openedAt),
      Math.abs(one.at - other.at),
    ),
  };
}

/** That two are in and out together by chance. */
function inAndOut(controls: Controls, { opening, closing }: Asked, withinMs: number): Ppb {
  return mulDivCeil(controls.opening(opening, withinMs), controls.closing(closing, withinMs), PPB);
}

function matchOf(one: RoundTrip, other: RoundTrip): Omit<Match, 'kind' | 'against' | 'chances'> {
  return {
    traders: [one.trader, other.trader],
    trades: [seenOf(one.trade), seenOf(other.trade)],
    openedAt: Math.max(one.trade.openedAt, other.trade.openedAt),
    closedAt: Math.max(one.at, other.at),
  };
}

function atOpening({ trader, market, trade }: RoundTrip) {
  return { trader, market, at: trade.openedAt };
}

function heldOf({ trade }: RoundTrip): number {
  return trade.at - trade.openedAt;
}

function seenOpen({ accountId, positionId, at, fill }: Opening): TradeSeen {
  const { symbol, side, lots, price } = fill;
  return {
    accountId,
    positionId,
    symbol,
    side,
    lots,
    openedAt: at,
    closedAt: null,
    openPrice: price,
    closePrice: null,
    profit: null,
    match: 0,
  };
}
