import {
  useOf,
  type Allowance,
  type DetectorUse,
  type ScoringPolicy,
} from '#core/fraud/scoring.ts';
import type { BackTestResult } from '#core/fraud/back-test.ts';
import { PER_MILLE } from '#core/fraud/signal.ts';
import { decimalText } from '#core/money/money.ts';

/** A draft begins as the policy in force, under the number that follows. */
export function draftOf(policy: ScoringPolicy): ScoringPolicy {
  return { ...policy, version: policy.version + 1 };
}

/** Detectors that are used as if they were not named are not named: drafts of equal meaning are equal. */
export function withUse(
  policy: ScoringPolicy,
  detector: string,
  over: Partial<Omit<DetectorUse, 'detector'>>,
): ScoringPolicy {
  const use = { ...useOf(policy, detector), ...over };
  const plain =
    use.mode === 'live' && use.weight === PER_MILLE && Object.keys(use.params).length === 0;
  const at = policy.detectors.findIndex((one) => one.detector === detector);
  const others = policy.detectors.filter((one) => one.detector !== detector);
  if (plain) return { ...policy, detectors: others };
  const detectors = at < 0 ? [...others, use] : policy.detectors.with(at, use);
  return { ...policy, detectors };
}

/** Of parameters as a form holds them, those that differ from the detector's own. */
export function paramsOver(
  defaults: Readonly<Record<string, unknown>>,
  filled: Readonly<Record<string, unknown>>,
): DetectorUse['params'] {
  return Object.fromEntries(
    Object.entries(filled).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(defaults[name]),
    ),
  ) as DetectorUse['params'];
}

/** In a program scores count by so much; 1,000 is no entry at all. */
export function withSensitivity(
  policy: ScoringPolicy,
  programId: string,
  factor: number,
): ScoringPolicy {
  const others = policy.sensitivity.filter((one) => one.programId !== programId);
  const sensitivity = factor === PER_MILLE ? others : [...others, { programId, factor }];
  return {
    ...policy,
    sensitivity: sensitivity.sort((one, other) => (one.programId < other.programId ? -1 : 1)),
  };
}

export function withAllowance(policy: ScoringPolicy, allowance: Allowance): ScoringPolicy {
  return { ...policy, allowances: [...policy.allowances, allowance] };
}

export function withoutAllowance(policy: ScoringPolicy, allowanceId: string): ScoringPolicy {
  return {
    ...policy,
    allowances: policy.allowances.filter((one) => one.allowanceId !== allowanceId),
  };
}

/** 1,250 thousandths → "1.25". */
export function factorText(perMille: number): string {
  return decimalText(perMille, 3).replace(/\.?0+$/, '');
}

/** What a draft would change, a sentence each; none where it says the same. */
export function changesOf(
  before: ScoringPolicy,
  after: ScoringPolicy,
  titleOf: (detector: string) => string,
): string[] {
  const changes: string[] = [];
  if (before.openAt !== after.openAt)
    changes.push(`A case is opened from ${after.openAt} of 1,000, not ${before.openAt}`);
  const named = new Set([...before.detectors, ...after.detectors].map(({ detector }) => detector));
  for (const detector of [...named].sort()) {
    changes.push(...useChanges(useOf(before, detector), useOf(after, detector), titleOf(detector)));
  }
  const factors = new Map(before.sensitivity.map(({ programId, factor }) => [programId, factor]));
  const wanted = new Map(after.sensitivity.map(({ programId, factor }) => [programId, factor]));
  for (const programId of [...new Set([...factors.keys(), ...wanted.keys()])].sort()) {
    const [was, is] = [factors.get(programId) ?? PER_MILLE, wanted.get(programId) ?? PER_MILLE];
    if (was !== is)
      changes.push(`In ${programId} scores count ${factorText(is)} times, not ${factorText(was)}`);
  }
  const held = new Set(before.allowances.map(({ allowanceId }) => allowanceId));
  const kept = new Set(after.allowances.map(({ allowanceId }) => allowanceId));
  const about = ({ detector, subjects }: Allowance): string =>
    `${detector === null ? 'every detector' : titleOf(detector)} about ${subjects.join(', ')}`;
  for (const one of after.allowances)
    if (!held.has(one.allowanceId)) changes.push(`Allowed: ${about(one)}`);
  for (const one of before.allowances)
    if (!kept.has(one.allowanceId)) changes.push(`No longer allowed: ${about(one)}`);
  return changes;
}

function useChanges(was: DetectorUse, is: DetectorUse, title: string): string[] {
  const changes: string[] = [];
  if (was.mode !== is.mode) changes.push(`${title} is ${is.mode}, not ${was.mode}`);
  if (was.weight !== is.weight)
    changes.push(`${title} counts ${factorText(is.weight)} times, not ${factorText(was.weight)}`);
  for (const name of new Set([...Object.keys(was.params), ...Object.keys(is.params)])) {
    const [old, now] = [was.params[name], is.params[name]].map((value) =>
      value === undefined ? 'its own' : JSON.stringify(value),
    );
    if (old !== now) changes.push(`${title}: ${name} is ${now}, was ${old}`);
  }
  return changes;
}

export interface QueueSize {
  /** Cases a day, in tenths. */
  readonly draft: number;
  readonly published: number;
  /** The fullest day. */
  readonly draftMost: number;
  readonly publishedMost: number;
}

const DAY_MS = 86_400_000;

/** How many cases a day come onto the queue under each policy; quiet days count. */
export function queueSize({ summary, days }: BackTestResult): QueueSize {
  const span = Math.max(1, Math.ceil((summary.toAt - summary.fromAt) / DAY_MS));
  const perDay = (cases: number): number => Math.round((cases * 10) / span);
  return {
    draft: perDay(summary.cases),
    published: perDay(summary.casesBefore),
    draftMost: Math.max(0, ...days.map(({ draft }) => draft)),
    publishedMost: Math.max(0, ...days.map(({ published }) => published)),
  };
}
