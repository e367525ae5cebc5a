import { present } from '#core/kernel/assert.ts';
import { castOf } from './cast.ts';
import type { AbusePattern } from './role.ts';
import { traderIdOf } from './trader.ts';
import type { World, WorldState } from './world.ts';

/**
 * What an account of the demo world really is. The truth that detectors are scored against, and
 * that nothing which judges may know: only the score tool and tests of the world import this file,
 * never what detects, decides or shows (`.ci/tidy.ts` forbids it).
 */
export interface Label {
  readonly accountId: string;
  readonly traderId: string;
  /** By number; all accounts under one trader's name are one person's. */
  readonly person: number;
  /** Who really trades it: equal numbers are one hand, whatever the names. */
  readonly hand: number;
  /** What it plays: "copy ring", "swing trader". */
  readonly kind: string;
  /** The ring, pair, household or channel; an account that acts alone is a group of its own. */
  readonly group: number;
  /** Its place in the group; in a copy ring the leader has 0. */
  readonly seat: number;
  readonly variant: string;
  /** Hard to tell from honest trading. */
  readonly hard: boolean;
  readonly abusive: boolean;
  /** What a perfect officer would name, the first one above all. */
  readonly patterns: readonly AbusePattern[];
  /**
   * How often it has done so up to now: an account of an abuser that has not begun, or whose
   * leader never traded, shows 0, and nobody could tell.
   */
  readonly deeds: number;
}

/** The label of every account opened so far, in order of opening. */
export function labelsOf(from: World | WorldState): readonly Label[] {
  const { cast, traders } = 'next' in from ? from.state() : from;
  const parts = castOf(cast);
  const labels = traders.map((trader) => {
    const { seat, group } = present(parts[trader.slot], 'part');
    const { role, way } = group;
    return {
      accountId: trader.accountId,
      traderId: trader.buyer?.traderId ?? traderIdOf(trader.person),
      person: trader.person,
      hand: trader.hand,
      kind: role.label,
      group: group.number,
      seat,
      variant: way.name,
      hard: way.hard ?? false,
      abusive: role.patterns.length > 0,
      patterns: role.patterns,
      deeds: trader.deeds,
    };
  });
  // What shows on the account that follows was done on the one before as well.
  const places = new Map(traders.map(({ accountId }, place) => [accountId, place]));
  for (let place = traders.length - 1; place >= 0; place -= 1) {
    const before = places.get(traders[place]?.previousAccountId ?? '');
    const [earlier, later] = [labels[before ?? -1], labels[place]];
    if (earlier && later && later.deeds > 0) earlier.deeds = Math.max(earlier.deeds, 1);
  }
  return labels;
}
