import { defineKpi } from '../define.ts';
import { firstOf, stepsOf } from '../matters.ts';

const ENDS: ReadonlySet<string> = new Set(['failed', 'passed', 'closed']);

/** How long a new account lies idle. */
export const timeToFirstTrade = defineKpi({
  id: 'timeToFirstTrade',
  system: 'provisioning',
  title: 'Time to first trade',
  describes:
    'How long it took from the opening of a bought account until its first deal, by the platform’s ' +
    'clock: the middle of all accounts opened by a purchase during the period. Accounts that have ' +
    'not traded yet count as lasting longer; those that ended before any deal are left out.',
  method: 'Product-limit estimate (Kaplan and Meier 1958); bounds are order statistics.',
  empty: 'Needs accounts that were opened during the period.',
  unit: 'ms',
  better: 'lower',
  shape: 'duration',
  breakdowns: ['program'],
  matter: 'account',
  cohort: 'began',
  takes: {
    accountOpened: ({ data, envelope }, { matters, at, seq }) => {
      if ((data.origin ?? 'purchase') !== 'purchase') return;
      const { accountId, traderId, program } = data;
      const tags = { accountId, traderId, program: program.programId };
      // The platform's clock and the log's differ where old accounts are taken over.
      matters.open(accountId, { at, seq }, { tags, amount: envelope.occurredAt });
    },
    dealBooked: ({ data, envelope }, { matters, at, seq }) => {
      const known = matters.get(data.accountId);
      if (known && !firstOf(known.steps, 'traded')) {
        matters.step(data.accountId, { at, seq }, 'traded', { amount: envelope.occurredAt });
      }
    },
    accountStatusChanged: ({ data }, { matters, at, seq }) => {
      const known = matters.get(data.accountId);
      if (known && !firstOf(known.steps, 'traded') && ENDS.has(data.to)) {
        matters.step(data.accountId, { at, seq }, 'ended');
      }
    },
  },
  look: (account, window) => {
    const steps = stepsOf(account, window);
    const traded = firstOf(steps, 'traded');
    const ended = firstOf(steps, 'ended');
    if (traded) {
      const { at, seq, amount } = traded;
      const value = Math.max(0, amount - account.amount);
      return [{ type: 'ended', value, at, seq, says: 'traded' }];
    }
    if (ended) {
      const { at, seq } = ended;
      return [{ type: 'leftOut', value: 0, at, seq, says: 'ended before any deal' }];
    }
    const { at, seq } = account;
    const value = window.until - account.began;
    return [{ type: 'open', value, at, seq, says: 'has not traded' }];
  },
});
