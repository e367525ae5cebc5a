import type { EpochMs } from '#core/time/time.ts';
import { matches, type AlertRule, type AlertRules } from './alert-rules.ts';
import type { Told } from './deliveries.ts';
import { groupKeyOf } from './groups.ts';
import { wantsAcknowledgement, type Notice } from './notice.ts';

const MINUTE_MS = 60_000;

/** A notice that nobody has acknowledged, with when the server took it in: by its own clock. */
export interface Waiting {
  readonly notice: Notice;
  readonly since: EpochMs;
}

export interface DueEscalation {
  readonly rule: AlertRule;
  readonly group: string;
  readonly level: number;
  /** What of the group waits under this rule: how many, and the first of it. */
  readonly open: number;
  readonly firstSeq: number;
  readonly severity: Notice['severity'];
}

/** Since when a group has waited under a rule, and what of it. */
interface Standing {
  readonly rule: AlertRule;
  readonly group: string;
  /** The same for all of a group. */
  readonly severity: Notice['severity'];
  since: EpochMs;
  open: number;
  firstSeq: number;
}

/**
 * Steps whose time has come: one at a time for each group and rule, so that each level has been
 * told before the next one is.
 */
export function escalationsDue(
  rules: AlertRules,
  waiting: Iterable<Waiting>,
  history: Pick<Told, 'level'>,
  now: EpochMs,
): DueEscalation[] {
  const standings = new Map<string, Standing>();
  for (const { notice, since } of waiting) {
    if (!wantsAcknowledgement(notice)) continue;
    for (const rule of rules.rules) {
      if (rule.steps.length === 0 || !matches(rule, notice)) continue;
      add(standings, rule, notice, since);
    }
  }
  return [...standings.values()].flatMap(({ rule, group, since, open, firstSeq, severity }) => {
    const level = history.level(rule.ruleId, group) + 1;
    const step = rule.steps[level - 1];
    if (!step || now - since < step.afterMinutes * MINUTE_MS) return [];
    return [{ rule, group, level, open, firstSeq, severity }];
  });
}

function add(
  standings: Map<string, Standing>,
  rule: AlertRule,
  notice: Notice,
  since: EpochMs,
): void {
  const { seq, severity } = notice;
  const group = groupKeyOf(notice);
  const name = `${rule.ruleId}\n${group}`;
  const known = standings.get(name);
  if (!known) {
    standings.set(name, { rule, group, since, open: 1, firstSeq: seq, severity });
    return;
  }
  known.since = Math.min(known.since, since);
  known.firstSeq = Math.min(known.firstSeq, seq);
  known.open += 1;
}
