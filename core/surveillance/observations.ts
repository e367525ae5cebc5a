import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { Directory, Observation } from '#core/fraud/observation.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Mark } from '#core/market/mark.ts';
import type { EpochMs } from '#core/time/time.ts';
import { createDirectory, type DirectoryState } from './directory.ts';
import { createMarkOuts, type MarkOutsState } from './mark-outs.ts';
import { translate } from './observe.ts';
import { createTimeline, type TimelineState } from './order.ts';
import { createTrades, type OpenTrade } from './trades.ts';

const DAY_MS = 86_400_000;

export interface ObservationsOptions {
  /** Whether a phase is the last of its program, or pays out. */
  isFunded(terms: AccountTerms): boolean;
  tell(observation: Observation): void;
  /** From here on findings are scored by this. */
  policyChanged(policy: ScoringPolicy): void;
  /** Whether anybody wants to know of the platform's prices; asked at each of them. */
  wantsQuotes(): boolean;
  readonly resume?: ObservationsState | undefined;
}

/** What happens in a log, as detectors are told of it: in one order, whatever came in which pieces. */
export interface Observations {
  readonly directory: Directory;
  fact(fact: Fact): void;
  /** The platform's own price. */
  mark(mark: Price): void;
  /** A price of another source for the same symbol. */
  reference(price: Price): void;
  /** Ends the present instant: nothing more comes. */
  settle(): void;
  /** What is held at present, in entries. */
  held(): number;
  /** Market time so far; null before the first price. */
  readonly at: EpochMs | null;
  /** Plain data that shares its values: to be serialised before anything more comes. */
  state(): ObservationsState;
}

export type Price = Pick<Mark, 'symbol' | 'bid' | 'ask' | 'at'>;

export interface ObservationsState {
  readonly timeline: TimelineState;
  readonly directory: DirectoryState;
  readonly trades: readonly OpenTrade[];
  readonly markOuts: MarkOutsState;
}

export function createObservations(options: ObservationsOptions): Observations {
  const { resume, isFunded, tell } = options;
  const directory = createDirectory(resume?.directory);
  const trades = createTrades(resume?.trades);
  const markOuts = createMarkOuts(resume?.markOuts);
  const ports = { directory, trades, markOuts, isFunded, tell };
  const timeline = createTimeline(
    {
      happens: (fact, at) => {
        if (fact.kind === 'scoringChanged') options.policyChanged(fact.data.policy);
        else translate(fact, at, ports);
      },
      minute: (at) => {
        if (at % DAY_MS === 0) directory.sweep(at);
        tell({ type: 'clock', at });
      },
    },
    resume?.timeline,
  );
  return {
    directory,
    fact: (fact) => {
      // It has no time of its own: prices of it may come in the same instant.
      if (fact.kind === 'instrumentDefined') directory.define(fact.data);
      else timeline.hold(fact);
    },
    mark: ({ symbol, bid, ask, at }) => {
      const now = timeline.reach(at);
      const quoted = { bid, ask, at };
      directory.setQuote(symbol, quoted);
      if (options.wantsQuotes()) tell({ type: 'quote', symbol, bid, ask, at: now });
      markOuts.price(symbol, quoted, now, tell);
    },
    reference: ({ symbol, bid, ask, at }) => {
      timeline.reach(at);
      directory.setReference(symbol, { bid, ask, at });
    },
    settle: timeline.end,
    held: () => trades.open + markOuts.waiting,
    get at() {
      return timeline.now;
    },
    state: () => ({
      timeline: timeline.state(),
      directory: directory.state(),
      trades: trades.state(),
      markOuts: markOuts.state(),
    }),
  };
}
