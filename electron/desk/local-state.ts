import { BOARD_KINDS, createBoard, type Board } from '#core/board/board.ts';
import type { Alert } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createGovernance, GOVERNED_KINDS, type Governance } from '#core/governance/governance.ts';
import { createAccountsView, type AccountsView } from '#core/sync/accounts-view.ts';
import type { AccountSummary } from '#core/sync/protocol.ts';
import { createAlertsView, type AlertsView, type AlertWorld } from './alerts.ts';
import type { Cursor, DeskStore } from './store/store.ts';

/** What facts changed: what renderers hear of. */
export interface StateChange {
  readonly accounts: readonly AccountSummary[];
  /** Alerts that are new, and those whose acknowledgement changed. */
  readonly fresh: readonly Alert[];
  readonly changed: readonly Alert[];
  readonly governed: readonly Fact[];
}

/** What a server sends in place of a log's beginning. */
export interface LocalSnapshot {
  readonly accounts: readonly AccountSummary[];
  /** Facts before it that the feed shows. */
  readonly recent: readonly Fact[];
  /** Facts of people, proposals and payouts. */
  readonly governed: readonly Fact[];
}

/** Accounts, alerts and cursor as this desk knows them: in memory and in its store, in step. */
export interface LocalState {
  readonly cursor: Cursor;
  accounts(): readonly AccountSummary[];
  account(accountId: string): AccountSummary | undefined;
  readonly alerts: Omit<AlertsView, 'apply' | 'restore' | 'queued' | 'reopened'>;
  /** Facts in order, on the disk when it returns. */
  apply(facts: readonly Fact[], cursor: Cursor): StateChange;
  /** A snapshot in place of all there was. */
  replace(snapshot: LocalSnapshot, cursor: Cursor): void;
  /**
   * People, proposals and payouts as this desk knows them. Asked for before all that was kept is
   * read, it is read to its end first.
   */
  readonly governance: Governance;
  /** All work, from the same facts. */
  readonly board: Board;
  /** Reads some more of what was kept; true once all of it is read. */
  readOn(): boolean;
  /** Forgets everything, for another log. */
  startOver(): void;
  /** Marks alerts as acknowledged here and not yet received; those that are unknown are left out. */
  acknowledged(alertSeqs: readonly number[], by: string, at: number, note: string): Alert[];
  /** The server rejected it: the alerts are open again. */
  reopened(alertSeqs: readonly number[]): Alert[];
}

/** Read between two things that somebody waits for: about 10 ms. */
const FACTS_PER_PIECE = 500;

export function createLocalState(store: DeskStore): LocalState {
  let cursor = store.cursor();
  const view: AccountsView = createAccountsView();
  const alerts = createAlertsView();
  view.restore(store.accounts());
  alerts.restore(store.alerts());
  let folds = foldsOf([]);
  let isWhole = false;
  let readTo = 0;
  const readOn = (): boolean => {
    if (isWhole) return true;
    const kept = store.governedAfter(readTo, FACTS_PER_PIECE);
    for (const fact of kept) take(fact, folds);
    readTo = kept.at(-1)?.envelope.seq ?? readTo;
    isWhole = kept.length < FACTS_PER_PIECE;
    return isWhole;
  };
  const whole = (): Folds => {
    while (!readOn()) continue;
    return folds;
  };
  // Most desks keep little: they are whole at once.
  readOn();
  const accountOf = (accountId: string): AccountSummary | undefined => {
    const number = view.numberOf(accountId);
    return number === undefined ? undefined : view.accounts[number];
  };
  const keep = (changed: Alert[]): Alert[] => {
    if (changed.length > 0) store.apply({ cursor, accounts: [], alerts: changed, governed: [] });
    return changed;
  };
  // What alerts are made of: the fold may be replaced, and is then the new one.
  const world: AlertWorld = {
    account: accountOf,
    proposal: (proposalId) => whole().governance.proposal(proposalId),
  };
  return {
    get cursor() {
      return cursor;
    },
    get governance() {
      return whole().governance;
    },
    get board() {
      return whole().board;
    },
    readOn,
    accounts: () => view.accounts,
    account: accountOf,
    alerts,
    apply: (facts, next) => {
      const accounts = new Set<number>();
      const fresh: Alert[] = [];
      const changed: Alert[] = [];
      for (const fact of facts) {
        view.apply(fact);
        take(fact, whole());
        const made = alerts.apply(fact, world);
        fresh.push(...made.fresh);
        changed.push(...made.changed);
        const number = 'accountId' in fact.data ? view.numberOf(fact.data.accountId) : undefined;
        if (number !== undefined) accounts.add(number);
      }
      const governed = facts.filter(isKept);
      const change = {
        accounts: [...accounts].flatMap((number) => view.accounts[number] ?? []),
        governed,
      };
      store.apply({ cursor: next, alerts: [...fresh, ...changed], ...change });
      cursor = next;
      return { fresh, changed, ...change };
    },
    replace: ({ accounts, recent, governed }, next) => {
      view.restore(accounts);
      folds = foldsOf(governed);
      isWhole = true;
      alerts.restore([]);
      for (const fact of recent) alerts.apply(fact, world);
      store.replace({ cursor: next, accounts, alerts: alerts.all(), governed });
      cursor = next;
    },
    startOver: () => {
      store.startOver();
      view.restore([]);
      alerts.restore([]);
      folds = foldsOf([]);
      isWhole = true;
      cursor = store.cursor();
    },
    acknowledged: (alertSeqs, by, at, note) =>
      keep(alertSeqs.flatMap((seq) => alerts.queued(seq, by, at, note) ?? [])),
    reopened: (alertSeqs) => keep(alertSeqs.flatMap((seq) => alerts.reopened(seq) ?? [])),
  };
}

/** Flags that nobody has to look at are alerts alone: of them there are thousands. */
function isKept({ kind, data }: Fact): boolean {
  if (GOVERNED_KINDS.has(kind)) return true;
  return BOARD_KINDS.has(kind) && !('effect' in data && data.effect !== 'review');
}

interface Folds {
  readonly governance: Governance;
  readonly board: Board;
}

function take(fact: Fact, { governance, board }: Folds): void {
  if (GOVERNED_KINDS.has(fact.kind)) governance.apply(fact);
  if (BOARD_KINDS.has(fact.kind)) board.apply(fact);
}

function foldsOf(facts: readonly Fact[]): Folds {
  const folds = { governance: createGovernance(), board: createBoard() };
  for (const fact of facts) take(fact, folds);
  return folds;
}
