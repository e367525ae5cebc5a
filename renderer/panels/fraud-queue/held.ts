import type { CaseRow } from '#core/desk-api/case-calls.ts';

/**
 * Rows in the order in which they stood: what moves under the pointer is clicked by mistake. Those
 * that are new come last, those that left are gone.
 */
export function inOrderOf(rows: readonly CaseRow[], before: readonly string[]): CaseRow[] {
  const byId = new Map(rows.map((row) => [row.caseId, row]));
  const stay = before.flatMap((caseId) => byId.get(caseId) ?? []);
  const known = new Set(before);
  return [...stay, ...rows.filter(({ caseId }) => !known.has(caseId))];
}
