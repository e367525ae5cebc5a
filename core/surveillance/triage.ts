import { createCases, type Cases } from '#core/cases/cases.ts';
import { decideSignals, type SignalDraft } from '#core/cases/decide-signals.ts';
import type { Detector, Pattern } from '#core/fraud/detector.ts';
import { detectors as registered } from '#core/fraud/detectors/index.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';

/** What would become of signals under a policy, if nobody ever decided a case. */
export interface Triage {
  /** In the order in which they were found; market time stands for the server's clock. */
  take(signals: readonly Signal[]): void;
  readonly cases: Cases;
}

export function createTriage(
  policy: ScoringPolicy,
  detectors: readonly Detector[] = registered.all,
): Triage {
  const patterns = new Map(detectors.map(({ id, pattern }) => [id, pattern]));
  const patternOf = (detector: string): Pattern | null => patterns.get(detector) ?? null;
  const cases = createCases();
  let seq = 1;
  cases.rescore(policy, seq, 0);
  const apply = ({ kind, data }: SignalDraft): void => {
    seq += 1;
    if (kind === 'signalRaised') cases.raise(data, seq);
    else if (kind === 'caseOpened') cases.open(data, seq);
    else cases.addSignal(data, seq);
  };
  return {
    take: (signals) => {
      for (const signal of signals) {
        for (const draft of decideSignals([signal], { cases, at: signal.at, patternOf }))
          apply(draft);
      }
    },
    cases,
  };
}
