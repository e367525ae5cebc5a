import { openImpact, type ImpactResult, type TradingDays } from '#core/impact/impact.ts';
import type { CompiledProgram } from '#core/programs/compile.ts';
import type { Store } from '../store/store.ts';
import { nextTradingDay, tradingDayAt } from '../time/roll-overs.ts';

/** Facts between two reports of progress. */
const FACTS_PER_REPORT = 2_000;

export interface ImpactProgress {
  readonly facts: number;
  readonly ofFacts: number;
}

const days: TradingDays = { at: tradingDayAt, next: nextTradingDay };

/**
 * Replays a partition's log and mark journal for the accounts of a draft's program. `progress`
 * may answer `false` to stop: then there is no result.
 */
export function runImpact(
  store: Store,
  partition: number,
  draft: CompiledProgram,
  progress: (at: ImpactProgress) => boolean = () => true,
): ImpactResult | null {
  const run = openImpact(draft, days);
  const ofFacts = store.progress(partition).seq;
  const marks = walk(store, partition);
  let mark = marks.next();
  let facts = 0;
  for (const fact of store.facts(partition, 1, ofFacts)) {
    while (!mark.done && mark.value.index < fact.envelope.marksBefore) {
      run.mark(mark.value);
      mark = marks.next();
    }
    run.fact(fact);
    facts += 1;
    if (facts % FACTS_PER_REPORT === 0 && !progress({ facts, ofFacts })) return null;
  }
  const { marks: most } = store.progress(partition);
  while (!mark.done && mark.value.index < most) {
    run.mark(mark.value);
    mark = marks.next();
  }
  return run.result();
}

function* walk(store: Store, partition: number) {
  for (const chunk of store.marks(partition, 0)) yield* chunk;
}
