import { detectors } from '#core/fraud/detectors/index.ts';
import type { Pattern } from '#core/fraud/detector.ts';
import type { Signal } from '#core/fraud/signal.ts';
import { present } from '#core/kernel/assert.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import type { EpochMs } from '#core/time/time.ts';
import { EARLIER_MAX, SIGNALS_AT_OPENING_MAX } from './cases.events.ts';
import type { CaseOpened, CaseSignalAdded } from './cases.events.ts';
import type { CaseFile, Cases } from './cases.ts';
import { countsFor, scoreOf, type SeenSignal } from './score.ts';

/** Signals in one command. */
export const SIGNALS_PER_COMMAND_MAX = 200;
const DAY_MS = 86_400_000;
/** Loose signals older than this, by market time, open no case with new ones. */
export const POOLED_FOR_MS = 90 * DAY_MS;
/** By so much, in thousandths, a matter must have grown to be looked at again once it was decided. */
export const MATERIALLY_STRONGER = 100;
/** After a warning or worse, the same matter is a new one when it goes on for so long. */
export const AGAIN_AFTER_MS = 14 * DAY_MS;

export type SignalDraft =
  | { readonly kind: 'signalRaised'; readonly data: Signal }
  | { readonly kind: 'caseOpened'; readonly data: CaseOpened }
  | { readonly kind: 'caseSignalAdded'; readonly data: CaseSignalAdded };

export interface SignalState {
  readonly cases: Cases;
  /** The server's clock. */
  readonly at: EpochMs;
  /** What a detector looks for; null for one that is not known any more. */
  patternOf?(detector: string): Pattern | null;
}

/**
 * What becomes of signals, one after the other: each that is new is recorded, and then
 *
 * 1. joins the live case that its matter is part of already;
 * 2. else joins the live case that shares a trader and a pattern with it: the one with the most
 *    traders in common, then the oldest;
 * 3. else is pooled: with all loose signals that share a trader with it, of whatever pattern, it
 *    opens a case if together they reach the score from which cases are opened.
 *
 * A signal that counts for nothing (a shadow, an allowance, a weight of 0) is recorded and no more;
 * so is one about a matter that was decided, unless it has grown materially, or goes on after a
 * warning. A snoozed case takes signals in and sleeps on. Nobody is punished here: a case is a
 * question to a person.
 */
export function decideSignals(
  signals: readonly Signal[],
  { cases, at, patternOf = patternFrom }: SignalState,
): readonly SignalDraft[] {
  const now = cases.excerpt(signals);
  const drafts: SignalDraft[] = [];
  // Places in the log are not known yet: they come after all that are.
  let seq = Number.MAX_SAFE_INTEGER - 2 * signals.length - 1;
  for (const signal of signals) {
    if (now.knows(signal.signalId)) continue;
    drafts.push({ kind: 'signalRaised', data: signal });
    now.raise(signal, (seq += 1));
    const next = follow(present(now.signal(signal.signalId), 'the signal'), now, at, patternOf);
    if (next === null) continue;
    drafts.push(next);
    if (next.kind === 'caseOpened') now.open(next.data, (seq += 1));
    else now.addSignal(next.data, (seq += 1));
  }
  return drafts;
}

type PatternOf = (detector: string) => Pattern | null;
const patternFrom: PatternOf = (detector) => detectors.find(detector)?.pattern ?? null;

function follow(
  seen: SeenSignal,
  cases: Cases,
  at: EpochMs,
  patternOf: PatternOf,
): Exclude<SignalDraft, { kind: 'signalRaised' }> | null {
  const pattern = patternOf(seen.detector);
  if (pattern === null || countsFor(seen, cases.policy, at) === 0) return null;
  const joined = caseToJoin(seen, pattern, cases);
  if (joined) {
    const { caseId, signals } = joined;
    const others = [...signals.values()].map((one) => one.seen);
    const together = [...others.filter(({ matter }) => matter !== seen.matter), seen];
    const score = scoreOf(together, cases.policy, at);
    const { signalId } = seen;
    return { kind: 'caseSignalAdded', data: { caseId, signalId, pattern, score, at } };
  }
  return caseToOpen(seen, cases, at, patternOf);
}

function caseToJoin(seen: SeenSignal, pattern: Pattern, cases: Cases): CaseFile | null {
  const holder = cases.withMatter(seen.matter);
  if (holder && isLive(holder)) return holder;
  if (!speaksAgain(seen, cases).speaks) return null;
  const shared = new Map<CaseFile, number>();
  for (const traderId of seen.traders) {
    for (const file of cases.of(traderId)) {
      if (isLive(file) && file.patterns.has(pattern)) shared.set(file, (shared.get(file) ?? 0) + 1);
    }
  }
  let best: CaseFile | null = null;
  for (const [file, traders] of shared) {
    const most = best ? (shared.get(best) ?? 0) : 0;
    const isOlder = best !== null && file.openedSeq < best.openedSeq;
    if (traders > most || (traders === most && isOlder)) best = file;
  }
  return best;
}

function isLive({ decided, mergedInto }: CaseFile): boolean {
  return decided === null && mergedInto === null;
}

/** Whether a signal says anything that was not decided already, and which case it goes on from. */
function speaksAgain(
  seen: SeenSignal,
  cases: Cases,
): { readonly speaks: boolean; readonly because: string | null } {
  const before = cases.withMatter(seen.matter);
  if (!before?.decided) return { speaks: true, because: null };
  const { caseId: because, decided, lastSignalAt, signals } = before;
  const strength = signals.get(seen.matter)?.seen.strength ?? 0;
  const grew = seen.strength >= strength + MATERIALLY_STRONGER;
  const goesOn = decided.outcome !== 'dismiss' && seen.at >= lastSignalAt + AGAIN_AFTER_MS;
  return { speaks: grew || goesOn, because };
}

function caseToOpen(
  seen: SeenSignal,
  cases: Cases,
  at: EpochMs,
  patternOf: PatternOf,
): Extract<SignalDraft, { kind: 'caseOpened' }> | null {
  const { policy } = cases;
  const pooled = new Map<string, SeenSignal>();
  for (const traderId of seen.traders) {
    for (const one of cases.loose(traderId)) {
      if (one.at >= seen.at - POOLED_FOR_MS && speaksAgain(one, cases).speaks) {
        pooled.set(one.matter, one);
      }
    }
  }
  if (!pooled.has(seen.matter)) return null;
  const counting = [...pooled.values()].flatMap((one) => {
    const pattern = patternOf(one.detector);
    const counts = countsFor(one, policy, at);
    return pattern === null || counts === 0 ? [] : [{ one, pattern, counts }];
  });
  const chosen = counting
    .sort((one, other) => other.counts - one.counts || one.one.seq - other.one.seq)
    .slice(0, SIGNALS_AT_OPENING_MAX);
  const score = scoreOf(
    chosen.map(({ one }) => one),
    policy,
    at,
  );
  if (score < policy.openAt) return null;
  const because =
    speaksAgain(seen, cases).because ??
    chosen.map(({ one }) => speaksAgain(one, cases).because).find((one) => one !== null) ??
    null;
  const about = { traders: seen.traders, patterns: new Set(chosen.map(({ pattern }) => pattern)) };
  return {
    kind: 'caseOpened',
    data: {
      caseId: `c-${digestOfText(seen.signalId).slice(0, 24)}`,
      signals: chosen.map(({ one: { signalId }, pattern }) => ({ signalId, pattern })),
      score,
      earlier: earlierOf(about, cases),
      because,
      at,
    },
  };
}

/** Decided cases of one of these patterns about these people, newest first. */
function earlierOf(
  { traders, patterns }: { traders: readonly string[]; patterns: ReadonlySet<Pattern> },
  cases: Cases,
): string[] {
  const found = new Set<CaseFile>();
  for (const traderId of traders) {
    for (const file of cases.of(traderId)) {
      const alike = [...file.patterns].some((pattern) => patterns.has(pattern));
      if (file.decided && alike) found.add(file);
    }
  }
  return [...found]
    .sort((one, other) => other.openedSeq - one.openedSeq)
    .slice(0, EARLIER_MAX)
    .map(({ caseId }) => caseId);
}
