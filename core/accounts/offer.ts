import type { RuleSetRef } from './account.ts';

/** A program as a shop sells it: what opening an account needs to know. */
export interface ProgramOffer {
  readonly programId: string;
  readonly name: string;
  readonly version: number;
  /** Whether accounts of earlier versions enter their next phase under this one, too. */
  readonly enters: 'purchasesOnly' | 'nextPhases';
  readonly nominalSize: number;
  readonly phases: readonly {
    readonly phaseId: string;
    readonly name: string;
    /** 0 on a zero-based account, which then trades by its nominal size. */
    readonly startBalance: number;
    readonly ruleSet: RuleSetRef;
  }[];
}
