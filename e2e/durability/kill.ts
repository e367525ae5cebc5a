import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { acknowledgedIn } from './images.ts';
import { dataIn, onLanes, run, type Lane, type Surveyed } from './scenario.ts';
import type { Ended } from './strace.ts';
import { CHANGING_CALLS } from './trace.ts';

const EXAMPLES_MAX = 5;
/** A disk that stays full is tried from every so-many-eth write on: each write failed once before. */
const STAYING_EVERY = 4;

/** `from`: the fault stays once it came, as a full disk does. */
export type Fault = 'killed' | 'ENOSPC' | 'ENOSPC from' | 'EIO';

const ERRORS: readonly { readonly call: string; readonly faults: readonly Fault[] }[] = [
  { call: 'pwrite64', faults: ['ENOSPC', 'ENOSPC from', 'EIO'] },
  { call: 'write', faults: ['ENOSPC', 'ENOSPC from', 'EIO'] },
  { call: 'fsync', faults: ['EIO'] },
  { call: 'fdatasync', faults: ['EIO'] },
  { call: 'ftruncate', faults: ['EIO'] },
];

/** One fault at one call, counted from the worker's start. */
export interface Point {
  readonly call: string;
  readonly fault: Fault;
  readonly when: number;
}

/** What came of the points of one call and one fault. */
export interface Row {
  readonly call: string;
  readonly fault: Fault;
  readonly points: number;
  /** Acknowledged acts that were not there afterwards, and runs after which something was wrong. */
  readonly lost: number;
  readonly corrupt: number;
  /** Runs in which the fault did not come, or that ended without saying why. */
  readonly unclear: number;
  /** Of the errors: told to the user, and those that SQLite could do without (a checkpoint waits). */
  readonly reported: number;
  readonly absorbed: number;
  readonly examples: readonly string[];
}

export function killPoints(calls: Surveyed['calls']): Point[] {
  return CHANGING_CALLS.flatMap((call) => pointsOf(calls, call, ['killed']));
}

export function errorPoints(calls: Surveyed['calls']): Point[] {
  const all = ERRORS.flatMap(({ call, faults }) => pointsOf(calls, call, faults));
  const [staying, passing] = [true, false].map((stays) =>
    all.filter(({ fault }) => (fault === 'ENOSPC from') === stays),
  );
  return [...(passing ?? []), ...thinned(staying ?? [], STAYING_EVERY)];
}

function pointsOf(calls: Surveyed['calls'], call: string, faults: readonly Fault[]): Point[] {
  const count = calls.get(call) ?? 0;
  return faults.flatMap((fault) =>
    Array.from({ length: count }, (_, at) => ({ call, fault, when: at + 1 })),
  );
}

/** Every so-many-eth point of each call and fault, and the last one. */
export function thinned(points: readonly Point[], every: number): Point[] {
  return points.filter(
    (point, at) =>
      (point.when - 1) % every === 0 || rowName(points[at + 1] ?? null) !== rowName(point),
  );
}

export async function runPoints(
  surveyed: Surveyed,
  points: readonly Point[],
  given: readonly string[] = [],
): Promise<Row[]> {
  const outcomes = await onLanes(surveyed.lanes, points, (point, lane) =>
    runPoint(surveyed, lane, point, given),
  );
  const rows = Map.groupBy(points.keys(), (at) => rowName(points[at] ?? null));
  return [...rows.values()].map((group) => rowOf(group.map((at) => outcomes[at] as Outcome)));
}

function rowName(point: Point | null): string {
  return `${point?.call} ${point?.fault}`;
}

interface Outcome {
  readonly point: Point;
  readonly lost: readonly string[];
  readonly problems: readonly string[];
  readonly unclear: string | null;
  readonly reported: boolean;
}

async function runPoint(
  surveyed: Surveyed,
  { folder, checker }: Lane,
  point: Point,
  given: readonly string[],
): Promise<Outcome> {
  const trace = join(folder, 'trace');
  const ended = await run(surveyed, folder, injection(point, trace), given);
  const found = await checker.folder({
    type: 'folder',
    operation: surveyed.scenario.operation,
    folder: dataIn(folder),
  });
  return {
    point,
    lost: acknowledgedIn(ended.said).filter((id) => !found.present.includes(id)),
    problems: found.problems,
    unclear: point.fault === 'killed' ? notKilled(ended) : notClear(ended, trace),
    reported: ended.code !== 0,
  };
}

function injection({ call, fault, when }: Point, trace: string): string[] {
  const [error, from] = fault.split(' ');
  const at = `when=${when}${from === undefined ? '' : '+'}`;
  // A signal does not come through the filter that makes strace fast.
  if (fault === 'killed')
    return ['-o', trace, '-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:${at}`];
  const filter = ['--seccomp-bpf', '-o', trace, '-e', `trace=${call}`];
  return [...filter, '-e', `inject=${call}:error=${error}:${at}`];
}

function notKilled({ code, signal, errors }: Ended): string | null {
  return signal === 'SIGKILL' ? null : `was not killed, ended with ${signal ?? code} ${errors}`;
}

/** An error must have come, and the worker must have ended by itself and named what went wrong. */
function notClear({ code, signal, said, errors }: Ended, trace: string): string | null {
  if (!readFileSync(trace, 'utf8').includes('(INJECTED)')) return 'the error never came';
  if (signal !== null || code === null || code > 1)
    return `ended with ${signal ?? code}: ${errors.trim()}`;
  const complaints = said.filter((line) => /^(refused|un)/.test(line));
  if (said.some((line) => line.startsWith('unreadable'))) return complaints.join('; ');
  if ((code === 1) !== complaints.length > 0) return `ended with ${code}, but: ${said.join('; ')}`;
  const vague = complaints.find((line) => !/ (SQLITE_[A-Z_]+|E[A-Z]+): \S/.test(line));
  return vague === undefined ? null : `no clear error: ${vague}`;
}

function rowOf(outcomes: readonly Outcome[]): Row {
  const { call = '', fault = 'killed' } = outcomes[0]?.point ?? {};
  const wrong = outcomes.flatMap(({ point, lost, problems, unclear }) => {
    const missing = lost.map((id) => `${id} is missing`);
    const all = [...missing, ...problems, ...(unclear === null ? [] : [unclear])];
    return all.length > 0 ? [`${call} ${fault} ${point.when}: ${all.join('; ')}`] : [];
  });
  const count = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length;
  const isError = fault !== 'killed';
  return {
    call,
    fault,
    points: outcomes.length,
    lost: outcomes.reduce((sum, { lost }) => sum + lost.length, 0),
    corrupt: count(({ problems }) => problems.length > 0),
    unclear: count(({ unclear }) => unclear !== null),
    reported: isError ? count(({ reported }) => reported) : 0,
    absorbed: isError ? count(({ reported }) => !reported) : 0,
    examples: wrong.slice(0, EXAMPLES_MAX),
  };
}
