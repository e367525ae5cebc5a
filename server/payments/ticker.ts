/** Does something again and again, never twice at the same time. */
export interface Ticker {
  /** Now; who asks while it is being done waits for that. */
  tick(): Promise<void>;
  start(): void;
  /** Ends when what is being done is done. */
  stop(): Promise<void>;
}

/** `work` never fails: it says itself what went wrong. */
export function createTicker(work: () => Promise<void>, everyMs: number): Ticker {
  let ticking: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;
  const tick = (): Promise<void> => {
    ticking ??= work().finally(() => (ticking = null));
    return ticking;
  };
  const loop = (): void => {
    void tick().finally(() => {
      if (timer !== null) timer = setTimeout(loop, everyMs);
    });
  };
  return {
    tick,
    start: () => {
      timer ??= setTimeout(loop, 0);
    },
    stop: async () => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      await ticking;
    },
  };
}
