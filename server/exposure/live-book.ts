import type { AccountTerms } from '#core/accounts/account.ts';
import type { Book } from '#core/engine/book.ts';
import { createAccountGroups } from '#core/exposure/account-groups.ts';
import { collectCells, type BookCells } from '#core/exposure/cells.ts';
import { holdersOf } from '#core/exposure/holders.ts';
import { owedSharePpm } from '#core/exposure/owed.ts';
import {
  HOLDERS_MAX,
  type ExposureHolder,
  type ExposureHoldersRequest,
} from '#core/exposure/view.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Governance } from '#core/governance/governance.ts';
import type { PayoutPolicy } from '#core/payouts/policy.ts';
import type { Catalogue } from '../partition/catalogue.ts';
import type { Store } from '../store/store.ts';
import { createPacing, HOLDERS_EVERY_MS, LOOK_EVERY_MS } from './pacing.ts';

/** A look at everything open, with what it cost the partition's thread. */
export interface BookLook {
  readonly cells: BookCells;
  readonly costMs: number;
  /** Until the next. */
  readonly everyMs: number;
}

/** The part of exposure that lives beside the book: in the thread that enforces, and paced there. */
export interface LiveBook {
  /** Takes facts that are durable, in order. */
  take(facts: readonly Fact[]): void;
  /** The next look, when it is due; null before. */
  look(): BookLook | null;
  /** The trader's part of an account's profit as it stands, in parts per million. */
  owedPpm(account: number): number;
  /** Null while others have asked too much: the thread has rules to enforce. */
  holders(request: ExposureHoldersRequest): ExposureHolder[] | null;
}

export interface LiveBookPorts {
  readonly partition: number;
  readonly book: Book;
  readonly catalogue: Pick<Catalogue, 'version'>;
  readonly store: Pick<Store, 'identities' | 'stream'>;
  readonly governance: Pick<Governance, 'payouts'>;
  /** Milliseconds that only move forward. */
  now(): number;
}

export function openLiveBook(ports: LiveBookPorts): LiveBook {
  const { partition, book, catalogue, store, governance, now } = ports;
  const groups = createAccountGroups(book, {
    policyOf: payoutPolicyIn(catalogue),
    openedAt: (accountId) =>
      store.stream(partition, `account:${accountId}`)[0]?.envelope.occurredAt ?? null,
  });
  const looks = createPacing(LOOK_EVERY_MS, now);
  const questions = createPacing(HOLDERS_EVERY_MS, now);
  groups.follow();
  for (const { data } of store.identities(partition)) groups.locate(data.traderId, data.region);
  for (const { payment } of governance.payouts()) {
    if (payment) groups.paid(payment.accountId, payment.amount);
  }
  return {
    take: (facts) => {
      for (const fact of facts) {
        if (fact.kind === 'identityRecorded') {
          groups.follow();
          groups.locate(fact.data.traderId, fact.data.region);
        } else if (fact.kind === 'rulesChanged') groups.rulesChanged(fact.data.accountId);
        else if (fact.kind === 'paymentInstructed') {
          groups.paid(fact.data.accountId, fact.data.amount);
        }
      }
    },
    look: () => {
      if (!looks.isDue) return null;
      const { value: cells, costMs } = looks.run(() => collectCells(book, groups));
      return { cells, costMs, everyMs: looks.everyMs };
    },
    owedPpm: (account) => {
      groups.follow();
      const known = groups.payingAt(account);
      if (!known) return 0;
      const { policy, start, before } = known;
      return owedSharePpm(policy, book.equity(account) - start, before);
    },
    holders: (request) =>
      questions.isDue
        ? questions.run(() => holdersOf(book, groups, request, HOLDERS_MAX)).value
        : null,
  };
}

/** By rule set, because versions never change: what a phase says about paying out. */
function payoutPolicyIn({
  version,
}: Pick<Catalogue, 'version'>): (terms: AccountTerms) => PayoutPolicy | undefined {
  const known = new Map<string, PayoutPolicy | undefined>();
  return ({ program, phase, ruleSet }) => {
    const name = `${program.programId} ${phase.phaseId} ${ruleSet.hash}`;
    if (known.has(name)) return known.get(name);
    const phases = version(program.programId, ruleSet.version)?.program.phases ?? [];
    const policy = phases.find(({ phaseId }) => phaseId === phase.phaseId)?.payout;
    known.set(name, policy);
    return policy;
  };
}
