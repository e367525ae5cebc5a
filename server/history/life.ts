import type { AccountStatus, AccountTerms } from '#core/accounts/account.ts';
import { realisedBy } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import { assessReset } from '#core/lifecycle/reset.ts';
import { sizeAfter, type ScalingPolicy } from '#core/lifecycle/scaling.ts';
import type { ScalingHistory } from '#core/lifecycle/window.ts';
import type { CompiledProgram } from '#core/programs/compile.ts';
import { realisedByDeal } from '#core/rules/moment.ts';

/** What an account's life rests on beside its own facts. */
export interface LifePorts {
  accountFacts(accountId: string): readonly Fact[];
  version(programId: string, version: number): CompiledProgram | undefined;
  /** Market time: what the account's own facts are dated by. */
  readonly at: number;
}

/** Where an account stands in its life, from its own facts. */
export interface Life {
  readonly terms: AccountTerms;
  readonly status: AccountStatus;
  /** When it ended; null while it goes on. */
  readonly endedAt: number | null;
}

/** Null when the facts open no account. */
export function lifeOf(facts: readonly Fact[]): Life | null {
  let life: Life | null = null as Life | null;
  for (const fact of facts) {
    if (fact.kind === 'accountOpened') life = { terms: fact.data, status: 'active', endedAt: null };
    else if (life === null) continue;
    else if (fact.kind === 'rulesChanged') {
      life = { ...life, terms: { ...life.terms, ruleSet: fact.data.to } };
    } else if (fact.kind === 'accountStatusChanged') {
      const { to, at } = fact.data;
      const ended = to === 'failed' || to === 'passed' || to === 'closed';
      life = { ...life, status: to, endedAt: ended ? at : null };
    }
  }
  return life;
}

/** What scaling needs to know of an account's past, from its own facts and its predecessors'. */
export function scalingHistoryOf(
  facts: readonly Fact[],
  accountFacts: LifePorts['accountFacts'],
): ScalingHistory {
  const opened = facts.find(({ kind }) => kind === 'accountOpened');
  const terms = opened?.kind === 'accountOpened' ? opened.data : null;
  return {
    openedAt: terms?.openedAt ?? opened?.envelope.occurredAt ?? 0,
    size: terms?.nominalSize ?? 0,
    startBalance: terms?.startBalance ?? 0,
    steps: terms ? countBefore('scaledUp', terms, accountFacts) : 0,
    booked: facts.flatMap((fact) => {
      if (fact.kind === 'dealBooked') {
        return [{ at: fact.data.at, profit: realisedByDeal(fact.data), paidOut: 0 }];
      }
      if (fact.kind === 'dealBusted') {
        return [{ at: fact.data.at, profit: fact.data.amount, paidOut: 0 }];
      }
      if (fact.kind !== 'balanceOperationBooked') return [];
      const { at, type, amount } = fact.data;
      return [{ at, profit: realisedBy(fact.data), paidOut: type === 'payout' ? -amount : 0 }];
    }),
  };
}

/** Why an account may not begin its phase again; empty when it may. */
export function resetReasons(
  facts: readonly Fact[],
  { accountFacts, version, at }: LifePorts,
): readonly string[] {
  const life = lifeOf(facts);
  if (!life) return ['there is no such account'];
  const { terms, status, endedAt } = life;
  return assessReset(version(terms.program.programId, terms.ruleSet.version)?.program.reset, {
    phaseId: terms.phase.phaseId,
    failed: status === 'failed',
    endedAt,
    resets: countBefore('reset', terms, accountFacts),
    at,
  });
}

/** How many resets, or scale-ups, in a row led to this account. */
function countBefore(
  origin: 'reset' | 'scaledUp',
  terms: AccountTerms,
  accountFacts: LifePorts['accountFacts'],
): number {
  let count = 0;
  let now: AccountTerms | undefined = terms;
  while (now?.origin === origin && now.previousAccountId !== undefined) {
    count += 1;
    now = lifeOf(accountFacts(now.previousAccountId))?.terms;
  }
  return count;
}

/** The size of an account of a program after so many scale-ups. */
export function scaledSize(
  { program }: CompiledProgram,
  policy: ScalingPolicy,
  steps: number,
): number {
  return sizeAfter(policy, program.nominalSize, steps);
}
