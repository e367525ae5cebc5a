import type { Detector } from '#core/fraud/detector.ts';
import type { Directory, Observation } from '#core/fraud/observation.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { createCrew, type CrewState, type Standing } from './detecting.ts';
import { createStamps, type StampsState } from './stamps.ts';

/** The detectors of one policy at work, and what they have found. */
export interface Finder {
  observe(observation: Observation): void;
  wantsQuotes(): boolean;
  change(policy: ScoringPolicy): void;
  /** Signals since the last call, in the order in which they were found. */
  drain(): Signal[];
  standings(): readonly Standing[];
  held(): number;
  readonly policy: ScoringPolicy;
  state(): FinderState;
}

export interface FinderState {
  readonly policy: ScoringPolicy;
  readonly stamps: StampsState;
  readonly crew: CrewState;
  readonly found: readonly Signal[];
}

export function createFinder(
  detectors: readonly Detector[],
  directory: Directory,
  founded: ScoringPolicy,
  resume?: FinderState,
): Finder {
  let policy = resume?.policy ?? founded;
  let found: Signal[] = [...(resume?.found ?? [])];
  const stamps = createStamps(directory, resume?.stamps);
  const crew = createCrew(
    {
      detectors,
      directory,
      found: (finding, detector, use) => {
        const signal = stamps.stamp(finding, { detector, use, policyVersion: policy.version });
        if (typeof signal === 'string') return signal;
        if (signal) found.push(signal);
        return null;
      },
    },
    policy,
    resume?.crew,
  );
  return {
    observe: crew.observe,
    wantsQuotes: () => crew.wants('quote'),
    change: (next) => {
      policy = next;
      crew.change(next);
    },
    drain: () => {
      const signals = found;
      found = [];
      return signals;
    },
    standings: crew.standings,
    held: () => crew.standings().reduce((sum, { held }) => sum + held, stamps.matters),
    get policy() {
      return policy;
    },
    state: () => ({ policy, stamps: stamps.state(), crew: crew.state(), found: [...found] }),
  };
}
