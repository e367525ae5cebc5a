import type { CaseDetail } from '#core/desk-api/case-calls.ts';

/** What a person had on screen when they began to write. */
export interface Basis {
  readonly version: number;
  /** Of the latest entry of the timeline. */
  readonly seq: number;
}

type Entry = CaseDetail['timeline'][number];

export function basisOf({ row, timeline }: CaseDetail): Basis {
  return { version: row.version, seq: Math.max(0, ...timeline.map(({ seq }) => seq)) };
}

/** What others did since, oldest first; what the person did too is no surprise to them. */
export function sinceBasis(
  { timeline }: CaseDetail,
  basis: Basis,
  me: readonly string[],
): readonly Entry[] {
  return timeline.filter(
    ({ seq, by, state }) => state === 'logged' && seq > basis.seq && !me.includes(by),
  );
}

/**
 * The version to act on: that of now as long as nobody else did anything, else the one that the
 * person saw, which the server refuses until they have looked.
 */
export function versionToSend(detail: CaseDetail, basis: Basis, me: readonly string[]): number {
  return sinceBasis(detail, basis, me).length === 0 ? detail.row.version : basis.version;
}
