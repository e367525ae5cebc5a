import type { AccountTerms } from '#core/accounts/account.ts';
import type { CaseFile, Cases } from '#core/cases/cases.ts';
import { wasFound } from '#core/cases/learning.ts';
import { backTestHash, type BackTestResult, type BackTestSummary } from '#core/fraud/back-test.ts';
import { detectors as registered } from '#core/fraud/detectors/index.ts';
import type { Detector } from '#core/fraud/detector.ts';
import type { Directory } from '#core/fraud/observation.ts';
import { useOf, type ScoringPolicy } from '#core/fraud/scoring.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { digestOf } from '#core/kernel/digest.ts';
import { utcText, type EpochMs } from '#core/time/time.ts';
import { createFinder, type Finder } from './finder.ts';
import { createObservations, type Observations } from './observations.ts';
import { createTriage, type Triage } from './triage.ts';

const FAULT_MAX = 400;

export interface BackTestOptions {
  readonly draft: ScoringPolicy;
  readonly published: ScoringPolicy;
  isFunded(terms: AccountTerms): boolean;
  /** From here on what is found counts. */
  readonly fromAt: EpochMs;
  /** From here on detectors listen, so that they know a past by then; earlier they are told nothing. */
  readonly listenFromAt: EpochMs;
  readonly detectors?: readonly Detector[];
}

/**
 * A draft of a scoring policy and the published one, side by side over the same log. Both open
 * cases as if nobody ever decided one: what a queue would hold, not what became of it.
 */
export interface BackTest extends Pick<Observations, 'fact' | 'mark' | 'reference' | 'settle'> {
  /** `decided` are the firm's cases as they stand in the log. */
  result(decided: Cases, toSeq: number): BackTestResult;
}

export function openBackTest(options: BackTestOptions): BackTest {
  const { draft, published, isFunded, fromAt, listenFromAt } = options;
  const { detectors = registered.all } = options;
  const observations = createObservations({
    isFunded,
    tell: (observation) => {
      if (observation.type === 'account') accounts += 1;
      if (observation.at < listenFromAt) return;
      for (const side of sides) side.finder.observe(observation);
    },
    // What the log says of policies is what this is a trial of.
    policyChanged: () => {},
    wantsQuotes: () => sides.some(({ finder }) => finder.wantsQuotes()),
  });
  let accounts = 0;
  const changed = openSide(draft, detectors, observations.directory, fromAt);
  const current = openSide(published, detectors, observations.directory, fromAt);
  const sides = [changed, current];
  const hear = (): void => {
    for (const side of sides) side.hear();
  };
  return {
    fact: (fact) => {
      observations.fact(fact);
      hear();
    },
    mark: observations.mark,
    reference: observations.reference,
    settle: () => {
      observations.settle();
      hear();
    },
    result: (decided, toSeq) => {
      const toAt = Math.max(fromAt, observations.at ?? fromAt);
      const trials = detectors.map(({ id, version }) => ({
        detector: id,
        version,
        mode: useOf(draft, id).mode,
        draft: changed.findingsOf(id),
        published: current.findingsOf(id),
        fault: changed.faultOf(id),
      }));
      const about = { policyDigest: digestOf(draft), fromAt, toAt };
      return {
        summary: summaryOf(about, [changed, current], trials),
        publishedVersion: published.version,
        toSeq,
        accounts,
        detectors: trials,
        days: daysOf(changed, current),
        overlap: overlapOf(changed.people(), current.people()),
        agreement: agreementOf(decided, fromAt, [changed.people(), current.people()]),
      };
    },
  };
}

function summaryOf(
  about: Pick<BackTestSummary, 'policyDigest' | 'fromAt' | 'toAt'>,
  [draft, published]: readonly [Side, Side],
  trials: BackTestResult['detectors'],
): BackTestSummary {
  const perDetector = trials.map(({ detector, draft: one, published: other }) => {
    const { signals, cases } = one;
    return { detector, signals, cases, casesBefore: other.cases };
  });
  const cases = { cases: draft.opened().length, casesBefore: published.opened().length };
  const numbers = { hash: '', ...about, ...cases, perDetector };
  return { ...numbers, hash: backTestHash(numbers) };
}

type Findings = BackTestResult['detectors'][number]['draft'];

/** One policy at work. */
interface Side {
  readonly finder: Finder;
  /** Takes what was found since the last time. */
  hear(): void;
  findingsOf(detector: string): Findings;
  faultOf(detector: string): string | null;
  /** Cases that were opened in time. */
  opened(): readonly CaseFile[];
  /** How many, by day of market time. */
  byDay(): ReadonlyMap<string, number>;
  /** Everybody who is part of a case that was opened in time. */
  people(): ReadonlySet<string>;
}

interface Found {
  signals: number;
  readonly matters: Set<string>;
  readonly traders: Set<string>;
}

function openSide(
  policy: ScoringPolicy,
  detectors: readonly Detector[],
  directory: Directory,
  fromAt: EpochMs,
): Side {
  const finder = createFinder(detectors, directory, policy);
  const triage: Triage = createTriage(policy, detectors);
  const found = new Map<string, Found>();
  const count = ({ detector, key, traders, at }: Signal): void => {
    if (at < fromAt) return;
    const own = found.get(detector) ?? { signals: 0, matters: new Set(), traders: new Set() };
    found.set(detector, own);
    own.signals += 1;
    own.matters.add(key);
    for (const trader of traders) own.traders.add(trader);
  };
  const opened = (): CaseFile[] =>
    [...triage.cases.all()].filter(({ openedAt }) => openedAt >= fromAt);
  return {
    finder,
    hear: () => {
      const signals = finder.drain();
      if (signals.length === 0) return;
      triage.take(signals);
      for (const signal of signals) count(signal);
    },
    findingsOf: (detector) => {
      const own = found.get(detector);
      const cases = opened().filter((file) => file.detectors.has(detector)).length;
      const { signals = 0, matters, traders } = own ?? {};
      return { signals, matters: matters?.size ?? 0, traders: traders?.size ?? 0, cases };
    },
    faultOf: (detector) => {
      const standing = finder.standings().find((one) => one.detector === detector);
      return standing?.fault?.slice(0, FAULT_MAX) ?? null;
    },
    opened,
    byDay: () => {
      const days = new Map<string, number>();
      for (const { openedAt } of opened()) {
        const day = dayOf(openedAt);
        days.set(day, (days.get(day) ?? 0) + 1);
      }
      return days;
    },
    people: () => new Set(opened().flatMap((file) => [...file.traders])),
  };
}

function dayOf(at: EpochMs): string {
  return utcText(at).slice(0, 10);
}

/** Every day on which either opens a case. */
function daysOf(draft: Side, published: Side): BackTestResult['days'] {
  const [one, other] = [draft.byDay(), published.byDay()];
  return [...new Set([...one.keys(), ...other.keys()])]
    .sort()
    .map((day) => ({ day, draft: one.get(day) ?? 0, published: other.get(day) ?? 0 }));
}

function overlapOf(
  draft: ReadonlySet<string>,
  published: ReadonlySet<string>,
): BackTestResult['overlap'] {
  const both = [...draft].filter((trader) => published.has(trader)).length;
  return { both, onlyDraft: draft.size - both, onlyPublished: published.size - both };
}

function agreementOf(
  decided: Cases,
  fromAt: EpochMs,
  [draft, published]: readonly [ReadonlySet<string>, ReadonlySet<string>],
): BackTestResult['agreement'] {
  const confirmed = { cases: 0, draft: 0, published: 0 };
  const dismissed = { cases: 0, draft: 0, published: 0 };
  for (const { decided: decision, lastSignalAt, traders } of decided.all()) {
    const found = decision === null ? null : wasFound(decision);
    if (found === null || lastSignalAt < fromAt) continue;
    const counts = found ? confirmed : dismissed;
    counts.cases += 1;
    if ([...traders].some((trader) => draft.has(trader))) counts.draft += 1;
    if ([...traders].some((trader) => published.has(trader))) counts.published += 1;
  }
  return { confirmed, dismissed };
}
