import type { Signal } from '#core/fraud/signal.ts';
import type { CaseFile } from '#core/cases/cases.ts';

/** What a trader really is, as far as anybody could tell by then. */
export interface Truth {
  readonly traderId: string;
  /** What it plays, and how: for lists of what was missed. */
  readonly kind: string;
  readonly variant: string;
  readonly hard: boolean;
  /** Detectors that ought to see it; none for an honest trader. */
  readonly patterns: readonly string[];
  /** Of those who act together. */
  readonly group: number;
  /** An abuser who has done nothing yet: right to be found, and no loss to be missed. */
  readonly idle: boolean;
}

/** How right somebody is who names people. Shares are whole per mille; null of nothing. */
export interface Tally {
  /** Traders who do what is looked for. */
  readonly hits: number;
  /** Abusers of another kind. */
  readonly otherAbuse: number;
  /** Honest traders. */
  readonly falseAlarms: number;
  readonly missed: number;
  /** Of all who were named, how many do what is looked for. */
  readonly precision: number | null;
  /** Of all who do, how many were named; of those who hide it well; of groups, by any member. */
  readonly recall: number | null;
  readonly recallHard: number | null;
  readonly recallGroups: number | null;
}

/** Who was named, beside the truth. `pattern` null stands for any abuse. */
export function tallyOf(
  named: ReadonlySet<string>,
  truths: readonly Truth[],
  pattern: string | null,
): Tally {
  const does = ({ patterns }: Truth): boolean =>
    pattern === null ? patterns.length > 0 : patterns.includes(pattern);
  const seen = truths.filter(({ traderId }) => named.has(traderId));
  const wanted = truths.filter((truth) => does(truth) && !truth.idle);
  const found = wanted.filter(({ traderId }) => named.has(traderId));
  const hard = wanted.filter((truth) => truth.hard);
  const groups = new Set(wanted.map(({ group }) => group));
  const hits = seen.filter(does).length;
  const falseAlarms = seen.filter(({ patterns }) => patterns.length === 0).length;
  return {
    hits,
    falseAlarms,
    otherAbuse: seen.length - hits - falseAlarms,
    missed: wanted.length - found.length,
    precision: shareOf(hits, seen.length),
    recall: shareOf(found.length, wanted.length),
    recallHard: shareOf(found.filter((truth) => truth.hard).length, hard.length),
    recallGroups: shareOf(new Set(found.map(({ group }) => group)).size, groups.size),
  };
}

export function shareOf(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 1_000) / whole);
}

/** Everybody whom signals of a detector name, from a strength on. */
export function namedBy(
  signals: readonly Signal[],
  detector: string,
  strengthMin: number,
): ReadonlySet<string> {
  const strong = signals.filter(
    (signal) => signal.detector === detector && signal.strength >= strengthMin,
  );
  return new Set(strong.flatMap(({ traders }) => traders));
}

/** Everybody who is part of a case. */
export function inCases(cases: Iterable<CaseFile>): ReadonlySet<string> {
  return new Set([...cases].flatMap(({ traders }) => [...traders]));
}
