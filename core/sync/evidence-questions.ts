import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { PACK_BYTES_MAX } from '#core/evidence/pack.ts';

/** What desks ask their server about evidence. */
export const packRequestSchema = z.strictObject({
  accountId: idSchema,
  /** The verdict; or, of a payout, the fact that asked for it or answered it. */
  seq: z.int().min(1),
});
export type PackRequest = z.output<typeof packRequestSchema>;

/** A pack as one file: a page with the machine part in it. */
export const packReplySchema = z.strictObject({
  name: z.string().min(1).max(200),
  html: z.string().max(PACK_BYTES_MAX),
});
export type PackReply = z.output<typeof packReplySchema>;
