import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createBook, type Book } from '#core/engine/book.ts';
import { createBandWatch } from '#core/engine/band-watch.ts';
import { createLinearWatch } from '#core/engine/linear-watch.ts';
import type { CreatePriceWatch } from '#core/engine/price-watch.ts';
import { createRandom } from '#core/kernel/random.ts';
import { pointValue } from '#core/market/instrument.ts';
import { openRecording, type Recording } from '#server/market/recorded.ts';
import { benchRuleSets, benchTerms, startBalance } from '../engine/workload.ts';

/**
 * npm run bench:recorded -- --market FOLDER [--accounts 1000000]
 *                           [--from 2014-05-02T12:00Z] [--until 2014-05-02T13:00Z]
 *
 * Recorded ticks through both ways of watching prices, the engine alone: how much of a core they
 * take at the pace at which the ticks came, the slowest ticks, and that both find the same. Every
 * account holds one to three positions that move by half a percent of its size in a usual hour.
 */
const { values: options } = parseArgs({
  options: {
    market: { type: 'string' },
    accounts: { type: 'string', default: '1000000' },
    from: { type: 'string', default: '2014-05-02T12:00:00Z' },
    until: { type: 'string', default: '2014-05-02T13:00:00Z' },
  },
});
if (options.market === undefined) throw new Error('say where the ticks are: --market FOLDER');
const accounts = Number(options.accounts);
const [from, until] = [Date.parse(options.from), Date.parse(options.until)];
const opened = openRecording(resolve(options.market), resolve('.propdesk', 'ticks'), () => {});
if (!opened.ok) throw new Error(opened.error);
const recording = opened.value;
/** A usual hour, in parts per million of the price, and what it may move of an account. */
const HOUR_PPM = 1_500;
const RISK_SHARE = 0.005;
const WATCHES: readonly (readonly [string, CreatePriceWatch])[] = [
  ['safe bands', createBandWatch],
  ['linear pass', createLinearWatch],
];

process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}; ${accounts} accounts on ` +
    `${join(...options.market.split('/').slice(-1))}, ${options.from} to ${options.until}\n`,
);
for (const [name, watch] of WATCHES) play(name, watch);

function play(name: string, watch: CreatePriceWatch): void {
  const first = recording.at.findIndex((at) => at >= from);
  const book = filled(recording, first, watch);
  let verdicts = 0;
  const services: number[] = [];
  for (let at = first; at < recording.count && (recording.at[at] as number) < until; at += 1) {
    const mark = markAt(recording, at);
    const began = performance.now();
    book.mark(mark, (_account, drafts) => {
      verdicts += drafts.length;
    });
    services.push(performance.now() - began);
  }
  const busy = services.reduce((sum, one) => sum + one, 0);
  services.sort((one, other) => one - other);
  const at = (share: number): string =>
    `${(services[Math.floor((services.length - 1) * share)] ?? 0).toFixed(3)} ms`;
  process.stdout.write(
    `${name.padEnd(12)} ${services.length} ticks in ${(busy / 1000).toFixed(1)} s, ` +
      `${((100 * busy) / (until - from)).toFixed(2)} % of a core at their pace, ` +
      `${((busy / services.length) * 200).toFixed(1)} % at 2,000 a second; p50 ${at(0.5)}, ` +
      `p99 ${at(0.99)}, p99.9 ${at(0.999)}, worst ${at(1)}; ${verdicts} verdicts\n`,
  );
}

function markAt({ symbol, instruments, bid, ask, at }: Recording, place: number) {
  return {
    index: place,
    symbol: instruments[symbol[place] as number]?.symbol ?? '',
    bid: bid[place] as number,
    ask: ask[place] as number,
    at: at[place] as number,
    source: 'recorded',
    quality: 0,
  };
}

/** Accounts that opened at the last quotes before `first`. */
function filled(of: Recording, first: number, watch: CreatePriceWatch): Book {
  const book = createBook(watch);
  for (const instrument of of.instruments) book.defineInstrument(instrument);
  const seen = new Set<number>();
  for (let at = first - 1; at >= 0 && seen.size < of.instruments.length; at -= 1) {
    const symbol = of.symbol[at] as number;
    if (seen.has(symbol)) continue;
    seen.add(symbol);
    book.mark(markAt(of, at), () => {});
  }
  const random = createRandom(5);
  const ruleSets = benchRuleSets();
  const day = { key: '2014-05-02', opensAt: from, closesAt: until + 1 };
  for (let number = 0; number < accounts; number += 1) {
    const ruleSet = random.below(10) < 4 ? ruleSets.trailing : ruleSets.fixed;
    const terms = benchTerms(number, ruleSet);
    book.openAccount({ terms, ruleSet, day });
    const positions = 1 + random.below(3);
    for (let at = 0; at < positions; at += 1) {
      const instrument = random.pick(of.instruments);
      const quote = book.quote(instrument.symbol);
      const value = pointValue(instrument);
      if (!quote || !value.ok) continue;
      const buy = random.below(2) === 0;
      const move = (quote.bid * HOUR_PPM) / 1_000_000;
      const risk = startBalance * RISK_SHARE * (0.3 + random.fraction());
      book.deal({
        accountId: terms.accountId,
        dealId: '',
        positionId: String(at),
        symbol: instrument.symbol,
        side: buy ? 'buy' : 'sell',
        entry: 'in',
        volume: Math.max(1, Math.floor(risk / (move * value.value * positions))),
        price: buy ? quote.ask : quote.bid,
        profit: 0,
        commission: 0,
        swap: 0,
        fee: 0,
        at: from,
      });
    }
  }
  book.pack();
  return book;
}
