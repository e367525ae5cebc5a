import type { Fact } from '#core/facts/registry.ts';
import { verdictSentence } from '#core/rules/sentence.ts';
import type { AccountSummary } from './protocol.ts';

/** Every account's summary, by number: folded from facts, the same way on server and desk. */
export interface AccountsView {
  readonly accounts: readonly AccountSummary[];
  numberOf(accountId: string): number | undefined;
  apply(fact: Fact): void;
  /** Replaces everything by saved summaries, in order of their numbers. */
  restore(saved: readonly AccountSummary[]): void;
}

export function createAccountsView(): AccountsView {
  const accounts: AccountSummary[] = [];
  const numbers = new Map<string, number>();
  const change = (accountId: string, over: Partial<AccountSummary>): void => {
    const number = numbers.get(accountId);
    const before = number === undefined ? undefined : accounts[number];
    if (number !== undefined && before) accounts[number] = { ...before, ...over };
  };
  return {
    accounts,
    numberOf: (accountId) => numbers.get(accountId),
    restore: (saved) => {
      numbers.clear();
      accounts.length = 0;
      for (const summary of saved) {
        numbers.set(summary.terms.accountId, accounts.push(summary) - 1);
      }
    },
    apply: (fact) => {
      switch (fact.kind) {
        case 'accountOpened': {
          const number = accounts.length;
          numbers.set(fact.data.accountId, number);
          const { occurredAt } = fact.envelope;
          accounts.push({
            number,
            terms: fact.data,
            status: 'active',
            openedAt: occurredAt,
            lastVerdict: null,
          });
          return;
        }
        case 'rulesChanged': {
          const number = numbers.get(fact.data.accountId);
          const terms = number === undefined ? undefined : accounts[number]?.terms;
          if (!terms) return;
          return change(fact.data.accountId, { terms: { ...terms, ruleSet: fact.data.to } });
        }
        case 'accountStatusChanged':
          return change(fact.data.accountId, { status: fact.data.to });
        case 'warningRaised':
        case 'breachDetected':
        case 'conductFlagged':
        case 'objectiveMet':
        case 'objectiveLost':
          return change(fact.data.accountId, { lastVerdict: lastVerdictOf(fact) });
      }
    },
  };
}

function lastVerdictOf(
  fact: Extract<
    Fact,
    {
      kind:
        'warningRaised' | 'breachDetected' | 'conductFlagged' | 'objectiveMet' | 'objectiveLost';
    }
  >,
): AccountSummary['lastVerdict'] {
  return {
    seq: fact.envelope.seq,
    kind: fact.kind,
    at: fact.data.at,
    sentence: verdictSentence(fact),
    severity: severityOf(fact),
    needsReview: fact.data.review.length > 0,
  };
}

export function severityOf(fact: Fact): 'info' | 'warning' | 'soft' | 'hard' {
  const warns = ['warningRaised', 'conductFlagged', 'reviewRequested'];
  if (warns.includes(fact.kind)) return 'warning';
  if (fact.kind !== 'breachDetected') return 'info';
  return fact.data.consequence === 'fail' ? 'hard' : 'soft';
}
