import { isInterim } from '#core/cases/cases.ts';
import type { Takers } from './define.ts';
import type { KpiWindow } from './kpi.ts';
import type { Seen } from './measure.ts';
import { isIn, stepsOf, type Matter, type Step } from './matters.ts';

/** Cases with how they were decided. A case that is opened again is undecided until it is decided again. */
export const caseTakes: Takers = {
  caseOpened: ({ data: { caseId, signals } }, { matters, at, seq }) => {
    const tags = { caseId, pattern: signals[0]?.pattern ?? 'unknown' };
    matters.open(caseId, { at, seq }, { tags });
  },
  caseSplit: ({ data }, { matters, at, seq }) => {
    const pattern = matters.get(data.caseId)?.tags.pattern ?? 'unknown';
    matters.open(data.newCaseId, { at, seq }, { tags: { caseId: data.newCaseId, pattern } });
  },
  caseMerged: ({ data }, { matters, at, seq }) => {
    matters.step(data.caseId, { at, seq }, 'merged');
  },
  caseDecided: ({ data }, { matters, at, seq }) => {
    const { caseId, outcome, code } = data;
    // A hold, and its end, leave a case to be decided.
    if (!isInterim(outcome))
      matters.step(caseId, { at, seq }, wordOf(outcome, code), { about: code });
  },
  caseReopened: ({ data }, { matters, at, seq }) => {
    matters.step(data.caseId, { at, seq }, 'reopened');
  },
};

function wordOf(outcome: string, code: string): 'found' | 'none' | 'duplicate' {
  if (code === 'duplicate') return 'duplicate';
  return outcome === 'dismiss' ? 'none' : 'found';
}

/** The decision that stood at the end of a window, where it fell in it. */
export function decidedIn(matter: Matter, window: KpiWindow): Step | null {
  const last = stepsOf(matter, window).at(-1);
  if (!last || last.name === 'reopened' || last.name === 'merged') return null;
  return isIn(last.at, window) ? last : null;
}

/** Of cases decided in a window: which ones count as what is looked for. */
export function judgedIn(
  matter: Matter,
  window: KpiWindow,
  looksFor: 'found' | 'none',
): readonly Seen[] {
  const decided = decidedIn(matter, window);
  if (!decided) return [];
  const { at, seq, name, about: code } = decided;
  const seen = { value: 0, at, seq, tags: { code } };
  if (name === 'duplicate') return [{ ...seen, type: 'leftOut', says: 'the same as another case' }];
  const says = name === 'found' ? `something was found: ${code}` : `dismissed: ${code}`;
  return [{ ...seen, type: name === looksFor ? 'hit' : 'miss', says }];
}
