import { present } from '#core/kernel/assert.ts';
import { PLANTED } from './planted.ts';
import { simulate, type Outcome } from './simulate.ts';

/** One seed in so many is run twice, and must come to the same trace. */
const TWICE_ONE_IN = 100;

/** What a worker is asked to do: some seeds, or to look for a mistake that was made on purpose. */
export type Job =
  | { readonly type: 'seeds'; readonly from: number; readonly to: number }
  | { readonly type: 'planted'; readonly name: string; readonly from: number; readonly to: number };

export type Summary = Omit<Outcome, 'trace'> & { readonly trace: readonly string[] };

/** How a mistake was found: by which violation, after how many seeds. */
export interface Caught {
  readonly name: string;
  readonly seeds: number;
  readonly by: string | null;
}

export type Answer =
  | { readonly type: 'seeds'; readonly summaries: readonly Summary[]; readonly twice: number }
  | { readonly type: 'planted'; readonly caught: Caught };

export async function answerJob(job: Job): Promise<Answer> {
  return job.type === 'seeds' ? runSeeds(job.from, job.to) : lookFor(job.name, job.from, job.to);
}

async function runSeeds(from: number, to: number): Promise<Answer> {
  const summaries: Summary[] = [];
  let twice = 0;
  for (let seed = from; seed <= to; seed += 1) {
    const outcome = await simulate(seed);
    const violations = [...outcome.violations];
    if (seed % TWICE_ONE_IN === 0) {
      twice += 1;
      const again = await simulate(seed);
      if (again.hash !== outcome.hash) violations.push('I0 the same seed came to another trace');
    }
    summaries.push({ ...outcome, violations, trace: violations.length > 0 ? outcome.trace : [] });
  }
  return { type: 'seeds', summaries, twice };
}

/** A violation counts as a catch only where the product itself has none. */
async function lookFor(name: string, from: number, to: number): Promise<Answer> {
  const plant = present(PLANTED[name], `the planted bug "${name}"`);
  for (let seed = from; seed <= to; seed += 1) {
    const [by] = (await simulate(seed, { plant: plant() })).violations;
    if (by === undefined || (await simulate(seed)).violations.length > 0) continue;
    return { type: 'planted', caught: { name, seeds: seed - from + 1, by } };
  }
  return { type: 'planted', caught: { name, seeds: to - from + 1, by: null } };
}
