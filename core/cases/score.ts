import type { Pattern } from '#core/fraud/detector.ts';
import { useOf, type Allowance, type ScoringPolicy } from '#core/fraud/scoring.ts';
import { PER_MILLE, type Signal } from '#core/fraud/signal.ts';
import type { EpochMs } from '#core/time/time.ts';

/** Of a signal, what cases are made from: pictures and trades stay in the log. */
export interface SeenSignal {
  readonly signalId: string;
  /** Its entry in the log. */
  readonly seq: number;
  readonly detector: string;
  readonly detectorVersion: number;
  readonly policyVersion: number;
  readonly revision: number;
  /** Detector and key: what it is about, through all its revisions. */
  readonly matter: string;
  readonly strength: number;
  readonly live: boolean;
  /** Market time. */
  readonly at: EpochMs;
  readonly fromAt: EpochMs;
  readonly traders: readonly string[];
  readonly accounts: readonly string[];
  readonly programs: readonly string[];
  /** What links its people, where its picture says: networks, devices, documents. */
  readonly things: readonly string[];
  /** Gains of the trades that it shows; one account's currency is taken as another's. */
  readonly profit: number;
  readonly sentence: string;
}

/** A signal that is part of a case, with the pattern its detector had when it joined. */
export interface JoinedSignal {
  readonly seen: SeenSignal;
  readonly pattern: Pattern;
  readonly joinedAt: EpochMs;
}

export function seenOf(signal: Signal, seq: number): SeenSignal {
  const { detector, key, picture } = signal;
  const nodes = picture.type === 'graph' ? picture.nodes : [];
  const linking = nodes.filter(({ kind }) => kind !== 'trader' && kind !== 'account');
  const gains = signal.trades.map(({ profit }) => Math.max(0, profit ?? 0));
  return {
    signalId: signal.signalId,
    seq,
    detector,
    detectorVersion: signal.detectorVersion,
    policyVersion: signal.policyVersion,
    revision: signal.revision,
    matter: `${detector} ${key}`,
    strength: signal.strength,
    live: signal.mode === 'live',
    at: signal.at,
    fromAt: signal.fromAt,
    traders: signal.traders,
    accounts: signal.accounts,
    programs: signal.programs,
    things: linking.map(({ id }) => id),
    profit: gains.reduce((sum, one) => sum + one, 0),
    sentence: signal.sentence,
  };
}

/** Whether a signal replaces another of its matter: by version, then by revision. */
export function replaces(one: SeenSignal, other: SeenSignal): boolean {
  return (
    (one.policyVersion - other.policyVersion ||
      one.detectorVersion - other.detectorVersion ||
      one.revision - other.revision) >= 0
  );
}

/**
 * The allowance by which a signal counts for nothing: all its traders are named, or all that links
 * them is.
 */
export function allowanceOf(
  { detector, traders, things }: SeenSignal,
  { allowances }: ScoringPolicy,
  at: EpochMs,
): Allowance | null {
  const covers = ({ subjects, ...allowance }: Allowance): boolean => {
    if (allowance.until <= at) return false;
    if (allowance.detector !== null && allowance.detector !== detector) return false;
    const isNamed = (one: string): boolean => subjects.includes(one);
    return traders.every(isNamed) || (things.length > 0 && things.every(isNamed));
  };
  return allowances.find(covers) ?? null;
}

/** What a signal counts, in thousandths: its strength by its detector's weight and its program's factor. */
export function countsFor(seen: SeenSignal, policy: ScoringPolicy, at: EpochMs): number {
  const { mode, weight } = useOf(policy, seen.detector);
  if (!seen.live || mode !== 'live' || allowanceOf(seen, policy, at)) return 0;
  const counted = Math.floor((seen.strength * weight * factorOf(seen, policy)) / 1_000_000);
  return Math.min(PER_MILLE, counted);
}

/** The strictest program of those that it concerns decides. */
function factorOf({ programs }: SeenSignal, { sensitivity }: ScoringPolicy): number {
  const factors = programs.map(
    (programId) => sensitivity.find((one) => one.programId === programId)?.factor ?? PER_MILLE,
  );
  return factors.length === 0 ? PER_MILLE : Math.max(...factors);
}

/**
 * How likely it is that something is there, if detectors err independently: 1 − Π(1 − each), in
 * thousandths, rounded down. Each detector counts once, by the strongest of its matters.
 */
export function scoreOf(signals: Iterable<SeenSignal>, policy: ScoringPolicy, at: EpochMs): number {
  const strongest = new Map<string, number>();
  for (const seen of signals) {
    const counted = countsFor(seen, policy, at);
    if (counted > (strongest.get(seen.detector) ?? 0)) strongest.set(seen.detector, counted);
  }
  return combined([...strongest.values()]);
}

/** Exact, so that the order does not matter. */
export function combined(strengths: readonly number[]): number {
  let doubt = 1n;
  for (const strength of strengths) doubt *= BigInt(PER_MILLE - strength);
  const scale = 1_000n ** BigInt(Math.max(0, strengths.length - 1));
  // Doubt is rounded up: a score never claims more than there is.
  return strengths.length === 0 ? 0 : PER_MILLE - Number((doubt + scale - 1n) / scale);
}
