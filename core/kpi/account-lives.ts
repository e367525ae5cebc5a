import type { Fact } from '#core/facts/registry.ts';
import type { Taking } from './define.ts';
import type { Step } from './matters.ts';

const ENDS: ReadonlySet<string> = new Set(['failed', 'passed', 'closed']);

/** Every change of an account's status, by what it became. */
export function statusTake(
  { data }: Extract<Fact, { kind: 'accountStatusChanged' }>,
  { matters, at, seq }: Taking,
): void {
  matters.step(data.accountId, { at, seq }, data.to);
}

/** What ended an account and still stands; null while it runs, or was put back. */
export function endOfAccount(changes: readonly Step[]): Step | null {
  let end: Step | null = null;
  for (const change of changes) {
    if (!ENDS.has(change.name)) end = null;
    // What is closed after it failed or passed has failed or passed.
    else end ??= change;
  }
  return end;
}
