import type { EpochMs } from '#core/time/time.ts';
import {
  createBusinessClock,
  runningMs,
  runningUntil,
  type BusinessClock,
  type WallClocks,
} from '#core/work/business-time.ts';
import type { ServiceLevel, WorkPolicy } from '#core/work/policy.ts';
import { episodeOf, pausedUntil, type Episode, type WorkItem } from './item.ts';

const MS_PER_MINUTE = 60_000;
const PER_MILLE = 1_000;

/** One promise of a level about one episode. */
export interface Promised {
  /** With pauses that are not over counted as long as they may last; null beyond the horizon. */
  readonly dueAt: EpochMs | null;
  /** Kept and missed are over; overdue is missed and still owed. */
  readonly state: 'running' | 'overdue' | 'kept' | 'missed';
  /** Working time that ran so far, and that may. */
  readonly ranMs: number;
  readonly owedMs: number;
}

export interface Service {
  readonly level: ServiceLevel;
  readonly firstTouch: Promised;
  readonly settle: Promised;
}

/** What items are owed by a policy. Calendars are worked out once for all of them. */
export interface ServiceDesk {
  /** Null where nothing was promised for its kind and priority. */
  serviceOf(item: WorkItem, at: EpochMs): Service | null;
  /** The same for an episode that may be over. */
  serviceIn(item: WorkItem, episode: Episode, at: EpochMs): Service | null;
  /** Steps of its ladder that time has reached, in order, beyond those that were told. */
  stepsDue(item: WorkItem, at: EpochMs): readonly Step[];
  /** When the next step that was not told is due; null when there is none, or it is paused. */
  nextStepAt(item: WorkItem): EpochMs | null;
}

export interface Step {
  /** From 1. */
  readonly level: number;
  readonly tell: ServiceLevel['ladder'][number]['tell'];
  readonly dueAt: EpochMs;
}

export function createServiceDesk(
  { calendars, levels }: WorkPolicy,
  clocks: WallClocks,
): ServiceDesk {
  const running = new Map<string, BusinessClock>();
  const clockOf = (calendarId: string): BusinessClock | null => {
    const known = running.get(calendarId);
    if (known) return known;
    const calendar = calendars.find((one) => one.calendarId === calendarId);
    if (!calendar) return null;
    const clock = createBusinessClock(calendar, clocks);
    running.set(calendarId, clock);
    return clock;
  };
  const byKind = new Map(levels.map((level) => [`${level.kind} ${level.priority}`, level]));
  const levelOf = ({ kind, priority, prioritised }: WorkItem): ServiceLevel | undefined =>
    byKind.get(`${kind} ${prioritised ?? priority}`);

  const serviceIn: ServiceDesk['serviceIn'] = (item, episode, at) => {
    const level = levelOf(item);
    const clock = level ? clockOf(level.calendarId) : null;
    if (!level || !clock) return null;
    const { touchedAt, settledAt } = episode;
    return {
      level,
      firstTouch: promised(clock, episode, level.firstTouchMinutes, touchedAt ?? settledAt, at),
      settle: promised(clock, episode, level.settleMinutes, settledAt, at),
    };
  };
  const stepsOf = (item: WorkItem): readonly Step[] => {
    const level = levelOf(item);
    const clock = level ? clockOf(level.calendarId) : null;
    if (!level || !clock || item.state === 'settled') return [];
    const { openedAt, pauses } = episodeOf(item);
    return level.ladder.slice(item.escalated).flatMap(({ atPerMille, tell }, place) => {
      // Whole for every minute: 60,000 ms are a multiple of a thousand.
      const ms = (level.settleMinutes * MS_PER_MINUTE * atPerMille) / PER_MILLE;
      const dueAt = runningUntil(clock, openedAt, ms, pauses);
      return dueAt === null ? [] : [{ level: item.escalated + place + 1, tell, dueAt }];
    });
  };
  return {
    serviceOf: (item, at) => serviceIn(item, episodeOf(item), at),
    serviceIn,
    stepsDue: (item, at) =>
      pausedUntil(item, at) === null ? stepsOf(item).filter(({ dueAt }) => dueAt <= at) : [],
    nextStepAt: (item) => stepsOf(item)[0]?.dueAt ?? null,
  };
}

function promised(
  clock: BusinessClock,
  { openedAt, pauses }: Episode,
  minutes: number,
  doneAt: EpochMs | null,
  at: EpochMs,
): Promised {
  const owedMs = minutes * MS_PER_MINUTE;
  const dueAt = runningUntil(clock, openedAt, owedMs, pauses);
  const until = doneAt ?? at;
  const ranMs = runningMs(clock, { from: openedAt, until }, pauses);
  const isLate = ranMs > owedMs;
  const state = doneAt === null ? (isLate ? 'overdue' : 'running') : isLate ? 'missed' : 'kept';
  return { dueAt, state, ranMs, owedMs };
}
