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
    case 'programPublished':
      return says(
        `Published ${fact.data.programId} version ${fact.data.version}`,
        fact.data.reason,
      );
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
    default:
      return peopleWords(fact) ?? alertWords(fact) ?? says(plainWords(fact));
  }
}

function plainWords({ kind, data }: Fact): string {
  return `${spaced(kind)}${'accountId' in data ? ` of ${data.accountId}` : ''}`;
}

/** An entry about people, their roles and their keys; null for any other. */
function peopleWords(fact: Fact): { readonly what: string; readonly why: string } | null {
  switch (fact.kind) {
    case 'roleGranted':
      return { what: `${fact.data.personId} is ${fact.data.role}`, why: '' };
    case 'roleRevoked':
      return { what: `${fact.data.personId} is ${fact.data.role} no more`, why: '' };
    case 'keyRevoked':
      return { what: `Key ${fact.data.keyId.slice(0, 16)} revoked`, why: fact.data.reason };
    case 'personSignedIn':
    case 'personSignedOut':
      return { what: comingText(fact), why: '' };
    default:
      return null;
  }
}

/** An entry about alerts and who is told of them; null for any other. */
function alertWords(fact: Fact): { readonly what: string; readonly why: string } | null {
  switch (fact.kind) {
    case 'alertRulesChanged':
      return { what: `Alert rules are version ${fact.data.version}`, why: fact.data.reason };
    case 'alertEscalated': {
      const { open, ruleName, level } = fact.data;
      const what = `${open} alerts escalated by “${ruleName}”, step ${level}`;
      return { what, why: 'nobody acknowledged them in time' };
    }
    case 'alertAcknowledged': {
      const { alertSeq, accountId, note } = fact.data;
      return { what: `Acknowledged entry ${alertSeq} of ${accountId}`, why: note };
    }
    case 'noticeAcknowledged':
      return { what: `Acknowledged entry ${fact.data.alertSeq}`, why: fact.data.note };
    case 'feedStateObserved':
      return { what: `Feed ${fact.data.symbol} is ${fact.data.state}`, why: '' };
    default:
      return null;
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
