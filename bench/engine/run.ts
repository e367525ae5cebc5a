import { fork, type ChildProcess } from 'node:child_process';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureBandwidth } from './bandwidth.ts';
import type { Played } from './child.ts';
import { contenders } from './contenders/index.ts';
import { linear } from './contenders/propdesk.ts';

/**
 * npm run bench:engine [-- --accounts 2000,50000 --rounds 5 --milliseconds 800]
 *
 * Every contender runs the same book and the same ticks in a process of its own; rounds are
 * interleaved; medians are shown. The ratios are the result: absolute figures move with the host.
 */
const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '2000,50000,1000000' },
    rounds: { type: 'string', default: '5' },
    milliseconds: { type: 'string', default: '1000' },
  },
});
const TICKS = 200_000;
/** What one leg costs the memory in the linear pass: slot 4, weight 8, equity read and written 16, band 16. */
const BYTES_PER_LEG = 44;
const JSON_RULES = 'json-rules-engine';

const rounds = Number(options.rounds);
const milliseconds = Number(options.milliseconds);
const bandwidth = measureBandwidth();
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; ` +
    `streams ${gigabytes(bandwidth)} GB/s in JavaScript; ${rounds} interleaved rounds of ${milliseconds} ms\n`,
);
for (const accounts of options.accounts.split(',').map(Number)) await compare(accounts);

async function compare(accounts: number): Promise<void> {
  const names = [
    ...contenders.filter(({ accountsMax }) => accounts <= accountsMax).map(({ name }) => name),
    JSON_RULES,
  ];
  const children = new Map<string, ChildProcess>();
  const results = new Map<string, Played[]>(names.map((name) => [name, []]));
  for (const name of names) {
    const child = fork(new URL('./child.ts', import.meta.url), { stdio: 'inherit' });
    children.set(name, child);
    await ask(child, { type: 'build', name, accounts, ticks: TICKS });
  }
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, child] of children) {
      const played = (await ask(child, { type: 'play', milliseconds })) as Played;
      if (round > 0) results.get(name)?.push(played); // The first round warms up.
    }
  }
  for (const child of children.values()) child.kill();
  report(accounts, results);
}

function ask(child: ChildProcess, order: object): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`a contender ended with code ${code}`)));
    child.send(order);
  });
}

function report(accounts: number, results: ReadonlyMap<string, readonly Played[]>): void {
  const own = medianOf(
    results.get(contenders[0]?.name ?? '') ?? [],
    (one) => one.checks / one.seconds,
  );
  process.stdout.write(`\n${accounts.toLocaleString('en')} accounts, two positions each\n`);
  process.stdout.write(
    `${'contender'.padEnd(32)}${'ticks/s'.padStart(12)}${'checks/s'.padStart(16)}${'Propdesk is'.padStart(16)}\n`,
  );
  for (const [name, rounds_] of results) {
    const ticks = medianOf(rounds_, (one) => one.ticks / one.seconds);
    const checks = medianOf(rounds_, (one) => one.checks / one.seconds);
    process.stdout.write(
      `${name.padEnd(32)}${(ticks === 0 ? '-' : grouped(ticks)).padStart(12)}` +
        `${grouped(checks).padStart(16)}${`${grouped(own / checks)} x`.padStart(16)}\n`,
    );
  }
  const played = results.get(contenders[0]?.name ?? '') ?? [];
  const last = played.at(-1);
  if (!last) return;
  const ticks = medianOf(played, (one) => one.ticks / one.seconds);
  const swept = medianOf(results.get(linear.name) ?? [], (one) => one.checks / one.seconds);
  const traffic = swept * BYTES_PER_LEG;
  process.stdout.write(
    `columns ${Math.round((last.bytes ?? 0) / accounts)} B per account, process ` +
      `${Math.round(last.residentBytes / accounts)} B per account; 2,000 ticks/s would take ` +
      `${((2_000 / ticks) * 100).toFixed(2)} % of one core; the linear pass moves ` +
      `${gigabytes(traffic)} GB/s, memory streams ${(bandwidth / traffic).toFixed(2)} x that\n`,
  );
}

function medianOf(all: readonly Played[], value: (one: Played) => number): number {
  const sorted = all.map(value).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function grouped(value: number): string {
  return value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

function gigabytes(bytesPerSecond: number): string {
  return (bytesPerSecond / 1e9).toFixed(1);
}
