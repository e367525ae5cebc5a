import { defineKpi } from '../define.ts';
import { isIn, stepsOf } from '../matters.ts';
import { endOfAccount, statusTake } from '../account-lives.ts';

export const SURVIVED_MS = 30 * 86_400_000;

/** How long funded traders last. */
export const fundedSurvival = defineKpi({
  id: 'fundedSurvival',
  system: 'rules',
  title: 'Funded survival, 30 days',
  describes:
    'The share of funded accounts that had not failed 30 days after they were opened, of those whose ' +
    '30th day fell in the period: one cohort after the other, each followed for as long as the others. ' +
    'Accounts closed before without having failed are left out.',
  method: 'A share with Wilson’s score interval (1927).',
  empty: 'No funded account is 30 days old yet.',
  unit: 'ppm',
  better: 'higher',
  shape: 'share',
  breakdowns: ['program'],
  matter: 'account',
  cohort: 'any',
  takes: {
    accountOpened: ({ data }, { matters, at, seq, context }) => {
      if (!context.isFunded(data)) return;
      const { accountId, traderId, program } = data;
      const tags = { accountId, traderId, program: program.programId };
      matters.open(accountId, { at, seq }, { tags });
    },
    accountStatusChanged: statusTake,
  },
  look: (account, window) => {
    const dueAt = account.at + SURVIVED_MS;
    if (!isIn(dueAt, window)) return [];
    const end = endOfAccount(stepsOf(account, { from: account.at, until: dueAt }));
    const { at, seq } = end ?? { at: dueAt, seq: account.seq };
    const seen = { value: 0, at, seq };
    if (end?.name === 'closed') return [{ ...seen, type: 'leftOut', says: 'closed before' }];
    const failed = end?.name === 'failed';
    const says = failed ? 'failed before' : 'had not failed';
    return [{ ...seen, type: failed ? 'miss' : 'hit', says }];
  },
});
