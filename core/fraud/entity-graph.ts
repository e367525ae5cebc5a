import { mulDivFloor } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Observation } from './observation.ts';
import { NODES_PER_PICTURE_MAX, PER_MILLE, type Picture } from './signal.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const DAY_MS = 86_400_000;
/** Things of all traders; those that nobody used for longest are forgotten first. */
const THINGS_MAX = 250_000;
/** Networks come and go by the day: they must not push out what is told once, such as documents. */
const NETWORKS_MAX = 100_000;
const NETWORKS_KEPT_MS = 60 * DAY_MS;
const TRADERS_MAX = 60_000;
const THINGS_PER_TRADER_MAX = 40;
/** A thing that more than these use belongs to nobody: a carrier, a hotel, a default. */
const HOLDERS_MAX = 24;
/** Who uses a thing again is compared with its other users again after so long. */
const COMPARED_AGAIN_MS = DAY_MS / 2;
/** Traders that one is compared with, of all who share anything with it. */
const OTHERS_MAX = 100;
const KEPT_MS = 400 * DAY_MS;
/** Every thing is an entry, every holder of it, every trader, and everything of a trader. */
export const GRAPH_HELD_MAX = 1_500_000;

export const THING_KINDS = [
  'document',
  'device',
  'payee',
  'purchase',
  'address',
  'network',
] as const;
export type ThingKind = (typeof THING_KINDS)[number];
/** What people who live together share without being one. */
export const HOUSEHOLD: readonly ThingKind[] = ['purchase', 'address', 'network'];

/** How much one kind of thing says about who is behind two traders. */
export interface KindWeight {
  /** In thousandths, when two have it at the same time: 1,000 is the same person. */
  readonly weight: number;
  /** Up to so many may have it before it says less; it then falls as their number grows. */
  readonly fewAre: number;
  /** Uses further apart than this say nothing; closer, in proportion. */
  readonly days: number;
}
export type KindWeights = Readonly<Record<ThingKind, KindWeight>>;

/** Document before device, payee and card before address, address before network. */
export const KIND_WEIGHTS: KindWeights = {
  document: { weight: 1_000, fewAre: 12, days: 4_000 },
  device: { weight: 720, fewAre: 8, days: 240 },
  payee: { weight: 650, fewAre: 8, days: 700 },
  purchase: { weight: 650, fewAre: 8, days: 700 },
  address: { weight: 300, fewAre: 4, days: 700 },
  network: { weight: 120, fewAre: 2, days: 60 },
};

/** One reason why two traders may be one. */
export interface SharedThing {
  readonly kind: ThingKind;
  readonly thing: string;
  /** Thousandths that it adds by itself. */
  readonly weight: number;
  /** Traders who have it. */
  readonly holders: number;
  /** The later of the two first uses: since then both have it. */
  readonly since: EpochMs;
}

/** Two traders and all that they have in common. */
export interface Link {
  readonly traders: readonly [string, string];
  /**
   * All reasons together: what is left of doubt is multiplied. A household explains an address, a
   * network and a card at once: of these only the heaviest counts.
   */
  readonly weight: number;
  readonly shared: readonly SharedThing[];
}

/** Who uses what: traders and the devices, networks, documents and places that they share. */
export interface EntityGraph {
  /** True when others have it, too, and the trader should be compared with them (again). */
  see(seen: Seen): boolean;
  /** Traders who share something with this one, and what; none for a stranger. */
  links(trader: string): Link[];
  between(one: string, other: string): Link;
  /** Who has a thing; nobody where it is everybody's. */
  holders(thing: Thing): readonly string[];
  expire(at: EpochMs): void;
  size(): number;
  state(): EntityGraphState;
}

export interface Seen {
  readonly trader: string;
  readonly kind: ThingKind;
  readonly thing: string;
  readonly at: EpochMs;
}
export interface Thing {
  readonly kind: ThingKind;
  readonly thing: string;
}
interface Holder {
  readonly trader: string;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
}
/** A thing and who has it: nobody any more once it is everybody's. */
interface Holding {
  readonly holders: readonly Holder[];
  readonly isCrowd: boolean;
}
export interface EntityGraphState {
  readonly things: ExpiringMapState<Holding>;
  readonly networks: ExpiringMapState<Holding>;
  readonly traders: ExpiringMapState<readonly string[]>;
}

export function createEntityGraph(
  weights: KindWeights = KIND_WEIGHTS,
  resume?: EntityGraphState,
): EntityGraph {
  let held = 0;
  const left = (_: string, { holders }: Holding): void => void (held -= holders.length);
  const things = createExpiringMap<Holding>(
    { entriesMax: THINGS_MAX, keepMs: KEPT_MS },
    ...([resume?.things, left] as const),
  );
  const networks = createExpiringMap<Holding>(
    { entriesMax: NETWORKS_MAX, keepMs: NETWORKS_KEPT_MS },
    ...([resume?.networks, left] as const),
  );
  const traders = createExpiringMap<readonly string[]>(
    { entriesMax: TRADERS_MAX, keepMs: KEPT_MS },
    resume?.traders,
    (_, keys) => void (held -= keys.length),
  );
  for (const [, { holders }] of [...things.entries(), ...networks.entries()])
    held += holders.length;
  for (const [, keys] of traders.entries()) held += keys.length;
  const homeOf = (key: string): typeof things => (isNetwork(key) ? networks : things);
  const size = (): number => things.size() + networks.size() + traders.size() + held;

  const between = (one: string, other: string): Link => {
    const shared = (traders.get(one) ?? []).flatMap(
      (key) => sharedOf(key, homeOf(key).get(key), one, other, weights) ?? [],
    );
    shared.sort((first, second) => second.weight - first.weight || order(first, second));
    const [home] = shared.filter(({ kind }) => HOUSEHOLD.includes(kind));
    const reasons = shared.filter((thing) => thing === home || !HOUSEHOLD.includes(thing.kind));
    const doubt = reasons.reduce(
      (left, { weight }) => Math.ceil((left * (PER_MILLE - weight)) / PER_MILLE),
      PER_MILLE,
    );
    return { traders: [one, other], weight: PER_MILLE - doubt, shared };
  };
  return {
    see: ({ trader, kind, thing, at }) => {
      // What says nothing is not kept.
      if (weights[kind].weight === 0) return false;
      const key = keyOf(kind, thing);
      const home = homeOf(key);
      const before = home.get(key) ?? { holders: [], isCrowd: false };
      const after = withHolder(before, trader, at);
      held += after.holders.length - before.holders.length;
      home.set(key, after, at);
      const own = traders.get(trader) ?? [];
      const next = own.at(-1) === key ? own : withThing(own, key);
      held += next.length - own.length;
      traders.set(trader, next, at);
      while (size() > GRAPH_HELD_MAX) if (!networks.dropOldest()) things.dropOldest();
      const last = before.holders.find((holder) => holder.trader === trader)?.lastAt;
      const isNews = last === undefined || at - last >= COMPARED_AGAIN_MS;
      return isNews && after.holders.length > 1;
    },
    links: (trader) => {
      const others = new Set<string>();
      for (const key of traders.get(trader) ?? []) {
        for (const { trader: other } of homeOf(key).get(key)?.holders ?? []) others.add(other);
      }
      others.delete(trader);
      return [...others]
        .sort()
        .slice(0, OTHERS_MAX)
        .map((other) => between(trader, other));
    },
    between,
    holders: ({ kind, thing }) => {
      const key = keyOf(kind, thing);
      return (
        homeOf(key)
          .get(key)
          ?.holders.map(({ trader }) => trader) ?? []
      );
    },
    expire: (at) => {
      things.expire(at);
      networks.expire(at);
      traders.expire(at);
    },
    size,
    state: () => ({
      things: things.state(),
      networks: networks.state(),
      traders: traders.state(),
    }),
  };
}

/** What an observation says about who uses what, in the order of the kinds. */
export function thingsIn(observation: Observation): readonly Thing[] {
  const named = (kind: ThingKind, thing: string | null): Thing[] =>
    thing === null ? [] : [{ kind, thing }];
  switch (observation.type) {
    case 'session':
      return [...named('device', observation.deviceId), ...named('network', observation.networkId)];
    case 'identity':
      return [
        ...named('document', observation.documentId),
        ...named('purchase', observation.purchaseId),
        ...named('address', observation.addressId),
      ];
    case 'payout':
      return named('payee', observation.payeeId);
    default:
      return [];
  }
}

/** Weights of some kinds alone: the others say nothing. */
export function onlyKinds(kinds: readonly ThingKind[], weights: KindWeights): KindWeights {
  const entries = THING_KINDS.map(
    (kind) =>
      [kind, kinds.includes(kind) ? weights[kind] : { ...weights[kind], weight: 0 }] as const,
  );
  return Object.fromEntries(entries) as KindWeights;
}

/** Traders and what they share, as a picture: the heaviest links first, as many as fit. */
export function pictureOf(links: readonly Link[]): Picture {
  const nodes = new Map<string, Extract<Picture, { type: 'graph' }>['nodes'][number]>();
  const edges: Extract<Picture, { type: 'graph' }>['edges'] = [];
  const drawn = new Set<string>();
  const add = (id: string, kind: ThingKind | 'trader', label: string): void => {
    if (!nodes.has(id)) nodes.set(id, { id, kind, label: label.slice(0, 80) });
  };
  const heaviest = [...links].sort(
    (one, other) =>
      other.weight - one.weight || (one.traders.join('\n') < other.traders.join('\n') ? -1 : 1),
  );
  for (const { traders, shared } of heaviest) {
    for (const { kind, thing, weight, holders } of shared) {
      const id = `${kind} ${thing}`;
      const needed = [id, ...traders].filter((one) => !nodes.has(one)).length;
      if (nodes.size + needed > NODES_PER_PICTURE_MAX) continue;
      add(id, kind, `${kind}, ${holders} traders`);
      for (const trader of traders) {
        add(trader, 'trader', trader);
        if (drawn.has(`${trader}\n${id}`)) continue;
        drawn.add(`${trader}\n${id}`);
        edges.push({ from: trader, to: id, label: kind, weight });
      }
    }
  }
  return { type: 'graph', nodes: [...nodes.values()], edges: edges.slice(0, 4 * nodes.size) };
}

/** "device, network": the kinds of things shared, the weightiest first. */
export function kindsText(links: readonly Link[]): string {
  const kinds = new Set(links.flatMap(({ shared }) => shared.map(({ kind }) => kind)));
  return THING_KINDS.filter((kind) => kinds.has(kind)).join(', ');
}

function sharedOf(
  key: string,
  holding: Holding | undefined,
  one: string,
  other: string,
  weights: KindWeights,
): SharedThing | null {
  const first = holding?.holders.find(({ trader }) => trader === one);
  const second = holding?.holders.find(({ trader }) => trader === other);
  if (!holding || !first || !second) return null;
  const { kind, thing } = thingOf(key);
  const { weight, fewAre, days } = weights[kind];
  const holders = holding.holders.length;
  // Uses that overlap are no time apart; else from the end of one to the beginning of the other.
  const apartMs = Math.max(0, first.firstAt - second.lastAt, second.firstAt - first.lastAt);
  const near = Math.max(0, days * DAY_MS - apartMs);
  const few = weight * Math.min(fewAre, holders);
  const counted = mulDivFloor(few, near, holders * days * DAY_MS);
  const since = Math.max(first.firstAt, second.firstAt);
  return counted === 0 ? null : { kind, thing, weight: counted, holders, since };
}

function withHolder(before: Holding, trader: string, at: EpochMs): Holding {
  const { holders, isCrowd } = before;
  if (isCrowd) return before;
  const place = holders.findIndex((holder) => holder.trader === trader);
  const known = holders[place];
  if (known) {
    const lastAt = Math.max(known.lastAt, at);
    return { holders: holders.with(place, { ...known, lastAt }), isCrowd };
  }
  if (holders.length === HOLDERS_MAX) return { holders: [], isCrowd: true };
  return { holders: [...holders, { trader, firstAt: at, lastAt: at }], isCrowd };
}

/** The latest last; where there are too many, the oldest network leaves first. */
function withThing(own: readonly string[], key: string): readonly string[] {
  const next = [...own.filter((one) => one !== key), key];
  if (next.length > THINGS_PER_TRADER_MAX) next.splice(Math.max(0, next.findIndex(isNetwork)), 1);
  return next;
}

function isNetwork(key: string): boolean {
  return key.startsWith('network ');
}

function keyOf(kind: ThingKind, thing: string): string {
  return `${kind} ${thing}`;
}

function thingOf(key: string): Thing {
  const space = key.indexOf(' ');
  return { kind: key.slice(0, space) as ThingKind, thing: key.slice(space + 1) };
}

function order(one: Thing, other: Thing): number {
  const [first, second] = [keyOf(one.kind, one.thing), keyOf(other.kind, other.thing)];
  return first < second ? -1 : first > second ? 1 : 0;
}
