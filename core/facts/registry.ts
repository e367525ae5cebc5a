import { z } from 'zod';
import { envelopeSchema, type Envelope } from '#core/kernel/event.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { createRegistry } from '#core/kernel/registry.ts';
import * as accounts from '#core/accounts/accounts.events.ts';
import * as alerts from '#core/alerts/alerts.events.ts';
import * as approvals from '#core/approvals/approvals.events.ts';
import * as cases from '#core/cases/cases.events.ts';
import * as exposure from '#core/exposure/exposure.events.ts';
import * as fraud from '#core/fraud/fraud.events.ts';
import * as insight from '#core/insight/insight.events.ts';
import * as payouts from '#core/payouts/payouts.events.ts';
import * as people from '#core/people/people.events.ts';
import * as provisioning from '#core/provisioning/provisioning.events.ts';
import * as programs from '#core/programs/programs.events.ts';
import * as rules from '#core/rules/rules.events.ts';
import * as sharing from '#core/sharing/sharing.events.ts';
import * as support from '#core/support/support.events.ts';
import * as work from '#core/work/work.events.ts';

/** Every event there is. One definition each, in its own room; one line each here. */
const definitions = [
  accounts.instrumentDefined,
  accounts.accountOpened,
  accounts.dealBooked,
  accounts.balanceOperationBooked,
  accounts.dealBusted,
  accounts.protectionSet,
  accounts.newsScheduled,
  accounts.identityRecorded,
  accounts.sessionObserved,
  accounts.orderActivityObserved,
  accounts.tradingDayRolled,
  programs.programPublished,
  rules.ruleSetPublished,
  rules.warningRaised,
  rules.breachDetected,
  rules.conductFlagged,
  rules.objectiveMet,
  rules.objectiveLost,
  rules.accountStatusChanged,
  rules.accountDirected,
  rules.adjustmentOrdered,
  rules.successorRequested,
  rules.changeAccepted,
  rules.rulesChanged,
  rules.reviewRequested,
  rules.alertAcknowledged,
  people.personAdded,
  people.personDeactivated,
  people.roleGranted,
  people.roleRevoked,
  people.keyEnrolled,
  people.keyGranted,
  people.keyRevoked,
  people.keyFrozen,
  people.personSignedIn,
  people.personSignedOut,
  approvals.proposalOpened,
  approvals.proposalRevised,
  approvals.decisionReceived,
  approvals.proposalApproved,
  approvals.proposalClosed,
  approvals.proposalEscalated,
  approvals.policyChanged,
  payouts.payoutRequested,
  payouts.traderChecked,
  payouts.informationAsked,
  payouts.paymentInstructed,
  payouts.paymentReported,
  payouts.bankEntryBooked,
  payouts.entryMatched,
  payouts.exceptionRaised,
  payouts.exceptionSettled,
  payouts.letterIssued,
  fraud.signalRaised,
  fraud.scoringChanged,
  exposure.exposureLimitsChanged,
  exposure.exposureLimitCrossed,
  exposure.exposureLimitCleared,
  alerts.alertRulesChanged,
  alerts.alertEscalated,
  alerts.noticeAcknowledged,
  alerts.feedStateObserved,
  cases.caseOpened,
  cases.caseSignalAdded,
  cases.caseWorked,
  cases.caseMerged,
  cases.caseSplit,
  cases.caseDecided,
  cases.caseReopened,
  cases.caseReviewed,
  provisioning.orderReceived,
  provisioning.orderAdvanced,
  provisioning.orderReversed,
  support.ticketOpened,
  support.ticketMessaged,
  support.ticketChanged,
  support.disputeOpened,
  support.disputeDecided,
  support.disputeWithdrawn,
  sharing.standingShared,
  sharing.standingRevoked,
  work.workDone,
  work.workEscalated,
  work.workPolicyChanged,
  insight.kpiGoalsChanged,
  insight.reportScheduled,
  insight.reportSent,
] as const;

type Definition = (typeof definitions)[number];
type FactOf<Member> = Member extends {
  readonly kind: infer Kind;
  readonly data: z.ZodType<infer Data>;
}
  ? {
      readonly envelope: Envelope & { readonly kind: Kind };
      readonly kind: Kind;
      readonly data: Data;
    }
  : never;

/** A durable, ordered fact: a union that `kind` discriminates. */
export type Fact = FactOf<Definition>;
export type FactKind = Fact['kind'];
export type FactData<Kind extends FactKind> = Extract<Fact, { kind: Kind }>['data'];

/** What a decider or evaluator wants appended; the log adds the envelope. */
export type FactDraft = {
  [Kind in FactKind]: { readonly kind: Kind; readonly data: FactData<Kind> };
}[FactKind];

export const factDefinitions = createRegistry<FactKind, Definition>(
  definitions,
  (definition) => definition.kind,
);

const outerSchema = z.strictObject({
  envelope: envelopeSchema,
  /** The envelope's kind again, so that a union of facts can be told apart. */
  kind: z.string().optional(),
  data: z.unknown(),
});

/** Reads a fact from the wire or the disk: validated, upcast to the current version. */
export function parseFact(input: unknown): Result<Fact, string> {
  const outer = outerSchema.safeParse(input);
  if (!outer.success) return err(`not a fact: ${z.prettifyError(outer.error)}`);
  const { envelope } = outer.data;
  const definition = factDefinitions.find(envelope.kind);
  if (!definition) return err(`no fact is of kind "${envelope.kind}"`);
  if (envelope.version > definition.version) {
    return err(
      `${envelope.kind} version ${envelope.version} is newer than version ${definition.version} known here`,
    );
  }
  let data = outer.data.data;
  for (let version = envelope.version; version < definition.version; version += 1) {
    const upcast = definition.upcasts[version];
    if (!upcast) return err(`${envelope.kind} version ${version} has no upcast`);
    data = upcast(data);
  }
  const parsed = (definition.data as z.ZodType).safeParse(data);
  if (!parsed.success) {
    return err(`${envelope.kind} at seq ${envelope.seq}: ${z.prettifyError(parsed.error)}`);
  }
  return ok({
    envelope: { ...envelope, version: definition.version },
    kind: definition.kind,
    data: parsed.data,
  } as unknown as Fact);
}
