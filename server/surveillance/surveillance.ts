import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { ToxicityQuestion, ToxicityResult } from '#core/fraud/toxicity.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { Raising } from './follower.ts';
import type {
  FromSurveillance,
  SurveillanceStanding,
  SurveillanceWorkerOptions,
  ToSurveillance,
} from './messages.ts';

/** Questions that wait for an answer at once; one more is answered with nothing. */
const QUESTIONS_MAX = 50;
/** A command that could not even be asked is asked again after so long. */
const AGAIN_MS = 2_000;

export interface SurveillancePorts extends SurveillanceWorkerOptions {
  /** Brings signals into the log. */
  raise(raising: Raising): Promise<CommandResult>;
  stood(standing: SurveillanceStanding): void;
  readonly log: string;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
}

/** Surveillance beside the threads that must not wait for it. */
export interface SurveillanceThread {
  /** The log has grown. */
  committed(): void;
  toxicity(question: ToxicityQuestion): Promise<ToxicityResult>;
  /** Null before it was first heard of. */
  standing(): SurveillanceStanding | null;
  /** It keeps where it stands first. */
  stop(): Promise<void>;
}

export function startSurveillance(ports: SurveillancePorts): SurveillanceThread {
  const { log, snapshot, logger } = ports;
  const workerData: SurveillanceWorkerOptions = { log, snapshot };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const tell = (message: ToSurveillance): void => worker.postMessage(message);
  const waiting = new Map<number, (rows: ToxicityResult) => void>();
  let next = 0;
  let standing: SurveillanceStanding | null = null;
  let isRunning = true;
  const raise = async (raising: Raising): Promise<void> => {
    const { commandId, signals } = raising;
    for (;;) {
      try {
        const result = await ports.raise(raising);
        // Refused for good: it would be refused again, and what comes after it must not wait.
        if (result.type === 'rejected') {
          const { code, message } = result;
          logger.error({ code, message, signals: signals.length }, 'signals were refused');
        }
        return tell({ type: 'raised', commandId });
      } catch (error) {
        if (!isRunning) return;
        const reason = error instanceof Error ? error.message : String(error);
        logger.warn({ reason }, 'signals could not be brought into the log; trying again');
        await new Promise((done) => setTimeout(done, AGAIN_MS));
      }
    }
  };
  const ended = new Promise<void>((done) => {
    worker.on('exit', () => {
      isRunning = false;
      standing = null;
      for (const answer of waiting.values()) answer([]);
      waiting.clear();
      done();
    });
  });
  // Enforcement goes on without it; what it has not seen it will see after the next start.
  worker.on('error', ({ stack }) => logger.error({ stack }, 'surveillance stopped'));
  worker.on('message', (message: FromSurveillance) => {
    if (message.type === 'raise') void raise(message.raising);
    else if (message.type === 'problem') logger.warn(message.message);
    else if (message.type === 'toxicity') {
      waiting.get(message.id)?.(message.rows);
      waiting.delete(message.id);
    } else if (message.type === 'standing') {
      ({ standing } = message);
      ports.stood(message.standing);
    }
  });
  return {
    committed: () => tell({ type: 'committed' }),
    toxicity: (question) => {
      if (!isRunning || waiting.size >= QUESTIONS_MAX) return Promise.resolve([]);
      return new Promise((done) => {
        next += 1;
        waiting.set(next, done);
        tell({ type: 'toxicity', id: next, question });
      });
    },
    standing: () => standing,
    stop: () => {
      isRunning = false;
      tell({ type: 'stop' });
      return ended;
    },
  };
}
