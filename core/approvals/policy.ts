import { z } from 'zod';
import type { Money } from '#core/money/money.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { roleSchema } from '#core/people/roles.ts';
import { actionTypeSchema } from './action-types.ts';

const DAY_MS = 86_400_000;

/** From an amount on, so many approvals, and of whom at least one must be each of these roles. */
const stepSchema = z.strictObject({
  above: moneyUnits,
  approvals: z.int().min(1).max(9),
  oneOf: z.array(roleSchema).max(9),
});

/** How one kind of high-risk action is approved: data that is itself changed by approval only. */
export const approvalPolicySchema = z.strictObject({
  action: actionTypeSchema,
  /** Distinct persons who must approve, beside those who made it. */
  approvals: z.int().min(0).max(9),
  steps: z.array(stepSchema).max(9),
  /**
   * An amount counts together with what the same trader was approved or paid in so many days, and
   * so much, so that splitting it changes nothing.
   */
  windowDays: z.int().min(0).max(366),
  /** What one person may approve in 24 hours; null for any amount. */
  approverPerDay: moneyUnits.nullable(),
  /** Below it, and where nothing stands against it, nobody needs to approve; null for never. */
  autoUpTo: moneyUnits.nullable(),
  expiresAfterMs: z.int().min(60_000),
  /** Between the last approval and the deed. */
  coolOffMs: z.int().min(0),
  /** Between a change of who is paid and the first approval that counts. */
  payeeCoolOffMs: z.int().min(0),
  /** How old, by this log's entries, what a signer had seen may be when the decision arrives. */
  receiptAgeMaxMs: z.int().min(60_000),
  /** Until when it should be decided, from when it was asked for. */
  decideWithinMs: z.int().min(60_000),
});
export type ApprovalPolicy = z.output<typeof approvalPolicySchema>;

const HOUR_MS = 3_600_000;
const cautious = {
  steps: [],
  windowDays: 0,
  approverPerDay: null,
  autoUpTo: null,
  expiresAfterMs: 14 * DAY_MS,
  coolOffMs: 0,
  payeeCoolOffMs: 0,
  receiptAgeMaxMs: 8 * HOUR_MS,
  decideWithinMs: 24 * HOUR_MS,
} satisfies Partial<ApprovalPolicy>;

/** What holds in a firm that has decided nothing else. */
export const DEFAULT_POLICIES: readonly ApprovalPolicy[] = [
  {
    ...cautious,
    action: 'payPayout',
    approvals: 2,
    steps: [{ above: 25_000_0000, approvals: 3, oneOf: ['manager'] }],
    windowDays: 7,
    approverPerDay: 250_000_0000,
    payeeCoolOffMs: DAY_MS,
  },
  { ...cautious, action: 'publishProgram', approvals: 1 },
  { ...cautious, action: 'overrideVerdict', approvals: 2 },
  {
    ...cautious,
    action: 'adjustBalance',
    approvals: 1,
    steps: [{ above: 5_000_0000, approvals: 2, oneOf: ['manager'] }],
    windowDays: 7,
  },
  { ...cautious, action: 'changeRole', approvals: 2, coolOffMs: DAY_MS },
  { ...cautious, action: 'grantKey', approvals: 2, coolOffMs: DAY_MS },
  { ...cautious, action: 'revokeKey', approvals: 1 },
  { ...cautious, action: 'changePolicy', approvals: 2, coolOffMs: DAY_MS },
  { ...cautious, action: 'changeExposureLimits', approvals: 1 },
  {
    ...cautious,
    action: 'applyConsequence',
    approvals: 1,
    steps: [
      { above: 5_000_0000, approvals: 2, oneOf: ['seniorRiskOfficer', 'manager', 'compliance'] },
    ],
    expiresAfterMs: 7 * DAY_MS,
  },
  { ...cautious, action: 'changeScoring', approvals: 2 },
];

/** What an amount asks for: how many approvals, and roles of which one must be among them. */
export interface Required {
  readonly approvals: number;
  readonly oneOf: readonly (readonly string[])[];
}

const NOBODY_NEEDED: Required = { approvals: 0, oneOf: [] };

/** `summed` is the amount with what counts together with it. Steps only ever add. */
export function requiredFor(policy: ApprovalPolicy, summed: Money, clean: boolean): Required {
  const reached = policy.steps.filter(({ above }) => summed > above);
  const isSmall = policy.autoUpTo !== null && summed <= policy.autoUpTo && reached.length === 0;
  if (clean && isSmall) return NOBODY_NEEDED;
  return {
    approvals: reached.reduce((most, { approvals }) => Math.max(most, approvals), policy.approvals),
    oneOf: reached.map(({ oneOf }) => oneOf).filter(({ length }) => length > 0),
  };
}
