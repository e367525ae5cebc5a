import type { Fact } from '#core/facts/registry.ts';
import { cardOf, listOf, rowsOf } from '#core/kpi/answers.ts';
import { createKpiRun, type KpiRun } from '#core/kpi/run.ts';
import { rootHexAt } from './root.ts';
import type { ProgramsInLog } from '../surveillance/programs-in-log.ts';
import type { Store } from '../store/store.ts';
import type { KpiAnswer, KpiQuestion } from './messages.ts';
import type { KpiSnapshots } from './snapshots.ts';

/** Facts fetched at once; nothing is held open in the database in between. */
const FACTS_PER_FETCH = 500;
/** Facts between two looks at the clock. */
const FACTS_PER_LOOK = 50;
/** A question about now is about the last of these steps: two people see the same. */
const NOW_STEP_MS = 1_000;

export interface KpiFollowerOptions {
  readonly store: Store;
  readonly partition: number;
  /** Null keeps nothing: each start reads the whole log. */
  readonly snapshots: KpiSnapshots | null;
  readonly programs: ProgramsInLog;
  /** Milliseconds that only ever grow. */
  clock(): number;
  /** The server's clock. */
  now(): number;
}

/** The numbers of a log that grows. */
export interface KpiFollower {
  readonly run: KpiRun;
  /** Entries that it has not seen yet, as far as it knows. */
  behind(): number;
  /** Reads on for so many milliseconds at the most; false when there is nothing to read now. */
  work(forMs: number): boolean;
  answer(question: KpiQuestion): KpiAnswer;
  save(): void;
}

export function openKpiFollower(options: KpiFollowerOptions): KpiFollower {
  const { store, partition, snapshots, programs, clock, now } = options;
  const saved = snapshots?.load() ?? null;
  const fits = saved !== null && saved.root === rootHexAt(store, partition, saved.state.seq);
  const run = createKpiRun({
    isFunded: programs.isFunded,
    resume: fits ? saved.state : undefined,
  });
  let fetched: readonly Fact[] = [];
  let next = 0;
  let endSeq = store.progress(partition).seq;
  const fetch = (): boolean => {
    const to = Math.min(endSeq, run.seq + FACTS_PER_FETCH);
    fetched = run.seq < to ? [...store.facts(partition, run.seq + 1, to)] : [];
    next = 0;
    return fetched.length > 0;
  };
  const takeSome = (): boolean => {
    for (let taken = 0; taken < FACTS_PER_LOOK; taken += 1) {
      if (next >= fetched.length && !fetch()) return false;
      const fact = fetched[next];
      next += 1;
      if (!fact) return false;
      programs.heard(fact);
      run.apply(fact);
    }
    return true;
  };
  const follower: KpiFollower = {
    run,
    behind: () => endSeq - run.seq,
    work: (forMs) => {
      endSeq = store.progress(partition).seq;
      const until = clock() + forMs;
      while (clock() < until) if (!takeSome()) return false;
      return true;
    },
    answer: (question) => {
      const until = question.until ?? nowOf(run, now());
      const wish = { period: question.period, until };
      switch (question.type) {
        case 'list': {
          const list = listOf(run, { ...wish, kpiIds: question.kpiIds });
          return { type: 'list', list: { ...list, behind: follower.behind() } };
        }
        case 'detail': {
          const kpi = run.kpis.find(({ id }) => id === question.kpiId);
          if (!kpi) return rejected(question.kpiId);
          return { type: 'detail', asOf: until, seq: run.seq, card: cardOf(run, kpi, wish) };
        }
        case 'rows': {
          const { kpiId, limit } = question;
          if (!run.kpis.some(({ id }) => id === kpiId)) return rejected(kpiId);
          return { type: 'rows', rows: rowsOf(run, kpiId, wish, limit) };
        }
      }
    },
    save: () => {
      const root = rootHexAt(store, partition, run.seq);
      if (root !== null) snapshots?.save({ root, state: run.state() });
    },
  };
  return follower;
}

/** What the log has told is never after now, whatever this machine's clock says. */
function nowOf(run: KpiRun, now: number): number {
  const step = Math.floor(now / NOW_STEP_MS) * NOW_STEP_MS;
  return Math.max(run.at, step);
}

function rejected(kpiId: string): KpiAnswer {
  return { type: 'rejected', reason: `There is no KPI "${kpiId}"` };
}
