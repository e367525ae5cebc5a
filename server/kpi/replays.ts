import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { KpiWish } from '#core/kpi/answers.ts';
import type { KpiReplayState } from '#core/sync/kpi-questions.ts';
import type { ReplayJob, ReplayMessage } from './replay-worker.ts';

/** Replays running at once; each is a thread that reads the whole log. */
export const REPLAYS_RUNNING_MAX = 1;
/** Finished replays kept for desks to read. */
const REPLAYS_KEPT_MAX = 20;

export interface Replays {
  /** Null when too many are running. */
  start(wish: KpiWish): string | null;
  state(runId: string): KpiReplayState;
  cancel(runId: string): void;
  close(): Promise<void>;
}

/** Numbers of a past moment, computed again from the first entry of the log. */
export function createReplays(file: string): Replays {
  const states = new Map<string, KpiReplayState>();
  const workers = new Map<string, Worker>();
  const end = (runId: string, state: KpiReplayState): void => {
    // What was cancelled stays so, whatever was under way.
    if (!workers.delete(runId)) return;
    states.set(runId, state);
    const [oldest] = states.keys();
    if (states.size > REPLAYS_KEPT_MAX && oldest !== undefined) states.delete(oldest);
  };
  return {
    start: (wish) => {
      if (workers.size >= REPLAYS_RUNNING_MAX) return null;
      const runId = randomUUID();
      const workerData: ReplayJob = { file, ...wish };
      const worker = new Worker(new URL('./replay-worker.ts', import.meta.url), { workerData });
      workers.set(runId, worker);
      states.set(runId, { type: 'running', facts: 0, ofFacts: 1 });
      worker.on('message', (message: ReplayMessage) => {
        if (message.type === 'done') return end(runId, message);
        if (workers.has(runId)) states.set(runId, { ...message, type: 'running' });
      });
      worker.on('error', ({ message }) => end(runId, { type: 'failed', message }));
      return runId;
    },
    state: (runId) =>
      states.get(runId) ?? { type: 'failed', message: 'this replay is not known any more' },
    cancel: (runId) => {
      const worker = workers.get(runId);
      end(runId, { type: 'failed', message: 'cancelled' });
      void worker?.terminate();
    },
    close: async () => {
      await Promise.all([...workers.values()].map((worker) => worker.terminate()));
    },
  };
}
