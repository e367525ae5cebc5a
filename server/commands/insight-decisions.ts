import type { FactDraft } from '#core/facts/registry.ts';
import type { Decided } from '#core/governance/propose.ts';
import type { GovernedWorld } from '#core/governance/world.ts';
import { SCHEDULES_MAX, type Goals, type Schedule } from '#core/insight/reports.ts';
import { kpis } from '#core/kpi/kpis/index.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Intent } from '#core/sync/protocol.ts';
import { zones } from '../time/zones.ts';
import type { Rejection } from './decide.ts';
import type { ServerIntent } from './server-command.ts';

type Wish = Extract<
  Intent | ServerIntent,
  { type: 'setKpiGoals' | 'scheduleReport' | 'noteReport' }
>;
type Answer = Result<Decided, Rejection>;

const just = (draft: FactDraft): Answer => ok({ drafts: [draft], contents: [] });
const refused = (code: Rejection['code'], message: string): Answer => err({ code, message });

/** What the firm wants of its numbers, and to whom they are sent. */
export function decideInsight(
  intent: Wish,
  personId: string,
  { world }: { readonly world: GovernedWorld },
): Answer {
  const { at } = world;
  const { insight } = world.governance;
  switch (intent.type) {
    case 'setKpiGoals': {
      const { goals, baseVersion, reason } = intent;
      if (baseVersion !== insight.version) {
        const message = `somebody has changed the goals since: they are at version ${insight.version}`;
        return refused('conflict', message);
      }
      const problem = problemOfGoals(goals, at);
      if (problem !== null) return refused('invalid', problem);
      const version = insight.version + 1;
      return just({ kind: 'kpiGoalsChanged', data: { version, goals, personId, reason, at } });
    }
    case 'scheduleReport': {
      const { scheduleId, schedule, reason } = intent;
      const known = insight.schedule(scheduleId);
      if (schedule === null && !known) {
        return refused('notFound', `there is no schedule ${scheduleId}`);
      }
      if (!known && [...insight.schedules()].length >= SCHEDULES_MAX) {
        return refused('invalid', `there are ${SCHEDULES_MAX} schedules: end one first`);
      }
      const problem = schedule && problemOf(schedule);
      if (problem) return refused('invalid', problem);
      const data = { scheduleId, schedule, personId, reason, at };
      return just({ kind: 'reportScheduled', data });
    }
    case 'noteReport': {
      // The same sending told twice is one: whoever sent it may ask again after a crash.
      if (insight.wasSent(intent.sending)) return ok({ drafts: [], contents: [] });
      return just({ kind: 'reportSent', data: { ...intent.sending, at } });
    }
  }
}

function problemOfGoals({ targets, baseline }: Goals, at: number): string | null {
  const unknown = Object.keys(targets).find((id) => !kpis.find(id));
  if (unknown !== undefined) return `there is no KPI "${unknown}"`;
  if (baseline && baseline.until > at) return 'a baseline is a period that has passed';
  return null;
}

function problemOf({ kpiIds, zone }: Schedule): string | null {
  const unknown = kpiIds.find((id) => !kpis.find(id));
  if (unknown !== undefined) return `there is no KPI "${unknown}"`;
  return zones.isZone(zone) ? null : `there is no zone "${zone}": write one such as Europe/Prague`;
}
