import type { EpochMs } from '#core/time/time.ts';
import type { GoalsChange, ReportSchedule, ReportSent } from './insight.events.ts';
import { FIRST_GOALS, type Goals, type Schedule } from './reports.ts';

/** Sendings that are remembered for lists; those before are in the log. */
export const SENDINGS_KEPT_MAX = 1_000;

export interface KnownSchedule {
  readonly scheduleId: string;
  readonly schedule: Schedule;
  /** Since when it is as it is: nothing is sent of periods that ended before. */
  readonly since: EpochMs;
  readonly personId: string;
}

/** Goals, schedules and what was sent: a fold of the log. */
export interface Insight {
  readonly goals: Goals;
  /** 0 until the firm has set goals of its own. */
  readonly version: number;
  /** In order of their making. */
  schedules(): Iterable<KnownSchedule>;
  schedule(scheduleId: string): KnownSchedule | undefined;
  /** Newest first. */
  sendings(): readonly ReportSent[];
  /** Of this period, or of a later one: then nobody sends the earlier one any more. */
  wasSent(sending: Pick<ReportSent, 'scheduleId' | 'periodEnd' | 'target'>): boolean;
  setGoals(change: GoalsChange): void;
  plan(change: ReportSchedule): void;
  sent(sending: ReportSent): void;
}

export function createInsight(): Insight {
  const schedules = new Map<string, KnownSchedule>();
  const sendings: ReportSent[] = [];
  /** When the latest period ended of which something was sent, by schedule and target. */
  const latest = new Map<string, EpochMs>();
  const state = { goals: FIRST_GOALS, version: 0 };
  return {
    get goals() {
      return state.goals;
    },
    get version() {
      return state.version;
    },
    schedules: () => schedules.values(),
    schedule: (scheduleId) => schedules.get(scheduleId),
    sendings: () => sendings.toReversed(),
    wasSent: (sending) => (latest.get(keyOf(sending)) ?? -1) >= sending.periodEnd,
    setGoals: ({ goals, version }) => void Object.assign(state, { goals, version }),
    plan: ({ scheduleId, schedule, at, personId }) => {
      if (schedule === null) schedules.delete(scheduleId);
      else schedules.set(scheduleId, { scheduleId, schedule, since: at, personId });
    },
    sent: (sending) => {
      const key = keyOf(sending);
      latest.set(key, Math.max(latest.get(key) ?? 0, sending.periodEnd));
      sendings.push(sending);
      if (sendings.length > SENDINGS_KEPT_MAX) sendings.shift();
    },
  };
}

function keyOf({ scheduleId, target }: Pick<ReportSent, 'scheduleId' | 'target'>): string {
  return `${scheduleId} ${target}`;
}
