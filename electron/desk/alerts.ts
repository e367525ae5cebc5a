import type { Alert } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import { severityOf } from '#core/sync/accounts-view.ts';
import type { AccountSummary } from '#core/sync/protocol.ts';

/** The feed as it stands: warnings, breaches and objectives, with who has seen them. */
export interface AlertsView {
  all(): readonly Alert[];
  /** How many of all still want a person: informative ones do not. */
  unacknowledged(): number;
  /** The alert that a fact makes or changes, or null. */
  apply(fact: Fact, account: (accountId: string) => AccountSummary | undefined): Alert | null;
  restore(alerts: readonly Alert[]): void;
  /** An acknowledgement of this desk that the server has not received yet. */
  queued(alertSeq: number, by: string, at: number, note: string): Alert | null;
  /** A queued acknowledgement that the server rejected: the alert is open again. */
  reopened(alertSeq: number): Alert | null;
}

export function createAlertsView(): AlertsView {
  const alerts = new Map<number, Alert>();
  let open = 0;
  const put = (alert: Alert): void => {
    const before = alerts.get(alert.seq);
    open += Number(isOpen(alert)) - Number(before !== undefined && isOpen(before));
    alerts.set(alert.seq, alert);
  };
  const change = (seq: number, acknowledgement: Alert['acknowledgement']): Alert | null => {
    const before = alerts.get(seq);
    if (!before) return null;
    const after = { ...before, acknowledgement };
    put(after);
    return after;
  };
  return {
    all: () => [...alerts.values()],
    unacknowledged: () => open,
    restore: (saved) => {
      alerts.clear();
      open = 0;
      for (const alert of saved) put(alert);
    },
    apply: (fact, account) => {
      if (fact.kind === 'alertAcknowledged') {
        const { alertSeq, operatorId, note } = fact.data;
        return change(alertSeq, {
          operatorId,
          at: fact.envelope.occurredAt,
          note,
          state: 'accepted',
        });
      }
      if (
        fact.kind !== 'warningRaised' &&
        fact.kind !== 'breachDetected' &&
        fact.kind !== 'conductFlagged' &&
        fact.kind !== 'objectiveMet' &&
        fact.kind !== 'objectiveLost' &&
        fact.kind !== 'reviewRequested'
      ) {
        return null;
      }
      const summary = account(fact.data.accountId);
      const alert: Alert = {
        seq: fact.envelope.seq,
        accountId: fact.data.accountId,
        accountNumber: summary?.number ?? 0,
        traderName: summary?.terms.traderName ?? '',
        programName: summary?.terms.program.name ?? '',
        severity: severityOf(fact),
        kind: fact.kind,
        at: fact.data.at,
        sentence: fact.kind === 'reviewRequested' ? fact.data.sentence : verdictSentence(fact),
        review: fact.kind === 'reviewRequested' ? [fact.data.reason] : fact.data.review,
        acknowledgement: alerts.get(fact.envelope.seq)?.acknowledgement ?? null,
      };
      put(alert);
      return alert;
    },
    queued: (alertSeq, operatorId, at, note) =>
      change(alertSeq, { operatorId, at, note, state: 'queued' }),
    reopened: (alertSeq) => change(alertSeq, null),
  };
}

function isOpen({ acknowledgement, severity }: Alert): boolean {
  return acknowledgement === null && severity !== 'info';
}
