import { createRegistry } from '#core/kernel/registry.ts';
import type { ActionType } from '#core/approvals/action-types.ts';
import type { ActionKind } from './action-kind.ts';
import { adjustBalance } from './adjust-balance.ts';
import { changeExposureLimits } from './change-exposure-limits.ts';
import { applyConsequence } from './apply-consequence.ts';
import { changePolicy } from './change-policy.ts';
import { changeRole } from './change-role.ts';
import { changeScoring } from './change-scoring.ts';
import { grantKey } from './grant-key.ts';
import { overrideVerdict } from './override-verdict.ts';
import { payPayout } from './pay-payout.ts';
import { publishProgram } from './publish-program.ts';
import { revokeKey } from './revoke-key.ts';

/** Every high-risk action there is. One file each; one line each here. */
export const actionKinds = createRegistry<ActionType, ActionKind>(
  [
    payPayout,
    publishProgram,
    overrideVerdict,
    adjustBalance,
    changeRole,
    grantKey,
    revokeKey,
    changePolicy,
    changeExposureLimits,
    applyConsequence,
    changeScoring,
  ],
  ({ type }) => type,
);
