import type { EpochMs } from '#core/time/time.ts';
import type { KpiWindow } from './kpi.ts';

/** Something that happened to a matter; each is one entry of the log. */
export interface Step {
  readonly at: EpochMs;
  readonly seq: number;
  readonly name: string;
  readonly amount: number;
  /** What else it names: a case, a report. */
  readonly about: string;
}

/** One thing that a number counts, with all that happened to it. */
export interface Matter {
  readonly id: string;
  /** When the log was told of it. */
  readonly at: EpochMs;
  /** When it began for whom it concerns: never later. */
  readonly began: EpochMs;
  readonly seq: number;
  /** What it is broken down by, and where it is looked at. */
  readonly tags: Readonly<Record<string, string>>;
  readonly amount: number;
  readonly steps: readonly Step[];
}

/** Where a fact stands. */
export interface Place {
  readonly at: EpochMs;
  readonly seq: number;
}

/** Matters by id, in the order in which they began: memory grows with them and their steps. */
export interface Matters {
  /** Told twice it is one: false when it is known already. */
  open(
    id: string,
    place: Place,
    about: {
      readonly tags: Readonly<Record<string, string>>;
      readonly amount?: number;
      readonly began?: EpochMs;
    },
  ): boolean;
  /** False when no such matter is known. With `once`, what it is about counts a single time. */
  step(
    id: string,
    place: Place,
    name: string,
    more?: { readonly amount?: number; readonly about?: string; readonly once?: boolean },
  ): boolean;
  get(id: string): Matter | undefined;
  has(id: string): boolean;
  /** Those that began up to the end of a window. */
  upTo(window: KpiWindow): Iterable<Matter>;
  /** Those that began in it. */
  within(window: KpiWindow): Iterable<Matter>;
  readonly size: number;
  state(): readonly Matter[];
}

type Held = Matter & { readonly steps: Step[] };

export function createMatters(resume: readonly Matter[] = []): Matters {
  const all: Held[] = resume.map((matter) => ({ ...matter, steps: [...matter.steps] }));
  const byId = new Map(all.map((matter) => [matter.id, matter]));
  /** How many began at or before an instant. */
  const countUntil = (at: EpochMs): number => {
    let [low, high] = [0, all.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((all[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return {
    open: (id, { at, seq }, { tags, amount = 0, began = at }) => {
      if (byId.has(id)) return false;
      const matter: Held = { id, at, began: Math.min(began, at), seq, tags, amount, steps: [] };
      all.push(matter);
      byId.set(id, matter);
      return true;
    },
    step: (id, { at, seq }, name, { amount = 0, about = '', once = false } = {}) => {
      const matter = byId.get(id);
      if (!matter) return false;
      if (once && matter.steps.some((step) => step.about === about)) return true;
      matter.steps.push({ at, seq, name, amount, about });
      return true;
    },
    get: (id) => byId.get(id),
    has: (id) => byId.has(id),
    upTo: ({ until }) => all.slice(0, countUntil(until)),
    within: ({ from, until }) => all.slice(countUntil(from), countUntil(until)),
    get size() {
      return all.length;
    },
    state: () => all,
  };
}

export function isIn(at: EpochMs, { from, until }: KpiWindow): boolean {
  return at > from && at <= until;
}

/** What was known of it at the end of a window. */
export function stepsOf({ steps }: Matter, { until }: KpiWindow): readonly Step[] {
  const last = steps.at(-1);
  return last === undefined || last.at <= until ? steps : steps.filter(({ at }) => at <= until);
}

export function firstOf(steps: readonly Step[], ...names: readonly string[]): Step | undefined {
  return steps.find(({ name }) => names.includes(name));
}

export function lastOf(steps: readonly Step[], ...names: readonly string[]): Step | undefined {
  return steps.findLast(({ name }) => names.includes(name));
}
