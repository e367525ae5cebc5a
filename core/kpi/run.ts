import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import { FIRST_GOALS, type Goals } from '#core/insight/reports.ts';
import type { EpochMs } from '#core/time/time.ts';
import { createDirectory, type DirectoryState } from './directory.ts';
import { kpis as registered } from './kpis/index.ts';
import type { Kpi, KpiContext, KpiFold, KpiRow, KpiWindow, Measurement } from './kpi.ts';

/** What the firm wants of its numbers, since when. */
interface DatedGoals {
  readonly at: EpochMs;
  readonly goals: Goals;
}

/** What a run holds, for going on later without reading the log again. */
export interface KpiRunState {
  readonly seq: number;
  readonly at: EpochMs;
  readonly beganAt: EpochMs | null;
  readonly goals: readonly DatedGoals[];
  readonly directory: DirectoryState;
  readonly folds: readonly (readonly [string, unknown])[];
}

export interface KpiRunOptions {
  isFunded(terms: AccountTerms): boolean;
  /** All there are, when left out. */
  readonly kpis?: readonly Kpi[];
  readonly resume?: KpiRunState | undefined;
}

/** All numbers of a firm, in one pass over its log. */
export interface KpiRun {
  readonly kpis: readonly Kpi[];
  /** The last fact that was taken in. */
  readonly seq: number;
  /** The clock of the log: it never goes back. */
  readonly at: EpochMs;
  /** When the log began; null of an empty one. */
  readonly beganAt: EpochMs | null;
  apply(fact: Fact): void;
  measure(kpiId: string, window: KpiWindow): Measurement;
  rows(kpiId: string, window: KpiWindow, max: number): readonly KpiRow[];
  /** What the firm wanted of its numbers at an instant. */
  goalsAt(at: EpochMs): Goals;
  /** Matters held, of all numbers and of what they share. */
  held(): number;
  state(): KpiRunState;
}

/**
 * Time is when the log was told: `recordedAt`, or the latest before it where a clock was set back.
 * So a moment is a place in the log, and what was known then is all that stands before it.
 */
export function createKpiRun(options: KpiRunOptions): KpiRun {
  const { kpis = registered.all, resume, isFunded } = options;
  const directory = createDirectory(resume?.directory);
  const goals = [...(resume?.goals ?? [])];
  const goalsAt = (until: EpochMs): Goals =>
    goals.findLast((one) => one.at <= until)?.goals ?? FIRST_GOALS;
  const context: KpiContext = {
    directory,
    isFunded,
    currencyAt: (until) => goalsAt(until).currency,
  };
  const saved = new Map(resume?.folds);
  const folds = new Map<string, KpiFold>(
    kpis.map((kpi) => [kpi.id, kpi.createFold(context, saved.get(kpi.id))]),
  );
  const listeners = listenersOf(kpis, folds);
  let { seq, at, beganAt } = resume ?? { seq: 0, at: 0, beganAt: null };
  const foldOf = (kpiId: string): KpiFold => {
    const fold = folds.get(kpiId);
    if (fold) return fold;
    throw new Error(`there is no KPI "${kpiId}"`);
  };
  return {
    kpis,
    get seq() {
      return seq;
    },
    get at() {
      return at;
    },
    get beganAt() {
      return beganAt;
    },
    apply: (fact) => {
      ({ seq } = fact.envelope);
      at = Math.max(at, fact.envelope.recordedAt);
      beganAt ??= at;
      directory.apply(fact, at);
      if (fact.kind === 'kpiGoalsChanged') goals.push({ at, goals: fact.data.goals });
      for (const fold of listeners.get(fact.kind) ?? []) fold.apply(fact, at);
    },
    measure: (kpiId, window) => foldOf(kpiId).measure(window),
    rows: (kpiId, window, max) => foldOf(kpiId).rows(window, max),
    goalsAt,
    held: () => [...folds.values()].reduce((sum, fold) => sum + fold.held(), directory.held()),
    state: () => ({
      seq,
      at,
      beganAt,
      goals,
      directory: directory.state(),
      folds: [...folds].map(([kpiId, fold]) => [kpiId, fold.state()]),
    }),
  };
}

/** Most facts concern few numbers, and many of them none. */
function listenersOf(
  kpis: readonly Kpi[],
  folds: ReadonlyMap<string, KpiFold>,
): ReadonlyMap<string, readonly KpiFold[]> {
  const listeners = new Map<string, KpiFold[]>();
  for (const { id, from } of kpis) {
    const fold = folds.get(id);
    for (const kind of fold ? from : []) {
      const list = listeners.get(kind) ?? [];
      list.push(...(fold ? [fold] : []));
      listeners.set(kind, list);
    }
  }
  return listeners;
}
