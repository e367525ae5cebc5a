import { err, ok, type Result } from '#core/kernel/result.ts';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import type { Command, CommandResult } from '#core/sync/protocol.ts';

type Rejection = Omit<Extract<CommandResult, { type: 'rejected' }>, 'type' | 'commandId'>;

/** A person has seen an alert: decided from the log alone, the same way every time. */
export function decideAcknowledge(
  { intent, operatorId }: Command,
  factAt: (seq: number) => Fact | null,
  accountFacts: (accountId: string) => readonly Fact[],
): Result<FactDraft, Rejection> {
  const fact = factAt(intent.alertSeq);
  if (!fact) return err({ code: 'notFound', message: `there is no fact ${intent.alertSeq}` });
  if (fact.kind !== 'warningRaised' && fact.kind !== 'breachDetected') {
    return err({ code: 'notAnAlert', message: `fact ${intent.alertSeq} is no warning or breach` });
  }
  const { accountId } = fact.data;
  const earlier = accountFacts(accountId).find(
    (one) => one.kind === 'alertAcknowledged' && one.data.alertSeq === intent.alertSeq,
  );
  if (earlier?.kind === 'alertAcknowledged') {
    const message = `${earlier.data.operatorId} has acknowledged it already`;
    return err({ code: 'alreadyAcknowledged', message });
  }
  const { alertSeq, note } = intent;
  return ok({ kind: 'alertAcknowledged', data: { accountId, alertSeq, operatorId, note } });
}
