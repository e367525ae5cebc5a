import { fork, type ChildProcess } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import type { CheckReply, CheckRequest, Found, FolderRequest } from './checker.ts';
import type { ImagesReply, ImagesRequest } from './images.ts';

const MEMORY = '/dev/shm';
const MEMORY_BYTES_MIN = 2 ** 31;

const root = join(import.meta.dirname, '..', '..');
const WORKERS = {
  desk: fileURLToPath(new URL('./desk-worker.ts', import.meta.url)),
  server: fileURLToPath(new URL('./server-worker.ts', import.meta.url)),
};
export type WorkerName = keyof typeof WORKERS;

/** Where one harness works: a folder that goes away, and the processes that it started. */
export interface Workshop {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  script(worker: WorkerName): string;
  /** Notes a process of ours, leader of its own group; the answer ends that group. */
  started(child: ChildProcess): () => void;
  close(): void;
}

/** A process that looks at what runs left on the disk. */
export interface Checker {
  folder(request: FolderRequest): Promise<Found>;
  images(request: ImagesRequest): Promise<ImagesReply>;
  close(): void;
}

export async function openWorkshop(): Promise<Workshop> {
  // The real path: strace compares paths letter by letter.
  const folder = mkdtempSync(join(realpathSync(place()), 'propdesk-durability-'));
  const running = new Set<() => void>();
  const close = (): void => {
    for (const end of running) end();
    process.off('exit', close);
    rmSync(folder, { recursive: true, force: true });
  };
  process.on('exit', close);
  await bundleWorkers(folder);
  return {
    folder,
    env: {
      ...process.env,
      NODE_OPTIONS: '',
      NODE_COMPILE_CACHE: join(folder, 'compiled'),
      UV_USE_IO_URING: '0', // No trace would show what goes through it.
    },
    script: (worker) => join(folder, 'workers', `${worker}.js`),
    started: (child) => {
      const end = (): void => endGroup(child);
      running.add(end);
      child.on('exit', () => running.delete(end));
      return end;
    },
    close,
  };
}

/**
 * In memory where there is enough of it. What a run left is read from what the system holds or made
 * from a trace: no disk has to keep anything, and every look at an image synchronises many times.
 */
function place(): string {
  if (!existsSync(MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= MEMORY_BYTES_MIN ? MEMORY : tmpdir();
}

/**
 * Each worker as one file. Under strace every call costs, and loading hundreds of files would take
 * most of the time; and a source that changes meanwhile changes nothing here.
 */
async function bundleWorkers(folder: string): Promise<void> {
  // The product looks for these beside its own files.
  symlinkSync(join(root, 'resources'), join(folder, 'resources'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await build({
    configFile: false,
    root,
    logLevel: 'error',
    build: {
      ssr: true,
      outDir: join(folder, 'workers'),
      target: 'node24',
      minify: false,
      rolldownOptions: { input: WORKERS, output: { entryFileNames: '[name].js' } },
    },
    ssr: { noExternal: true, external: ['better-sqlite3'] },
  });
  mkdirSync(join(folder, 'compiled'), { recursive: true });
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

export function openChecker(workshop: Workshop, worker: WorkerName): Checker {
  const child = fork(workshop.script(worker), ['check'], {
    env: workshop.env,
    execArgv: [],
    detached: true,
  });
  const end = workshop.started(child);
  let last: Promise<unknown> = Promise.resolve();
  const ask = <Reply extends CheckReply>(request: CheckRequest): Promise<Reply> => {
    const answer = last.then(() => answerOf<Reply>(child, request));
    last = answer;
    return answer;
  };
  return { folder: ask<Found>, images: ask<ImagesReply>, close: end };
}

function answerOf<Reply>(child: ChildProcess, request: CheckRequest): Promise<Reply> {
  return new Promise((done, fail) => {
    const ended = (): void => fail(new Error('the checker ended without an answer'));
    child.once('exit', ended);
    child.once('message', (reply) => {
      child.off('exit', ended);
      done(reply as Reply);
    });
    child.send(request);
  });
}
