import type { EpochMs } from '#core/time/time.ts';
import type { Span } from '#core/work/business-time.ts';
import type { Priority, WorkKind } from '#core/work/policy.ts';
import type { Described } from './work-source.ts';

/** From opening, or opening again, to being settled. */
export interface Episode {
  readonly openedAt: EpochMs;
  /** When somebody first had it in hand; null while nobody did. */
  readonly touchedAt: EpochMs | null;
  readonly settledAt: EpochMs | null;
  /** Who settled it; null where nobody did it by name. */
  readonly settledBy: string | null;
  /** In order, not overlapping; the last may end later than now. */
  readonly pauses: readonly Span[];
}

/** One thing that happened to an item, for its page. */
export interface Deed {
  readonly seq: number;
  readonly at: EpochMs;
  /** Null where no person did it. */
  readonly by: string | null;
  readonly says: string;
}

/** An item of work: what its source's facts and people's acts say of it. */
export interface WorkItem extends Omit<Described, 'priority'> {
  /** `<kind>/<id>`. */
  readonly itemId: string;
  readonly kind: WorkKind;
  readonly id: string;
  readonly openedSeq: number;
  /** By its source's rule, unless a person said otherwise. */
  readonly priority: Priority;
  readonly prioritised: Priority | null;
  readonly owner: string | null;
  readonly state: 'open' | 'settled';
  /** A person settled it here, and may open it again. */
  readonly settledHere: boolean;
  /** Why its clock stood still last. */
  readonly pausedFor: string;
  /** The first of them to the present one. */
  readonly episodes: readonly Episode[];
  /** How far its ladder has been climbed in the present episode. */
  readonly escalated: number;
  /** The last entry of the log that changed it. */
  readonly version: number;
  readonly deeds: readonly Deed[];
}

/** Where an item stands: in exactly one of these at every instant. */
export type Queue =
  | { readonly queue: 'settled' }
  | { readonly queue: 'paused'; readonly until: EpochMs }
  | { readonly queue: 'unassigned' }
  | { readonly queue: 'mine'; readonly personId: string };

/** The present episode, or the last one. */
export function episodeOf({ episodes }: WorkItem): Episode {
  const last = episodes.at(-1);
  if (!last) throw new Error('an item without an episode');
  return last;
}

/** Until when its clock stands still at an instant; null while it runs. */
export function pausedUntil(item: WorkItem, at: EpochMs): EpochMs | null {
  const pause = episodeOf(item).pauses.at(-1);
  return pause && pause.until > at ? pause.until : null;
}

export function queueOf(item: WorkItem, at: EpochMs): Queue {
  if (item.state === 'settled') return { queue: 'settled' };
  const until = pausedUntil(item, at);
  if (until !== null) return { queue: 'paused', until };
  return item.owner === null ? { queue: 'unassigned' } : { queue: 'mine', personId: item.owner };
}
