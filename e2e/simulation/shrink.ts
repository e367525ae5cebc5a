import { simulate, type Outcome } from './simulate.ts';
import { calm, drawSwarm, type Swarm } from './swarm.ts';

/** Faults that a seed may be run without, by name. */
const FAULTS = [
  'loss',
  'duplication',
  'delayMs',
  'partition',
  'deskCrash',
  'losesDatabase',
  'serverCrashBefore',
  'serverCrashAfter',
  'clockSkewMs',
  'clone',
  'moved',
  'forgery',
  'breach',
  'peopleChange',
  'policyChange',
  'revision',
  'opposition',
  'rail',
] as const satisfies readonly (keyof Swarm)[];
export type Fault = (typeof FAULTS)[number];

/** A seed without some of its faults. */
export function without(seed: number, faults: readonly string[]): Partial<Swarm> {
  const gentle = { ...calm(drawSwarm(seed)), clockSkewMs: 0 };
  const names = FAULTS.filter((name) => faults.includes(name));
  return Object.fromEntries(names.map((name) => [name, gentle[name]]));
}

/** Which faults a failing seed does not need: it fails in the same way without them. */
export async function shrink(
  failed: Pick<Outcome, 'seed' | 'violations'>,
): Promise<readonly Fault[]> {
  const kindOf = ({ violations }: Pick<Outcome, 'violations'>): string =>
    violations[0]?.slice(0, 2) ?? '';
  const left: Fault[] = [];
  for (const fault of FAULTS) {
    const again = await simulate(failed.seed, { over: without(failed.seed, [...left, fault]) });
    if (again.violations.length > 0 && kindOf(again) === kindOf(failed)) left.push(fault);
  }
  return left;
}
