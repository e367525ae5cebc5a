import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { err, ok } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Books an amount on a trading account by hand. The platform books it; what it books is the fact. */
export const adjustBalance = formAction({
  type: 'adjustBalance',
  title: 'Adjust a balance',
  schema: z.strictObject({
    accountId: idSchema,
    traderId: idSchema,
    programId: idSchema,
    amount: moneyUnits.refine((amount) => amount !== 0, 'nothing would be adjusted'),
  }),
  prepare: ({ accountId, traderId, programId, amount }, { accountOf }) => {
    const account = accountOf(accountId);
    if (account === null) return err(`there is no account ${accountId}`);
    // Limits and scopes hang on them: they are the account's own, whatever is written.
    if (account.traderId !== traderId) return err(`account ${accountId} is not of ${traderId}`);
    if (account.programId !== programId) return err(`account ${accountId} is not of ${programId}`);
    const about = { ...NOBODY, accountId, traderId, programId };
    return ok({ about, amount: Math.abs(amount), concerned: [] });
  },
  lines: ({ accountId, traderId, programId, amount }) => [
    `${amount > 0 ? 'Credit' : 'Debit'} ${moneyText(Math.abs(amount))} on account ${accountId}`,
    `Of trader ${traderId}, in program ${programId}`,
  ],
  execute: ({ accountId, amount }, { marketAt }, { proposalId, reason }) =>
    ok([
      {
        kind: 'adjustmentOrdered',
        data: {
          accountId,
          at: marketAt,
          amount,
          reference: proposalId,
          reason: reason || 'adjustment',
        },
      },
    ]),
});
