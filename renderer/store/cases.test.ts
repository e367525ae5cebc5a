import { expect, it } from 'vitest';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { seenBy } from './cases.ts';

const row = (caseId: string, ...viewers: readonly string[]): CaseRow =>
  ({ caseId, viewers: viewers.map((personId) => ({ personId, name: personId })) }) as CaseRow;

it('who looks at a case is told on its row, and rows that nobody new looks at stay as they are', () => {
  const rows = [row('c1'), row('c2', 'P1'), row('c3', 'P2')];
  const people = [{ personId: 'P1', name: 'P1' }];
  const seen = seenBy(rows, [
    { caseId: 'c1', people },
    { caseId: 'c2', people },
  ]);
  expect(seen.map(({ viewers }) => viewers.map(({ personId }) => personId))).toEqual([
    ['P1'],
    ['P1'],
    [],
  ]);
  expect(seen[1]).toBe(rows[1]);
});
