import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import { compileProgram, type CompiledProgram } from '#core/programs/compile.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';

/** A program of the files, as version 1. */
export type LoadedProgram = CompiledProgram;

export const programsFolder = join(import.meta.dirname, '..', 'resources', 'programs');

/** Reads every program file of a folder. Throws with file and place when one is faulty. */
export function loadPrograms(folder: string = programsFolder): LoadedProgram[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readProgram(join(folder, name)));
}

export function readProgram(file: string): LoadedProgram {
  const compiled = compileProgram(JSON.parse(readFileSync(file, 'utf8')), 1);
  if (compiled.ok) return compiled.value;
  const [first] = compiled.error;
  throw new Error(`${file}: ${first?.path}: ${first?.message}`);
}

export function ruleSetsByHash(programs: readonly LoadedProgram[]): Map<string, RuleSet> {
  return new Map(programs.flatMap(({ ruleSets }) => ruleSets).map((one) => [one.ref.hash, one]));
}

/** What the shop sells of these programs. */
export function offersOf(programs: readonly LoadedProgram[]): ProgramOffer[] {
  return programs.map((program) => offerOf(program, 'purchasesOnly'));
}

export function offerOf(
  { program, ruleSets, version }: LoadedProgram,
  enters: ProgramOffer['enters'],
): ProgramOffer {
  return {
    programId: program.programId,
    version,
    enters,
    name: program.name,
    nominalSize: program.nominalSize,
    phases: program.phases.map(({ phaseId, name, startBalance }, at) => ({
      phaseId,
      name,
      startBalance: startBalance ?? program.startBalance,
      ruleSet: (ruleSets[at] as RuleSet).ref,
    })),
  };
}
