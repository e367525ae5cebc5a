import type { Fact, FactKind } from '#core/facts/registry.ts';

/*
 * Cases, folded a second time for judging: as little of them as payouts and consequences rest on.
 * It shares no code with the fold that decides.
 */

type DataOf<Kind extends FactKind> = Extract<Fact, { kind: Kind }>['data'];

interface Signal {
  readonly matter: string;
  readonly traders: readonly string[];
  readonly programs: readonly string[];
}

/** A case as far as it is judged. */
export interface CaseSeen {
  readonly caseId: string;
  /** Matter by matter: everything that was ever part of it. */
  readonly signals: Map<string, Signal>;
  ended: { readonly outcome: string } | null;
  mergedInto: string | null;
  readonly held: Set<string>;
}

interface Deducted {
  readonly caseId: string;
  readonly accountId: string;
  readonly dealIds: readonly string[];
  readonly amount: number;
}

/** Each takes a fact; what it returns is what is wrong with it, a sentence each. */
export interface CaseAudit {
  raised(data: DataOf<'signalRaised'>): string[];
  opened(data: DataOf<'caseOpened'>): string[];
  joined(data: DataOf<'caseSignalAdded'>): string[];
  merged(data: DataOf<'caseMerged'>): string[];
  split(data: DataOf<'caseSplit'>): string[];
  decided(data: DataOf<'caseDecided'>): string[];
  reopened(data: DataOf<'caseReopened'>): string[];
  /** A payout of the account was instructed: what was to be left out has been. */
  paid(accountId: string): void;
  find(caseId: string): CaseSeen | undefined;
  tradersOf(one: CaseSeen): ReadonlySet<string>;
  programsOf(one: CaseSeen): ReadonlySet<string>;
  /** A case about a trader that nobody has decided. */
  undecidedAbout(traderId: string): CaseSeen | null;
  holding(accountId: string): CaseSeen | null;
  deducted(accountId: string): readonly Deducted[];
}

/** After these a case's hold is gone. */
const LETS_GO: readonly string[] = ['dismiss', 'warn'];
/** These are for the time until a case is decided. */
const FOR_NOW: readonly string[] = ['payoutHold', 'releaseHold'];

export function auditCases(): CaseAudit {
  const signals = new Map<string, Signal>();
  const cases = new Map<string, CaseSeen>();
  const byTrader = new Map<string, Set<CaseSeen>>();
  const byAccount = new Map<string, Set<CaseSeen>>();
  let deductions: Deducted[] = [];

  const begin = (caseId: string): CaseSeen => {
    const fresh: CaseSeen = {
      caseId,
      signals: new Map(),
      ended: null,
      mergedInto: null,
      held: new Set(),
    };
    cases.set(caseId, fresh);
    return fresh;
  };
  const add = (one: CaseSeen, signalId: string, signal: Signal): void => {
    one.signals.set(signalId, signal);
    for (const traderId of signal.traders) {
      byTrader.set(traderId, (byTrader.get(traderId) ?? new Set()).add(one));
    }
  };
  const include = (one: CaseSeen, signalId: string): string[] => {
    const signal = signals.get(signalId);
    if (!signal) return [`signal ${signalId}, of which it is made, was never raised`];
    add(one, signalId, signal);
    return [];
  };
  const known = (caseId: string, then: (one: CaseSeen) => string[]): string[] => {
    const one = cases.get(caseId);
    if (!one) return [`there is no case ${caseId}`];
    return one.mergedInto === null ? then(one) : [`case ${caseId} was merged before`];
  };
  const letGo = (one: CaseSeen, accountIds: readonly string[]): void => {
    for (const accountId of accountIds) {
      one.held.delete(accountId);
      byAccount.get(accountId)?.delete(one);
    }
  };
  const tradersOf = (one: CaseSeen): Set<string> =>
    new Set([...one.signals.values()].flatMap(({ traders }) => traders));
  return {
    raised: ({ signalId, detector, key, traders, programs }) => {
      if (signals.has(signalId)) return [`signal ${signalId} was raised before`];
      signals.set(signalId, { matter: `${detector} ${key}`, traders, programs });
      return [];
    },
    opened: ({ caseId, signals: joining }) => {
      if (cases.has(caseId)) return [`case ${caseId} was opened before`];
      const one = begin(caseId);
      return joining.flatMap(({ signalId }) => include(one, signalId));
    },
    joined: ({ caseId, signalId }) => known(caseId, (one) => include(one, signalId)),
    merged: ({ caseId, into }) =>
      known(caseId, (one) =>
        known(into, (other) => {
          for (const [signalId, signal] of one.signals) add(other, signalId, signal);
          one.mergedInto = into;
          const { ended, held } = one;
          return ended || held.size > 0 ? [`case ${caseId} was decided, or held a payout`] : [];
        }),
      ),
    split: ({ caseId, newCaseId, signalIds }) =>
      known(caseId, (one) => {
        if (cases.has(newCaseId)) return [`case ${newCaseId} was opened before`];
        const fresh = begin(newCaseId);
        const matters = new Set(signalIds.map((signalId) => signals.get(signalId)?.matter));
        for (const [signalId, signal] of one.signals) {
          if (!matters.has(signal.matter)) continue;
          one.signals.delete(signalId);
          add(fresh, signalId, signal);
        }
        return one.signals.size > 0 ? [] : [`nothing is left of case ${caseId}`];
      }),
    decided: ({ caseId, outcome, accountIds, dealIds, amount }) =>
      known(caseId, (one) => {
        const before = one.ended;
        if (!FOR_NOW.includes(outcome)) one.ended = { outcome };
        if (outcome === 'payoutHold') {
          for (const accountId of accountIds) {
            one.held.add(accountId);
            byAccount.set(accountId, (byAccount.get(accountId) ?? new Set()).add(one));
          }
        }
        if (outcome === 'releaseHold') letGo(one, accountIds);
        if (LETS_GO.includes(outcome)) letGo(one, [...one.held]);
        if (outcome === 'profitDeduction') {
          const taken = accountIds.map((accountId) => ({ caseId, accountId, dealIds, amount }));
          deductions = [...deductions, ...taken];
        }
        const again = before !== null && outcome !== 'releaseHold';
        const bySole = LETS_GO.includes(outcome) || LETS_GO.includes(before?.outcome ?? '');
        return again && bySole ? [`case ${caseId} was decided before (${before.outcome})`] : [];
      }),
    reopened: ({ caseId }) =>
      known(caseId, (one) => {
        const wasDecided = one.ended !== null;
        one.ended = null;
        letGo(one, [...one.held]);
        deductions = deductions.filter((taken) => taken.caseId !== caseId);
        return wasDecided ? [] : [`case ${caseId} was not decided`];
      }),
    paid: (accountId) => {
      deductions = deductions.filter((taken) => taken.accountId !== accountId);
    },
    find: (caseId) => cases.get(caseId),
    tradersOf,
    programsOf: (one) => new Set([...one.signals.values()].flatMap(({ programs }) => programs)),
    undecidedAbout: (traderId) => {
      for (const one of byTrader.get(traderId) ?? []) {
        const waits = one.ended === null && one.mergedInto === null;
        // A part that was split off took its traders along.
        if (waits && tradersOf(one).has(traderId)) return one;
      }
      return null;
    },
    holding: (accountId) => [...(byAccount.get(accountId) ?? [])][0] ?? null,
    deducted: (accountId) => deductions.filter((taken) => taken.accountId === accountId),
  };
}

/** What was to be left out and is not, of what a payout's bytes leave out: each of theirs counts once. */
export function forgottenDeductions(
  wanted: readonly Deducted[],
  named: readonly { readonly dealIds: readonly string[]; readonly amount: number }[],
): readonly Deducted[] {
  const used = new Set<number>();
  return wanted.filter(({ dealIds, amount }) => {
    const place = named.findIndex(
      (one, at) =>
        !used.has(at) && one.amount >= amount && dealIds.every((id) => one.dealIds.includes(id)),
    );
    if (place < 0) return true;
    used.add(place);
    return false;
  });
}
