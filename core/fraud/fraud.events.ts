import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { scoringPolicySchema } from './scoring.ts';
import { signalSchema } from './signal.ts';

/** A detector saw something. */
export const signalRaised = defineEvent({
  kind: 'signalRaised',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: signalSchema,
});

/** From here on findings are scored by this. */
export const scoringChanged = defineEvent({
  kind: 'scoringChanged',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({ policy: scoringPolicySchema }),
});
