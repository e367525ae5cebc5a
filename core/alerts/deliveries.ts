import type { EpochMs } from '#core/time/time.ts';
import {
  matches,
  type Addressees,
  type AlertRule,
  type AlertRules,
  type Channel,
  type Tell,
} from './alert-rules.ts';
import { groupKeyOf } from './groups.ts';
import type { Notice } from './notice.ts';
import { breaksThrough, quietUntil, type Zones } from './quiet-hours.ts';

/** Whom a message goes to. */
export type Target =
  | { readonly type: 'person'; readonly personId: string }
  | { readonly type: 'mailbox'; readonly mailboxId: string }
  | { readonly type: 'hook'; readonly hookId: string };

/** "person:p-ada" */
export function targetText(target: Target): string {
  switch (target.type) {
    case 'person':
      return `person:${target.personId}`;
    case 'mailbox':
      return `mailbox:${target.mailboxId}`;
    case 'hook':
      return `hook:${target.hookId}`;
  }
}

/** That somebody is to be told of a group of notices by one way. */
export interface Delivery {
  /** Follows from what it is: the same decision again is the same delivery. */
  readonly deliveryId: string;
  readonly ruleId: string;
  /** 0 at first; from 1 on the step of escalation. */
  readonly level: number;
  readonly channel: Channel;
  readonly target: Target;
  readonly group: string;
  /** When it may leave at the earliest. */
  readonly notBefore: EpochMs;
  /** When the quiet hours that hold it end; null when none do. */
  readonly quietUntil: EpochMs | null;
}

/** What became of a group of notices before. */
export interface Told {
  /** The highest step that a rule has reached for the group; 0 for none. */
  level(ruleId: string, group: string): number;
  /** Whether it was decided before: it is not decided again. */
  has(deliveryId: string): boolean;
}

export interface Now {
  readonly at: EpochMs;
  /** When the notice became known, where that was earlier: from then on it gathers. */
  readonly since?: EpochMs;
  readonly zones: Zones;
}

/**
 * Everything that has to be sent because of a notice, and was not decided before. It rests on
 * nothing but what it is given, so desks and server come to the same, and a restart to what was.
 */
export function deliveries(
  rules: AlertRules,
  notice: Notice,
  history: Told,
  now: Now,
  people: Addressees,
): readonly Delivery[] {
  const group = groupKeyOf(notice);
  const found = new Map<string, Delivery>();
  for (const rule of rules.rules) {
    if (!matches(rule, notice)) continue;
    const reached = Math.min(history.level(rule.ruleId, group), rule.steps.length);
    for (let level = 0; level <= reached; level += 1) {
      for (const delivery of ofLevel(rule, level, notice, group, rules, now, people)) {
        if (!history.has(delivery.deliveryId)) found.set(delivery.deliveryId, delivery);
      }
    }
  }
  return [...found.values()];
}

function ofLevel(
  rule: AlertRule,
  level: number,
  notice: Notice,
  group: string,
  rules: AlertRules,
  now: Now,
  people: Addressees,
): Delivery[] {
  const tell = level === 0 ? rule.tell : rule.steps[level - 1]?.tell;
  if (!tell) return [];
  return waysOf(tell, notice, people).map(({ channel, target }) => {
    const quiet = heldUntil(rule, rules, target, notice, level, now);
    // What was not acknowledged in time has waited long enough.
    const gathered = level === 0 ? (now.since ?? now.at) + rule.gatherSeconds * 1_000 : now.at;
    return {
      deliveryId: [rule.ruleId, level, channel, targetText(target), group].join('\n'),
      ruleId: rule.ruleId,
      level,
      channel,
      target,
      group,
      notBefore: Math.max(gathered, quiet ?? gathered),
      quietUntil: quiet,
    };
  });
}

interface Way {
  readonly channel: Channel;
  readonly target: Target;
}

/** Every way by which somebody is told, each once, however many roles a person has. */
function waysOf(tell: Tell, notice: Notice, people: Addressees): Way[] {
  const persons = new Set([
    ...tell.roles.flatMap((role) => people.holding(role, notice)),
    ...tell.persons.filter((personId) => people.isActive(personId)),
  ]);
  const ways: Way[] = [];
  for (const personId of [...persons].sort()) {
    for (const channel of tell.by) ways.push({ channel, target: { type: 'person', personId } });
  }
  for (const mailboxId of tell.mailboxes) {
    ways.push({ channel: 'email', target: { type: 'mailbox', mailboxId } });
  }
  for (const hookId of tell.hooks) {
    ways.push({ channel: 'webhook', target: { type: 'hook', hookId } });
  }
  return ways;
}

/** Quiet hours hold what reaches a person; programs are never disturbed. */
function heldUntil(
  rule: AlertRule,
  rules: AlertRules,
  target: Target,
  notice: Notice,
  level: number,
  { at, zones }: Now,
): EpochMs | null {
  if (target.type === 'hook') return null;
  const own =
    target.type === 'person'
      ? rules.people.find(({ personId }) => personId === target.personId)?.quiet
      : undefined;
  const holding = [...rule.quiet, ...(own ?? [])].filter(
    (hours) => !breaksThrough(hours, notice, level),
  );
  return quietUntil(holding, at, zones);
}

/** Whether a rule addresses a notice to a person's desk, at a step that was reached. */
export function isFor(
  personId: string,
  notice: Notice,
  rules: AlertRules,
  history: Pick<Told, 'level'>,
  people: Addressees,
): boolean {
  const group = groupKeyOf(notice);
  return rules.rules.some((rule) => {
    if (!matches(rule, notice)) return false;
    const reached = Math.min(history.level(rule.ruleId, group), rule.steps.length);
    const tells = [rule.tell, ...rule.steps.slice(0, reached).map((step) => step.tell)];
    return tells.some(
      (tell) =>
        tell.by.length > 0 &&
        (tell.persons.includes(personId) ||
          tell.roles.some((role) => people.holding(role, notice).includes(personId))),
    );
  });
}
