import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { LINK_DAYS_MAX } from '#core/sharing/links.ts';
import { linksReplySchema, linksRequestSchema } from '#core/sync/standing-questions.ts';

const sentSchema = z.strictObject({
  commandId: z.string(),
  state: z.enum(['queued', 'accepted']),
});

/** Links by which a trader sees where an account stands. */
export const standingCalls = {
  /** Of one account, newest first, with their addresses: only the server can make those. */
  'standing.links': { input: linksRequestSchema, output: linksReplySchema },
  'standing.share': {
    input: z.strictObject({ accountId: idSchema, days: z.int().min(1).max(LINK_DAYS_MAX) }),
    output: sentSchema,
  },
  'standing.revoke': {
    input: z.strictObject({ linkId: idSchema, reason: z.string().min(1).max(400) }),
    output: sentSchema,
  },
} as const;
