import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import { assert } from '#core/kernel/assert.ts';
import { compileProgram, type CompiledProgram } from '#core/programs/compile.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';

/** Every program version there is: those that came with the server, and those published since. */
export interface Catalogue {
  /** Rule sets by hash, of all versions. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  latestVersion(programId: string): number;
  version(programId: string, version: number): CompiledProgram | undefined;
  /** Takes a published version in; says what it compiles to. */
  publish(published: Pick<Extract<Fact, { kind: 'programPublished' }>, 'data'>): CompiledProgram;
}

export function createCatalogue(shipped: readonly CompiledProgram[]): Catalogue {
  const ruleSets = new Map<string, RuleSet>();
  const latest = new Map<string, number>();
  const versions = new Map<string, CompiledProgram>();
  const add = (compiled: CompiledProgram): void => {
    const { programId } = compiled.program;
    versions.set(`${programId}/${compiled.version}`, compiled);
    latest.set(programId, Math.max(latest.get(programId) ?? 0, compiled.version));
    for (const ruleSet of compiled.ruleSets) ruleSets.set(ruleSet.ref.hash, ruleSet);
  };
  for (const compiled of shipped) add(compiled);
  return {
    ruleSets,
    latestVersion: (programId) => latest.get(programId) ?? 0,
    version: (programId, version) => versions.get(`${programId}/${version}`),
    publish: ({ data }) => {
      const compiled = compileProgram(data.content, data.version);
      assert(compiled.ok, `published program ${data.programId} no longer compiles`);
      assert(compiled.value.hash === data.hash, `program ${data.programId} has another hash`);
      add(compiled.value);
      return compiled.value;
    },
  };
}

/** The rule set of a phase in a version of a program. */
export function ruleSetIn(catalogue: Catalogue) {
  return (programId: string, version: number, phaseId: string): RuleSet | undefined => {
    const compiled = catalogue.version(programId, version);
    const at = compiled?.program.phases.findIndex((phase) => phase.phaseId === phaseId) ?? -1;
    return compiled?.ruleSets[at];
  };
}

/** Whether an account's phase is the last of its program, or pays out. */
export function fundedIn(catalogue: Catalogue) {
  return ({ program, phase, ruleSet }: AccountTerms): boolean => {
    const phases = catalogue.version(program.programId, ruleSet.version)?.program.phases ?? [];
    const at = phases.findIndex(({ phaseId }) => phaseId === phase.phaseId);
    return at >= 0 && (at === phases.length - 1 || phases[at]?.payout !== undefined);
  };
}
