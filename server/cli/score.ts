import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { detectors } from '#core/fraud/detectors/index.ts';
import { DEFAULT_SCORING } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import {
  inCases,
  namedBy,
  shareOf,
  tallyOf,
  type Tally,
  type Truth,
} from '#core/surveillance/tally.ts';
import { createTriage } from '#core/surveillance/triage.ts';
import { MIXTURES, type MixtureName } from '#core/sim/cast.ts';
import { labelsOf, type Label } from '#core/sim/labels.ts';
import type { TickSource } from '#core/sim/tick-source.ts';
import { openRecording, playRecording } from '../market/recorded.ts';
import { playBehind, playFrom, playTwoVendors } from '../market/two-vendors.ts';
import { pumpWorld, type Pumped } from '../surveillance/pump.ts';

/**
 * npm run score -- [--seeds 101,102,103] [--accounts 1000] [--days 5] [--activity 100]
 *                  [--mixture demo] [--recorded FOLDER [--second FOLDER] [--from 2014-05-06]]
 *                  [--lag 1000] [--json] [--show DETECTOR]
 *
 * Makes the demo firm of each seed, lets it trade for some days through the same intake as live,
 * and compares what surveillance says under the default policy with what its traders really are.
 * Counted are traders: one person with all accounts of that name. With `--recorded` the same again
 * on recorded prices, compared with a second vendor's: the platform shows the first vendor's prices
 * `--lag` milliseconds late, as neither vendor is ahead of the other by itself. `--show` prints what
 * one detector said.
 * Exit code 0; 2 when the options cannot be used.
 */
const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '101,102,103' },
    accounts: { type: 'string', default: '1000' },
    days: { type: 'string', default: '5' },
    activity: { type: 'string', default: '100' },
    mixture: { type: 'string', default: 'demo' },
    recorded: { type: 'string', default: '' },
    second: { type: 'string', default: '' },
    from: { type: 'string', default: '' },
    lag: { type: 'string', default: '1000' },
    json: { type: 'boolean', default: false },
    show: { type: 'string', default: '' },
  },
});
const wanted = z
  .strictObject({
    seeds: z.array(z.int().min(0)).min(1).max(100),
    accounts: z.int().min(10).max(100_000),
    days: z.number().min(0.01).max(365),
    activity: z.int().min(1).max(10_000),
    mixture: z.enum(Object.keys(MIXTURES) as [MixtureName, ...MixtureName[]]),
    from: z.int(),
    lag: z.int().min(0).max(60_000),
  })
  .safeParse({
    seeds: options.seeds.split(',').map(Number),
    accounts: Number(options.accounts),
    days: Number(options.days),
    activity: Number(options.activity),
    mixture: options.mixture,
    from: options.from === '' ? 0 : Date.parse(options.from),
    lag: Number(options.lag),
  });
if (!wanted.success) unusable(z.prettifyError(wanted.error));

const write = (line: string): void => void process.stdout.write(`${line}\n`);
const say = (line: string): void =>
  void (options.json ? process.stderr : process.stdout).write(`${line}\n`);

/** One world after its days, with what was said of it and what is true. */
interface Scored {
  readonly seed: number;
  readonly market: 'model' | 'recorded';
  readonly signals: readonly Signal[];
  readonly truths: readonly Truth[];
  readonly named: ReadonlySet<string>;
  readonly casesOpened: number;
  /** Cases with no abuser in them. */
  readonly casesOfHonest: number;
  readonly pumped: Omit<Pumped, 'world'>;
  readonly seconds: number;
}

const worlds: Scored[] = [];
for (const seed of wanted.data.seeds) {
  worlds.push(scoreWorld(seed, 'model', null));
  const played = recordedTicks();
  if (played) worlds.push(scoreWorld(seed, 'recorded', played));
}
const summaries = (['model', 'recorded'] as const)
  .map((market) => worlds.filter((world) => world.market === market))
  .filter((of) => of.length > 0)
  .map(summaryOf);
if (options.json) write(JSON.stringify({ ...wanted.data, summaries }, null, 2));
else for (const summary of summaries) writeTable(summary);

function scoreWorld(seed: number, market: Scored['market'], recorded: TickSource | null): Scored {
  const { accounts, days, activity: activityPercent, mixture } = present();
  const started = performance.now();
  const signals: Signal[] = [];
  const triage = createTriage(DEFAULT_SCORING);
  const world = { seed, accounts, days, activityPercent, mixture, recorded };
  const { world: state, ...pumped } = pumpWorld({ ...world, policy: DEFAULT_SCORING }, (found) => {
    signals.push(...found);
    triage.take(found);
  });
  const truths = truthsOf(labelsOf(state), pumped.askers);
  const abusers = new Set(truths.flatMap((one) => (one.patterns.length > 0 ? [one.traderId] : [])));
  const files = [...triage.cases.all()];
  const seconds = (performance.now() - started) / 1_000;
  const { facts, marks, references, refused } = pumped.counts;
  say(
    `seed ${seed}, ${market} prices: ${pumped.days.toFixed(1)} days, ${facts} facts, ${marks} prices, ` +
      `${references} of a second vendor, ${refused} records refused: ${seconds.toFixed(1)} s`,
  );
  for (const { detector, fault } of pumped.surveillance.standings()) {
    if (fault !== null) say(`  ${detector} stopped or spoke wrongly: ${fault}`);
  }
  if (options.show !== '') show(signals, truths);
  return {
    seed,
    market,
    signals,
    truths,
    pumped,
    seconds,
    named: inCases(files),
    casesOpened: files.length,
    casesOfHonest: files.filter(({ traders }) => ![...traders].some((one) => abusers.has(one)))
      .length,
  };
}

/** The options, read once. */
function present(): NonNullable<typeof wanted.data> {
  return wanted.data ?? unusable('the options cannot be used');
}

/**
 * A person is what the worst of the accounts is, and does what any of them does. Who splits payouts
 * above all has begun when two of the group have asked for one: until then they only trade.
 */
function truthsOf(labels: readonly Label[], askers: ReadonlySet<string>): Truth[] {
  const byTrader = new Map<string, Label[]>();
  for (const label of labels) {
    byTrader.set(label.traderId, [...(byTrader.get(label.traderId) ?? []), label]);
  }
  const asking = new Map<number, Set<string>>();
  for (const { group, traderId } of labels) {
    if (!askers.has(traderId)) continue;
    asking.set(group, (asking.get(group) ?? new Set()).add(traderId));
  }
  const splits = ({ traderId, group }: Label): boolean =>
    askers.has(traderId) && (asking.get(group)?.size ?? 0) > 1;
  return [...byTrader].map(([traderId, own]) => {
    const acting = own.filter(({ abusive, deeds }) => abusive && deeds > 0);
    const first = acting[0] ?? own.find(({ abusive }) => abusive) ?? (own[0] as Label);
    const { kind, variant, hard, group } = first;
    const patterns = new Set((acting.length > 0 ? acting : [first]).flatMap((one) => one.patterns));
    const isWaiting = first.patterns[0] === 'payoutSplitting' && !splits(first);
    return {
      traderId,
      kind,
      variant,
      hard,
      group,
      patterns: [...patterns],
      idle: first.abusive && (acting.length === 0 || isWaiting),
    };
  });
}

function recordedTicks(): TickSource | null {
  if (options.recorded === '') return null;
  const first = openTicks(options.recorded);
  if (!first) return null;
  const second = options.second === '' ? null : openTicks(options.second);
  return second ? playTwoVendors(playBehind(first, present().lag), second) : first;
}

function openTicks(folder: string): TickSource | null {
  const path = resolve(folder);
  if (!existsSync(path)) {
    say(`${folder} does not exist: recorded prices are left out`);
    return null;
  }
  const recording = openRecording(path, resolve(join('.propdesk', 'ticks')), () => {});
  if (recording.ok) return playFrom(playRecording(recording.value, null), present().from);
  say(`${folder}: ${recording.error}: recorded prices are left out`);
  return null;
}

interface Summary {
  readonly market: Scored['market'];
  readonly seeds: readonly number[];
  readonly traders: number;
  readonly abusers: number;
  readonly perDetector: readonly {
    readonly detector: string;
    readonly signals: number;
    /** Whatever was said, and what alone would open a case. */
    readonly said: Tally;
    readonly strong: Tally;
  }[];
  /** People in cases, whichever detectors led to them. */
  readonly cases: Tally;
  readonly opened: number;
  readonly openedOnHonest: number;
  readonly perDay: number;
  /** Of a thousand honest traders so many stand in a case. */
  readonly honestPerMille: number | null;
  readonly kinds: readonly Kind[];
  readonly seconds: number;
}

interface Kind {
  readonly kind: string;
  readonly variant: string;
  readonly abusive: boolean;
  readonly traders: number;
  readonly inCases: number;
}

function summaryOf(scored: readonly Scored[]): Summary {
  // Traders of two worlds may have one name.
  const nameIn = ({ seed }: Scored, traderId: string): string => `${seed}/${traderId}`;
  const truths = scored.flatMap((world) =>
    world.truths.map((truth) => ({
      ...truth,
      traderId: nameIn(world, truth.traderId),
      group: world.seed * 1e6 + truth.group,
    })),
  );
  const signals = scored.flatMap((world) =>
    world.signals.map((signal) => ({
      ...signal,
      traders: signal.traders.map((one) => nameIn(world, one)),
    })),
  );
  const named = new Set(
    scored.flatMap((world) => [...world.named].map((one) => nameIn(world, one))),
  );
  const honest = truths.filter(({ patterns }) => patterns.length === 0);
  const cases = tallyOf(named, truths, null);
  const opened = scored.reduce((sum, { casesOpened }) => sum + casesOpened, 0);
  const days = scored.reduce((sum, { pumped }) => sum + pumped.days, 0);
  return {
    market: scored[0]?.market ?? 'model',
    seeds: scored.map(({ seed }) => seed),
    traders: truths.length,
    abusers: truths.filter(({ patterns, idle }) => patterns.length > 0 && !idle).length,
    perDetector: detectors.all.map(({ id }) => ({
      detector: id,
      signals: signals.filter(({ detector }) => detector === id).length,
      said: tallyOf(namedBy(signals, id, 0), truths, id),
      strong: tallyOf(namedBy(signals, id, DEFAULT_SCORING.openAt), truths, id),
    })),
    cases,
    opened,
    openedOnHonest: scored.reduce((sum, { casesOfHonest }) => sum + casesOfHonest, 0),
    perDay: Math.round((opened * 10) / Math.max(1e-9, days)) / 10,
    honestPerMille: shareOf(cases.falseAlarms, honest.length),
    kinds: kindsOf(truths, named),
    seconds: Math.round(scored.reduce((sum, { seconds }) => sum + seconds, 0)),
  };
}

function kindsOf(truths: readonly Truth[], named: ReadonlySet<string>): Kind[] {
  const kinds = new Map<string, Kind>();
  for (const { kind, variant, patterns, idle, traderId } of truths) {
    if (idle) continue;
    const key = `${kind}/${variant}`;
    const before = kinds.get(key) ?? {
      kind,
      variant,
      abusive: patterns.length > 0,
      traders: 0,
      inCases: 0,
    };
    const inCase = named.has(traderId) ? 1 : 0;
    kinds.set(key, { ...before, traders: before.traders + 1, inCases: before.inCases + inCase });
  }
  return [...kinds.values()].sort(
    (one, other) => Number(other.abusive) - Number(one.abusive) || (one.kind < other.kind ? -1 : 1),
  );
}

function writeTable(summary: Summary): void {
  const { market, seeds, traders, abusers, perDetector, cases } = summary;
  write('');
  write(
    `On ${market === 'model' ? 'modelled' : 'recorded'} prices, seeds ${seeds.join(', ')}: ` +
      `${traders} traders, ${abusers} of them abusers who had begun. Default policy; counted are traders.`,
  );
  const head =
    'signals  right  other  honest  precision  recall  hard  groups   alone: precision  recall';
  write(`${'detector'.padEnd(20)} ${head}`);
  for (const { detector, signals, said, strong } of perDetector) {
    const { hits, otherAbuse, falseAlarms } = said;
    const counts = [
      String(signals).padStart(7),
      right(hits, 6),
      right(otherAbuse, 6),
      right(falseAlarms, 7),
    ];
    const shares = [
      percent(said.precision, 10),
      percent(said.recall, 7),
      percent(said.recallHard, 5),
    ];
    const more = [
      percent(said.recallGroups, 7),
      percent(strong.precision, 18),
      percent(strong.recall, 7),
    ];
    write(`${detector.padEnd(20)} ${[...counts, ...shares, ...more].join(' ')}`);
  }
  write(
    `in cases: ${cases.hits} abusers and ${cases.falseAlarms} honest traders: precision ` +
      `${percent(cases.precision)}, recall ${percent(cases.recall)} (hard ${percent(cases.recallHard)}, ` +
      `groups ${percent(cases.recallGroups)}); ${summary.honestPerMille ?? 0} of 1,000 honest traders`,
  );
  write(
    `${summary.opened} cases opened, ${summary.openedOnHonest} of them about honest traders only; ` +
      `${summary.perDay} a day and world; ${summary.seconds} s`,
  );
  for (const { kind, variant, abusive, traders: all, inCases: found } of summary.kinds) {
    write(
      `  ${abusive ? 'abuser' : 'honest'}  ${kind.padEnd(24)} ${variant.padEnd(24)} ${found} of ${all}`,
    );
  }
}

function right(value: number, columns: number): string {
  return String(value).padStart(columns);
}

function percent(perMille: number | null, columns = 0): string {
  return (perMille === null ? '–' : `${(perMille / 10).toFixed(1)} %`).padStart(columns);
}

function show(signals: readonly Signal[], truths: readonly Truth[]): void {
  const byTrader = new Map(truths.map((truth) => [truth.traderId, truth]));
  for (const signal of signals) {
    if (signal.detector !== options.show) continue;
    const who = signal.traders.slice(0, 4).map((traderId) => {
      const truth = byTrader.get(traderId);
      return `${traderId} (${truth?.kind ?? '?'}, ${truth?.variant ?? '?'})`;
    });
    const { strength, revision, oneIn, key, sentence } = signal;
    say(`  ${strength} r${revision} 1:${oneIn ?? '–'} ${key} ${who.join(', ')}: ${sentence}`);
  }
}

function unusable(message: string): never {
  process.stderr.write(`score: ${message}\n`);
  process.exit(2);
}
