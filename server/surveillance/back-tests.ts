import { randomUUID } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import type { BackTestState, BackTestSummary } from '#core/fraud/back-test.ts';
import type { BackTestWish } from './back-test.ts';
import type { BackTestJob, BackTestMessage } from './back-test-worker.ts';

/** Back-tests running at once; each is a thread that reads the whole log. */
export const BACK_TESTS_RUNNING_MAX = 1;
/** Finished back-tests kept for desks to read. */
const BACK_TESTS_KEPT_MAX = 20;

export interface BackTests {
  /** Null when too many are running. */
  start(wish: BackTestWish): string | null;
  state(runId: string): BackTestState;
  cancel(runId: string): void;
  close(): Promise<void>;
}

export function createBackTests(
  file: string,
  finished: (summary: BackTestSummary) => void,
): BackTests {
  const states = new Map<string, BackTestState>();
  const workers = new Map<string, Worker>();
  const end = (runId: string, state: BackTestState): void => {
    // What was cancelled stays so, whatever was under way.
    if (!workers.delete(runId)) return;
    states.set(runId, state);
    const [oldest] = states.keys();
    if (states.size > BACK_TESTS_KEPT_MAX && oldest !== undefined) states.delete(oldest);
  };
  return {
    start: (wish) => {
      if (workers.size >= BACK_TESTS_RUNNING_MAX) return null;
      const runId = randomUUID();
      const workerData: BackTestJob = { file, ...wish };
      const worker = new Worker(new URL('./back-test-worker.ts', import.meta.url), { workerData });
      workers.set(runId, worker);
      states.set(runId, { type: 'running', facts: 0, ofFacts: 1 });
      worker.on('message', (message: BackTestMessage) => {
        if (message.type === 'progress') {
          if (workers.has(runId)) states.set(runId, { ...message, type: 'running' });
          return;
        }
        end(runId, message);
        finished(message.result.summary);
      });
      worker.on('error', ({ message }) => end(runId, { type: 'failed', message }));
      return runId;
    },
    state: (runId) =>
      states.get(runId) ?? { type: 'failed', message: 'this back-test is not known any more' },
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
