import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { deserialize, serialize, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Detector } from '#core/fraud/detector.ts';
import { detectors } from '#core/fraud/detectors/index.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import { createMarketModel } from '#core/sim/market-model.ts';
import { createWorld } from '#core/sim/world.ts';
import {
  createSurveillance,
  type Surveillance,
  type SurveillanceState,
} from '#core/surveillance/surveil.ts';
import { createReplayAdapter } from '#server/adapters/replay/adapter.ts';
import { createIngest, type Intake } from '#server/ingest/ingest.ts';
import { createCatalogue, fundedIn } from '#server/partition/catalogue.ts';
import { openPartition } from '#server/partition/partition.ts';
import { loadPrograms, offersOf } from '#server/programs.ts';
import { openStore } from '#server/store/store.ts';
import { runBackTest } from '#server/surveillance/back-test.ts';
import { feed } from '#server/surveillance/pump.ts';
import { packed } from '#server/surveillance/snapshot-file.ts';
import { allPairs, createMinuteScan, type MinuteScan, type Opening } from './naive.ts';

/**
 * npm run bench:detectors -- [--accounts 50000] [--hours 2] [--firm 2000] [--days 30]
 *
 * All detectors on the live flow of a large firm in the busiest hours: what share of one core they
 * take, what they hold, and how long they keep anybody waiting at most; each detector alone; and the
 * scan for copied trades that one would write first. Then a back-test over the log of a demo firm;
 * `--days 0` leaves it out.
 */
const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '50000' },
    hours: { type: 'string', default: '2' },
    firm: { type: 'string', default: '2000' },
    days: { type: 'string', default: '30' },
  },
});
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Accounts open and ordinary life begins before anything is measured. */
const WARM_UP_MS = HOUR_MS / 2;
/** Fed in pieces of so much market time: what a live follower would get at once is far smaller. */
const PIECE_MS = 10_000;
const START = Date.UTC(2026, 0, 5);
/** The modelled market's busiest hours begin here. */
const BUSY_HOUR = 12;
const ALL_PAIRS_ACCOUNTS = [1_000, 2_000, 4_000];

const programs = loadPrograms();
const catalogue = createCatalogue(programs);
const isFunded = fundedIn(catalogue);
setFlagsFromString('--expose-gc');
// A firm of this size, and surveillance of it several times over, side by side.
setFlagsFromString('--max-old-space-size=12000');
const collect = runInNewContext('gc') as () => void;
const write = (line: string): void => void process.stdout.write(`${line}\n`);

write(
  `${cpus()[0]?.model ?? 'unknown processor'}, Node ${process.version}, one core of ${cpus().length}`,
);
liveFlow(Number(options.accounts), Number(options.hours));
if (Number(options.days) > 0) backTest(Number(options.firm), Number(options.days));

/** Time of the processor spent in something, in milliseconds, and the longest piece by the wall's clock. */
interface Spent {
  total: number;
  longest: number;
}

function spend(on: Spent, work: () => void): void {
  const start = performance.now();
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  on.total += (user + system) / 1_000;
  on.longest = Math.max(on.longest, performance.now() - start);
}

/** What was fed, and what it took. */
interface Flow {
  readonly all: Surveillance;
  /** By detector, each with a clock around it: for their shares, not for the sum. */
  readonly own: ReadonlyMap<string, Spent>;
  readonly openings: readonly Opening[];
  readonly scan: MinuteScan;
  readonly spent: Readonly<Record<'all' | 'without' | 'scan', Spent>>;
  readonly counts: Record<'facts' | 'fills' | 'prices' | 'references' | 'signals', number>;
}

function liveFlow(accounts: number, hours: number): void {
  const { all, own, openings, scan, spent, counts } = play(accounts, hours);
  const percent = (ms: number): string => `${((ms / hours / HOUR_MS) * 100).toFixed(3)} %`;
  write(
    `${accounts} accounts, ${hours} h of market time from ${BUSY_HOUR}:00: ` +
      `${counts.facts} facts (${counts.fills} fills), ${counts.prices} prices, ` +
      `${counts.references} of a second vendor, ${counts.signals} signals`,
  );
  write(
    `all ${detectors.all.length} detectors with what they share: ` +
      `${(spent.all.total / 1_000).toFixed(2)} s, ${percent(spent.all.total)} of one core; ` +
      `longest piece of ${PIECE_MS / 1_000} s: ${spent.all.longest.toFixed(1)} ms`,
  );
  write(`  of it translation, round trips, mark-outs, toxicity: ${percent(spent.without.total)}`);
  for (const [name, { total }] of [...own].sort((one, other) => other[1].total - one[1].total)) {
    write(`  ${name.padEnd(20)} ${percent(total)}`);
  }
  const saving = zero();
  let bytes = 0;
  spend(saving, () => (bytes = packed(all.state()).length));
  write(
    `held in the end: ${all.held()} entries, ${megabytes(heapOf(all))} of heap, ` +
      `${megabytes(bytes)} as a snapshot that takes ${Math.round(saving.total)} ms to make`,
  );
  write(
    'naive: each opening fill against all of the last minute, pairs counted: ' +
      `${(spent.scan.total / 1_000).toFixed(2)} s, ${percent(spent.scan.total)} of one core, ` +
      `${scan.pairs()} pairs held for copying alone` +
      (scan.isFull() ? ': more than a map takes, so it stopped early' : ''),
  );
  naivePairs(openings, accounts);
}

function play(accounts: number, hours: number): Flow {
  const begunAt = START + BUSY_HOUR * HOUR_MS - WARM_UP_MS;
  const source = openFlow(accounts, begunAt);
  const own = new Map<string, Spent>();
  const [all, apart, without] = [
    detectors.all,
    detectors.all.map((detector) => timed(detector, own)),
    [],
  ].map((some) => createSurveillance({ policy: DEFAULT_SCORING, isFunded, detectors: some })) as [
    Surveillance,
    Surveillance,
    Surveillance,
  ];
  for (const intakes of pieces(source, begunAt, begunAt + WARM_UP_MS)) {
    for (const one of [all, apart, without]) feedAll(one, intakes);
    for (const one of [all, apart]) one.drain();
  }
  for (const one of own.values()) Object.assign(one, zero());
  const scan = createMinuteScan();
  const openings: Opening[] = [];
  const spent = { all: zero(), without: zero(), scan: zero() };
  const counts = { facts: 0, fills: 0, prices: 0, references: 0, signals: 0 };
  const measuredFrom = begunAt + WARM_UP_MS;
  for (const intakes of pieces(source, measuredFrom, measuredFrom + hours * HOUR_MS)) {
    const fills = openingsOf(intakes);
    openings.push(...fills);
    spend(spent.all, () => feedAll(all, intakes));
    spend(spent.without, () => feedAll(without, intakes));
    feedAll(apart, intakes);
    spend(spent.scan, () => {
      for (const fill of fills) scan.take(fill);
    });
    count(counts, intakes);
    counts.signals += all.drain().length;
    apart.drain();
  }
  return { all, own, openings, scan, spent, counts };
}

function* pieces(
  source: (until: number) => Intake[],
  from: number,
  to: number,
): Generator<Intake[]> {
  for (let until = from + PIECE_MS; until <= to; until += PIECE_MS) yield source(until);
}

/** What one more of it takes, begun from its state. */
function heapOf(surveillance: Surveillance): number {
  collect();
  const before = process.memoryUsage().heapUsed;
  const resume = deserialize(serialize(surveillance.state())) as SurveillanceState;
  const other = createSurveillance({ policy: DEFAULT_SCORING, isFunded, resume });
  collect();
  const taken = process.memoryUsage().heapUsed - before;
  return other.held() === surveillance.held() ? taken : 0;
}

/** Compares every account with every other, of some accounts, and says what all would take. */
function naivePairs(openings: readonly Opening[], accounts: number): void {
  let last = { accounts: 1, seconds: 0 };
  for (const some of ALL_PAIRS_ACCOUNTS.filter((one) => one <= accounts)) {
    const start = performance.now();
    const found = allPairs(openings, some);
    last = { accounts: some, seconds: (performance.now() - start) / 1_000 };
    write(`naive: all pairs of ${some} accounts: ${last.seconds.toFixed(2)} s, ${found} alike`);
  }
  const whole = last.seconds * (accounts / last.accounts) ** 2;
  write(`  by the square, of ${accounts}: about ${Math.round(whole)} s for these hours (not run)`);
}

/** The demo firm through intake, told up to an instant at a time. */
function openFlow(accounts: number, startAt: number): (until: number) => Intake[] {
  const { ruleSets } = catalogue;
  const ingest = createIngest({ partition: 0, platform: 'demo', ruleSets, now: () => 0 });
  const world = createWorld(
    { seed: 7, accounts, activityPercent: 100, platform: 'demo', programs: offersOf(programs) },
    createMarketModel({ seed: 7, startAt }),
  );
  return (until) => {
    const intakes: Intake[] = [];
    for (let at = world.nextAt(); at !== null && at <= until; at = world.nextAt()) {
      const intake = ingest.accept(world.next());
      for (const action of intake.actions) {
        if (action.type !== 'offerVersion') world.execute(action);
      }
      intakes.push(intake);
    }
    return intakes;
  };
}

function feedAll(surveillance: Surveillance, intakes: readonly Intake[]): void {
  for (const intake of intakes) feed(surveillance, intake);
}

function openingsOf(intakes: readonly Intake[]): Opening[] {
  return intakes.flatMap(({ facts }) =>
    facts.flatMap((fact) => {
      if (fact.kind !== 'dealBooked' || fact.data.entry !== 'in') return [];
      const { accountId, symbol, side, at } = fact.data;
      return [{ accountId, symbol, side, at }];
    }),
  );
}

function count(
  counts: Record<'facts' | 'fills' | 'prices' | 'references', number>,
  intakes: readonly Intake[],
): void {
  for (const { facts, mark, reference } of intakes) {
    counts.facts += facts.length;
    counts.fills += facts.filter(({ kind }) => kind === 'dealBooked').length;
    if (mark) counts.prices += 1;
    if (reference) counts.references += 1;
  }
}

/** The detector with a clock around what it does. */
function timed(detector: Detector, own: Map<string, Spent>): Detector {
  const spent = zero();
  own.set(detector.id, spent);
  return {
    ...detector,
    start: (params, directory, resume) => {
      const detecting = detector.start(params, directory, resume);
      return {
        ...detecting,
        observe: (observation, found) => {
          const start = performance.now();
          detecting.observe(observation, found);
          spent.total += performance.now() - start;
        },
      };
    },
  };
}

function backTest(accounts: number, days: number): void {
  const folder = mkdtempSync(join(tmpdir(), 'bench-detectors-'));
  try {
    const store = openStore(join(folder, 'log.sqlite'));
    const partition = openPartition({
      partition: 0,
      store,
      catalogue: createCatalogue(programs),
      now: () => START,
      adapter: createReplayAdapter({
        seed: 7,
        accounts,
        activityPercent: 100,
        programs: offersOf(programs),
        startAt: START,
        recorded: null,
      }),
      recordsPerSnapshot: Infinity,
    });
    while (partition.run(START + days * DAY_MS).records > 0);
    const { seq, marks } = store.progress(0);
    const start = performance.now();
    const before = process.cpuUsage();
    const result = runBackTest(
      {
        draft: { ...DEFAULT_SCORING, version: 2, openAt: 600 },
        published: DEFAULT_SCORING,
        days,
      },
      { store, partition: 0, isFunded },
    );
    const seconds = (performance.now() - start) / 1_000;
    const { user, system } = process.cpuUsage(before);
    write(
      `back-test of ${days} days of ${accounts} accounts, draft and published policy side by side, ` +
        `${seq} facts and ${marks} prices from the log: ${seconds.toFixed(1)} s ` +
        `(${((user + system) / 1e6).toFixed(1)} s of a processor), ` +
        `${result?.summary.cases ?? 0} cases under the draft, ${result?.summary.casesBefore ?? 0} as published`,
    );
    store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function zero(): Spent {
  return { total: 0, longest: 0 };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
