import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { listOf, periodIdSchema, type KpiCard, type KpiList } from '#core/kpi/answers.ts';
import { PERIODS } from '#core/kpi/reading.ts';
import type { KpiRun } from '#core/kpi/run.ts';
import { figureText } from '#core/kpi/words.ts';
import { pumpKpis } from '../kpi/pump.ts';
import { replayUntil } from '../kpi/replay.ts';
import { openStore } from '../store/store.ts';
import { programsInLog } from '../surveillance/programs-in-log.ts';

/**
 * npm run kpi -- [--data FOLDER] [--as-of 2026-05-02T12:30Z] [--period day] [--json]
 *                [--accounts N] [--days N] [--seed N]
 *
 * Prints every number of the firm whose log is in FOLDER, computed from the first entry on: the same
 * as on screen. Without --data a demonstration's world runs for some days first, in which accounts
 * trade, pass and fail, and nobody buys, writes or is paid: those numbers are empty, and say why.
 * Exit code 0 when there was something to count, 1 when there was nothing, 2 when the input cannot
 * be used.
 */
const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    'as-of': { type: 'string' },
    period: { type: 'string', default: 'month' },
    accounts: { type: 'string', default: '200' },
    days: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

function unusable(message: string): never {
  if (options.json) process.stdout.write(`${JSON.stringify({ result: 'unusable', message })}\n`);
  else process.stderr.write(`kpi: ${message}\n`);
  process.exit(2);
}

const period = periodIdSchema.safeParse(options.period);
if (!period.success) {
  unusable(`--period is one of ${PERIODS.map(({ id }) => id).join(', ')}, was "${options.period}"`);
}
const asOf = options['as-of'] === undefined ? null : instantOf(options['as-of']);
const counted = options.data === undefined ? demonstration() : firmIn(options.data);
const until = asOf ?? counted.until;
const list: KpiList = {
  ...listOf(counted.run, { period: period.data, until, kpiIds: null }),
  behind: 0,
};
if (options.json) process.stdout.write(`${JSON.stringify(list, null, 2)}\n`);
else print();
process.exit(list.kpis.some(({ sample }) => sample > 0) ? 0 : 1);

interface Counted {
  readonly run: KpiRun;
  /** Where the log ends. */
  readonly until: number;
}

function firmIn(folder: string): Counted {
  const file = [join(folder, 'server', 'log.sqlite'), join(folder, 'log.sqlite')]
    .map((path) => resolve(path))
    .find((path) => existsSync(path));
  if (file === undefined) unusable(`there is no log in ${folder}: name the folder of --data`);
  const store = openStore(file, 'read');
  const programs = programsInLog(store, 0);
  const run = replayUntil(asOf ?? Number.MAX_SAFE_INTEGER, { store, partition: 0, programs });
  store.close();
  return { run, until: run.at };
}

function demonstration(): Counted {
  const [accounts = 0, days = 0, seed = 0] = [options.accounts, options.days, options.seed].map(
    Number,
  );
  if (![accounts, days, seed].every((one) => Number.isSafeInteger(one) && one >= 1)) {
    unusable('--accounts, --days and --seed are whole numbers from 1 on');
  }
  const run = pumpKpis({ seed, accounts, days, until: asOf });
  return { run, until: run.at };
}

function instantOf(text: string): number {
  const at = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isSafeInteger(at)) return at;
  return unusable(`--as-of is an instant such as 2026-05-02T12:30Z, was "${text}"`);
}

function print(): void {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  const title = PERIODS.find(({ id }) => id === list.period)?.title ?? list.period;
  write(`${title} up to ${new Date(until).toISOString()}, entry ${list.seq} of the log`);
  for (const card of list.kpis) {
    const { unit, baseline, delta } = card;
    write('');
    write(`${card.title}: ${figureText(unit, card.value, list.goals.currency)}${othersOf(card)}`);
    write(`  ${card.sample} × ${card.matter}, from ${card.facts} entries${openOf(card)}`);
    if (card.low !== null && card.high !== null) {
      write(`  95 of 100: ${figureText(unit, card.low)} to ${figureText(unit, card.high)}`);
    }
    if (baseline) {
      const partial = baseline.isPartial ? ' (the log begins within it)' : '';
      const before = figureText(unit, baseline.value);
      write(`  before: ${before}${partial}, delta ${figureText(unit, delta)}, ${card.judgement}`);
    }
    if (card.sample === 0) write(`  ${card.empty}`);
  }
}

function othersOf({ unit, others }: KpiCard): string {
  return others.map(({ name, value }) => `, ${name} ${figureText(unit, value)}`).join('');
}

function openOf({ open, leftOut }: KpiCard): string {
  const left = leftOut.map(({ says, count }) => `, ${count} left out: ${says}`).join('');
  return `${open > 0 ? `, ${open} not ended` : ''}${left}`;
}
