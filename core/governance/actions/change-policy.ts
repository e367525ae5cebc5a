import { z } from 'zod';
import { approvalPolicySchema } from '#core/approvals/policy.ts';
import { ok } from '#core/kernel/result.ts';
import { moneyText } from '#core/money/money.ts';
import { formAction, NOBODY } from './action-kind.ts';

/** Changes how many must approve what, and up to which amounts. */
export const changePolicy = formAction({
  type: 'changePolicy',
  title: 'Change approval limits',
  schema: z.strictObject({ policy: approvalPolicySchema }),
  prepare: () => ok({ about: NOBODY, amount: 0, concerned: [] }),
  lines: ({ policy }) => [
    `For ${policy.action}: ${policy.approvals} approvals`,
    ...policy.steps.map(
      ({ above, approvals, oneOf }) =>
        `above ${moneyText(above)}: ${approvals}${oneOf.length > 0 ? `, one of them ${oneOf.join(' or ')}` : ''}`,
    ),
    `Amounts of the same trader count together for ${policy.windowDays} days`,
    policy.autoUpTo === null
      ? 'Nothing is approved by nobody'
      : `Up to ${moneyText(policy.autoUpTo)} nobody needs to approve, where nothing stands against it`,
    policy.approverPerDay === null
      ? 'One person may approve any amount in a day'
      : `One person may approve ${moneyText(policy.approverPerDay)} in 24 hours`,
    `Expires after ${policy.expiresAfterMs} ms; cool-off ${policy.coolOffMs} ms`,
    `After a change of payee ${policy.payeeCoolOffMs} ms`,
    `A signature may be ${policy.receiptAgeMaxMs} ms old; to be decided within ${policy.decideWithinMs} ms`,
  ],
  execute: ({ policy }, { at }) => ok([{ kind: 'policyChanged', data: { policy, at } }]),
});
