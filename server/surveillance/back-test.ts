import type { AccountTerms } from '#core/accounts/account.ts';
import { BACK_TEST_DAYS_MAX, type BackTestResult } from '#core/fraud/back-test.ts';
import type { Detector } from '#core/fraud/detector.ts';
import type { ScoringPolicy } from '#core/fraud/scoring.ts';
import { createGovernance } from '#core/governance/governance.ts';
import { assert } from '#core/kernel/assert.ts';
import { openBackTest } from '#core/surveillance/back-test.ts';
import type { Store } from '../store/store.ts';
import { createLogReader, type EntryTaker } from './log-reader.ts';

const DAY_MS = 86_400_000;
/** Detectors listen for so many days before anything counts: by then they know a past. */
const LISTEN_DAYS = 7;
/** Entries between two reports of progress. */
const ENTRIES_PER_REPORT = 20_000;

export interface BackTestWish {
  readonly draft: ScoringPolicy;
  readonly published: ScoringPolicy;
  /** Of market time, up to where the log ends. */
  readonly days: number;
}

export interface BackTestPorts {
  readonly store: Store;
  readonly partition: number;
  isFunded(terms: AccountTerms): boolean;
  /** All there are, when left out. */
  readonly detectors?: readonly Detector[];
  /** May answer `false` to stop. */
  progress?(at: { readonly facts: number; readonly ofFacts: number }): boolean;
}

/**
 * Runs a draft over the last days of a log. Facts are read from the beginning, since accounts and
 * what they hold come from there; prices only from when detectors begin to listen. Null when it was
 * stopped.
 */
export function runBackTest(wish: BackTestWish, ports: BackTestPorts): BackTestResult | null {
  const { store, partition, isFunded, detectors } = ports;
  const { draft, published, days } = wish;
  assert(days >= 1 && days <= BACK_TEST_DAYS_MAX, `1 to ${BACK_TEST_DAYS_MAX} days, was ${days}`);
  const endAt = lastMarkAt(store, partition);
  const fromAt = endAt - days * DAY_MS;
  const listenFromAt = fromAt - LISTEN_DAYS * DAY_MS;
  const journal = store.journalAt(partition, listenFromAt);
  const test = openBackTest({
    draft,
    published,
    isFunded,
    fromAt,
    listenFromAt,
    ...(detectors ? { detectors } : {}),
  });
  const governance = createGovernance();
  const taker: EntryTaker = {
    fact: (fact) => {
      governance.apply(fact);
      test.fact(fact);
    },
    mark: test.mark,
    reference: test.reference,
  };
  const reader = createLogReader(store, partition, { seq: 0, ...journal });
  for (let entries = 1; reader.next(taker); entries += 1) {
    if (entries % ENTRIES_PER_REPORT !== 0) continue;
    const goesOn = ports.progress?.({ facts: reader.place.seq, ofFacts: reader.end.seq });
    if (goesOn === false) return null;
  }
  test.settle();
  return test.result(governance.cases, reader.place.seq);
}

function lastMarkAt(store: Store, partition: number): number {
  const { marks } = store.progress(partition);
  for (const chunk of store.marks(partition, Math.max(0, marks - 1))) {
    const last = chunk.at(-1);
    if (last) return last.at;
  }
  return 0;
}
