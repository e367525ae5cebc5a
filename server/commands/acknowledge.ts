import { err, ok, type Result } from '#core/kernel/result.ts';
import type { FactDraft } from '#core/facts/registry.ts';
import type { Command } from '#core/sync/protocol.ts';
import type { DecisionState, Rejection } from './decide.ts';

type Acknowledge = Extract<Command['intent'], { type: 'acknowledgeAlert' }>;
const ALERTS: readonly string[] = [
  'warningRaised',
  'breachDetected',
  'conductFlagged',
  'reviewRequested',
];

/** A person has seen an alert: decided from the log alone, the same way every time. */
export function decideAcknowledge(
  { alertSeq, note }: Acknowledge,
  operatorId: string,
  { factAt, accountFacts }: Pick<DecisionState, 'factAt' | 'accountFacts'>,
): Result<FactDraft, Rejection> {
  const fact = factAt(alertSeq);
  if (!fact) return err({ code: 'notFound', message: `there is no fact ${alertSeq}` });
  if (!ALERTS.includes(fact.kind) || !('accountId' in fact.data)) {
    return err({ code: 'notAnAlert', message: `fact ${alertSeq} is no warning, breach or flag` });
  }
  const { accountId } = fact.data;
  const earlier = accountFacts(accountId).find(
    (one) => one.kind === 'alertAcknowledged' && one.data.alertSeq === alertSeq,
  );
  if (earlier?.kind === 'alertAcknowledged') {
    const message = `${earlier.data.operatorId} has acknowledged it already`;
    return err({ code: 'alreadyAcknowledged', message });
  }
  return ok({ kind: 'alertAcknowledged', data: { accountId, alertSeq, operatorId, note } });
}
