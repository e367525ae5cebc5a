import { Worker } from 'node:worker_threads';
import type { Fact } from '#core/facts/registry.ts';
import type { CommandResult, Pulse } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import type { Questions } from '../gateway/gateway.ts';
import type { FromNotify, NotifyOptions, ToNotify } from './messages.ts';
import type { NotifierLog } from './notifier.ts';
import { ALERT_QUESTIONS, type AlertQuestion } from './questions.ts';

/** A thread that does not stop in this time is ended: what it keeps is whole all the same. */
const STOP_MS = 5_000;
/** Questions that wait for the thread; one more is told to come again. */
const QUESTIONS_WAITING_MAX = 200;

export interface NotifyPorts extends NotifyOptions {
  command(command: ServerCommand): Promise<CommandResult>;
  readonly log: NotifierLog;
}

/** Tells people outside the desks, and answers what desks ask about alerts. */
export interface Notify {
  facts(facts: readonly Fact[]): void;
  pulse(pulse: Pulse): void;
  readonly questions: Questions;
  stop(): Promise<void>;
}

export function startNotify({ folder, file, demo, command, log }: NotifyPorts): Notify {
  const workerData: NotifyOptions = { folder, file, demo };
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
  const waiting = new Map<number, (reply: unknown) => void>();
  let next = 0;
  let stopped = false;
  const send = (message: ToNotify): void => {
    if (!stopped) worker.postMessage(message);
  };
  const end = (): void => {
    stopped = true;
    for (const done of waiting.values()) done({ type: 'busy' });
    waiting.clear();
  };
  worker.on('message', (message: FromNotify) => {
    if (message.type === 'command') {
      const { id } = message;
      void command(message.command).then((result) => send({ type: 'result', id, result }));
    } else if (message.type === 'reply') {
      waiting.get(message.id)?.(message.reply);
      waiting.delete(message.id);
    } else if (message.type === 'log') log[message.level](message.fields, message.message);
  });
  // Enforcement and desks go on without it; that nobody is told has to be seen in the log.
  worker.on('error', (error) => {
    end();
    log.error({ error: error.message }, 'telling people outside the desks has stopped');
  });
  worker.on('exit', end);
  const ask = (name: AlertQuestion, input: unknown, personId: string): Promise<unknown> => {
    if (stopped || waiting.size >= QUESTIONS_WAITING_MAX) return Promise.resolve({ type: 'busy' });
    next += 1;
    const id = next;
    return new Promise((done) => {
      waiting.set(id, done);
      send({ type: 'ask', id, name, input, personId });
    });
  };
  const names = Object.keys(ALERT_QUESTIONS) as AlertQuestion[];
  return {
    facts: (facts) => {
      const feeds = facts.filter(({ kind }) => kind === 'feedStateObserved');
      if (feeds.length > 0) send({ type: 'facts', feeds });
    },
    pulse: ({ feeds, marketAt, marksPerSecond }) =>
      send({ type: 'pulse', pulse: { feeds, marketAt, marksPerSecond } }),
    questions: Object.fromEntries(
      names.map((name) => [
        name,
        {
          schema: ALERT_QUESTIONS[name],
          answer: (input: unknown, personId: string) => ask(name, input, personId),
        },
      ]),
    ),
    stop: () =>
      new Promise((done) => {
        if (stopped) return done();
        const timer = setTimeout(() => void worker.terminate(), STOP_MS);
        worker.once('exit', () => {
          clearTimeout(timer);
          done();
        });
        send({ type: 'stop' });
      }),
  };
}
