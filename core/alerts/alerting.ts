import type { EpochMs } from '#core/time/time.ts';
import { DEFAULT_ALERT_RULES, type AlertRules } from './alert-rules.ts';
import type { Escalation } from './alerts.events.ts';
import type { Told } from './deliveries.ts';

/** Escalations that are remembered; older ones are in the log. */
export const ESCALATIONS_KEPT_MAX = 5_000;

/** The rules in force and what has been escalated: a fold of the log. */
export interface Alerting extends Pick<Told, 'level'> {
  readonly rules: AlertRules;
  /** 0 until the firm has set rules of its own. */
  readonly version: number;
  readonly changed: {
    readonly personId: string | null;
    readonly at: EpochMs;
    readonly reason: string;
  } | null;
  /** Of one group, in order. */
  escalations(group: string): readonly Escalation[];
  change(
    version: number,
    rules: AlertRules,
    by: { readonly personId: string | null; readonly at: EpochMs; readonly reason: string },
  ): void;
  escalate(escalation: Escalation): void;
}

export function createAlerting(): Alerting {
  const byGroup = new Map<string, Escalation[]>();
  let kept = 0;
  const state: { rules: AlertRules; version: number; changed: Alerting['changed'] } = {
    rules: DEFAULT_ALERT_RULES,
    version: 0,
    changed: null,
  };
  const forgetOldest = (): void => {
    const [oldest] = byGroup;
    if (!oldest) return;
    kept -= oldest[1].length;
    byGroup.delete(oldest[0]);
  };
  return {
    get rules() {
      return state.rules;
    },
    get version() {
      return state.version;
    },
    get changed() {
      return state.changed;
    },
    level: (ruleId, group) =>
      (byGroup.get(group) ?? []).reduce(
        (highest, one) => (one.ruleId === ruleId ? Math.max(highest, one.level) : highest),
        0,
      ),
    escalations: (group) => byGroup.get(group) ?? [],
    change: (version, rules, changed) => void Object.assign(state, { version, rules, changed }),
    escalate: (escalation) => {
      const known = byGroup.get(escalation.group);
      if (known) known.push(escalation);
      else byGroup.set(escalation.group, [escalation]);
      kept += 1;
      while (kept > ESCALATIONS_KEPT_MAX) forgetOldest();
    },
  };
}
