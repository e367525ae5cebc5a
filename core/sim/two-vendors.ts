import type { Tick, TickSource } from './tick-source.ts';

interface TwoVendorsState {
  readonly first: unknown;
  readonly second: unknown;
  /** Read already, and not yet given: null when there are no more. */
  readonly fromFirst: Tick | null;
  readonly fromSecond: Tick | null;
  readonly heard: readonly boolean[];
}

/**
 * Two vendors' prices, merged by time: the first one prices, the second is what it is compared
 * with. The second says nothing of a symbol before the first has, and nothing of others.
 */
export function playTogether(
  open: {
    readonly first: (resume: unknown) => TickSource;
    readonly second: (resume: unknown) => TickSource;
  },
  resume: unknown,
): TickSource {
  const saved = resume as TwoVendorsState | null | undefined;
  const first = open.first(saved?.first ?? null);
  const second = open.second(saved?.second ?? null);
  const { instruments } = first;
  const heard = [...(saved?.heard ?? instruments.map(() => false))];
  const numbers = second.instruments.map(({ symbol }) =>
    instruments.findIndex((one) => one.symbol === symbol),
  );
  const read = (source: TickSource): Tick | null => {
    const tick: Tick = { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
    return source.next(tick) ? tick : null;
  };
  let fromFirst = saved ? saved.fromFirst && { ...saved.fromFirst } : read(first);
  let fromSecond = saved ? saved.fromSecond && { ...saved.fromSecond } : read(second);
  return {
    instruments,
    hasReference: true,
    ...(first.nextBreak ? { nextBreak: first.nextBreak } : {}),
    next: (into) => {
      while (fromSecond && (!fromFirst || fromSecond.at < fromFirst.at)) {
        const symbol = numbers[fromSecond.symbol] ?? -1;
        const known = symbol >= 0 && heard[symbol] === true;
        if (known) Object.assign(into, fromSecond, { symbol });
        fromSecond = read(second);
        if (known) return true;
      }
      if (!fromFirst) return false;
      Object.assign(into, fromFirst);
      heard[fromFirst.symbol] = true;
      fromFirst = read(first);
      return true;
    },
    state: (): TwoVendorsState => ({
      first: first.state(),
      second: second.state(),
      fromFirst: fromFirst && { ...fromFirst },
      fromSecond: fromSecond && { ...fromSecond },
      heard: [...heard],
    }),
  };
}
