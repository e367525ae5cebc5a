import type { Fact } from '#core/facts/registry.ts';
import { assert } from '#core/kernel/assert.ts';
import { compileProgram, type CompiledProgram } from '#core/programs/compile.ts';
import type { RuleSet } from '#core/rules/rule-set.ts';

/** Every program version there is: those that came with the server, and those published since. */
export interface Catalogue {
  /** Rule sets by hash, of all versions. */
  readonly ruleSets: ReadonlyMap<string, RuleSet>;
  latestVersion(programId: string): number;
  /** Takes a published version in; says what it compiles to. */
  publish(fact: Extract<Fact, { kind: 'programPublished' }>): CompiledProgram;
}

export function createCatalogue(shipped: readonly CompiledProgram[]): Catalogue {
  const ruleSets = new Map<string, RuleSet>();
  const latest = new Map<string, number>();
  const add = (compiled: CompiledProgram): void => {
    const { programId } = compiled.program;
    latest.set(programId, Math.max(latest.get(programId) ?? 0, compiled.version));
    for (const ruleSet of compiled.ruleSets) ruleSets.set(ruleSet.ref.hash, ruleSet);
  };
  for (const compiled of shipped) add(compiled);
  return {
    ruleSets,
    latestVersion: (programId) => latest.get(programId) ?? 0,
    publish: ({ data }) => {
      const compiled = compileProgram(data.content, data.version);
      assert(compiled.ok, `published program ${data.programId} no longer compiles`);
      assert(compiled.value.hash === data.hash, `program ${data.programId} has another hash`);
      add(compiled.value);
      return compiled.value;
    },
  };
}
