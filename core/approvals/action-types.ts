import { z } from 'zod';
import type { Action } from '#core/people/roles.ts';

/** High-risk actions: nothing but an approved proposal carries one out. */
export const ACTION_TYPES = [
  'payPayout',
  'publishProgram',
  'overrideVerdict',
  'adjustBalance',
  'changeRole',
  'grantKey',
  'revokeKey',
  'changePolicy',
  'changeExposureLimits',
  'applyConsequence',
  'changeScoring',
] as const;
export type ActionType = (typeof ACTION_TYPES)[number];
export const actionTypeSchema = z.enum(ACTION_TYPES);

/** Who may propose each, and who may approve it. */
export const PERMITS: Readonly<Record<ActionType, { propose: Action; approve: Action }>> = {
  payPayout: { propose: 'reviewPayout', approve: 'approvePayout' },
  publishProgram: { propose: 'proposePublishing', approve: 'approvePublishing' },
  overrideVerdict: { propose: 'proposeOverride', approve: 'approveOverride' },
  adjustBalance: { propose: 'proposeAdjustment', approve: 'approveAdjustment' },
  changeRole: { propose: 'proposePeople', approve: 'approvePeople' },
  grantKey: { propose: 'enrolKey', approve: 'approvePeople' },
  revokeKey: { propose: 'proposePeople', approve: 'approvePeople' },
  changePolicy: { propose: 'proposeLimits', approve: 'approveLimits' },
  changeExposureLimits: { propose: 'proposeExposure', approve: 'approveExposure' },
  applyConsequence: { propose: 'proposeConsequence', approve: 'approveConsequence' },
  changeScoring: { propose: 'proposeScoring', approve: 'approveScoring' },
};
