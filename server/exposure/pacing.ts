/** Work that repeats takes one part in so many of its thread's time, at the most. */
export const COST_SHARE = 20;
/** The live book is looked at so often, where it costs little. */
export const LOOK_EVERY_MS = 1_000;
/** Questions about who holds what, from all desks together, are answered so often. */
export const HOLDERS_EVERY_MS = 100;

/** When the next piece of work may be done: after a pause, the longer the more the last one cost. */
export interface Pacing {
  readonly isDue: boolean;
  /** Until the next, as the last piece of work left it. */
  readonly everyMs: number;
  /** Does the work and takes its time; what it gives comes back with its cost. */
  run<Value>(work: () => Value): { readonly value: Value; readonly costMs: number };
}

export function createPacing(everyMs: number, now: () => number): Pacing {
  let nextAt = 0;
  let pauseMs = everyMs;
  return {
    get isDue() {
      return now() >= nextAt;
    },
    get everyMs() {
      return Math.ceil(pauseMs);
    },
    run: (work) => {
      const start = now();
      const value = work();
      const end = now();
      pauseMs = Math.max(everyMs, (end - start) * COST_SHARE);
      nextAt = end + pauseMs;
      return { value, costMs: end - start };
    },
  };
}
