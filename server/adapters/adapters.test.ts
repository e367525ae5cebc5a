import { sampleTerms } from '#core/programs/compile.ts';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadPrograms, offersOf } from '../programs.ts';
import { adapters } from './index.ts';
import { describePlatformAdapter } from './platform-adapter.contract.ts';
import { parseStatement, readAmount } from './statement/parse.ts';

const fixtures = join(import.meta.dirname, 'statement', 'fixtures');
const toUtc = (text: string): number =>
  Date.parse(text.includes('T') ? text : `${text.replaceAll('.', '-').replace(' ', 'T')}Z`);
const read = (name: string): ReturnType<typeof parseStatement> =>
  parseStatement(readFileSync(join(fixtures, name)), toUtc);
const programs = loadPrograms();

describePlatformAdapter('replay', () =>
  adapters.replay({
    seed: 3,
    accounts: 40,
    activityPercent: 400,
    programs: offersOf(programs),
    startAt: Date.UTC(2026, 0, 5, 9),
    recorded: null,
  }),
);

describePlatformAdapter('statement', () => {
  const statement = read('metatrader5.html');
  if (!statement.ok) throw new Error(statement.error);
  const { program, ruleSets } = programs[3] as (typeof programs)[number];
  const terms = {
    ...sampleTerms(program, 0),
    ruleSet: (ruleSets[0] as (typeof ruleSets)[number]).ref,
  };
  const made = adapters.statement(statement.value, terms, null);
  if (!made.ok) throw new Error(made.error);
  return made.value.adapter;
});

describe('a statement', () => {
  it.each(['simple.csv', 'metatrader5.html', 'metatrader4.html'])(
    '%s is read with its deals and deposit',
    (name) => {
      const statement = read(name);
      if (!statement.ok) throw new Error(statement.error);
      const total = statement.value.deals.reduce(
        (sum, deal) => sum + deal.profit + deal.commission + deal.swap + deal.fee,
        0,
      );
      expect(statement.value.balances[0]?.amount).toBe(100_000_0000);
      expect({ deals: statement.value.deals.length, total: total / 10_000 }).toEqual(
        {
          'simple.csv': { deals: 2, total: -6285 },
          'metatrader5.html': { deals: 3, total: 61.8 },
          'metatrader4.html': { deals: 2, total: 193 },
        }[name],
      );
    },
  );

  it('in UTF-16, as MetaTrader 5 writes it, reads the same', () => {
    const text = readFileSync(join(fixtures, 'metatrader5.html'), 'utf8');
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
    expect(parseStatement(utf16, toUtc)).toEqual(read('metatrader5.html'));
  });

  it('amounts come in the spellings of several countries', () => {
    const spellings = ['1 234.56', '1,234.56', '1.234,56', "1'234.56", '1234.56'];
    expect(spellings.map((text) => readAmount(text))).toEqual(
      spellings.map(() => ({ ok: true, value: 12_345_600 })),
    );
  });

  it('without a column is refused, naming section and column', () => {
    const text = readFileSync(join(fixtures, 'metatrader5.html'), 'utf8').replace(
      '<td>Swap</td>',
      '<td>Rollover</td>',
    );
    expect(parseStatement(Buffer.from(text), toUtc)).toEqual({
      ok: false,
      error: 'MetaTrader 5 report, section Deals: the column "Swap" is missing (line 3)',
    });
  });
});

describe('npm run audit', () => {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const script = join(import.meta.dirname, '..', 'cli', 'audit.ts');
  const audit = (
    statement: string,
    ...over: string[]
  ): { code: number | null; out: string; err: string } => {
    const args = [script, '--program', 'two-step-100k', '--statement', statement, ...over];
    const run = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return { code: run.status, out: run.stdout, err: run.stderr };
  };

  it('ends with 1 and the evidence when the account breached', () => {
    const { code, out } = audit(join(fixtures, 'simple.csv'), '--json');
    const result = JSON.parse(out) as {
      result: string;
      verdicts: { kind: string }[];
      lacks: string[];
    };
    expect([code, result.result]).toEqual([1, 'breached']);
    expect(result.verdicts.some(({ kind }) => kind === 'breachDetected')).toBe(true);
    expect(result.lacks.join()).toContain('no prices');
  });

  it('ends with 0 when it is clear', () => {
    const { code, out } = audit(join(fixtures, 'metatrader4.html'));
    expect([code, out.trim().split('\n').at(-1)]).toEqual([0, 'CLEAR']);
  });

  it('ends with 2 and names the place when the file cannot be used', () => {
    const broken = join(folder, 'broken.csv');
    writeFileSync(
      broken,
      readFileSync(join(fixtures, 'simple.csv'), 'utf8').replace('1276.000', 'cheap'),
    );
    expect(audit(broken)).toMatchObject({
      code: 2,
      err: expect.stringContaining('line 4: price: "cheap"') as string,
    });
    const garbage = join(folder, 'garbage.csv');
    writeFileSync(garbage, 'hello\nworld\n');
    expect(audit(garbage)).toMatchObject({
      code: 2,
      err: expect.stringContaining('the column "time" is missing') as string,
    });
  });
});
