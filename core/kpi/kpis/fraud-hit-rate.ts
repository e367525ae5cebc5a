import { defineKpi } from '../define.ts';
import { caseTakes, judgedIn } from '../verdicts-of-cases.ts';

/** How often a case was worth opening. */
export const fraudHitRate = defineKpi({
  id: 'fraudHitRate',
  system: 'risk',
  title: 'Fraud hit rate',
  describes:
    'The share of cases in which something was found, of cases decided during the period whose ' +
    'decision still stood at its end. A case that was opened again counts once, by its latest ' +
    'decision; one that is the same as another is left out.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'No case was decided during the period.',
  unit: 'ppm',
  better: 'higher',
  shape: 'share',
  breakdowns: ['pattern', 'code'],
  matter: 'case',
  cohort: 'any',
  takes: caseTakes,
  look: (file, window) => judgedIn(file, window, 'found'),
});
