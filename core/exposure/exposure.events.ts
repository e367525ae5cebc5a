import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { epochMs } from '#core/time/time.ts';
import { exposureLimitsSchema, limitClearingSchema, limitCrossingSchema } from './limits.ts';

/** From here on exposure is held against these limits. */
export const exposureLimitsChanged = defineEvent({
  kind: 'exposureLimitsChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ limits: exposureLimitsSchema, at: epochMs }),
});

/** What the server measured when it looked: input, because looks are paced by its own clock. */
export const exposureLimitCrossed = defineEvent({
  kind: 'exposureLimitCrossed',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: limitCrossingSchema,
});

export const exposureLimitCleared = defineEvent({
  kind: 'exposureLimitCleared',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: limitClearingSchema,
});
