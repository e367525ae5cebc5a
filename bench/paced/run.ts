import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Book } from '#core/engine/book.ts';
import { createLinearWatch } from '#core/engine/linear-watch.ts';
import { filledBook } from '../engine/contenders/propdesk.ts';
import { benchRuleSets, benchTicks, instruments, type Ticks } from '../engine/workload.ts';

/**
 * npm run bench:paced [-- --accounts 1000000 --seconds 15 --rate 2000 --volatility 1 --watch bands]
 *
 * Ticks that arrive at their own pace: how much of a core the engine takes, and how long a tick
 * waits from its arrival until its verdicts stand. Afterwards single gaps in the most crowded symbol.
 */
const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '1000000' },
    seconds: { type: 'string', default: '15' },
    rate: { type: 'string', default: '2000' },
    volatility: { type: 'string', default: '1' },
    watch: { type: 'string', default: 'bands' },
    gaps: { type: 'string', default: '0.1,0.5,1,3' },
  },
});
const accounts = Number(options.accounts);
const seconds = Number(options.seconds);
const rate = Number(options.rate);
/**
 * Before anything is measured, a wild market (steps of up to 0.3 %) spreads the accounts out
 * between their floors and targets, bands settle down, and the log of marks fills up: only then do
 * the costs of settling accounts before it lets go of their past show.
 */
const SPREADING = 2_000;
const SPREADING_VOLATILITY = 1_500;
const WARM_UP = 1_200_000;
const CROWDED = 0;
const names = instruments.map(({ symbol }) => symbol);

let verdicts = 0;
const count = (_account: number, drafts: readonly unknown[]): void => {
  verdicts += drafts.length;
};
const built = performance.now();
const watch = options.watch === 'linear' ? createLinearWatch : undefined;
const { book } = filledBook(accounts, benchRuleSets(), watch);
book.pack();
const buildSeconds = (performance.now() - built) / 1000;
const total = Math.ceil(seconds * rate);
const ticks = benchTicks(WARM_UP + total, (at) =>
  at < SPREADING ? SPREADING_VOLATILITY : Number(options.volatility),
);
for (let at = 0; at < WARM_UP; at += 1) play(book, ticks, at);
process.stdout.write(`${verdicts} verdicts while the accounts were spread out\n`);
verdicts = 0;

const waits = new Float64Array(total);
const services = new Float64Array(total);
const start = performance.now();
for (let at = 0; at < total; at += 1) {
  const due = start + (at / rate) * 1000;
  while (performance.now() < due);
  const began = performance.now();
  play(book, ticks, WARM_UP + at);
  const ended = performance.now();
  services[at] = ended - began;
  waits[at] = ended - due;
}
const busy = services.reduce((sum, one) => sum + one, 0) / (performance.now() - start);
services.sort();
waits.sort();
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}; ${options.watch}, ` +
    `${accounts} accounts built in ${buildSeconds.toFixed(1)} s, ${rate} ticks/s for ${seconds} s, ` +
    `volatility x${options.volatility}\n` +
    `${(busy * 100).toFixed(2)} % of a core; service p50 ${micros(services, 0.5)}, p99 ` +
    `${micros(services, 0.99)}, worst ${micros(services, 1)}; arrival to verdict p99 ` +
    `${micros(waits, 0.99)}, worst ${micros(waits, 1)}; ${verdicts} verdicts; ` +
    `${Math.round(book.bytes() / accounts)} B per account\n`,
);
for (const percent of options.gaps.split(',').map(Number)) gap(percent);

function play(into: Book, { symbol, bid, ask }: Ticks, at: number): void {
  mark(into, symbol[at] as number, bid[at] as number, ask[at] as number);
}

function mark(into: Book, symbol: number, bid: number, ask: number): void {
  const quote = { bid, ask, at: 0, source: 'bench', quality: 0 };
  into.mark({ index: 0, symbol: names[symbol] as string, ...quote }, count);
}

/** One tick of the most crowded symbol that falls so far at once. */
function gap(percent: number): void {
  const quote = book.quote(names[CROWDED] as string);
  if (!quote) return;
  const fall = Math.round((quote.bid * percent) / 100);
  verdicts = 0;
  const began = performance.now();
  mark(book, CROWDED, quote.bid - fall, quote.ask - fall);
  const took = performance.now() - began;
  process.stdout.write(`gap of ${percent} %: ${took.toFixed(1)} ms, ${verdicts} verdicts\n`);
}

function micros(sorted: Float64Array, share: number): string {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return value >= 1 ? `${value.toFixed(2)} ms` : `${Math.round(value * 1000)} us`;
}
