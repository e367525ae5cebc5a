import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { TickSource } from '#core/sim/tick-source.ts';
import { playTogether } from '#core/sim/two-vendors.ts';
import { createReplayAdapter } from '../adapters/replay/adapter.ts';
import { openRecording, playRecording, type Recording } from '../market/recorded.ts';
import { openPartition } from '../partition/partition.ts';
import { loadPrograms, offersOf } from '../programs.ts';
import { createCatalogue } from '../partition/catalogue.ts';
import { openStore, type Store } from '../store/store.ts';

/**
 * npm run replay -- --market FOLDER [--accounts 50000] [--seed 1] [--batch 5000] [--data DIR]
 *                   [--activity PERCENT] [--resume] [--records N] [--until 2014-05-02T12:31:00Z]
 *                   [--second FOLDER]
 *
 * Plays recorded prices to the demo firm, headless and as fast as possible, through the same
 * intake, engine and log as live. Prints progress, then verdicts by rule and one digest over all
 * facts: the same for the same folder and seed, whatever the batch size, stopped or not. A second
 * vendor's recording of the same time is compared with the first, and traders who watch it trade.
 */
const { values: options } = parseArgs({
  options: {
    market: { type: 'string' },
    second: { type: 'string' },
    accounts: { type: 'string', default: '2000' },
    speed: { type: 'string', default: 'max' },
    seed: { type: 'string', default: '1' },
    batch: { type: 'string', default: '5000' },
    snapshot: { type: 'string', default: '2000000' },
    activity: { type: 'string', default: '' },
    data: { type: 'string', default: join('.propdesk', 'replay') },
    records: { type: 'string', default: '' },
    until: { type: 'string', default: '' },
    resume: { type: 'boolean', default: false },
  },
});

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const accounts = Number(options.accounts);
// Twenty deals per account or so over nine days: a log that a laptop holds, at any book size.
const activityPercent = Number(options.activity) || Math.max(4, Math.min(100, 300_000 / accounts));
const folder = resolve(options.data);
if (!options.resume && existsSync(folder)) rmSync(folder, { recursive: true });
mkdirSync(folder, { recursive: true });

const recorded = options.market ? open(options.market) : null;
const second = options.second ? open(options.second) : null;
for (const problem of recorded?.problems ?? []) write(`import: ${problem}`);
const programs = loadPrograms();
const store = openStore(join(folder, 'log.sqlite'));
const started = performance.now();
const partition = openPartition({
  partition: 0,
  store,
  catalogue: createCatalogue(programs),
  adapter: createReplayAdapter({
    seed: Number(options.seed),
    accounts,
    activityPercent,
    programs: offersOf(programs),
    startAt: Date.UTC(2026, 0, 5),
    recorded: recorded && ((place) => play(recorded, place)),
  }),
  now: () => 0,
  recordsPerBatch: Number(options.batch),
  recordsPerSnapshot: Number(options.snapshot),
});
if (partition.records > 0) write(`resumed at record ${partition.records}: ${seconds(started)} s`);

const limit = options.records === '' ? Infinity : Number(options.records);
const until = options.until === '' ? Infinity : Date.parse(options.until);
let marks = 0;
let shown = performance.now();
while (partition.records < limit) {
  const done = partition.run(until, limit - partition.records);
  if (done.records === 0) break;
  marks += done.marks;
  if (performance.now() - shown > 2_000) {
    shown = performance.now();
    write(progressLine());
  }
}
const played = (performance.now() - started) / 1000;
write(progressLine());
write(
  `played ${marks} ticks with ${partition.ingest.book.accounts} accounts in ${played.toFixed(1)} s: ` +
    `${Math.round(marks / played)} ticks/s, ${Math.round(partition.ingest.lastSeq / played)} facts/s`,
);
for (const [name, count] of verdictsByRule(store)) write(`  ${name.padEnd(40)} ${count}`);
write(
  `journal ${(store.journalBytes() / Math.max(1, partition.ingest.marks)).toFixed(1)} bytes per tick`,
);
write(`digest ${digestOf(store)} over ${partition.ingest.lastSeq} facts`);
store.close();

function open(path: string): Recording {
  const recording = openRecording(resolve(path), resolve('.propdesk', 'ticks'), write);
  if (recording.ok) return recording.value;
  write(`replay: ${recording.error}`);
  process.exit(2);
}

function play(first: Recording, place: unknown): TickSource {
  if (!second) return playRecording(first, place);
  const vendors = {
    first: (at: unknown) => playRecording(first, at),
    second: (at: unknown) => playRecording(second, at),
  };
  return playTogether(vendors, place);
}

function progressLine(): string {
  const { ingest } = partition;
  const at = ingest.marketAt === null ? '' : new Date(ingest.marketAt).toISOString().slice(0, 19);
  const share = recorded ? ` ${Math.floor((ingest.marks / recorded.count) * 100)} %` : '';
  const pace = Math.round(marks / Number(seconds(started)));
  return `${at}${share}  ${ingest.marks} ticks  ${ingest.lastSeq} facts  ${pace} ticks/s`;
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function verdictsByRule(of: Store): Map<string, number> {
  const counts = new Map<string, number>();
  for (const fact of of.deskFacts(0, 1, Number.MAX_SAFE_INTEGER, -1)) {
    if (!('ruleKind' in fact.data)) continue;
    const name = `${fact.data.ruleKind} ${fact.kind}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return new Map([...counts].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function digestOf(of: Store): string {
  const hash = createHash('sha256');
  for (const line of of.digestLines(0)) hash.update(line);
  return hash.digest('hex');
}
