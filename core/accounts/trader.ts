import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { epochMs } from '#core/time/time.ts';

/**
 * What a platform knows of a trader beside the trades. Devices, networks, documents, addresses and
 * places of payment come as keyed digests or names that the platform made: equal ones are the same
 * thing, and none of them says what it is.
 */
const thingSchema = z.string().min(1).max(80);

/** A trader was connected to an account. */
export const sessionSchema = z.strictObject({
  accountId: idSchema,
  sessionId: idSchema,
  deviceId: thingSchema,
  /** The network address, or its block. */
  networkId: thingSchema,
  country: z.string().regex(/^[A-Z]{2}$/),
  client: z.enum(['desktop', 'web', 'mobile', 'api']),
  at: epochMs,
});
export type TraderSession = z.infer<typeof sessionSchema>;

/** Who is behind an account, as the identity check and the shop have it. */
export const identitySchema = z.strictObject({
  accountId: idSchema,
  traderId: idSchema,
  /** Null where the check has not been made. */
  documentId: thingSchema.nullable(),
  addressId: thingSchema.nullable(),
  region: z.string().regex(/^[A-Z]{2}$/),
  /** How the account was paid for: a card or a wallet. */
  purchaseId: thingSchema.nullable(),
  affiliateId: idSchema.nullable(),
  at: epochMs,
});
export type TraderIdentity = z.infer<typeof identitySchema>;

/** What an account asked of its platform in a stretch of time, beside its fills. */
export const orderActivitySchema = z.strictObject({
  accountId: idSchema,
  fromAt: epochMs,
  at: epochMs,
  requests: z.int().min(0),
  modifications: z.int().min(0),
  cancellations: z.int().min(0),
  rejections: z.int().min(0),
});
export type OrderActivity = z.infer<typeof orderActivitySchema>;
