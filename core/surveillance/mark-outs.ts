import {
  MARK_OUT_HORIZONS_MS,
  type Fill,
  type MarkOut,
  type Quoted,
} from '#core/fraud/observation.ts';
import { PPM_UNIT } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';

/** Fills that wait for their later prices at once; one more is not marked out. */
const WAITING_MAX = 200_000;
/** A price that comes later than this after a horizon says nothing about it. */
const GAP_MAX_MS = 5 * 60_000;
/** Fills that have left stay in their list until there are so many of them. */
const LEFT_MAX = 1_024;

/** Asks where the market went after each opening fill, at the first price from each horizon on. */
export interface MarkOuts {
  schedule(fill: Fill): void;
  /** A price of the platform came; gives every mark-out that it answers, the shortest first. */
  price(symbol: string, quoted: Quoted, now: EpochMs, found: (markOut: MarkOut) => void): void;
  readonly waiting: number;
  /** Fills that were passed over because too many waited. */
  readonly passedOver: number;
  state(): MarkOutsState;
}

/** Fills of one symbol in order of time, and for each horizon the first that still waits. */
interface Queue {
  readonly symbol: string;
  readonly fills: Fill[];
  readonly next: number[];
}

export interface MarkOutsState {
  readonly queues: readonly Queue[];
  readonly passedOver: number;
}

export function createMarkOuts(resume?: MarkOutsState): MarkOuts {
  const queues = new Map<string, Queue>();
  let waiting = 0;
  let passedOver = resume?.passedOver ?? 0;
  for (const { symbol, fills, next } of resume?.queues ?? []) {
    queues.set(symbol, { symbol, fills: [...fills], next: [...next] });
    waiting += fills.length;
  }
  const queueOf = (symbol: string): Queue => {
    const known = queues.get(symbol);
    if (known) return known;
    const queue = { symbol, fills: [], next: MARK_OUT_HORIZONS_MS.map(() => 0) };
    queues.set(symbol, queue);
    return queue;
  };
  return {
    schedule: (fill) => {
      if (fill.entry !== 'in' || fill.quote === null || fill.price <= 0) return;
      if (waiting >= WAITING_MAX) {
        passedOver += 1;
        return;
      }
      waiting += 1;
      queueOf(fill.symbol).fills.push(fill);
    },
    price: (symbol, quoted, now, found) => {
      const queue = queues.get(symbol);
      if (!queue || queue.fills.length === 0) return;
      for (const [place, horizonMs] of MARK_OUT_HORIZONS_MS.entries()) {
        answer(queue, place, horizonMs, { quoted, now, found });
      }
      waiting -= trim(queue);
    },
    get waiting() {
      return waiting;
    },
    get passedOver() {
      return passedOver;
    },
    state: () => ({
      queues: [...queues.values()].map(({ symbol, fills, next }) => ({
        symbol,
        fills: [...fills],
        next: [...next],
      })),
      passedOver,
    }),
  };
}

interface Price {
  readonly quoted: Quoted;
  readonly now: EpochMs;
  readonly found: (markOut: MarkOut) => void;
}

function answer(queue: Queue, place: number, horizonMs: number, price: Price): void {
  const { fills, next } = queue;
  const { quoted, now, found } = price;
  let at = next[place] as number;
  for (; at < fills.length; at += 1) {
    const fill = fills[at] as Fill;
    const dueAt = fill.at + horizonMs;
    if (dueAt > now) break;
    if (now - dueAt <= GAP_MAX_MS) found(markOutOf(fill, horizonMs, quoted, now));
  }
  next[place] = at;
}

/** Takes out fills that wait for nothing any more, once there are more than so many. */
function trim({ fills, next }: Queue): number {
  const left = Math.min(...next);
  if (left <= LEFT_MAX) return 0;
  fills.splice(0, left);
  for (const place of next.keys()) next[place] = (next[place] as number) - left;
  return left;
}

function markOutOf(fill: Fill, horizonMs: number, { bid, ask }: Quoted, at: EpochMs): MarkOut {
  const { price, quote, side } = fill;
  const moved = bid + ask - 2 * price;
  const gained = side === 'buy' ? moved : -moved;
  const spread = quote === null ? 0 : Math.max(0, quote.ask - quote.bid);
  return {
    type: 'markOut',
    at,
    fill,
    horizonMs,
    ppm: Math.round((gained * PPM_UNIT) / (2 * price)) + 0,
    spreadPpm: Math.round((spread * PPM_UNIT) / price),
  };
}
