import { Worker } from 'node:worker_threads';
import { randomUUID } from 'node:crypto';
import { summaryOf } from '#core/impact/impact.ts';
import type { PreviewSummary } from '#core/programs/programs.events.ts';
import type { ImpactState } from '#core/sync/protocol.ts';
import type { ImpactJob, ImpactMessage } from './worker.ts';

/** Previews running at once; each is a thread that reads the whole log. */
export const PREVIEWS_RUNNING_MAX = 2;
/** Finished previews kept for desks to read. */
const PREVIEWS_KEPT_MAX = 20;

export interface Previews {
  /** Starts a preview, or a shadow run that follows the log; null when too many are running. */
  start(job: Omit<ImpactJob, 'file'>): string | null;
  state(runId: string): ImpactState;
  cancel(runId: string): void;
  close(): Promise<void>;
}

export function createPreviews(
  file: string,
  finished: (summary: PreviewSummary) => void,
): Previews {
  const states = new Map<string, ImpactState>();
  const workers = new Map<string, Worker>();
  const end = (runId: string, state: ImpactState): void => {
    states.set(runId, state);
    workers.delete(runId);
    const [oldest] = states.keys();
    if (states.size > PREVIEWS_KEPT_MAX && oldest !== undefined) states.delete(oldest);
  };
  return {
    start: (job) => {
      const { follows } = job;
      if (workers.size >= PREVIEWS_RUNNING_MAX) return null;
      const runId = randomUUID();
      const workerData: ImpactJob = { file, ...job };
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
      workers.set(runId, worker);
      states.set(runId, { type: 'running', facts: 0, ofFacts: 1 });
      worker.on('message', (message: ImpactMessage) => {
        if (message.type === 'progress') {
          const { facts, ofFacts } = message;
          states.set(runId, { type: 'running', facts, ofFacts });
        } else if (message.type === 'failed') {
          end(runId, message);
        } else {
          const summary = summaryOf(message.result);
          // Only a preview of the whole book can be published upon.
          if (job.accountId === null) finished(summary);
          states.set(runId, { ...message, summary, follows });
          if (!follows) end(runId, { ...message, summary, follows });
        }
      });
      worker.on('error', ({ message }) => end(runId, { type: 'failed', message }));
      return runId;
    },
    state: (runId) =>
      states.get(runId) ?? { type: 'failed', message: 'this preview is not known any more' },
    cancel: (runId) => {
      void workers.get(runId)?.terminate();
      if (workers.has(runId)) end(runId, { type: 'failed', message: 'cancelled' });
    },
    close: async () => {
      await Promise.all([...workers.values()].map((worker) => worker.terminate()));
    },
  };
}
