import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';

export const ACCOUNTS_PER_SIGNAL_MAX = 100;
export const TRADES_PER_SIGNAL_MAX = 40;
export const NODES_PER_PICTURE_MAX = 60;
export const BUCKETS_PER_PICTURE_MAX = 60;
/** Strength, score and weight are whole thousandths. */
export const PER_MILLE = 1_000;
export const perMilleSchema = z.int().min(0).max(PER_MILLE);

/** A trade that made a detector speak, as the log names it. */
export const tradeSeenSchema = z.strictObject({
  accountId: idSchema,
  positionId: idSchema,
  symbol: z.string().min(1).max(32),
  side: z.enum(['buy', 'sell']),
  /** In millionths of a lot. */
  lots: z.int(),
  openedAt: epochMs,
  /** Null while it is open. */
  closedAt: epochMs.nullable(),
  openPrice: z.int(),
  closePrice: z.int().nullable(),
  profit: moneyUnits.nullable(),
  /** Trades of one number were matched with each other; 0 where nothing was matched. */
  match: z.int().min(0),
});
export type TradeSeen = z.infer<typeof tradeSeenSchema>;

/** A small picture for a person: what the detector saw, at a glance. */
export const pictureSchema = z.discriminatedUnion('type', [
  /** The trades of the signal, aligned in time, one lane for each account. */
  z.strictObject({ type: z.literal('trades') }),
  z.strictObject({
    type: z.literal('histogram'),
    /** What is counted: "seconds held", "hour of the day". */
    unit: z.string().min(1).max(60),
    buckets: z
      .array(
        z.strictObject({
          label: z.string().max(20),
          count: z.int().min(0),
          /** What others of the same program show, scaled to the same total; null where unknown. */
          expected: z.int().min(0).nullable(),
        }),
      )
      .min(1)
      .max(BUCKETS_PER_PICTURE_MAX),
  }),
  z.strictObject({
    type: z.literal('graph'),
    nodes: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(120),
          kind: z.enum([
            'trader',
            'account',
            'device',
            'network',
            'document',
            'address',
            'payee',
            'purchase',
            'affiliate',
          ]),
          label: z.string().max(80),
        }),
      )
      .min(1)
      .max(NODES_PER_PICTURE_MAX),
    edges: z
      .array(
        z.strictObject({
          from: z.string().max(120),
          to: z.string().max(120),
          label: z.string().max(80),
          weight: perMilleSchema,
        }),
      )
      .max(4 * NODES_PER_PICTURE_MAX),
  }),
]);
export type Picture = z.infer<typeof pictureSchema>;

/** A number that a detector measured, with what it is measured against. */
export const figureSchema = z.strictObject({
  name: z.string().min(1).max(60),
  unit: z.enum(['count', 'perMille', 'milliseconds', 'seconds', 'money', 'ppm', 'lots']),
  value: z.int(),
  /** From where on it counts; null where there is no such line. */
  limit: z.int().nullable(),
});
export type Figure = z.infer<typeof figureSchema>;

/** What a detector says: never that somebody is guilty, always what was seen. */
export const findingSchema = z.strictObject({
  /** What it is about, stable while it grows: the same key again is the same matter, further on. */
  key: z.string().min(1).max(200),
  at: epochMs,
  /** From the first to the last thing that was seen. */
  fromAt: epochMs,
  accounts: z.array(idSchema).min(1).max(ACCOUNTS_PER_SIGNAL_MAX),
  strength: perMilleSchema,
  /**
   * How rarely honest traders would show this by chance: once in so many comparable cases, matched
   * by symbol, minute and side where others could have done the same. Null where no such control
   * exists.
   */
  oneIn: z.int().min(1).max(1_000_000_000).nullable(),
  /** One sentence with numbers, for a person: no verdict. */
  sentence: z.string().min(1).max(400),
  figures: z.array(figureSchema).max(20),
  trades: z.array(tradeSeenSchema).max(TRADES_PER_SIGNAL_MAX),
  picture: pictureSchema,
});
export type Finding = z.infer<typeof findingSchema>;

/** A finding with who was seen by what: as the log keeps it. */
export const signalSchema = z.strictObject({
  ...findingSchema.shape,
  /** A digest of detector, version, policy, key and revision: the same facts give the same signals. */
  signalId: idSchema,
  detector: idSchema,
  detectorVersion: z.int().min(1),
  policyVersion: z.int().min(1),
  /** 1 for the first of its key; each later one replaces the one before. */
  revision: z.int().min(1),
  /** A shadow signal is kept for measuring, and opens no case. */
  mode: z.enum(['live', 'shadow']),
  traders: z.array(idSchema).min(1).max(ACCOUNTS_PER_SIGNAL_MAX),
  programs: z.array(idSchema).min(1).max(ACCOUNTS_PER_SIGNAL_MAX),
});
export type Signal = z.infer<typeof signalSchema>;
