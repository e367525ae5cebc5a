import { Worker } from 'node:worker_threads';
import type { Answer, Caught, Job, Summary } from './jobs.ts';
import { PLANTED_NAMES } from './planted.ts';
import { SITUATION_NAMES, type Situation } from './situations.ts';

const SEEDS_PER_JOB = 20;
/** A situation counts as seen from so many seeds on. */
export const SEEN_SEEDS_MIN = 2;

export interface SweepOptions {
  readonly from: number;
  readonly seeds: number;
  /** How many seeds each planted bug may take; 0 for none planted. */
  readonly plantedSeedsMax: number;
  readonly workers: number;
  progress?(done: number): void;
  caught?(one: Caught): void;
}

export interface Sweep {
  readonly seeds: number;
  readonly failed: readonly Summary[];
  readonly situations: ReadonlyMap<Situation, number>;
  readonly unseen: readonly Situation[];
  readonly planted: readonly Caught[];
  readonly missed: readonly Caught[];
  readonly twice: number;
  readonly steps: number;
  readonly facts: number;
  readonly paid: number;
}

/** Many seeds on several threads; what comes of it does not depend on how many those are. */
export async function sweep(options: SweepOptions): Promise<Sweep> {
  const { from, seeds, plantedSeedsMax } = options;
  const jobs: Job[] = [];
  if (plantedSeedsMax > 0) {
    for (const name of PLANTED_NAMES)
      jobs.push({ type: 'planted', name, from, to: from + plantedSeedsMax - 1 });
  }
  for (let at = from; at < from + seeds; at += SEEDS_PER_JOB) {
    jobs.push({ type: 'seeds', from: at, to: Math.min(at + SEEDS_PER_JOB, from + seeds) - 1 });
  }
  const answers = await workThrough(jobs, options);
  const summaries = answers.flatMap((answer) => (answer.type === 'seeds' ? answer.summaries : []));
  const situations = new Map<Situation, number>(SITUATION_NAMES.map((name) => [name, 0]));
  for (const summary of summaries) {
    for (const name of summary.situations) situations.set(name, (situations.get(name) ?? 0) + 1);
  }
  const planted = answers.flatMap((answer) => (answer.type === 'planted' ? [answer.caught] : []));
  const sum = (of: (summary: Summary) => number): number =>
    summaries.reduce((all, one) => all + of(one), 0);
  return {
    seeds: summaries.length,
    failed: summaries
      .filter(({ violations }) => violations.length > 0)
      .sort((one, other) => one.seed - other.seed),
    situations,
    unseen: SITUATION_NAMES.filter((name) => (situations.get(name) ?? 0) < SEEN_SEEDS_MIN),
    planted,
    missed: planted.filter(({ by }) => by === null),
    twice: answers.reduce((all, answer) => all + (answer.type === 'seeds' ? answer.twice : 0), 0),
    steps: sum(({ steps }) => steps),
    facts: sum(({ facts }) => facts),
    paid: sum(({ paid }) => paid),
  };
}

/** The one line that a run is quoted by. */
export function closingLine({ seeds, failed, unseen, planted, missed }: Sweep): string {
  const violations = failed.reduce((all, one) => all + one.violations.length, 0);
  const seen = SITUATION_NAMES.length - unseen.length;
  return (
    `${seeds} seeds, ${violations} violations, ${seen} of ${SITUATION_NAMES.length} situations seen, ` +
    `${planted.length - missed.length} of ${planted.length} planted bugs caught`
  );
}

function workThrough(
  jobs: readonly Job[],
  { workers, progress, caught }: SweepOptions,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  let seedsDone = 0;
  return new Promise((resolve, reject) => {
    const threads = Array.from(
      { length: Math.min(workers, jobs.length) },
      () => new Worker(new URL('worker.ts', import.meta.url)),
    );
    const give = (worker: Worker): void => {
      const job = jobs[next];
      next += 1;
      if (job) worker.postMessage(job);
    };
    const end = (): void => {
      for (const worker of threads) void worker.terminate();
    };
    for (const worker of threads) {
      worker.on('message', (answer: Answer) => {
        answers.push(answer);
        if (answer.type === 'seeds') seedsDone += answer.summaries.length;
        else caught?.(answer.caught);
        progress?.(seedsDone);
        if (answers.length < jobs.length) return give(worker);
        end();
        resolve(answers);
      });
      worker.on('error', (error) => {
        end();
        reject(error);
      });
      give(worker);
    }
    if (jobs.length === 0) resolve(answers);
  });
}
