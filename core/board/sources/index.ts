import { createRegistry } from '#core/kernel/registry.ts';
import type { WorkKind } from '#core/work/policy.ts';
import type { WorkSource } from '../work-source.ts';
import { breachReview } from './breach-review.ts';
import { dataQuality } from './data-quality.ts';
import { dispute } from './dispute.ts';
import { fraudCase } from './fraud-case.ts';
import { payoutException } from './payout-exception.ts';
import { provisioningFailure } from './provisioning-failure.ts';
import { ticket } from './ticket.ts';

/** Every source of work there is; one line each. */
const all: readonly WorkSource[] = [
  breachReview,
  fraudCase,
  payoutException,
  dispute,
  ticket,
  provisioningFailure,
  dataQuality,
];

export const sources = createRegistry<WorkKind, WorkSource>(all, ({ kind }) => kind);
