import { createHeap, type Heap } from './heap.ts';
import type { Order } from './role.ts';

/** What a trader means to do later. */
export type Errand = { readonly trader: number; readonly spell: number } & (
  | { readonly does: 'open'; readonly order: Order }
  | { readonly does: 'close'; readonly positionId: string; readonly betterPercent: number }
  | { readonly does: 'wake'; readonly note: number }
  | { readonly does: 'report'; readonly fromAt: number }
  | { readonly does: 'return' }
);

/** What is due: an account's look at the market, or an errand. */
export type Due =
  | { readonly does: 'look'; readonly trader: number; readonly at: number }
  | { readonly does: 'errand'; readonly errand: Errand; readonly at: number };

export interface AgendaState {
  readonly due: readonly number[];
  readonly dueAt: readonly number[];
  readonly errands: readonly (readonly [number, Errand])[];
  readonly last: number;
  /** By symbol: what waits for the price to fall, and what waits for it to rise. */
  readonly orders: readonly PriceQueue[];
}

export const EMPTY_AGENDA: AgendaState = { due: [], dueAt: [], errands: [], last: 0, orders: [] };

interface PriceQueue {
  readonly below: readonly number[];
  readonly belowAt: readonly number[];
  readonly above: readonly number[];
  readonly aboveAt: readonly number[];
}

/** Looks and errands by time, and errands that wait for a price. Equal times keep one order. */
export interface Agenda {
  look(trader: number, at: number): void;
  add(at: number, errand: Errand): void;
  /** An account waits for one price below and one above: a newer one takes its place. */
  addAt(where: PriceLevel, errand: Errand): void;
  /** Time of the earliest; Infinity when there is none. */
  firstAt(): number;
  pop(): Due | null;
  /** What waited for this price becomes due now. */
  quoted(symbol: number, bid: number, ask: number, at: number): void;
  state(): AgendaState;
}

export interface PriceLevel {
  readonly when: 'below' | 'above';
  readonly symbol: number;
  readonly price: number;
}

/** Looks are even numbers and errands odd ones, so that one queue holds both. */
const KINDS = 2;
/** Whenever a queue of prices has grown by so many, what nobody waits for any more is left out. */
const TIDIED_EVERY = 1_024;

export function createAgenda(symbols: number, resume?: AgendaState): Agenda {
  const due = createHeap(resume?.due, resume?.dueAt);
  const errands = new Map(resume?.errands);
  let last = resume?.last ?? 0;
  const queues = Array.from({ length: symbols }, (_, symbol) => {
    const saved = resume?.orders[symbol];
    return {
      below: createHeap(saved?.below, saved?.belowAt),
      above: createHeap(saved?.above, saved?.aboveAt),
    };
  });
  const waiting = new Map<string, number>();
  for (const { below, above } of queues) {
    for (const number of below.values()) noteWaiting(waiting, errands, number, 'below');
    for (const number of above.values()) noteWaiting(waiting, errands, number, 'above');
  }
  const keep = (errand: Errand): number => {
    last += 1;
    errands.set(last, errand);
    return last;
  };
  const release = (queue: Heap, when: PriceLevel['when'], key: number, at: number): void => {
    while (queue.size() > 0 && queue.firstAt() <= key) {
      const number = queue.pop();
      const errand = errands.get(number);
      if (!errand) continue;
      waiting.delete(`${errand.trader}/${when}`);
      due.push(number * KINDS + 1, at);
    }
  };
  return {
    look: (trader, at) => due.push(trader * KINDS, at),
    add: (at, errand) => due.push(keep(errand) * KINDS + 1, at),
    addAt: ({ when, symbol, price }, errand) => {
      const place = `${errand.trader}/${when}`;
      const earlier = waiting.get(place);
      if (earlier !== undefined) errands.delete(earlier);
      const number = keep(errand);
      waiting.set(place, number);
      const queue = queues[symbol];
      if (!queue) return;
      // The queue gives its smallest key first: a falling price meets the highest level first.
      queue[when].push(number, when === 'below' ? -price : price);
      if (queue[when].size() % TIDIED_EVERY === 0) queue[when] = tidied(queue[when], errands);
    },
    firstAt: () => (due.size() > 0 ? due.firstAt() : Infinity),
    pop: () => {
      const at = due.firstAt();
      const value = due.pop();
      const number = Math.floor(value / KINDS);
      if (value % KINDS === 0) return { does: 'look', trader: number, at };
      const errand = errands.get(number);
      errands.delete(number);
      return errand ? { does: 'errand', errand, at } : null;
    },
    quoted: (symbol, bid, ask, at) => {
      const queue = queues[symbol];
      if (!queue) return;
      release(queue.below, 'below', -ask, at);
      release(queue.above, 'above', bid, at);
    },
    state: () => ({
      due: due.values(),
      dueAt: due.keys(),
      errands: [...errands],
      last,
      orders: queues.map(({ below, above }) => ({
        below: below.values(),
        belowAt: below.keys(),
        above: above.values(),
        aboveAt: above.keys(),
      })),
    }),
  };
}

function tidied(queue: Heap, errands: ReadonlyMap<number, Errand>): Heap {
  const left = createHeap();
  const keys = queue.keys();
  for (const [at, number] of queue.values().entries()) {
    if (errands.has(number)) left.push(number, keys[at] as number);
  }
  return left;
}

function noteWaiting(
  waiting: Map<string, number>,
  errands: ReadonlyMap<number, Errand>,
  number: number,
  when: 'below' | 'above',
): void {
  const errand = errands.get(number);
  if (errand) waiting.set(`${errand.trader}/${when}`, number);
}
