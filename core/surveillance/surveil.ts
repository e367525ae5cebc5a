import type { AccountTerms } from '#core/accounts/account.ts';
import { detectors as registered } from '#core/fraud/detectors/index.ts';
import type { Detector } from '#core/fraud/detector.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import {
  createToxicity,
  type ToxicityQuestion,
  type ToxicityResult,
  type ToxicityState,
} from '#core/fraud/toxicity.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Standing } from './detecting.ts';
import { createFinder, type Finder, type FinderState } from './finder.ts';
import {
  createObservations,
  type Observations,
  type ObservationsState,
  type Price,
} from './observations.ts';

export interface SurveillanceOptions {
  /** What holds until the log says otherwise. */
  readonly policy: ScoringPolicy;
  /** Whether a phase is the last of its program, or pays out. */
  isFunded(terms: AccountTerms): boolean;
  /** All there are, when left out. */
  readonly detectors?: readonly Detector[];
  /** What `state()` gave; the policy is then the one of that state. */
  readonly resume?: SurveillanceState | undefined;
}

/**
 * Surveillance over a log: facts, prices and other sources' prices in, in the log's order; signals
 * out. How they are cut into pieces, and whether it was stopped and resumed in between, changes
 * nothing. A new policy holds from its place in the log on: detectors whose parameters it leaves as
 * they are go on with what they hold, the others begin anew.
 */
export interface Surveillance {
  fact: Observations['fact'];
  /** The platform's own price. */
  mark(mark: Price): void;
  /** A price of another source for the same symbol. */
  reference(price: Price): void;
  /** Ends the present instant: nothing more comes. */
  settle(): void;
  /** Signals since the last call, in the order in which they were found. */
  drain(): Signal[];
  toxicity(question: ToxicityQuestion): ToxicityResult;
  standings(): readonly Standing[];
  /** What is held at present, in entries. */
  held(): number;
  readonly policy: ScoringPolicy;
  /** Market time so far; null before the first price. */
  readonly at: EpochMs | null;
  /** Plain data that shares its values: to be serialised before anything more comes. */
  state(): SurveillanceState;
}

export interface SurveillanceState {
  readonly observations: ObservationsState;
  readonly finder: FinderState;
  readonly toxicity: ToxicityState;
}

export function createSurveillance(options: SurveillanceOptions): Surveillance {
  const { resume, isFunded, policy, detectors = registered.all } = options;
  const observations = createObservations({
    isFunded,
    tell: (observation) => {
      if (observation.type === 'markOut') toxicity.observe(observation);
      finder.observe(observation);
    },
    policyChanged: (next) => finder.change(next),
    wantsQuotes: () => finder.wantsQuotes(),
    resume: resume?.observations,
  });
  const { directory } = observations;
  const toxicity = createToxicity(directory, resume?.toxicity);
  const finder: Finder = createFinder(detectors, directory, policy, resume?.finder);
  return {
    fact: observations.fact,
    mark: observations.mark,
    reference: observations.reference,
    settle: observations.settle,
    drain: finder.drain,
    toxicity: toxicity.rows,
    standings: finder.standings,
    held: () => observations.held() + finder.held() + toxicity.held(),
    get policy() {
      return finder.policy;
    },
    get at() {
      return observations.at;
    },
    state: () => ({
      observations: observations.state(),
      finder: finder.state(),
      toxicity: toxicity.state(),
    }),
  };
}
