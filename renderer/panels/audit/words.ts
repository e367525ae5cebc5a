import { clearingSentence, crossingSentence } from '#core/exposure/limits.ts';
import type { Fact } from '#core/facts/registry.ts';
import { moneyText } from '#core/money/money.ts';

/** An entry as a person reads it: what was done, and why. */
export function wordsOf(fact: Fact): { readonly what: string; readonly why: string } {
  const says = (what: string, why = ''): { what: string; why: string } => ({ what, why });
  switch (fact.kind) {
    case 'decisionReceived': {
      const { decision, proposalId, version, verdict, reason } = fact.data;
      const counts = verdict.type === 'counted' ? 'counted' : `not counted: ${verdict.message}`;
      return says(`${decision} of ${proposalId} version ${version}, ${counts}`, reason);
    }
    case 'proposalOpened':
      return says(
        `Proposed ${fact.data.action} as ${fact.data.proposalId}${amountOf(fact.data.amount)}`,
        fact.data.reason,
      );
    case 'proposalRevised':
      return says(
        `Changed ${fact.data.proposalId} to version ${fact.data.version}${amountOf(fact.data.amount)}`,
        fact.data.reason,
      );
    case 'proposalApproved':
      return says(
        `${fact.data.proposalId} is approved by ${fact.data.by.join(' and ') || 'the policy'}`,
      );
    case 'proposalClosed':
      return says(`${fact.data.proposalId} is ${fact.data.outcome}`, fact.data.reason);
    case 'proposalEscalated':
      return says(
        `${fact.data.proposalId} escalated to level ${fact.data.level}`,
        'nobody decided in time',
      );
    case 'payoutRequested':
      return says(`A payout of account ${fact.data.accountId} was asked for`);
    case 'paymentInstructed':
      return says(
        `Payment ${fact.data.instructionId} of ${moneyText(fact.data.amount)} ` +
          `${fact.data.currency} ordered for ${fact.data.payoutId}`,
      );
    case 'paymentReported':
      return says(`Payment ${fact.data.instructionId} is ${fact.data.state}`, fact.data.message);
    case 'accountDirected':
      return says(`${fact.data.directive.type} account ${fact.data.accountId}`, fact.data.reason);
    case 'alertAcknowledged':
      return says(
        `Acknowledged entry ${fact.data.alertSeq} of ${fact.data.accountId}`,
        fact.data.note,
      );
    case 'programPublished':
      return says(
        `Published ${fact.data.programId} version ${fact.data.version}`,
        fact.data.reason,
      );
    case 'roleGranted':
      return says(`${fact.data.personId} is ${fact.data.role}`);
    case 'roleRevoked':
      return says(`${fact.data.personId} is ${fact.data.role} no more`);
    case 'keyRevoked':
      return says(`Key ${fact.data.keyId.slice(0, 16)} revoked`, fact.data.reason);
    case 'personSignedIn':
    case 'personSignedOut':
      return says(comingText(fact));
    case 'exceptionRaised':
      return says(`Fits nothing: ${fact.data.type}`, fact.data.sentence);
    case 'exceptionSettled':
      return says(`Settled ${fact.data.exceptionId}`, fact.data.reason);
    case 'exposureLimitsChanged': {
      const { version, limits } = fact.data.limits;
      return says(`Exposure limits: version ${version}, ${limits.length} of them`);
    }
    case 'exposureLimitCrossed':
      return says(crossingSentence(fact.data));
    case 'exposureLimitCleared':
      return says(clearingSentence(fact.data));
    case 'policyChanged':
      return says(
        `Approval of ${fact.data.policy.action} now needs ${fact.data.policy.approvals} persons`,
      );
    case 'alertRulesChanged':
      return says(`Alert rules are version ${fact.data.version}`, fact.data.reason);
    case 'alertEscalated':
      return says(
        `${fact.data.open} alerts escalated by “${fact.data.ruleName}”, step ${fact.data.level}`,
        'nobody acknowledged them in time',
      );
    case 'noticeAcknowledged':
      return says(`Acknowledged entry ${fact.data.alertSeq}`, fact.data.note);
    case 'feedStateObserved':
      return says(`Feed ${fact.data.symbol} is ${fact.data.state}`);
    default:
      return says(
        `${spaced(fact.kind)}${'accountId' in fact.data ? ` of ${fact.data.accountId}` : ''}`,
      );
  }
}

function comingText(fact: Extract<Fact, { kind: 'personSignedIn' | 'personSignedOut' }>): string {
  if (fact.kind === 'personSignedIn') return `Signed in at desk ${fact.data.deskId}`;
  const { everywhere, deskId } = fact.data;
  return everywhere ? 'Signed out everywhere' : `Signed out at desk ${deskId}`;
}

function amountOf(amount: number): string {
  return amount === 0 ? '' : ` over ${moneyText(amount)}`;
}

/** "breachDetected" → "Breach detected" */
function spaced(kind: string): string {
  const words = kind.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
