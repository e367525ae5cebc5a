import { cpus } from 'node:os';
import { compileProgram } from '#core/programs/compile.ts';
import { createReplayAdapter } from '#server/adapters/replay/adapter.ts';
import { runImpact } from '#server/impact/run.ts';
import { createCatalogue } from '#server/partition/catalogue.ts';
import { openPartition } from '#server/partition/partition.ts';
import { loadPrograms, offersOf } from '#server/programs.ts';
import { openStore } from '#server/store/store.ts';

/**
 * npm run bench:impact
 *
 * Plays a demo firm of one program for a while, then replays its whole log under a draft: account
 * days a second, one thread.
 */
const DAY_MS = 86_400_000;
const RECORDS = 400_000;
const ACCOUNTS = 1_000;
const START = Date.UTC(2014, 4, 5, 0);

const programs = loadPrograms().filter(({ program }) => program.programId === 'two-step-100k');
const [program] = programs;
if (!program) throw new Error('the two-step program is missing');
const store = openStore(':memory:');
const partition = openPartition({
  partition: 0,
  store,
  catalogue: createCatalogue(programs),
  now: () => START,
  adapter: createReplayAdapter({
    seed: 3,
    accounts: ACCOUNTS,
    activityPercent: 100,
    programs: offersOf(programs),
    startAt: START,
    recorded: null,
  }),
});
while (partition.records < RECORDS) partition.run(Infinity, RECORDS - partition.records);
const days = ((partition.ingest.marketAt ?? START) - START) / DAY_MS;
const draft = JSON.parse(
  JSON.stringify(program.input).replaceAll('"percent":"5"', '"percent":"3"'),
) as unknown;
const compiled = compileProgram(draft, 2);
if (!compiled.ok) throw new Error('the draft does not compile');
const start = performance.now();
const result = runImpact(store, 0, compiled.value);
const seconds = (performance.now() - start) / 1_000;
if (!result) throw new Error('stopped');
process.stdout.write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core\n` +
    `${result.accounts} accounts over ${days.toFixed(2)} days, ${result.marks} marks: ` +
    `${seconds.toFixed(2)} s, ${Math.round((result.accounts * days) / seconds)} account days/s, ` +
    `${Math.round((2 * result.marks) / seconds)} marks/s over both versions; ` +
    `${result.differing} fare differently\n`,
);
