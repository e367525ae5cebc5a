import fs, { writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { parseArgs } from 'node:util';
import { serveChecks } from './checker.ts';
import { capturing } from './connections.ts';
import { operationOf, type Opened, type Operation, type Operations } from './operation.ts';

/** Mistakes made on purpose: a harness that does not find them proves nothing. */
export const MISTAKES = ['none', 'early', 'swallow'] as const;

interface Task {
  readonly operation: Operation;
  readonly folder: string;
  readonly synchronous: string;
  /** `early` acknowledges before the store was asked, `swallow` whatever the store said. */
  readonly mistake: string;
}

/**
 * What a worker's file is: `work FOLDER OPERATION` does the acts of an operation and says on
 * standard output what came of each; `check` answers the harness about what was left on the disk.
 */
export function runWorker(operations: Operations): void {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      synchronous: { type: 'string', default: 'FULL' },
      unsynchronised: { type: 'boolean', default: false },
      mistake: { type: 'string', default: 'none' },
    },
  });
  const [role, folder = '', name = ''] = positionals;
  if (values.unsynchronised) leaveOutSynchronising();
  if (role === 'check') serveChecks(operations);
  else process.exitCode = work({ ...values, folder, operation: operationOf(operations, name) });
}

/** To files that the program writes itself, what a weaker `synchronous` is to SQLite. */
function leaveOutSynchronising(): void {
  fs.fsyncSync = () => {};
  syncBuiltinESMExports();
}

function work(task: Task): number {
  const half = task.operation.acts / 2;
  const first = sit(task, 0, half);
  return first === null ? 1 : Math.max(first, sit(task, half, task.operation.acts) ?? 1);
}

/** The program from its start to its end; null when it ended before its time. */
function sit(task: Task, from: number, to: number): number | null {
  const opened = attempt('unopened', () => open(task, from > 0));
  if (opened === null) return null;
  let code = 0;
  for (let index = from; index < to; index += 1) {
    if (act(task, opened, index)) continue;
    code = 1;
    if (task.operation.afterFailure === 'end') break;
  }
  // Whatever could not be written, what was written can be read.
  attempt('unreadable', () => say(`readable ${opened.present().length}`));
  if (code === 1 && task.operation.afterFailure === 'end') return null;
  return attempt('unclosed', () => opened.close()) === null ? null : code;
}

function open({ operation, folder, synchronous }: Task, again: boolean): Opened {
  const { value, connections } = capturing(() => operation.open(folder));
  for (const connection of connections) {
    if (again) connection.pragma(`wal_autocheckpoint = ${operation.pagesPerCheckpoint}`);
    if (synchronous !== 'FULL') connection.pragma(`synchronous = ${synchronous}`);
  }
  return value;
}

function act({ operation, mistake }: Task, opened: Opened, index: number): boolean {
  const id = operation.id(index);
  if (mistake === 'early') say(`ack ${id}`);
  const done = attempt(`refused ${id}`, () => {
    opened.act(index);
    return true;
  });
  if (mistake === 'swallow' || (mistake === 'none' && done)) say(`ack ${id}`);
  return done ?? false;
}

/** Null when it threw; then the harness is told what, and why. */
function attempt<Value>(otherwise: string, does: () => Value): Value | null {
  try {
    return does();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message?: unknown };
    say(`${otherwise} ${typeof code === 'string' ? code : 'unknown'}: ${String(message)}`);
    return null;
  }
}

/** Given to the operating system when it returns: nothing waits in this process. */
function say(line: string): void {
  writeSync(1, `${line}\n`);
}
