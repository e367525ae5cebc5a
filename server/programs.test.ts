import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { programJsonSchema } from '#core/programs/json-schema.ts';
import { sampleTerms } from '#core/programs/compile.ts';
import type { ProgramCheck } from '#core/programs/program.ts';
import { openStage, type Stage } from './examples/stage.ts';
import { loadPrograms, type LoadedProgram } from './programs.ts';

const programs = loadPrograms();

/** Plays a program's own worked example on both evaluators. */
function play({ program }: LoadedProgram, check: ProgramCheck): Stage {
  const place = program.phases.findIndex(({ phaseId }) => phaseId === check.phaseId);
  const phase = program.phases[place];
  if (!phase) throw new Error(`${program.programId}: there is no phase "${check.phaseId}"`);
  const { startBalance, nominalSize } = sampleTerms(program, place);
  const stage = openStage(startBalance, phase.ruleSet.rules, {
    clock: phase.ruleSet.dayClock,
    nominal: nominalSize,
  });
  for (const step of check.steps) {
    if ('earn' in step) stage.earn(step.earn);
    else if ('equity' in step) stage.equity(step.equity);
    else if ('close' in step) stage.flat();
    else if ('day' in step) stage.nextDay();
    else stage.payout(step.payout);
  }
  return stage;
}

function said({ program }: LoadedProgram, stage: Stage, check: ProgramCheck): unknown[] {
  const phase = program.phases.find(({ phaseId }) => phaseId === check.phaseId);
  const at = (ruleId: string): number =>
    phase?.ruleSet.rules.findIndex((rule) => rule.ruleId === ruleId) ?? -1;
  return check.expect.map((one) => {
    if ('floorOf' in one) return { ...one, is: stage.floor(at(one.floorOf)) };
    if ('met' in one) return { ...one, is: stage.met(at(one.met)) };
    if ('status' in one) return { status: stage.status() };
    const gauge = stage.gauge(at(one.targetOf));
    return { ...one, is: gauge.type === 'target' ? gauge.target : null };
  });
}

describe('the schema of program files', () => {
  it('stands beside them, as the code has it', () => {
    const file = join(import.meta.dirname, '..', 'resources', 'program.schema.json');
    if (process.env.PROPDESK_WRITE_SCHEMA) {
      writeFileSync(file, `${JSON.stringify(programJsonSchema(), null, 2)}\n`);
    }
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(programJsonSchema());
  });
});

describe('the programs that ship', () => {
  it('are at least 25 shaped after named firms, and say so', () => {
    const shaped = programs.filter(({ program }) =>
      program.note.startsWith('After public documentation of '),
    );
    expect(shaped.length).toBeGreaterThanOrEqual(25);
    expect(shaped.filter(({ program }) => !program.note.includes('check before use'))).toEqual([]);
    expect(shaped.filter(({ program }) => program.checks.length === 0)).toEqual([]);
  });

  const checks = programs.flatMap((loaded) =>
    loaded.program.checks.map((check) => ({ loaded, check })),
  );
  it.each(checks.map((one) => [one.loaded.program.programId, one.check.says, one] as const))(
    '%s: %s',
    (_program, _says, { loaded, check }) => {
      expect(said(loaded, play(loaded, check), check)).toEqual(check.expect);
    },
  );
});
