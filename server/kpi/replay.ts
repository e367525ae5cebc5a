import { listOf, type KpiList, type KpiWish } from '#core/kpi/answers.ts';
import { createKpiRun, type KpiRun } from '#core/kpi/run.ts';
import type { Store } from '../store/store.ts';
import type { ProgramsInLog } from '../surveillance/programs-in-log.ts';

/** Facts between two reports of progress. */
const FACTS_PER_REPORT = 5_000;

export interface ReplayPorts {
  readonly store: Store;
  readonly partition: number;
  readonly programs: ProgramsInLog;
  progress?(at: { readonly facts: number; readonly ofFacts: number }): void;
}

/**
 * Everything from nothing: the log is read from its first entry to the last one that was told by
 * then, and no further.
 */
export function replayUntil(until: number, ports: ReplayPorts): KpiRun {
  const { store, partition, programs, progress } = ports;
  const run = createKpiRun({ isFunded: programs.isFunded });
  const { seq: ofFacts } = store.progress(partition);
  for (const fact of store.facts(partition, 1, ofFacts)) {
    if (Math.max(run.at, fact.envelope.recordedAt) > until) break;
    programs.heard(fact);
    run.apply(fact);
    if (run.seq % FACTS_PER_REPORT === 0) progress?.({ facts: run.seq, ofFacts });
  }
  return run;
}

export function replayList(wish: KpiWish, ports: ReplayPorts): KpiList {
  const run = replayUntil(wish.until, ports);
  return { ...listOf(run, { ...wish, kpiIds: null }), behind: 0 };
}
