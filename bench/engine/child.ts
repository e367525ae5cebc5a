import { contenders } from './contenders/index.ts';
import { createJsonRules } from './contenders/json-rules.ts';
import { benchTicks } from './workload.ts';

/*
 * One contender in a process of its own, so that none spoils another's type feedback or caches.
 * The parent lets the children take turns: { build } then { play } again and again.
 */
type Order =
  | {
      readonly type: 'build';
      readonly name: string;
      readonly accounts: number;
      readonly ticks: number;
    }
  | { readonly type: 'play'; readonly milliseconds: number };

export interface Played {
  readonly ticks: number;
  readonly checks: number;
  readonly seconds: number;
  readonly verdicts: number;
  readonly bytes: number | null;
  readonly residentBytes: number;
}

const TICKS_PER_STRIDE = 8;
let playing: ((milliseconds: number) => Promise<Played>) | null = null;

process.on('message', (order: Order) => {
  void answer(order).then((reply) => process.send?.(reply));
});

async function answer(order: Order): Promise<unknown> {
  if (order.type === 'build') {
    playing = order.name === 'json-rules-engine' ? playJsonRules() : playContender(order);
    return { residentBytes: process.memoryUsage().rss };
  }
  return playing?.(order.milliseconds);
}

function playContender(order: Extract<Order, { type: 'build' }>): typeof playing {
  const contender = contenders.find(({ name }) => name === order.name);
  if (!contender) throw new Error(`no contender is called ${order.name}`);
  const runner = contender.build(order.accounts);
  const ticks = benchTicks(order.ticks);
  let at = 0;
  return (milliseconds) => {
    const start = performance.now();
    let played = 0;
    let checks = 0;
    while (performance.now() - start < milliseconds) {
      const to = Math.min(at + TICKS_PER_STRIDE, ticks.count);
      checks += runner.play(ticks, at, to);
      played += to - at;
      at = to === ticks.count ? 0 : to;
    }
    return Promise.resolve({
      ticks: played,
      checks,
      seconds: (performance.now() - start) / 1000,
      verdicts: runner.verdicts(),
      bytes: runner.bytes?.() ?? null,
      residentBytes: process.memoryUsage().rss,
    });
  };
}

function playJsonRules(): typeof playing {
  const rules = createJsonRules();
  return async (milliseconds) => {
    const start = performance.now();
    let checks = 0;
    let verdicts = 0;
    while (performance.now() - start < milliseconds) {
      verdicts += await rules.check(200);
      checks += 200;
    }
    const seconds = (performance.now() - start) / 1000;
    return { ticks: 0, checks, seconds, verdicts, bytes: null, residentBytes: 0 };
  };
}
