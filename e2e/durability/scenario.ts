import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Recording } from './images.ts';
import { runTraced, type Ended } from './strace.ts';
import { callsOn, namesOpened, CHANGING_CALLS, UNKNOWN_CALLS } from './trace.ts';
import { openChecker, type Checker, type WorkerName, type Workshop } from './workshop.ts';

/** Runs at a time. */
const LANES = Math.min(4, Math.max(2, availableParallelism()));
/** Longer than anything written at once. */
const STRING_BYTES_MAX = 1 << 24;

/** What is run: a worker, and which of its operations. */
export interface Scenario {
  readonly worker: WorkerName;
  readonly operation: string;
  /** Images that are drawn per point, besides the plain ones: fewer where opening one takes longer. */
  readonly drawn: number;
  /** Of the points to kill and to fail at: fewer where another scenario has the same work to do. */
  readonly everyPoint: number;
  /** What a worker is given to keep its promise no longer: this must be found. */
  readonly weaker: Weaker;
}

export interface Weaker {
  readonly name: string;
  readonly given: readonly string[];
}

/** A commit that returned is not on the disk. */
export const NORMAL: Weaker = { name: 'synchronous=NORMAL', given: ['--synchronous', 'NORMAL'] };
/** Nor is what the program wrote into a file of its own. */
export const UNSYNCHRONISED: Weaker = {
  name: 'second copy not synchronised',
  given: ['--unsynchronised'],
};

/** Every promise that is tested. A further operation of a worker is one more line. */
export const SCENARIOS: readonly Scenario[] = [
  { worker: 'desk', operation: 'queue', drawn: 150, everyPoint: 1, weaker: NORMAL },
  { worker: 'desk', operation: 'decision', drawn: 60, everyPoint: 1, weaker: NORMAL },
  { worker: 'desk', operation: 'lostDatabase', drawn: 4, everyPoint: 6, weaker: UNSYNCHRONISED },
  { worker: 'server', operation: 'command', drawn: 40, everyPoint: 1, weaker: NORMAL },
];

/** A scenario that was run once, to see which files it touches and how often it calls what. */
export interface Surveyed {
  readonly workshop: Workshop;
  readonly scenario: Scenario;
  /** Relative to the folder of a run; '' is the folder. */
  readonly names: readonly string[];
  readonly calls: ReadonlyMap<string, number>;
  readonly recording: Recording;
  readonly lanes: readonly Lane[];
}

/** Where one run after the other takes place. */
export interface Lane {
  readonly folder: string;
  readonly checker: Checker;
}

export async function survey(workshop: Workshop, scenario: Scenario): Promise<Surveyed> {
  const lanes = Array.from({ length: LANES }, (_, at) => ({
    folder: join(workshop.folder, `${scenario.worker}-${scenario.operation}-${at}`),
    checker: openChecker(workshop, scenario.worker),
  }));
  const before = { workshop, scenario, names: [], calls: new Map(), lanes };
  const first = join(workshop.folder, `${scenario.worker}-${scenario.operation}-names`);
  const trace = join(first, 'trace');
  const options = [...readable(trace), '--seccomp-bpf', '-e', 'trace=openat'];
  expectWhole(await run(before, first, options));
  const names = ['', ...namesOpened(readFileSync(trace, 'utf8'), dataIn(first))];
  const name = 'as it is';
  const { recording, ended } = await record({ ...before, names }, name, [], []);
  expectWhole(ended);
  const calls = callsOn(readFileSync(recording.trace, 'utf8'), recording.saidIn);
  return { ...before, names, calls, recording };
}

/** Runs the worker and keeps a trace of everything that it did to its files. */
export async function record(
  surveyed: Pick<Surveyed, 'workshop' | 'scenario' | 'names'>,
  name: string,
  injections: readonly string[],
  given: readonly string[],
): Promise<{ readonly recording: Recording; readonly ended: Ended }> {
  const { worker, operation } = surveyed.scenario;
  const folder = join(surveyed.workshop.folder, `${worker}-${operation}-${name}`);
  const recording = {
    trace: join(folder, 'trace'),
    folder: dataIn(folder),
    saidIn: saidIn(folder),
  };
  const calls = [...CHANGING_CALLS, ...UNKNOWN_CALLS, 'lseek'].map((call) => `?${call}`);
  const options = [
    ...readable(recording.trace),
    '--seccomp-bpf',
    '-P',
    recording.saidIn,
    '-e',
    `trace=${calls.join(',')}`,
    ...injections,
  ];
  return { recording, ended: await run(surveyed, folder, options, given) };
}

/** One run in a folder of its own; only calls about its files count. */
export function run(
  { workshop, scenario, names }: Pick<Surveyed, 'workshop' | 'scenario' | 'names'>,
  folder: string,
  options: readonly string[],
  given: readonly string[] = [],
): Promise<Ended> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dataIn(folder), { recursive: true });
  const paths = names.flatMap((name) => ['-P', join(dataIn(folder), name)]);
  const program = [workshop.script(scenario.worker), 'work', dataIn(folder), scenario.operation];
  return runTraced(workshop, [...options, ...paths], [...program, ...given], saidIn(folder));
}

export function dataIn(folder: string): string {
  return join(folder, 'data');
}

function saidIn(folder: string): string {
  return join(folder, 'said');
}

function readable(trace: string): string[] {
  return ['-y', '-xx', '-s', String(STRING_BYTES_MAX), '-o', trace];
}

function expectWhole({ code, signal, said, errors }: Ended): void {
  if (code === 0) return;
  throw new Error(
    `the worker fails even without a fault (${signal ?? code}): ${[...said, errors].join('\n')}`,
  );
}

/** Works through tasks on both lanes. */
export async function onLanes<Task, Result>(
  lanes: readonly Lane[],
  tasks: readonly Task[],
  work: (task: Task, lane: Lane) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const waiting = tasks.entries();
  await Promise.all(
    lanes.map(async (lane) => {
      for (const [at, task] of waiting) results[at] = await work(task, lane);
    }),
  );
  return results;
}
