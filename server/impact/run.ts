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

/** A draft beside what was published, over a log that may still grow. */
export interface ImpactReplay {
  /** Takes in what the log holds by now. `progress` may answer `false` to stop. */
  catchUp(progress?: (at: ImpactProgress) => boolean): boolean;
  result(): ImpactResult;
}

export function openImpactReplay(
  store: Store,
  partition: number,
  draft: CompiledProgram,
  only: string | null = null,
): ImpactReplay {
  const run = openImpact(draft, days, only);
  let seq = 0;
  let marks = 0;
  return {
    catchUp: (progress = () => true) => {
      const { seq: ofFacts, marks: ofMarks } = store.progress(partition);
      const journal = walk(store, partition, marks);
      let mark = journal.next();
      const playTo = (index: number): void => {
        while (!mark.done && mark.value.index < index) {
          run.mark(mark.value);
          mark = journal.next();
        }
      };
      for (const fact of store.facts(partition, seq + 1, ofFacts)) {
        playTo(fact.envelope.marksBefore);
        run.fact(fact);
        seq = fact.envelope.seq;
        if (seq % FACTS_PER_REPORT === 0 && !progress({ facts: seq, ofFacts })) return false;
      }
      playTo(ofMarks);
      seq = ofFacts;
      marks = ofMarks;
      return true;
    },
    result: run.result,
  };
}

/** The whole of a log, once; null when it was stopped. */
export function runImpact(
  store: Store,
  partition: number,
  draft: CompiledProgram,
  progress?: (at: ImpactProgress) => boolean,
): ImpactResult | null {
  const replay = openImpactReplay(store, partition, draft);
  return replay.catchUp(progress) ? replay.result() : null;
}

function* walk(store: Store, partition: number, from: number) {
  for (const chunk of store.marks(partition, from)) yield* chunk;
}
