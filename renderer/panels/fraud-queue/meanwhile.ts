import type { CaseDetail } from '#core/desk-api/case-calls.ts';

/** What a person had on screen when they began to write. */
export interface Basis {
  readonly version: number;
  /** Of the latest entry of the timeline. */
  readonly seq: number;
  /** What its signals were about. */
  readonly matters: ReadonlySet<string>;
}

export type Entry = CaseDetail['timeline'][number];

export function basisOf({ row, timeline, signals }: CaseDetail): Basis {
  return {
    version: row.version,
    seq: Math.max(0, ...timeline.map(({ seq }) => seq)),
    matters: mattersOf(signals),
  };
}

/** A signal of the same detector and key is the same matter, further on. */
function mattersOf(signals: CaseDetail['signals']): Set<string> {
  return new Set(signals.map(({ signal }) => `${signal.detector} ${signal.key}`));
}

export interface Meanwhile {
  /** What a person should have seen before going on, oldest first. */
  readonly news: readonly Entry[];
  /** How often surveillance saw more of what it had seen already: told, and no reason to stop. */
  readonly moreOfTheSame: number;
}

/** What others did since; what the person did too is no surprise to them. */
export function sinceBasis(detail: CaseDetail, basis: Basis, me: readonly string[]): Meanwhile {
  const entries = detail.timeline.filter(
    ({ seq, by, state }) => state === 'logged' && seq > basis.seq && !me.includes(by),
  );
  const isNew = [...mattersOf(detail.signals)].some((matter) => !basis.matters.has(matter));
  const isSignal = ({ kind }: Entry): boolean => kind === 'caseSignalAdded';
  return {
    news: isNew ? entries : entries.filter((entry) => !isSignal(entry)),
    moreOfTheSame: isNew ? 0 : entries.filter(isSignal).length,
  };
}

/**
 * The version to act on: that of now as long as there is no news, else the one that the person saw,
 * which the server refuses until they have looked.
 */
export function versionToSend(detail: CaseDetail, basis: Basis, me: readonly string[]): number {
  return sinceBasis(detail, basis, me).news.length === 0 ? detail.row.version : basis.version;
}

/** Entries of a timeline; a run in which surveillance only saw more is one line. */
export interface TimelineLine {
  readonly entry: Entry;
  /** Entries in it: 1 for all that people do. */
  readonly count: number;
  /** Of its first entry. */
  readonly fromAt: number;
}

export function linesOf(timeline: readonly Entry[]): TimelineLine[] {
  const lines: TimelineLine[] = [];
  for (const entry of timeline) {
    const last = lines.at(-1);
    const goesOn = entry.kind === 'caseSignalAdded' && last?.entry.kind === entry.kind;
    if (goesOn) lines.splice(-1, 1, { entry, count: last.count + 1, fromAt: last.fromAt });
    else lines.push({ entry, count: 1, fromAt: entry.at });
  }
  return lines;
}
