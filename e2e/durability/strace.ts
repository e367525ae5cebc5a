import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Workshop } from './workshop.ts';

/** Far longer than any run takes: a worker that hangs is a finding. */
const RUN_MS_MAX = 60_000;

/** Why nothing can be killed or recorded here; null when everything can. */
export function whyNotHere(): string | null {
  if (process.platform !== 'linux') return `strace is for Linux, this is ${process.platform}`;
  const { error, status, stderr } = spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], {
    encoding: 'utf8',
  });
  if (error) return 'strace is not installed';
  return status === 0 ? null : `strace may not trace here: ${stderr.trim().split('\n')[0]}`;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The lines that the worker said. */
  readonly said: readonly string[];
  readonly errors: string;
}

/** Runs a program under strace to its end; what it says goes to a file, as a trace can show. */
export async function runTraced(
  { env, started }: Workshop,
  options: readonly string[],
  program: readonly string[],
  saidIn: string,
): Promise<Ended> {
  const output = openSync(saidIn, 'w');
  const args = ['-f', '-qq', ...options, process.execPath, ...program];
  const child = spawn('strace', args, {
    env,
    stdio: ['ignore', output, 'pipe'],
    detached: true, // A group of its own: strace and what it runs end together.
  });
  closeSync(output);
  const end = started(child);
  const timer = setTimeout(end, RUN_MS_MAX);
  let errors = '';
  child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((done, fail) => {
    child.on('error', fail);
    child.on('close', (...how) => done(how));
  });
  clearTimeout(timer);
  const said = readFileSync(saidIn, 'utf8').split('\n').slice(0, -1);
  return { code, signal, said, errors };
}
