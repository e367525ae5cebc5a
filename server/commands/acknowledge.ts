import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { DecisionState, Rejection } from './decide.ts';

type Acknowledge = Extract<Command['intent'], { type: 'acknowledgeAlert' }>;
const OF_ACCOUNT: readonly string[] = [
  'warningRaised',
  'breachDetected',
  'conductFlagged',
  'reviewRequested',
];

export function isAlertOfAccount(kind: string): boolean {
  return OF_ACCOUNT.includes(kind);
}

/** An alert that concerns no one account: its acknowledgement is a fact of the firm. */
export function isAlertOfFirm(fact: Fact): boolean {
  switch (fact.kind) {
    case 'proposalEscalated':
    case 'exposureLimitCrossed':
    case 'caseOpened':
    case 'workEscalated':
      return true;
    case 'feedStateObserved':
      return fact.data.state === 'silent';
    case 'caseWorked':
      return fact.data.change.type === 'escalated';
    default:
      return false;
  }
}

/** A person has seen an alert: decided from the log alone, the same way every time. */
export function decideAcknowledge(
  { alertSeq, note }: Acknowledge,
  operatorId: string,
  { factAt, alertsAt }: Pick<DecisionState, 'factAt' | 'alertsAt'>,
): Result<FactDraft, Rejection> {
  const fact = factAt(alertSeq);
  if (!fact) return err({ code: 'notFound', message: `there is no fact ${alertSeq}` });
  const accountId =
    isAlertOfAccount(fact.kind) && 'accountId' in fact.data ? fact.data.accountId : null;
  if (accountId === null && !isAlertOfFirm(fact)) {
    return err({ code: 'notAnAlert', message: `fact ${alertSeq} is no warning, breach or flag` });
  }
  const earlier = alertsAt([alertSeq])[0]?.acknowledgedBy ?? null;
  if (earlier !== null) {
    const message = `${earlier} has acknowledged it already`;
    return err({ code: 'alreadyAcknowledged', message });
  }
  const data = { alertSeq, operatorId, note };
  return ok(
    accountId === null
      ? { kind: 'noticeAcknowledged', data }
      : { kind: 'alertAcknowledged', data: { accountId, ...data } },
  );
}
