import { createColumnar } from './columnar.ts';
import { richestRuleSets } from '../workload.ts';
import type { Contender } from './contender.ts';

/** Propdesk's live engine under the rules of the richest program that ships. */
export const richest: Contender = {
  name: 'Propdesk, richest program',
  accountsMax: 1_000_000,
  build: (accounts) => createColumnar(accounts, richestRuleSets()),
};
