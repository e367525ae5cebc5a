import { isInterim } from '#core/cases/cases.ts';
import { defineKpi } from '../define.ts';
import { isIn, stepsOf, type Step } from '../matters.ts';

/** Cases in which something was found about a trader and that still stood, oldest first. */
function standing(steps: readonly Step[]): Step[] {
  const found = new Map<string, Step>();
  for (const step of steps) {
    if (step.name === 'found' && !found.has(step.about)) found.set(step.about, step);
    if (step.name === 'undone') found.delete(step.about);
  }
  return [...found.values()];
}

/** Who was found out, and does it again. */
export const repeatAbuse = defineKpi({
  id: 'repeatAbuse',
  system: 'risk',
  title: 'Repeat abuse',
  describes:
    'The share of traders about whom something had been found before, of the traders about whom ' +
    'something was found during the period. A trader counts once, however many cases there were; a ' +
    'case that was opened again, or dismissed later, does not count.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'Nothing was found about anybody during the period.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['times'],
  matter: 'trader',
  cohort: 'any',
  takes: {
    caseDecided: ({ data: { caseId, outcome } }, { matters, at, seq, context }) => {
      if (isInterim(outcome)) return;
      for (const traderId of context.directory.tradersOf(caseId)) {
        if (outcome !== 'dismiss') {
          matters.open(traderId, { at, seq }, { tags: { traderId } });
        }
        const name = outcome === 'dismiss' ? 'undone' : 'found';
        matters.step(traderId, { at, seq }, name, { about: caseId });
      }
    },
    caseReopened: ({ data: { caseId } }, { matters, at, seq, context }) => {
      for (const traderId of context.directory.tradersOf(caseId)) {
        matters.step(traderId, { at, seq }, 'undone', { about: caseId });
      }
    },
  },
  look: (trader, window) => {
    const found = standing(stepsOf(trader, window));
    const latest = found.findLast(({ at }) => isIn(at, window));
    if (!latest) return [];
    const { at, seq, about } = latest;
    const again = found.length > 1;
    const says = `found ${found.length} times, last in case ${about}`;
    const tags = { caseId: about, times: String(found.length) };
    return [{ type: again ? 'hit' : 'miss', value: 0, at, seq, says, tags }];
  },
});
