import type { Fact } from '#core/facts/registry.ts';
import type { Action } from '#core/people/roles.ts';

/*
 * Goals and reports, judged from the log alone: that people set them in their own name and as their
 * roles allow, that one version follows another, and that the server sent what was scheduled, once.
 * It shares no code with what decides.
 */

export interface InsightAudit {
  /** What is wrong with a fact, a sentence each. */
  take(fact: Fact, may: (personId: string, action: Action) => boolean): string[];
}

export function auditInsight(): InsightAudit {
  let version = 0;
  const running = new Set<string>();
  const sent = new Set<string>();
  return {
    take: (fact, may) => {
      const wrong: string[] = [];
      const check = (holds: boolean, sentence: string): void => {
        if (!holds) wrong.push(sentence);
      };
      if (fact.kind === 'kpiGoalsChanged') {
        const { personId, version: next } = fact.data;
        check(isBy(fact, personId), `goals were set in the name of ${personId} by somebody else`);
        check(may(personId, 'setKpiGoals'), `no role of ${personId} sets goals`);
        check(next === version + 1, `version ${next} of the goals follows no other`);
        version = next;
      } else if (fact.kind === 'reportScheduled') {
        const { scheduleId, schedule, personId } = fact.data;
        const isKnown = running.has(scheduleId);
        check(isBy(fact, personId), `a report was scheduled in the name of ${personId}`);
        check(may(personId, 'scheduleReports'), `no role of ${personId} schedules reports`);
        check(schedule !== null || isKnown, `schedule ${scheduleId} ended, and never began`);
        if (schedule === null) running.delete(scheduleId);
        else running.add(scheduleId);
      } else if (fact.kind === 'reportSent') {
        const { scheduleId, periodEnd, target } = fact.data;
        const key = `${scheduleId} ${periodEnd} ${target}`;
        const { type } = fact.envelope.actor;
        check(type === 'system', `a person says that report ${scheduleId} was sent`);
        check(!sent.has(key), `report ${key} is told a second time`);
        sent.add(key);
      }
      return wrong;
    },
  };
}

function isBy({ envelope: { actor } }: Fact, personId: string): boolean {
  return actor.type === 'operator' && actor.id === personId;
}
