import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { FromKpi, KpiAnswer, KpiQuestion, KpiWorkerOptions, ToKpi } from './messages.ts';

/** Questions that wait for an answer at once; one more is told to come again. */
const QUESTIONS_MAX = 50;

export interface KpiThreadPorts extends KpiWorkerOptions {
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** The firm's numbers, beside the threads that must not wait for them. */
export interface KpiThread {
  /** The log has grown. */
  committed(): void;
  ask(question: KpiQuestion): Promise<KpiAnswer>;
  /** It keeps where it stands first. */
  stop(): Promise<void>;
}

const BUSY: KpiAnswer = {
  type: 'rejected',
  reason: 'The server is busy with other questions about numbers: ask again in a moment',
};

export function startKpis({ log, snapshot, logger }: KpiThreadPorts): KpiThread {
  const workerData: KpiWorkerOptions = { log, snapshot };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const tell = (message: ToKpi): void => worker.postMessage(message);
  const waiting = new Map<number, (answer: KpiAnswer) => void>();
  let next = 0;
  let isRunning = true;
  const ended = new Promise<void>((done) => {
    worker.on('exit', () => {
      isRunning = false;
      for (const answer of waiting.values()) answer(BUSY);
      waiting.clear();
      done();
    });
  });
  // Everything else goes on without numbers; they come back with the next start.
  worker.on('error', ({ stack }) => logger.error({ stack }, 'the numbers stopped'));
  worker.on('message', (message: FromKpi) => {
    if (message.type === 'problem') logger.warn(message.message);
    if (message.type !== 'answer') return;
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  });
  return {
    committed: () => {
      if (isRunning) tell({ type: 'committed' });
    },
    ask: (question) => {
      if (!isRunning || waiting.size >= QUESTIONS_MAX) return Promise.resolve(BUSY);
      return new Promise((done) => {
        next += 1;
        waiting.set(next, done);
        tell({ type: 'ask', id: next, question });
      });
    },
    stop: () => {
      if (isRunning) tell({ type: 'stop' });
      isRunning = false;
      return ended;
    },
  };
}
