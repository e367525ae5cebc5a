import { expect, it } from 'vitest';
import type { CaseRow } from '#core/desk-api/case-calls.ts';
import { inOrderOf } from './held.ts';

const rows = (...caseIds: readonly string[]): CaseRow[] =>
  caseIds.map((caseId) => ({ caseId }) as CaseRow);

it('rows that stay keep their places, new ones come last, those that left are gone', () => {
  const held = inOrderOf(rows('c', 'a', 'new', 'b'), ['a', 'b', 'gone', 'c']);
  expect(held.map(({ caseId }) => caseId)).toEqual(['a', 'b', 'c', 'new']);
});

it('nothing that stood before leaves the order as it came', () => {
  expect(inOrderOf(rows('b', 'a'), []).map(({ caseId }) => caseId)).toEqual(['b', 'a']);
});
