import { defineKpi } from '../define.ts';
import { isIn, stepsOf } from '../matters.ts';
import { endOfAccount, statusTake } from '../account-lives.ts';

/** Who passes, phase by phase. */
export const passRate = defineKpi({
  id: 'passRate',
  system: 'rules',
  title: 'Pass rate',
  describes:
    'The share of evaluation accounts that passed, of those that passed or failed during the period ' +
    'and had not been put back by its end. Accounts that are still running do not count, closed ones ' +
    'are left out; the breakdown is by program and phase.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'No evaluation passed or failed during the period.',
  unit: 'ppm',
  better: 'neither',
  shape: 'share',
  breakdowns: ['program', 'phase', 'program and phase'],
  matter: 'account',
  cohort: 'any',
  takes: {
    accountOpened: ({ data }, { matters, at, seq, context }) => {
      if (context.isFunded(data)) return;
      const { accountId, traderId, program, phase } = data;
      const of = { program: program.programId, phase: phase.phaseId };
      const both = `${program.programId} ${phase.phaseId}`;
      const tags = { accountId, traderId, ...of, 'program and phase': both };
      matters.open(accountId, { at, seq }, { tags });
    },
    accountStatusChanged: statusTake,
  },
  look: (account, window) => {
    const end = endOfAccount(stepsOf(account, window));
    if (!end || !isIn(end.at, window)) return [];
    const { at, seq, name } = end;
    const seen = { value: 0, at, seq, says: name };
    if (name === 'closed')
      return [{ ...seen, type: 'leftOut', says: 'closed before it was decided' }];
    return [{ ...seen, type: name === 'passed' ? 'hit' : 'miss' }];
  },
});
