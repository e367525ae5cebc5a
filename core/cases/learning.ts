import { PATTERNS, type Pattern } from '#core/fraud/detector.ts';
import { PER_MILLE } from '#core/fraud/signal.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { CaseFile, Cases, DecidedCase } from './cases.ts';
import { isInterim, stateOf } from './cases.ts';
import { DISMISS_CODES, type DismissCode } from './outcomes.ts';
import { DECIDE_WITHIN_MS } from './priority.ts';
import { kappaOf, medianOf, quantileOf, shareOf, type Share } from './shares.ts';

const DAY_MS = 86_400_000;
/** Numbers of the head of the page, and what they are compared with. */
export const KPI_WINDOW_MS = 30 * DAY_MS;
/** One in so many decided cases is looked at again by another person. */
export const REVIEW_ONE_IN = 10;
/** A decision is looked at again within so long. */
export const REVIEWED_WITHIN_MS = 30 * DAY_MS;
const THRESHOLD_STEP = 50;

/** Whether there was something: null where the decision says nothing about it. */
export function wasFound({ outcome, code }: DecidedCase): boolean | null {
  if (isInterim(outcome) || code === 'duplicate') return null;
  return outcome !== 'dismiss';
}

export interface Rate {
  readonly id: string;
  readonly version: number | null;
  readonly hits: Share;
  readonly falsePositives: Share;
  readonly medianTimeToDecide: number | null;
}

export interface Learning {
  readonly decided: number;
  readonly detectors: readonly Rate[];
  readonly versions: readonly Rate[];
  readonly reviewers: readonly Rate[];
  readonly dismissed: readonly { readonly code: DismissCode; readonly count: number }[];
  readonly timeToDecide: readonly {
    readonly pattern: Pattern;
    readonly count: number;
    readonly median: number;
    readonly ninetieth: number;
    readonly inTime: Share;
  }[];
  readonly agreement: { readonly n: number; readonly agreed: Share; readonly kappa: number | null };
  readonly curves: readonly { readonly detector: string; readonly points: readonly CurvePoint[] }[];
}

/** What a detector would have said of decided cases, had it spoken from a strength on only. */
export interface CurvePoint {
  readonly threshold: number;
  readonly caught: number;
  /** Of those caught, how many were something; null where none was caught. */
  readonly precision: number | null;
  /** Of those that were something and that it saw at all, how many were caught; null of none. */
  readonly recall: number | null;
}

/** How well cases are opened and decided. `since` leaves out what was decided before. */
export function learningOf(cases: Cases, since: EpochMs | null): Learning {
  const judged = [...cases.all()].flatMap((file) => judgedOf(file, since));
  const byDetector = new Map<string, Judged[]>();
  const byVersion = new Map<string, Judged[]>();
  const byReviewer = new Map<string, Judged[]>();
  for (const one of judged) {
    for (const detector of one.file.detectors) list(byDetector, detector, one);
    for (const version of versionsIn(one.file)) list(byVersion, version, one);
    list(byReviewer, one.decided.personId, one);
  }
  return {
    decided: judged.length,
    detectors: ratesOf(byDetector),
    versions: ratesOf(byVersion).map((rate) => {
      const at = rate.id.lastIndexOf(' ');
      return { ...rate, id: rate.id.slice(0, at), version: Number(rate.id.slice(at + 1)) };
    }),
    reviewers: ratesOf(byReviewer),
    dismissed: dismissedOf(judged),
    timeToDecide: PATTERNS.flatMap((pattern) => timesOf(pattern, judged)),
    agreement: agreementOf(judged),
    curves: [...byDetector.keys()].sort().map((detector) => ({
      detector,
      points: curveOf(detector, byDetector.get(detector) ?? []),
    })),
  };
}

interface Judged {
  readonly file: CaseFile;
  readonly decided: DecidedCase;
  readonly found: boolean | null;
  readonly tookMs: number;
}

function judgedOf(file: CaseFile, since: EpochMs | null): Judged[] {
  const { decided } = file;
  if (!decided || (since !== null && decided.at < since)) return [];
  const tookMs = Math.max(0, decided.at - file.openedAt);
  return [{ file, decided, found: wasFound(decided), tookMs }];
}

function list<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const known = map.get(key);
  if (known) known.push(value);
  else map.set(key, [value]);
}

function versionsIn({ signals }: CaseFile): Set<string> {
  const found = [...signals.values()].map(({ seen }) => `${seen.detector} ${seen.detectorVersion}`);
  return new Set(found);
}

function ratesOf(groups: ReadonlyMap<string, readonly Judged[]>): Rate[] {
  return [...groups]
    .map(([id, all]) => {
      const judged = all.filter(({ found }) => found !== null);
      const hits = judged.filter(({ found }) => found === true).length;
      return {
        id,
        version: null,
        hits: shareOf(hits, judged.length),
        falsePositives: shareOf(judged.length - hits, judged.length),
        medianTimeToDecide: medianOf(all.map(({ tookMs }) => tookMs)),
      };
    })
    .sort((one, other) => (one.id < other.id ? -1 : 1));
}

function dismissedOf(judged: readonly Judged[]): Learning['dismissed'] {
  const counts = new Map<string, number>();
  for (const { decided } of judged) {
    if (decided.outcome === 'dismiss') {
      counts.set(decided.code, (counts.get(decided.code) ?? 0) + 1);
    }
  }
  const codes = Object.keys(DISMISS_CODES) as DismissCode[];
  return codes
    .flatMap((code) => {
      const count = counts.get(code) ?? 0;
      return count === 0 ? [] : [{ code, count }];
    })
    .sort((one, other) => other.count - one.count);
}

function timesOf(pattern: Pattern, judged: readonly Judged[]): Learning['timeToDecide'] {
  const times = judged.flatMap(({ file, tookMs }) => (file.patterns.has(pattern) ? [tookMs] : []));
  const [median, ninetieth] = [medianOf(times), quantileOf(times, 900)];
  if (median === null || ninetieth === null) return [];
  const inTime = times.filter((ms) => ms <= DECIDE_WITHIN_MS[pattern]).length;
  return [
    { pattern, count: times.length, median, ninetieth, inTime: shareOf(inTime, times.length) },
  ];
}

/** What a second person, who was not told, said of the same cases. */
function agreementOf(judged: readonly Judged[]): Learning['agreement'] {
  const pairs = judged.flatMap(({ file, decided }) =>
    file.reviews
      .filter(({ decisionSeq }) => decisionSeq === decided.seq)
      .map(({ outcome }) => [decided.outcome, outcome] as const),
  );
  const agreed = pairs.filter(([one, other]) => one === other).length;
  return { n: pairs.length, agreed: shareOf(agreed, pairs.length), kappa: kappaOf(pairs) };
}

function curveOf(detector: string, judged: readonly Judged[]): CurvePoint[] {
  const seen = judged.flatMap(({ file, found }) =>
    found === null ? [] : [{ found, strength: strengthOf(file, detector) }],
  );
  const all = seen.filter(({ found }) => found).length;
  const points: CurvePoint[] = [];
  for (let threshold = 0; threshold <= PER_MILLE; threshold += THRESHOLD_STEP) {
    const caught = seen.filter(({ strength }) => strength >= threshold);
    const hits = caught.filter(({ found }) => found).length;
    points.push({
      threshold,
      caught: caught.length,
      precision: shareOf(hits, caught.length).perMille,
      recall: shareOf(hits, all).perMille,
    });
  }
  return points;
}

function strengthOf({ signals }: CaseFile, detector: string): number {
  let most = 0;
  for (const { seen } of signals.values()) {
    if (seen.detector === detector) most = Math.max(most, seen.strength);
  }
  return most;
}

export interface Kpi {
  readonly id:
    'openCases' | 'overdueCases' | 'medianAge' | 'decided' | 'timeToDecide' | 'falsePositives';
  readonly unit: 'count' | 'milliseconds' | 'perMille';
  readonly value: number | null;
  readonly baseline: number | null;
  readonly delta: number | null;
  readonly better: 'lower' | 'higher' | 'neither';
}

/** The head of the page: now, or over the last 30 days, against the 30 days before. */
export function kpisOf(cases: Cases, at: EpochMs): Kpi[] {
  const before = at - KPI_WINDOW_MS;
  const [now, then] = [countedAt(cases, at), countedAt(cases, before)];
  const kpi = (
    id: Kpi['id'],
    unit: Kpi['unit'],
    better: Kpi['better'],
    pick: (counted: Counted) => number | null,
  ): Kpi => {
    const [value, baseline] = [pick(now), pick(then)];
    const delta = value === null || baseline === null ? null : value - baseline;
    return { id, unit, value, baseline, delta, better };
  };
  return [
    kpi('openCases', 'count', 'lower', ({ ages }) => ages.length),
    kpi('overdueCases', 'count', 'lower', ({ overdue }) => overdue),
    kpi('medianAge', 'milliseconds', 'lower', ({ ages }) => medianOf(ages)),
    kpi('decided', 'count', 'neither', ({ times }) => times.length),
    kpi('timeToDecide', 'milliseconds', 'lower', ({ times }) => medianOf(times)),
    kpi('falsePositives', 'perMille', 'lower', ({ judged, dismissed }) =>
      judged === 0 ? null : Math.floor((dismissed * PER_MILLE) / judged),
    ),
  ];
}

interface Counted {
  /** Of cases that were undecided then. */
  readonly ages: number[];
  overdue: number;
  /** Times to decide, of decisions in the 30 days up to then. */
  readonly times: number[];
  judged: number;
  dismissed: number;
}

function countedAt(cases: Cases, at: EpochMs): Counted {
  const counted: Counted = { ages: [], overdue: 0, times: [], judged: 0, dismissed: 0 };
  for (const file of cases.all()) {
    if (file.openedAt > at) continue;
    if (wasUndecidedAt(file, at)) {
      const age = at - file.openedAt;
      counted.ages.push(age);
      // By pattern alone: which payouts waited then, nobody knows any more.
      const within = Math.min(...[...file.patterns].map((pattern) => DECIDE_WITHIN_MS[pattern]));
      if (age > within) counted.overdue += 1;
    }
    for (const decided of file.decisions) {
      if (isInterim(decided.outcome) || decided.at > at || decided.at <= at - KPI_WINDOW_MS) {
        continue;
      }
      counted.times.push(Math.max(0, decided.at - file.openedAt));
      const found = wasFound(decided);
      if (found !== null) counted.judged += 1;
      if (found === false) counted.dismissed += 1;
    }
  }
  return counted;
}

function wasUndecidedAt(file: CaseFile, at: EpochMs): boolean {
  let undecided = true;
  for (const { kind, data } of file.entries) {
    if (data.at > at) break;
    if (kind === 'caseDecided' && !isInterim(data.outcome)) undecided = false;
    if (kind === 'caseReopened') undecided = true;
    if (kind === 'caseMerged' && data.caseId === file.caseId) return false;
  }
  return undecided;
}

/**
 * Whether a decided case is to be judged again by a person who is not told what was decided: one in
 * ten, by its name alone, so that nobody chooses; once, by somebody who had no part in it.
 */
export function isOfferedTo(file: CaseFile, personId: string, at: EpochMs): boolean {
  const { decided, reviews, caseId } = file;
  if (stateOf(file, at) !== 'decided' || !decided || at > decided.at + REVIEWED_WITHIN_MS) {
    return false;
  }
  if (reviews.some(({ decisionSeq }) => decisionSeq === decided.seq)) return false;
  return !hadPartIn(file, personId) && isInSample(caseId);
}

/** One in ten, whichever they are. */
export function isInSample(caseId: string): boolean {
  return Number.parseInt(digestOfText(`review ${caseId}`).slice(0, 8), 16) % REVIEW_ONE_IN === 0;
}

function hadPartIn({ entries, decisions }: CaseFile, personId: string): boolean {
  return (
    decisions.some((decision) => decision.personId === personId) ||
    entries.some(({ data }) => 'personId' in data && data.personId === personId)
  );
}
