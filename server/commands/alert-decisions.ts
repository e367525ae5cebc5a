import type { FactDraft } from '#core/facts/registry.ts';
import type { Decided } from '#core/governance/propose.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Intent } from '#core/sync/protocol.ts';
import type { AcknowledgeableFact } from '../store/store.ts';
import { zones } from '../time/zones.ts';
import { isAlertOfAccount, isAlertOfFirm } from './acknowledge.ts';
import type { DecisionState, Rejection } from './decide.ts';
import type { ServerIntent } from './server-command.ts';

type Answer = Result<Decided, Rejection>;
type Wish<Type extends (Intent | ServerIntent)['type']> = Extract<
  Intent | ServerIntent,
  { type: Type }
>;

const just = (...drafts: readonly FactDraft[]): Answer => ok({ drafts, contents: [] });
const invalid = (message: string): Answer => err({ code: 'invalid', message });

/**
 * A group that a person has seen, in one act. Each alert gets its own fact, as if it had been
 * acknowledged alone: an account's history says who saw what. Those that somebody has seen already
 * are passed over, because the person acknowledges what is left of the group.
 */
export function decideAcknowledgeAll(
  { alertSeqs, note }: Wish<'acknowledgeAlerts'>,
  operatorId: string,
  { alertsAt, factAt }: Pick<DecisionState, 'alertsAt' | 'factAt'>,
): Answer {
  const wanted = [...new Set(alertSeqs)].sort((one, other) => one - other);
  const known = new Map(alertsAt(wanted).map((fact) => [fact.seq, fact]));
  const drafts: FactDraft[] = [];
  for (const alertSeq of wanted) {
    const fact = known.get(alertSeq);
    if (!fact) return err({ code: 'notFound', message: `there is no fact ${alertSeq}` });
    const draft = draftOf(fact, { alertSeq, operatorId, note }, factAt);
    if (!draft) {
      return err({ code: 'notAnAlert', message: `fact ${alertSeq} is no alert` });
    }
    if (fact.acknowledgedBy === null) drafts.push(draft);
  }
  if (drafts.length > 0) return just(...drafts);
  return err({ code: 'alreadyAcknowledged', message: 'somebody has acknowledged all of them' });
}

function draftOf(
  { kind, accountId }: AcknowledgeableFact,
  data: { readonly alertSeq: number; readonly operatorId: string; readonly note: string },
  factAt: DecisionState['factAt'],
): FactDraft | null {
  if (isAlertOfAccount(kind) && accountId !== null) {
    return { kind: 'alertAcknowledged', data: { accountId, ...data } };
  }
  // Thousands of accounts may be in one act, and few alerts of the firm: only these are read whole.
  const fact = factAt(data.alertSeq);
  return fact && isAlertOfFirm(fact) ? { kind: 'noticeAcknowledged', data } : null;
}

/** Who is told of what: one version follows another, and names what it changed. */
export function decideSetAlertRules(
  { rules, baseVersion, reason }: Wish<'setAlertRules'>,
  personId: string,
  { world }: Pick<DecisionState, 'world'>,
): Answer {
  const { alerting, people } = world.governance;
  if (baseVersion !== alerting.version) {
    const message = `somebody has changed the rules since: they are at version ${alerting.version}`;
    return err({ code: 'conflict', message });
  }
  const quiet = [...rules.rules, ...rules.people].flatMap((one) => one.quiet);
  const unknown = quiet.find(({ zone }) => !zones.isZone(zone));
  if (unknown)
    return invalid(`there is no zone "${unknown.zone}": write one such as Europe/Prague`);
  const stranger = strangerIn(rules, (id) => people.persons.has(id));
  if (stranger !== null) return invalid(`there is no person ${stranger}`);
  const version = alerting.version + 1;
  const data = { version, rules, personId, reason, at: world.at };
  return just({ kind: 'alertRulesChanged', data });
}

function strangerIn(
  { rules, people }: Wish<'setAlertRules'>['rules'],
  isKnown: (personId: string) => boolean,
): string | null {
  const named = [
    ...rules.flatMap(({ tell, steps, when }) => [
      ...tell.persons,
      ...steps.flatMap((step) => step.tell.persons),
      ...when.addressedPersons,
    ]),
    ...people.map(({ personId }) => personId),
  ];
  return named.find((personId) => !isKnown(personId)) ?? null;
}

/** What the server's own parts see and do about alerts. */
export function decideForAlerts(
  intent: Wish<'escalateAlerts' | 'observeFeed' | 'foundAlertRules'>,
  { world }: Pick<DecisionState, 'world'>,
): Answer {
  const { at } = world;
  const { alerting } = world.governance;
  switch (intent.type) {
    case 'escalateAlerts': {
      const { escalation } = intent;
      if (alerting.level(escalation.ruleId, escalation.group) >= escalation.level) {
        return invalid('it was escalated so far already');
      }
      const data = { ...escalation, rulesVersion: alerting.version, at };
      return just({ kind: 'alertEscalated', data });
    }
    case 'observeFeed':
      return just({ kind: 'feedStateObserved', data: { ...intent.feed, at } });
    case 'foundAlertRules': {
      if (alerting.version > 0) return invalid('the firm has rules for alerts already');
      const reason = 'the demonstration begins with them';
      const data = { version: 1, rules: intent.rules, personId: null, reason, at };
      return just({ kind: 'alertRulesChanged', data });
    }
  }
}
