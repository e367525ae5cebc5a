import { defineKpi } from '../define.ts';
import { lastOf, stepsOf, type Matters } from '../matters.ts';

/** Breaches of one rule on one account: the first, and those after it was put back. */
function latestOf(matters: Matters, first: string): string | null {
  let latest: string | null = null;
  for (let number = 1; matters.has(`${first}#${number}`); number += 1) {
    latest = `${first}#${number}`;
  }
  return latest;
}

/** Which rules end accounts. */
export const breachReasons = defineKpi({
  id: 'breachReasons',
  system: 'rules',
  title: 'Breaches and their reasons',
  describes:
    'Hard breaches of the period, each by the rule that ended the account; the breakdown by reason ' +
    'is their distribution. A breach that people overturned by the end of the period is left out, ' +
    'and so is one that only paused the account for a day.',
  method: 'Counts; shares of reasons with Wilson’s score interval (1927).',
  empty: 'No account was ended by a rule during the period.',
  unit: 'count',
  better: 'neither',
  shape: 'count',
  breakdowns: ['reason', 'program', 'phase'],
  matter: 'breach',
  cohort: 'began',
  takes: {
    breachDetected: ({ data }, { matters, at, seq, context }) => {
      const { accountId, ruleId, ruleKind, consequence } = data;
      const first = `${accountId}/${ruleId}`;
      const terms = context.directory.account(accountId)?.terms;
      const program = terms?.program.programId ?? 'unknown';
      const phase = terms?.phase.phaseId ?? 'unknown';
      const tags = { accountId, reason: ruleKind, program, phase, consequence };
      const number = Number(latestOf(matters, first)?.split('#').at(-1) ?? 0) + 1;
      matters.open(`${first}#${number}`, { at, seq }, { tags });
    },
    accountDirected: ({ data: { accountId, directive } }, { matters, at, seq }) => {
      if (directive.type !== 'reinstate') return;
      const latest = latestOf(matters, `${accountId}/${directive.ruleId}`);
      if (latest !== null) matters.step(latest, { at, seq }, 'overturned');
    },
  },
  look: (breach, window) => {
    const overturned = lastOf(stepsOf(breach, window), 'overturned');
    const { at, seq } = overturned ?? breach;
    const seen = { value: 0, at, seq };
    if (overturned) return [{ ...seen, type: 'leftOut', says: 'overturned by people' }];
    if (breach.tags.consequence !== 'fail') {
      return [{ ...seen, type: 'leftOut', says: 'paused for the day only' }];
    }
    return [{ ...seen, type: 'hit', says: breach.tags.reason ?? '' }];
  },
});
