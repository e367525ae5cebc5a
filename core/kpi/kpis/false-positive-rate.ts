import { defineKpi } from '../define.ts';
import { caseTakes, judgedIn } from '../verdicts-of-cases.ts';

/** How often honest traders were looked at for nothing. */
export const falsePositiveRate = defineKpi({
  id: 'falsePositiveRate',
  system: 'risk',
  title: 'False positive rate',
  describes:
    'The share of cases that were dismissed, of cases decided during the period whose decision still ' +
    'stood at its end: what surveillance raised and people found to be nothing. A case that was ' +
    'opened again counts once; one that is the same as another is left out.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'No case was decided during the period.',
  unit: 'ppm',
  better: 'lower',
  shape: 'share',
  breakdowns: ['pattern', 'code'],
  matter: 'case',
  cohort: 'any',
  takes: caseTakes,
  look: (file, window) => judgedIn(file, window, 'none'),
});
