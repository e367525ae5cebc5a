import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createMarketModel } from '#core/sim/market-model.ts';
import type { TickSource } from '#core/sim/tick-source.ts';
import { differences, measureMarket, type SymbolFigures } from '../market/figures.ts';
import { openRecording, playRecording } from '../market/recorded.ts';

/**
 * npm run sim:compare -- --market FOLDER [--seed 1]
 *
 * Prints the market model and a recording side by side, over the recording's span, and says where
 * they differ by more than half. Exit code 2 when the recording cannot be read.
 */
const { values: options } = parseArgs({
  options: { market: { type: 'string' }, seed: { type: 'string', default: '1' } },
});

const write = (line: string): void => void process.stdout.write(`${line}\n`);
if (!options.market) {
  write('sim:compare: say which recording to compare with: --market FOLDER');
  process.exit(2);
}
const opened = openRecording(resolve(options.market), resolve('.propdesk', 'ticks'), write);
if (!opened.ok) {
  write(`sim:compare: ${opened.error}`);
  process.exit(2);
}
const recording = opened.value;
const startAt = recording.at[0] ?? 0;
const endAt = recording.at[recording.count - 1] ?? startAt;
const recorded = measureMarket(playRecording(recording, null), Infinity);
const modelled = measureMarket(model(), endAt);
for (const problem of recording.problems) write(`import: ${problem}`);

for (const [symbol, figures] of recorded.symbols) {
  const other = modelled.symbols.get(symbol);
  write('');
  if (!other) {
    write(`${symbol}: recorded, but the model does not quote it`);
    continue;
  }
  print(symbol, figures, other);
}
write('');
write('correlation of one-minute returns   recorded      model');
for (const [pair, value] of recorded.correlations) {
  const other = modelled.correlations.get(pair);
  if (other === undefined) continue;
  write(`  ${pair.padEnd(32)} ${value.toFixed(2).padStart(10)} ${other.toFixed(2).padStart(10)}`);
}
for (const name of modelled.symbols.keys()) {
  if (!recorded.symbols.has(name)) write(`${name}: modelled, but not in this recording`);
}

function model(): TickSource {
  return createMarketModel({ seed: Number(options.seed), startAt });
}

function print(symbol: string, figures: SymbolFigures, other: SymbolFigures): void {
  write(`${symbol.padEnd(34)}   recorded      model`);
  for (const [name, value] of Object.entries(figures.values)) {
    const paired = other.values[name] ?? 0;
    write(`  ${name.padEnd(32)} ${shown(value)} ${shown(paired)}`);
  }
  write('  ticks per hour of the day, UTC (recorded / model)');
  for (let hour = 0; hour < 24; hour += 6) {
    const cells = [0, 1, 2, 3, 4, 5].map((step) => {
      const at = hour + step;
      const pair = `${Math.round(figures.hourly[at] ?? 0)}/${Math.round(other.hourly[at] ?? 0)}`;
      return `${String(at).padStart(2, '0')}h ${pair.padEnd(13)}`;
    });
    write(`    ${cells.join('').trimEnd()}`);
  }
  for (const sentence of differences(figures, other)) write(`  differs: ${sentence}`);
}

function shown(value: number): string {
  return value.toFixed(value < 10 ? 3 : 0).padStart(10);
}
