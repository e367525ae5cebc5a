import { spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { root } from './steps.ts';

/** How long a child may take to end by itself before it is killed. */
const STOP_MS_MAX = 10_000;
const PORTS_TRIED_MAX = 50;

export interface Launched {
  readonly name: string;
  readonly child: ChildProcess;
  /** The exit code; 1 when a signal ended it. */
  readonly ended: Promise<number>;
}

export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Starts a long-lived program. Its standard output goes through `onLine`, then to ours. */
export function launch(
  { name, command, args, env }: Launch,
  onLine?: (line: string) => void,
): Launched {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', onLine ? 'pipe' : 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  if (onLine && child.stdout) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      process.stdout.write(`${line}\n`);
      onLine(line);
    });
  }
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', (error) => {
      process.stderr.write(`${name} could not be started: ${error.message}\n`);
      resolve(1);
    });
  });
  return { name, child, ended };
}

/** Asks a program to end and waits; one that does not within the limit is killed, and said so. */
export async function stop({ name, child, ended }: Launched): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => {
    process.stderr.write(`${name} did not stop within ${STOP_MS_MAX / 1000} s: ended by force\n`);
    child.kill('SIGKILL');
  }, STOP_MS_MAX);
  await ended;
  clearTimeout(timer);
}

/** The wanted port of this machine, or the next free one above it. */
export async function freePort(wanted: number): Promise<number> {
  for (let port = wanted; port < wanted + PORTS_TRIED_MAX; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new Error(`no port between ${wanted} and ${wanted + PORTS_TRIED_MAX - 1} is free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      probe.close(() => resolve(true));
    });
  });
}
