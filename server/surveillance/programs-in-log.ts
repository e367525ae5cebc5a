import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import { createCatalogue, fundedIn } from '../partition/catalogue.ts';
import { loadPrograms } from '../programs.ts';
import type { Store } from '../store/store.ts';

/** Versions published over a firm's life, at the most. */
const PUBLISHED_MAX = 10_000;

/** What surveillance asks of programs: those that came with the server, and those of a log. */
export interface ProgramsInLog {
  isFunded(terms: AccountTerms): boolean;
  /** Takes a version in that was published since. */
  heard(fact: Fact): void;
}

export function programsInLog(store: Store, partition: number): ProgramsInLog {
  const catalogue = createCatalogue(loadPrograms());
  const heard = (fact: Fact): void => {
    if (fact.kind === 'programPublished') catalogue.publish(fact);
  };
  for (const fact of store.latestDeskFacts(partition, ['programPublished'], PUBLISHED_MAX)) {
    heard(fact);
  }
  return { isFunded: fundedIn(catalogue), heard };
}
