import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AccountTerms } from '#core/accounts/account.ts';
import { z } from 'zod';
import type { WorldProgram } from '#core/sim/world.ts';
import { programSchema, type Program } from '#core/programs/program.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';

/** A program with its phases' rule sets compiled. */
export interface LoadedProgram {
  readonly program: Program;
  readonly ruleSets: readonly RuleSet[];
}

export const programsFolder = join(import.meta.dirname, '..', 'resources', 'programs');

/** Reads every program file of a folder. Throws with file and place when one is faulty. */
export function loadPrograms(folder: string = programsFolder): LoadedProgram[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readProgram(join(folder, name)));
}

export function readProgram(file: string): LoadedProgram {
  const parsed = programSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
  if (!parsed.success) throw new Error(`${file}: ${z.prettifyError(parsed.error)}`);
  const program = parsed.data;
  const ruleSets = program.phases.map((phase, at) => {
    const compiled = compileRuleSet(phase.ruleSet, 1, sampleTermsOf(program, at));
    if (compiled.ok) return compiled.value;
    const [first] = compiled.error;
    throw new Error(`${file}: phases.${at}.ruleSet.${first?.path}: ${first?.message}`);
  });
  return { program, ruleSets };
}

/** Terms of an account of this program and phase: what rules are checked against. */
export function sampleTermsOf(program: Program, phase: number): AccountTerms {
  const { phaseId, name, ruleSet } = program.phases[phase] as Program['phases'][number];
  return {
    accountId: 'sample',
    traderId: 'sample',
    traderName: 'Sample',
    platform: 'sample',
    currency: program.currency,
    nominalSize: program.nominalSize,
    startBalance: program.phases[phase]?.startBalance ?? program.startBalance,
    program: { programId: program.programId, name: program.name },
    phase: { phaseId, name },
    ruleSet: { ruleSetId: ruleSet.ruleSetId, version: 1, hash: '0'.repeat(64) },
    positionRounding: 'exact',
  };
}

export function ruleSetsByHash(programs: readonly LoadedProgram[]): Map<string, RuleSet> {
  return new Map(programs.flatMap(({ ruleSets }) => ruleSets).map((one) => [one.ref.hash, one]));
}

export function worldPrograms(programs: readonly LoadedProgram[]): WorldProgram[] {
  return programs.map(({ program, ruleSets }) => ({
    programId: program.programId,
    name: program.name,
    nominalSize: program.nominalSize,
    phases: program.phases.map(({ phaseId, name }, at) => ({
      phaseId,
      name,
      startBalance: program.phases[at]?.startBalance ?? program.startBalance,
      ruleSet: (ruleSets[at] as RuleSet).ref,
    })),
  }));
}
