import type { Alert } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createGovernance, GOVERNED_KINDS, type Governance } from '#core/governance/governance.ts';
import { createAccountsView, type AccountsView } from '#core/sync/accounts-view.ts';
import type { AccountSummary } from '#core/sync/protocol.ts';
import { createAlertsView } from './alerts.ts';
import type { Cursor, DeskStore } from './store/store.ts';

/** What facts changed: what renderers hear of. */
export interface StateChange {
  readonly accounts: readonly AccountSummary[];
  readonly alerts: readonly Alert[];
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
  alerts(): readonly Alert[];
  unacknowledged(): number;
  /** Facts in order, on the disk when it returns. */
  apply(facts: readonly Fact[], cursor: Cursor): StateChange;
  /** A snapshot in place of all there was. */
  replace(snapshot: LocalSnapshot, cursor: Cursor): void;
  /** People, proposals and payouts as this desk knows them. */
  readonly governance: Governance;
  /** Forgets everything, for another log. */
  startOver(): void;
  /** Marks an alert as acknowledged here and not yet received; null when it is unknown. */
  acknowledged(alertSeq: number, by: string, at: number, note: string): Alert | null;
  /** The server rejected it: the alert is open again. */
  reopened(alertSeq: number): Alert | null;
}

export function createLocalState(store: DeskStore): LocalState {
  let cursor = store.cursor();
  const view: AccountsView = createAccountsView();
  const alerts = createAlertsView();
  view.restore(store.accounts());
  alerts.restore(store.alerts());
  let governance = foldOf(store.governed());
  const accountOf = (accountId: string): AccountSummary | undefined => {
    const number = view.numberOf(accountId);
    return number === undefined ? undefined : view.accounts[number];
  };
  const keep = (alert: Alert | null): Alert | null => {
    if (alert) store.apply({ cursor, accounts: [], alerts: [alert], governed: [] });
    return alert;
  };
  return {
    get cursor() {
      return cursor;
    },
    get governance() {
      return governance;
    },
    accounts: () => view.accounts,
    alerts: () => alerts.all(),
    unacknowledged: () => alerts.unacknowledged(),
    apply: (facts, next) => {
      const accounts = new Set<number>();
      const changed: Alert[] = [];
      for (const fact of facts) {
        view.apply(fact);
        const alert = alerts.apply(fact, accountOf);
        if (alert) changed.push(alert);
        const number = 'accountId' in fact.data ? view.numberOf(fact.data.accountId) : undefined;
        if (number !== undefined) accounts.add(number);
      }
      const governed = facts.filter(({ kind }) => GOVERNED_KINDS.has(kind));
      for (const fact of governed) governance.apply(fact);
      const change = {
        accounts: [...accounts].flatMap((number) => view.accounts[number] ?? []),
        alerts: changed,
        governed,
      };
      store.apply({ cursor: next, ...change });
      cursor = next;
      return change;
    },
    replace: ({ accounts, recent, governed }, next) => {
      view.restore(accounts);
      alerts.restore([]);
      for (const fact of recent) alerts.apply(fact, accountOf);
      store.replace({ cursor: next, accounts, alerts: alerts.all(), governed });
      governance = foldOf(governed);
      cursor = next;
    },
    startOver: () => {
      store.startOver();
      view.restore([]);
      alerts.restore([]);
      governance = createGovernance();
      cursor = store.cursor();
    },
    acknowledged: (alertSeq, by, at, note) => keep(alerts.queued(alertSeq, by, at, note)),
    reopened: (alertSeq) => keep(alerts.reopened(alertSeq)),
  };
}

function foldOf(facts: readonly Fact[]): Governance {
  const governance = createGovernance();
  for (const fact of facts) governance.apply(fact);
  return governance;
}
