import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';

/** What desks ask their server about links to standings. */
export const linksRequestSchema = z.strictObject({ accountId: idSchema });

export const linksReplySchema = z.strictObject({
  /** Newest first. */
  links: z
    .array(
      z.strictObject({
        linkId: idSchema,
        personId: z.string(),
        at: epochMs,
        expiresAt: epochMs,
        revokedAt: epochMs.nullable(),
        /** Null for one that opens nothing any more. */
        url: z.string().max(400).nullable(),
        /** How often the page was opened. */
        opened: z.int().min(0),
        lastOpenedAt: epochMs.nullable(),
      }),
    )
    .max(50),
});
export type LinksReply = z.output<typeof linksReplySchema>;
