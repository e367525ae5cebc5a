import type { RuleSetRef } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import { utcText } from '#core/time/time.ts';

/** What a pack can be about, and what it says of it in a sentence: the same for maker and checker. */
export type VerdictFact = Extract<
  Fact,
  {
    kind:
      | 'warningRaised'
      | 'breachDetected'
      | 'conductFlagged'
      | 'objectiveMet'
      | 'objectiveLost'
      | 'accountStatusChanged';
  }
>;

export function isVerdict(fact: Fact): fact is VerdictFact {
  return fact.kind === 'accountStatusChanged' || 'ruleKind' in fact.data;
}

export function subjectSentence(fact: Fact): string {
  if (fact.kind === 'accountStatusChanged') {
    const { from, to, ruleId, at } = fact.data;
    const rule = ruleId === null ? '' : ` by rule "${ruleId}"`;
    return `The account became ${to}, after ${from},${rule} at ${utcText(at)} UTC`;
  }
  if (isVerdict(fact)) return verdictSentence(fact);
  if (fact.kind === 'payoutRequested') {
    return `Payout ${fact.data.payoutId} was asked for at ${utcText(fact.data.at)} UTC`;
  }
  if (fact.kind === 'letterIssued') {
    return `Payout ${fact.data.payoutId} was answered at ${utcText(fact.data.at)} UTC`;
  }
  return `Fact ${fact.envelope.seq}`;
}

/** The version of the rules that an account was under at an entry, from its own facts. */
export function ruleSetAt(own: readonly Fact[], seq: number): RuleSetRef | null {
  let ref: RuleSetRef | null = null;
  for (const fact of own) {
    if (fact.envelope.seq > seq) break;
    if (fact.kind === 'accountOpened') ref = fact.data.ruleSet;
    if (fact.kind === 'rulesChanged') ref = fact.data.to;
  }
  return ref;
}
