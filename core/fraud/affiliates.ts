import type { EpochMs } from '#core/time/time.ts';
import { atLeast, chanceOf, oneIn } from './chance.ts';
import type { EntityGraph, Link, Thing } from './entity-graph.ts';
import { PER_MILLE } from './signal.ts';
import { createExpiringMap, type ExpiringMapState } from './windows.ts';

const DAY_MS = 86_400_000;
const AFFILIATES_MAX = 2_000;
const TRADERS_EACH_MAX = 200;
const KEPT_MS = 400 * DAY_MS;
/** Fewer who share something say nothing. */
const SHARING_MIN = 3;
export const AFFILIATES_HELD_MAX = AFFILIATES_MAX * (1 + TRADERS_EACH_MAX);

/** Who sent which traders, and how many of those have something in common with each other. */
export interface Affiliates {
  /** True when the trader is new to the affiliate. */
  sent(affiliate: string, trader: string, at: EpochMs): void;
  /** Counts anew who shares something, and gives affiliates that others do not explain. */
  weigh(at: EpochMs, found: (sharing: Sharing) => void): void;
  expire(at: EpochMs): void;
  size(): number;
  state(): AffiliatesState;
}

/** An affiliate whose traders share more than those of others. */
export interface Sharing {
  readonly affiliate: string;
  readonly traders: number;
  readonly sharing: readonly string[];
  /** Of other affiliates' traders so many share something with one of the same, in thousandths. */
  readonly usual: number;
  readonly oneIn: number;
  readonly links: readonly Link[];
}

interface Sent {
  readonly traders: readonly string[];
  readonly sharing: number;
}
export type AffiliatesState = ExpiringMapState<Sent>;

/** Links weaker than `linkMin` thousandths are no sharing. */
export function createAffiliates(
  graph: EntityGraph,
  linkMin: number,
  resume?: AffiliatesState,
): Affiliates {
  let entries = 0;
  const affiliates = createExpiringMap<Sent>(
    { entriesMax: AFFILIATES_MAX, keepMs: KEPT_MS },
    resume,
    (_, { traders }) => void (entries -= traders.length),
  );
  for (const [, { traders }] of affiliates.entries()) entries += traders.length;
  /** What stands in an office or a house that others than the affiliate filled says nothing of it. */
  const isOwn = (thing: Thing, own: ReadonlySet<string>): boolean => {
    const holders = graph.holders(thing);
    return 2 * holders.filter((holder) => own.has(holder)).length > holders.length;
  };
  const linksWithin = (traders: readonly string[]): Link[] => {
    const own = new Set(traders);
    return traders.flatMap((trader) =>
      graph
        .links(trader)
        .filter(
          ({ weight, traders: [, other], shared }) =>
            weight >= linkMin && own.has(other) && shared.some((thing) => isOwn(thing, own)),
        ),
    );
  };
  return {
    sent: (affiliate, trader, at) => {
      const before = affiliates.get(affiliate) ?? { traders: [], sharing: 0 };
      const isKnown = before.traders.includes(trader);
      if (isKnown || before.traders.length === TRADERS_EACH_MAX) return;
      entries += 1;
      affiliates.set(affiliate, { ...before, traders: [...before.traders, trader].sort() }, at);
    },
    weigh: (at, found) => {
      const counted = [...affiliates.entries()].map(([affiliate, { traders }]) => {
        const links = linksWithin(traders);
        const sharing = [...new Set(links.map((link) => link.traders[0]))].sort();
        return { affiliate, traders: traders.length, sharing, links };
      });
      const all = counted.reduce((sum, { traders }) => sum + traders, 0);
      const allSharing = counted.reduce((sum, { sharing }) => sum + sharing.length, 0);
      counted.sort((one, other) => (one.affiliate < other.affiliate ? -1 : 1));
      for (const { affiliate, traders, sharing, links } of counted) {
        if (sharing.length < SHARING_MIN) continue;
        const others = [allSharing - sharing.length + 1, all - traders + 2] as const;
        const tail = atLeast(sharing.length, traders, chanceOf(...others));
        const usual = Math.floor((PER_MILLE * others[0]) / others[1]);
        const rarity = oneIn(tail, counted.length);
        found({ affiliate, traders, sharing, usual, oneIn: rarity, links });
      }
      affiliates.expire(at);
    },
    expire: affiliates.expire,
    size: () => affiliates.size() + entries,
    state: affiliates.state,
  };
}
