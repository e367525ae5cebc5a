import { z } from 'zod';
import { instrumentSchema } from '#core/market/instrument.ts';
import { epochMs } from '#core/time/time.ts';
import type { ProgramOffer } from './offer.ts';
import { newsReleaseSchema } from '#core/market/calendar.ts';
import {
  accountTermsSchema,
  type AccountTerms,
  type BalanceOperation,
  balanceOperationSchema,
  dealBustSchema,
  dealSchema,
  protectionSchema,
} from './account.ts';
import { identitySchema, orderActivitySchema, sessionSchema } from './trader.ts';

/**
 * What a platform adapter may tell the server, in the platform's own order. Anything else is
 * refused with a reason and kept in quarantine.
 */
export const platformRecordSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('instrument'), instrument: instrumentSchema }),
  z.strictObject({ type: z.literal('accountOpened'), terms: accountTermsSchema, at: epochMs }),
  z.strictObject({ type: z.literal('deal'), deal: dealSchema }),
  z.strictObject({ type: z.literal('dealBusted'), bust: dealBustSchema }),
  z.strictObject({ type: z.literal('protection'), change: protectionSchema }),
  z.strictObject({ type: z.literal('news'), release: newsReleaseSchema }),
  z.strictObject({ type: z.literal('balanceOperation'), operation: balanceOperationSchema }),
  z.strictObject({ type: z.literal('identity'), identity: identitySchema }),
  z.strictObject({ type: z.literal('session'), session: sessionSchema }),
  z.strictObject({ type: z.literal('orderActivity'), activity: orderActivitySchema }),
  z.strictObject({
    type: z.literal('mark'),
    symbol: z.string().min(1).max(32),
    bid: z.int().min(-1e12).max(1e12),
    ask: z.int().min(-1e12).max(1e12),
    at: epochMs,
    source: z.string().min(1).max(40),
  }),
  /** The platform's clock moved on without a price: roll-overs become due. */
  z.strictObject({ type: z.literal('time'), at: epochMs }),
]);
export type PlatformRecord = z.infer<typeof platformRecordSchema>;
export type MarkRecord = Extract<PlatformRecord, { type: 'mark' }>;

/** What the server asks a platform to do after a verdict. Requests, not commands to ourselves. */
export type PlatformAction =
  | { readonly type: 'closePositions'; readonly accountId: string; readonly reason: string }
  | { readonly type: 'disableTrading'; readonly accountId: string; readonly reason: string }
  | { readonly type: 'resumeTrading'; readonly accountId: string; readonly reason: string }
  /** An amount is to be booked: what was booked comes back as a record of its own. */
  | {
      readonly type: 'bookOperation';
      readonly accountId: string;
      readonly operation: Pick<BalanceOperation, 'type' | 'operationId' | 'amount' | 'comment'> & {
        readonly traderShare?: number;
      };
    }
  /** An account is to follow this one: the same phase again, or a larger size. */
  | {
      readonly type: 'openAccount';
      readonly accountId: string;
      readonly origin: 'reset' | 'scaledUp';
      readonly nominalSize: number;
      readonly startBalance: number;
    }
  /**
   * A bought account is to open under these terms. Asked for an account that it has, a platform
   * opens no second one, and gives it the password anew. `credential` names that in the firm's
   * vault, where a platform's adapter fetches it: it stands in no action, fact or log.
   */
  | {
      readonly type: 'createAccount';
      readonly accountId: string;
      readonly terms: AccountTerms;
      readonly credential: string;
    }
  /** From now on accounts of this program open under these rule sets. */
  | { readonly type: 'offerProgram'; readonly offer: ProgramOffer };

/** What intake asks for: as above, but of a version it knows only the number. */
export type IntakeAction =
  | Exclude<PlatformAction, { readonly type: 'offerProgram' }>
  | {
      readonly type: 'offerVersion';
      readonly programId: string;
      readonly version: number;
      readonly enters: ProgramOffer['enters'];
    };
