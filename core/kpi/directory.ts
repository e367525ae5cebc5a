import { type AccountStatus, type AccountTerms } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { WorkPolicy } from '#core/work/policy.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { KpiWindow } from './kpi.ts';

/** An account as numbers need to know it. */
export interface KnownAccount {
  readonly terms: AccountTerms;
  readonly openedAt: EpochMs;
  readonly seq: number;
  /** Every change of its status, in order. */
  readonly changes: readonly StatusChange[];
}
export interface StatusChange {
  readonly at: EpochMs;
  readonly seq: number;
  readonly to: AccountStatus;
}

export interface DirectoryState {
  readonly accounts: readonly KnownAccount[];
  readonly signals: readonly (readonly [string, readonly string[]])[];
  readonly cases: readonly (readonly [string, readonly string[]])[];
  readonly workPolicy: WorkPolicy | null;
}

/** Who has which account since when, and whom signals are about: what several numbers share. */
export interface Directory {
  apply(fact: Fact, at: EpochMs): void;
  account(accountId: string): KnownAccount | undefined;
  /** Whom a case is about by now, by the signals that joined it. */
  tradersOf(caseId: string): readonly string[];
  /** What work is owed now; null before anybody said so. */
  readonly workPolicy: WorkPolicy | null;
  /**
   * Distinct traders who held, at some moment of the window, an account that had neither failed nor
   * passed nor been closed.
   */
  activeTraders(window: KpiWindow): number;
  held(): number;
  state(): DirectoryState;
}

/** Windows whose traders are remembered until the next fact that could change them. */
const REMEMBERED_MAX = 500;
const ENDED: ReadonlySet<AccountStatus> = new Set(['failed', 'passed', 'closed']);

type Held = KnownAccount & { readonly changes: StatusChange[] };

export function createDirectory(resume?: DirectoryState): Directory {
  const accounts = new Map<string, Held>(
    resume?.accounts.map((one) => [one.terms.accountId, { ...one, changes: [...one.changes] }]),
  );
  const signals = new Map<string, readonly string[]>(resume?.signals);
  const cases = new Map(resume?.cases.map(([caseId, traders]) => [caseId, new Set(traders)]));
  let workPolicy = resume?.workPolicy ?? null;
  const involve = (caseId: string, traders: Iterable<string>): void => {
    const known = cases.get(caseId) ?? new Set();
    for (const traderId of traders) known.add(traderId);
    cases.set(caseId, known);
  };
  const seenIn = (signalIds: readonly string[]): string[] =>
    signalIds.flatMap((signalId) => signals.get(signalId) ?? []);
  /** What only cases and work change. */
  const takeOther = (fact: Fact): void => {
    if (fact.kind === 'signalRaised') signals.set(fact.data.signalId, fact.data.traders);
    if (fact.kind === 'caseSignalAdded') involve(fact.data.caseId, seenIn([fact.data.signalId]));
    if (fact.kind === 'caseSplit') involve(fact.data.newCaseId, seenIn(fact.data.signalIds));
    if (fact.kind === 'caseMerged') involve(fact.data.into, cases.get(fact.data.caseId) ?? []);
    if (fact.kind === 'workPolicyChanged') workPolicy = fact.data.policy;
    if (fact.kind === 'caseOpened') {
      const { caseId, signals: joining } = fact.data;
      involve(caseId, seenIn(joining.map(({ signalId }) => signalId)));
    }
  };
  const remembered = new Map<string, number>();
  const remember = (key: string, count: number): number => {
    if (remembered.size >= REMEMBERED_MAX) remembered.clear();
    remembered.set(key, count);
    return count;
  };
  return {
    apply: (fact, at) => {
      const { seq } = fact.envelope;
      if (fact.kind === 'accountOpened') {
        const { accountId } = fact.data;
        if (accounts.has(accountId)) return;
        accounts.set(accountId, { terms: fact.data, openedAt: at, seq, changes: [] });
        remembered.clear();
      } else if (fact.kind === 'accountStatusChanged') {
        accounts.get(fact.data.accountId)?.changes.push({ at, seq, to: fact.data.to });
        remembered.clear();
      } else takeOther(fact);
    },
    account: (accountId) => accounts.get(accountId),
    tradersOf: (caseId) => [...(cases.get(caseId) ?? [])],
    get workPolicy() {
      return workPolicy;
    },
    activeTraders: (window) => {
      const key = `${window.from} ${window.until}`;
      const before = remembered.get(key);
      if (before !== undefined) return before;
      const traders = new Set<string>();
      for (const account of accounts.values()) {
        if (account.openedAt > window.until) break;
        if (wasLive(account, window)) traders.add(account.terms.traderId);
      }
      return remember(key, traders.size);
    },
    held: () => accounts.size + signals.size + cases.size,
    state: () => ({
      accounts: [...accounts.values()],
      signals: [...signals],
      cases: [...cases].map(([caseId, traders]) => [caseId, [...traders]]),
      workPolicy,
    }),
  };
}

/** Its status at an instant; `active` before anything changed it. */
export function statusAt({ changes }: KnownAccount, at: EpochMs): AccountStatus {
  return changes.findLast((change) => change.at <= at)?.to ?? 'active';
}

function wasLive(account: KnownAccount, { from, until }: KpiWindow): boolean {
  if (account.openedAt > from || !ENDED.has(statusAt(account, from))) return true;
  return account.changes.some(({ at, to }) => at > from && at <= until && !ENDED.has(to));
}
