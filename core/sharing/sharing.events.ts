import { z } from 'zod';
import { defineEvent } from '#core/kernel/event.ts';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';

/*
 * Links by which a trader sees where an account stands. The log knows that there is one, whose, and
 * until when; what opens it is made of a secret of the server, and stands in no fact.
 */

/** A person made a link and gave it to the trader. */
export const standingShared = defineEvent({
  kind: 'standingShared',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    linkId: idSchema,
    accountId: idSchema,
    personId: idSchema,
    /** The server's clock: from here on it opens nothing. */
    expiresAt: epochMs,
    at: epochMs,
  }),
});

/** It opens nothing any more. */
export const standingRevoked = defineEvent({
  kind: 'standingRevoked',
  version: 1,
  stream: 'firm',
  origin: 'input',
  data: z.strictObject({
    linkId: idSchema,
    personId: idSchema,
    reason: z.string().min(1).max(400),
    at: epochMs,
  }),
});

export type SharedData = z.infer<typeof standingShared.data>;
export type RevokedData = z.infer<typeof standingRevoked.data>;
