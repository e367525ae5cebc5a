import { expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { compileProgram } from '#core/programs/compile.ts';
import type { ImpactRow } from '#core/impact/impact.ts';
import { openDemoFirm } from '../partition/testing/demo-firm.ts';
import { loadPrograms } from '../programs.ts';
import { runImpact } from './run.ts';

it('keeps what an account was worth when it ended, though it traded on in truth', () => {
  const { input } = present(
    loadPrograms().find(({ program }) => program.programId === 'two-step-100k'),
    'the program',
  );
  const published = compileProgram(input, 1);
  const harder: unknown = JSON.parse(
    JSON.stringify(input).replaceAll('"percent":"5"', '"percent":"0.5"'),
  );
  const draft = compileProgram(harder, 2);
  if (!published.ok || !draft.ok) throw new Error('a program does not compile');
  const firm = openDemoFirm([published.value], {});
  const { value } = draft;
  const endedUnderDraft = (): ReadonlyMap<string, ImpactRow> => {
    const { rows } = present(runImpact(firm.store, 0, value), 'a result');
    const ended = rows.filter((row) => row.draft.at !== null && row.published.at === null);
    return new Map(ended.map((row) => [row.accountId, row]));
  };
  firm.run(20_000);
  const before = endedUnderDraft();
  firm.run(20_000);
  const after = endedUnderDraft();
  const both = [...before.keys()].filter((accountId) => after.has(accountId));
  expect(both.length).toBeGreaterThan(3);
  const fates = (rows: typeof before): unknown => both.map((id) => rows.get(id)?.draft);
  expect(fates(after)).toEqual(fates(before));
  const moved = both.filter(
    (id) => before.get(id)?.published.equity !== after.get(id)?.published.equity,
  );
  expect(moved.length).toBeGreaterThan(0);
});
