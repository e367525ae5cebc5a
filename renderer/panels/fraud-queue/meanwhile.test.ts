import { describe, expect, it } from 'vitest';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { basisOf, linesOf, sinceBasis, versionToSend, type Entry } from './meanwhile.ts';

const entry = ([seq, by, kind = 'claimed']: readonly [number, string, string?]): Entry => ({
  seq,
  by,
  kind,
  at: seq,
  state: 'logged',
  says: '',
});
const detail = (
  version: number,
  entries: readonly (readonly [number, string, string?])[],
  keys: readonly string[] = ['k1'],
): CaseDetail =>
  ({
    row: { version },
    timeline: entries.map(entry),
    signals: keys.map((key) => ({ signal: { detector: 'd', key } })),
  }) as unknown as CaseDetail;
const me = ['P1', 'Ada Vale'];
const first = [
  [10, 'Ada Vale'],
  [12, 'Ben Okafor'],
] as const;
const before = detail(3, first);
const more = [15, 'Surveillance', 'caseSignalAdded'] as const;

describe('what happened while somebody wrote', () => {
  it('what others did since is shown, what one did oneself is not', () => {
    const after = detail(5, [...first, [15, 'Ada Vale'], [17, 'Cleo']]);
    expect(sinceBasis(after, basisOf(before), me).news.map(({ by }) => by)).toEqual(['Cleo']);
  });

  it('a lock that one keeps oneself raises the version without a question', () => {
    const renewed = detail(4, [...first, [14, 'P1']]);
    expect(versionToSend(renewed, basisOf(before), me)).toBe(4);
  });

  it('what others did keeps the version that was seen, until it was looked at', () => {
    const after = detail(4, [...first, [14, 'Ben Okafor']]);
    expect(versionToSend(after, basisOf(before), me)).toBe(3);
    expect(versionToSend(after, basisOf(after), me)).toBe(4);
  });

  it('more of a matter that was seen is told and stops nobody; a new matter does', () => {
    const grown = detail(5, [...first, more]);
    expect(sinceBasis(grown, basisOf(before), me)).toEqual({ news: [], moreOfTheSame: 1 });
    expect(versionToSend(grown, basisOf(before), me)).toBe(5);
    const widened = detail(5, [...first, more], ['k1', 'k2']);
    expect(sinceBasis(widened, basisOf(before), me).news).toHaveLength(1);
    expect(versionToSend(widened, basisOf(before), me)).toBe(3);
  });

  it('a case without a timeline begins at nothing', () => {
    expect(basisOf(detail(1, [], []))).toEqual({ version: 1, seq: 0, matters: new Set() });
  });
});

it('a run in which surveillance only saw more is one line with its count', () => {
  const timeline = [
    ...first,
    more,
    [16, 'Surveillance', 'caseSignalAdded'],
    [20, 'Ben Okafor'],
    [21, 'Surveillance', 'caseSignalAdded'],
  ] as const;
  const lines = linesOf(timeline.map(entry));
  expect(lines.map(({ entry: { seq }, count, fromAt }) => [seq, count, fromAt])).toEqual([
    [10, 1, 10],
    [12, 1, 12],
    [16, 2, 15],
    [20, 1, 20],
    [21, 1, 21],
  ]);
});
