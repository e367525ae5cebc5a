import { describe, expect, it } from 'vitest';
import type { CaseDetail } from '#core/desk-api/case-calls.ts';
import { basisOf, sinceBasis, versionToSend } from './meanwhile.ts';

const detail = (version: number, ...entries: readonly (readonly [number, string])[]): CaseDetail =>
  ({
    row: { version },
    timeline: entries.map(([seq, by]) => ({ seq, by, at: seq, state: 'logged', says: '' })),
  }) as unknown as CaseDetail;
const me = ['P1', 'Ada Vale'];
const before = detail(3, [10, 'Ada Vale'], [12, 'Ben Okafor']);

describe('what happened while somebody wrote', () => {
  it('what others did since is shown, what one did oneself is not', () => {
    const after = detail(5, [10, 'Ada Vale'], [12, 'Ben Okafor'], [15, 'Ada Vale'], [17, 'Cleo']);
    expect(sinceBasis(after, basisOf(before), me).map(({ by }) => by)).toEqual(['Cleo']);
  });

  it('a lock that one keeps oneself raises the version without a question', () => {
    const renewed = detail(4, [10, 'Ada Vale'], [12, 'Ben Okafor'], [14, 'P1']);
    expect(versionToSend(renewed, basisOf(before), me)).toBe(4);
  });

  it('what others did keeps the version that was seen, until it was looked at', () => {
    const after = detail(4, [10, 'Ada Vale'], [12, 'Ben Okafor'], [14, 'Ben Okafor']);
    expect(versionToSend(after, basisOf(before), me)).toBe(3);
    expect(versionToSend(after, basisOf(after), me)).toBe(4);
  });

  it('a case without a timeline begins at nothing', () => {
    expect(basisOf(detail(1))).toEqual({ version: 1, seq: 0 });
  });
});
