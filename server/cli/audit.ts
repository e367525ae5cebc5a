import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Temporal } from 'temporal-polyfill';
import { sampleTerms } from '#core/programs/compile.ts';
import { createMarketView } from '#core/accounts/market-view.ts';
import { moneyText } from '#core/money/money.ts';
import { gaugeAt } from '#core/rules/judge.ts';
import { openReferenceAccount } from '#core/rules/reference.ts';
import { figureText, gaugeText, verdictSentence } from '#core/rules/sentence.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { clockOf, dayClockId } from '#core/time/time.ts';
import { createPrintQuality } from '#core/market/quality.ts';
import { createStatementAdapter } from '../adapters/statement/adapter.ts';
import { parseStatement } from '../adapters/statement/parse.ts';
import { openRecording } from '../market/recorded.ts';
import { programsFolder, readProgram } from '../programs.ts';
import { nextTradingDay, tradingDayAt } from '../time/roll-overs.ts';

/**
 * npm run audit -- --program two-step-100k --statement FILE [--prices FOLDER] [--phase ID]
 *                  [--statement-zone ZONE] [--json]
 *
 * Replays one account's history through the reference evaluator and prints every verdict with its
 * evidence. Exit code 0 clear, 1 breached, 2 when the input cannot be used. The statement's times
 * are read in --statement-zone (default Europe/Athens: the GMT+2/+3 clock of most platforms).
 */
const { values: options } = parseArgs({
  options: {
    program: { type: 'string' },
    statement: { type: 'string' },
    prices: { type: 'string' },
    phase: { type: 'string' },
    'statement-zone': { type: 'string', default: 'Europe/Athens' },
    json: { type: 'boolean', default: false },
  },
});

function unusable(message: string): never {
  if (options.json) process.stdout.write(`${JSON.stringify({ result: 'unusable', message })}\n`);
  else process.stderr.write(`audit: ${message}\n`);
  process.exit(2);
}
if (!options.program) unusable('say which program: --program two-step-100k');
if (!options.statement) unusable('say which file: --statement FILE');
if (!existsSync(options.statement)) unusable(`${options.statement} does not exist`);
const programFile = existsSync(options.program)
  ? options.program
  : join(programsFolder, `${options.program}.json`);
if (!existsSync(programFile))
  unusable(`there is no program "${options.program}" in resources/programs`);
const loaded = readProgram(programFile);
const phase = options.phase
  ? loaded.program.phases.findIndex(({ phaseId }) => phaseId === options.phase)
  : 0;
const ruleSet = loaded.ruleSets[phase];
if (!ruleSet) unusable(`the program has no phase "${options.phase ?? ''}"`);

const zone = options['statement-zone'];
const parsed = parseStatement(readFileSync(options.statement), (text) => {
  const iso = text
    .trim()
    .replaceAll('.', '-')
    .replace(' ', 'T')
    .replace(/(T\d\d:\d\d:\d\d)-(\d+)/, '$1.$2');
  try {
    if (/(Z|[+-]\d\d:\d\d)$/.test(iso)) return Temporal.Instant.from(iso).epochMilliseconds;
    return Temporal.PlainDateTime.from(iso).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return Number.NaN;
  }
});
if (!parsed.ok) unusable(`${options.statement}: ${parsed.error}`);
const statement = parsed.value;
const recording = options.prices
  ? openRecording(resolve(options.prices), resolve('.propdesk', 'ticks'), (line) => {
      if (!options.json) process.stderr.write(`${line}\n`);
    })
  : null;
if (recording && !recording.ok) unusable(recording.error);
const lacks: string[] = [];
const [deposit] = statement.balances;
if (!deposit)
  lacks.push(
    `no first deposit: the program's ${moneyText(loaded.program.startBalance)} is taken as the start`,
  );
if (!recording)
  lacks.push(
    'no prices: floating loss is judged at the prices of deals only, so a breach between two deals stays unseen',
  );
const symbols = new Set(statement.deals.map(({ symbol }) => symbol));
for (const symbol of symbols) {
  const known = recording?.value.instruments.some((instrument) => instrument.symbol === symbol);
  if (recording && !known)
    lacks.push(`no prices of ${symbol}: its positions count as worth nothing while open`);
}
const startBalance = deposit?.amount ?? loaded.program.startBalance;
const terms = {
  ...sampleTerms(loaded.program, phase),
  accountId: 'audited',
  ruleSet: ruleSet.ref,
  startBalance,
  nominalSize: startBalance,
};
const made = createStatementAdapter(statement, terms, recording?.value ?? null);
if (!made.ok) unusable(`${options.statement}: ${made.error}`);

const market = createMarketView(made.value.instruments);
const quality = createPrintQuality();
const source = made.value.adapter.open(null);
const clock = ruleSet.dayClock;
const clockId = dayClockId(clock);
const firstAt = Math.min(statement.deals[0]?.at ?? Infinity, deposit?.at ?? Infinity);
let day = tradingDayAt(clock, firstAt);
const account = openReferenceAccount({ terms, ruleSet, market, day });
const verdicts: VerdictDraft[] = [];
let marks = 0;
let lastAt = firstAt;
const cutOffs = ruleSet.cutOffs.map((cutOff) => {
  const clock = clockOf(cutOff);
  return { clock, day: tradingDayAt(clock, firstAt) };
});
const rollOvers = (at: number): void => {
  for (;;) {
    const due = Math.min(day.closesAt, ...cutOffs.map((cutOff) => cutOff.day.closesAt));
    if (at < due) return;
    for (const cutOff of cutOffs) {
      if (cutOff.day.closesAt !== due) continue;
      cutOff.day = nextTradingDay(cutOff.clock, cutOff.day);
      verdicts.push(...account.rollOver(dayClockId(cutOff.clock), cutOff.day));
    }
    if (day.closesAt !== due) continue;
    day = nextTradingDay(clock, day);
    verdicts.push(...account.rollOver(clockId, day));
  }
};
for (const record of made.value.records) {
  if (record.type === 'deal') {
    rollOvers(record.deal.at);
    if (record.deal.entry === 'out' && !account.positions.has(record.deal.positionId)) {
      const line = statement.deals.find(({ dealId }) => dealId === record.deal.dealId)?.line ?? '?';
      unusable(
        `${options.statement}, line ${line}: deal ${record.deal.dealId} closes position ` +
          `${record.deal.positionId}, which the file never opens`,
      );
    }
    verdicts.push(...account.deal(record.deal));
    lastAt = record.deal.at;
  } else if (record.type === 'balanceOperation') {
    rollOvers(record.operation.at);
    verdicts.push(...account.balanceOperation(record.operation));
  } else if (record.type === 'mark') {
    const assessed = quality.assess(record.symbol, record);
    if (assessed.type !== 'use') continue;
    rollOvers(record.at);
    market.apply(record);
    const { symbol, bid, ask, at, source: from } = record;
    verdicts.push(
      ...account.mark({
        index: marks,
        symbol,
        bid,
        ask,
        at,
        source: from,
        quality: assessed.quality,
      }),
    );
    marks += 1;
  }
}
source.close();

const breached = verdicts.some(
  ({ kind, data }) => kind === 'breachDetected' && data.consequence === 'fail',
);
const moment = account.moment(lastAt);
const standing = ruleSet.rules.map((rule, at) => ({
  ruleId: rule.ruleId,
  title: rule.kind.title,
  gauge: gaugeAt(account.judged, moment, at),
}));
if (options.json) {
  const result = breached ? 'breached' : 'clear';
  const { balance, equity } = moment;
  const { format } = statement;
  const deals = statement.deals.length;
  const report = { result, format, deals, marks, balance, equity, lacks, verdicts, standing };
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
} else {
  print();
}
process.exit(breached ? 1 : 0);

function print(): void {
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  write(
    `${loaded.program.name}, ${loaded.program.phases[phase]?.name}: ${statement.format} statement ` +
      `with ${statement.deals.length} deals, ${marks} prices`,
  );
  for (const lack of lacks) write(`The file lacks: ${lack}.`);
  for (const draft of verdicts) {
    if (draft.kind === 'accountStatusChanged') {
      write(`  → the account becomes ${draft.data.to}`);
      continue;
    }
    write(verdictSentence(draft));
    for (const { name, unit, value } of draft.data.figures) {
      write(`    ${name.padEnd(18)} ${figureText(unit, value)}`);
    }
    if (draft.data.review.length > 0) write(`    needs review: ${draft.data.review.join(', ')}`);
  }
  write(`At the end: balance ${moneyText(moment.balance)}, equity ${moneyText(moment.equity)}`);
  for (const { title, gauge } of standing) write(`  ${title}: ${gaugeText(gauge)}`);
  write(breached ? 'BREACHED' : 'CLEAR');
}
