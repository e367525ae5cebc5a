import type { Board } from '#core/board/board.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createGovernance, type Governance } from '#core/governance/governance.ts';
import { createAccountsView, type AccountsView } from '#core/sync/accounts-view.ts';
import type { Store } from './store/store.ts';
import { boardOf } from './work/work-log.ts';

const PARTITION = 0;

/** What the thread that serves desks knows of the log: read once, then told fact by fact. */
export interface Replica {
  readonly view: AccountsView;
  readonly governance: Governance;
  readonly board: Board;
  readonly lastSeq: number;
  /** Takes facts up to a place in the log; those that were read already change nothing. */
  take(facts: readonly Fact[], toSeq: number): void;
}

/**
 * Reads the log to its end. Whoever calls it listens for what follows in the same turn: a fact that
 * is told between the two would be missed.
 */
export function createReplica(store: Store, books: { apply(fact: Fact): void }): Replica {
  const view = createAccountsView();
  const governance = createGovernance();
  let lastSeq = store.progress(PARTITION).seq;
  for (const fact of store.deskFacts(PARTITION, 1, lastSeq, -1)) view.apply(fact);
  for (const fact of store.stream(PARTITION, 'firm')) {
    if (fact.envelope.seq > lastSeq) break;
    governance.apply(fact);
    books.apply(fact);
  }
  const board = boardOf(store, PARTITION, lastSeq);
  return {
    view,
    governance,
    board,
    get lastSeq() {
      return lastSeq;
    },
    take: (facts, toSeq) => {
      for (const fact of facts) {
        if (fact.envelope.seq <= lastSeq) continue;
        view.apply(fact);
        governance.apply(fact);
        board.apply(fact);
        books.apply(fact);
      }
      lastSeq = Math.max(lastSeq, toSeq);
    },
  };
}
