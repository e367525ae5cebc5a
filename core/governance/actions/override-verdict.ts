import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { err, ok } from '#core/kernel/result.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Puts an account back that a verdict ended which should not stand: a bad print, an outage. */
export const overrideVerdict = formAction({
  type: 'overrideVerdict',
  title: 'Override a verdict',
  schema: z.strictObject({
    accountId: idSchema,
    programId: idSchema,
    ruleId: idSchema,
    /** The fact of the breach. */
    verdictSeq: z.int().min(1),
  }),
  prepare: ({ accountId, programId }, { accountStatus, accountOf }) => {
    if (accountOf(accountId)?.programId !== programId) {
      return err(`there is no account ${accountId} of ${programId}`);
    }
    const status = accountStatus(accountId);
    if (status === null) return err(`there is no account ${accountId}`);
    if (status !== 'failed')
      return err(`the account is ${status}: there is no failure to override`);
    return ok({ about: { ...NOBODY, accountId, programId }, amount: 0, concerned: [] });
  },
  lines: ({ accountId, programId, ruleId, verdictSeq }) => [
    `Account ${accountId} goes on as if rule "${ruleId}" had not spoken (fact ${verdictSeq})`,
    `In program ${programId}`,
    'The verdict itself stays in the log.',
  ],
  blockedBy: ({ accountId }, { accountStatus }) =>
    accountStatus(accountId) === 'failed' ? null : 'the account is not failed any more',
  execute: ({ accountId, ruleId }, { marketAt }, { makers, reason }) =>
    ok([
      {
        kind: 'accountDirected',
        data: {
          accountId,
          at: marketAt,
          directive: { type: 'reinstate', ruleId },
          operatorId: makers[0] ?? 'proposal',
          reason: reason || 'override',
        },
      },
    ]),
});
