import { createHash } from 'node:crypto';
import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import { SCRIPT_START } from '#server/partition/testing/scripted-firm.ts';

const DAY_MS = 86_400_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
/** When a run begins: the scripted accounts' first payout is due. */
export const RUN_START: number = SCRIPT_START + 15 * DAY_MS;
/** Lines of the trace that a failing run shows. */
const TAIL_LINES = 60;

/** One queue, one clock, one order: everything that happens in a run happens through here. */
export interface Kernel {
  readonly seed: number;
  readonly now: number;
  /** A stream of its own for each use, so that one more draw here never shifts another there. */
  random(name: string): Random;
  after(delayMs: number, name: string, action: () => void): void;
  /** Adds to the trace, of which every line counts for the hash. */
  note(line: string): void;
  /** A promise was kept: what waits for it goes on before anything else happens. */
  promised(): void;
  /** Runs until nothing waits before an instant. */
  runUntil(instant: number): Promise<void>;
  readonly steps: number;
  hash(): string;
  lines(): readonly string[];
}

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly name: string;
  readonly action: () => void;
}

export function createKernel(seed: number, verbose: boolean): Kernel {
  const queue: Waiting[] = [];
  const trace = createHash('sha256');
  const streams = new Map<string, Random>();
  let kept: string[] = [];
  let now = RUN_START;
  let order = 0;
  let steps = 0;
  let isPromised = false;
  const note = (line: string): void => {
    const text = `${now - RUN_START} ${line}`;
    trace.update(`${text}\n`);
    kept.push(text);
    if (!verbose && kept.length > 4 * TAIL_LINES) kept = kept.slice(-TAIL_LINES);
  };
  return {
    seed,
    get now() {
      return now;
    },
    get steps() {
      return steps;
    },
    random: (name) => {
      const known = streams.get(name);
      if (known) return known;
      const fresh = createRandom(seedFor(seed, name));
      streams.set(name, fresh);
      return fresh;
    },
    after: (delayMs, name, action) => {
      order += 1;
      push(queue, { at: now + Math.max(0, Math.round(delayMs)), order, name, action });
    },
    note,
    promised: () => {
      isPromised = true;
    },
    runUntil: async (instant) => {
      for (let next = queue[0]; next && next.at <= instant; next = queue[0]) {
        pop(queue);
        now = next.at;
        steps += 1;
        note(next.name);
        next.action();
        if (!isPromised) continue;
        isPromised = false;
        await new Promise(setImmediate);
      }
      now = Math.max(now, instant);
    },
    hash: () => trace.copy().digest('hex'),
    lines: () => (verbose ? kept : kept.slice(-TAIL_LINES)),
  };
}

function isBefore(one: Waiting, other: Waiting): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** A binary heap, the next first. */
function push(queue: Waiting[], added: Waiting): void {
  let place = queue.length;
  queue.push(added);
  while (place > 0) {
    const parent = (place - 1) >> 1;
    const above = queue[parent];
    if (!above || isBefore(above, added)) break;
    queue[place] = above;
    place = parent;
  }
  queue[place] = added;
}

function pop(queue: Waiting[]): void {
  const last = queue.pop();
  if (!last || queue.length === 0) return;
  let place = 0;
  for (;;) {
    const left = 2 * place + 1;
    const [one, other] = [queue[left], queue[left + 1]];
    const child = one && other && isBefore(other, one) ? left + 1 : left;
    const below = queue[child];
    if (!below || isBefore(last, below)) break;
    queue[place] = below;
    place = child;
  }
  queue[place] = last;
}
