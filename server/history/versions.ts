import { compileProgram, type CompiledProgram } from '#core/programs/compile.ts';
import type { PayoutPolicy } from '#core/payouts/policy.ts';
import type { AccountState } from '#core/rules/account-state.ts';
import { loadPrograms } from '../programs.ts';
import type { Store } from '../store/store.ts';

/** Versions of programs, as shipped and as published since, and what they pay. */
export interface Versions {
  /** The payout policy under which an account was bought; null where its phase pays nothing out. */
  policyOf(state: Pick<AccountState, 'terms'>): PayoutPolicy | null;
  /** Versions that have taken effect by an instant. */
  versionsOf(programId: string, at: number): Map<number, CompiledProgram>;
}

export function openVersions(store: Pick<Store, 'stream'>): Versions {
  /** Versions never change, so what one pays is kept. */
  const policies = new Map<string, PayoutPolicy | null>();
  const versionsOf: Versions['versionsOf'] = (programId, at) => {
    const found = new Map<number, CompiledProgram>();
    for (const shipped of loadPrograms()) {
      if (shipped.program.programId === programId) found.set(shipped.version, shipped);
    }
    for (const fact of store.stream(0, 'firm')) {
      if (fact.kind !== 'programPublished' || fact.data.programId !== programId) continue;
      if (fact.data.effectiveFrom > at) continue;
      const compiled = compileProgram(fact.data.content, fact.data.version);
      if (compiled.ok) found.set(fact.data.version, compiled.value);
    }
    return found;
  };
  return {
    versionsOf,
    policyOf: ({ terms }) => {
      const { program, ruleSet, phase } = terms;
      const key = `${program.programId}/${ruleSet.version}/${phase.phaseId}`;
      const known = policies.get(key);
      if (known !== undefined) return known;
      const version = versionsOf(program.programId, Infinity).get(ruleSet.version);
      const phases = version?.program.phases ?? [];
      const policy = phases.find(({ phaseId }) => phaseId === phase.phaseId)?.payout ?? null;
      policies.set(key, policy);
      return policy;
    },
  };
}
