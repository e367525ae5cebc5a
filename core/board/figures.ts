import type { EpochMs } from '#core/time/time.ts';
import { episodeOf, pausedUntil, type Episode, type WorkItem } from './item.ts';
import type { ServiceDesk } from './service.ts';

const PER_MILLE = 1_000;

/** How work went in a window of time; counts and times alone. */
export interface WorkFigures {
  /** Settled within it, and how many of those were promised a time. */
  readonly settled: number;
  readonly promised: number;
  /** Per mille of the promised ones that were settled in time; null where none was. */
  readonly attainment: number | null;
  /** Open, and open beyond their time, at its end. */
  readonly open: number;
  readonly overdue: number;
  /** Of what was open at its end; null where nothing was. */
  readonly medianAgeMs: number | null;
}

/** What `until` looks back on, from `from` on. */
export function figuresOf(
  items: Iterable<WorkItem>,
  service: ServiceDesk,
  { from, until }: { readonly from: EpochMs; readonly until: EpochMs },
): WorkFigures {
  let settled = 0;
  let promised = 0;
  let kept = 0;
  let overdue = 0;
  const ages: number[] = [];
  for (const item of items) {
    for (const episode of item.episodes) {
      const { settledAt, openedAt } = episode;
      if (openedAt > until) continue;
      if (settledAt !== null && settledAt <= until) {
        if (settledAt <= from) continue;
        settled += 1;
        const state = service.serviceIn(item, episode, until)?.settle.state;
        if (state !== undefined) promised += 1;
        if (state === 'kept') kept += 1;
        continue;
      }
      ages.push(until - openedAt);
      if (service.serviceIn(item, asOf(episode, until), until)?.settle.state === 'overdue') {
        overdue += 1;
      }
    }
  }
  return {
    settled,
    promised,
    attainment: promised === 0 ? null : Math.floor((kept * PER_MILLE) / promised),
    open: ages.length,
    overdue,
    medianAgeMs: medianOf(ages),
  };
}

/** The episode as it was known at an instant before it was settled. */
function asOf(episode: Episode, at: EpochMs): Episode {
  return { ...episode, settledAt: null, pauses: episode.pauses.filter(({ from }) => from <= at) };
}

/** The lower one of the two in the middle of an even number. */
function medianOf(values: number[]): number | null {
  values.sort((one, other) => one - other);
  return values[Math.floor((values.length - 1) / 2)] ?? null;
}

/** What one person has in hand. */
export interface Load {
  /** Null for what nobody has. */
  readonly personId: string | null;
  readonly items: number;
  readonly paused: number;
  readonly overdue: number;
  /** Working time until everything would have to be settled; 0 for what is overdue. */
  readonly owedMs: number;
}

/** Who has how much, and what nobody has. */
export function loadsOf(
  items: Iterable<WorkItem>,
  service: ServiceDesk,
  at: EpochMs,
): readonly Load[] {
  const loads = new Map<string | null, Load>();
  for (const item of items) {
    const { owner: personId } = item;
    const empty = { personId, items: 0, paused: 0, overdue: 0, owedMs: 0 };
    const load = loads.get(personId) ?? empty;
    const settle = service.serviceIn(item, episodeOf(item), at)?.settle;
    loads.set(personId, {
      personId,
      items: load.items + 1,
      paused: load.paused + (pausedUntil(item, at) === null ? 0 : 1),
      overdue: load.overdue + (settle?.state === 'overdue' ? 1 : 0),
      owedMs: load.owedMs + Math.max(0, settle ? settle.owedMs - settle.ranMs : 0),
    });
  }
  return [...loads.values()];
}
