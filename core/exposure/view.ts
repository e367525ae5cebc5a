import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs } from '#core/time/time.ts';
import { LARGEST_MAX, SIDES, type BookCells } from './cells.ts';
import {
  exposureLevelSchema,
  exposureLimitsSchema,
  exposurePlaceSchema,
  type LimitBook,
  type LimitReading,
} from './limits.ts';
import {
  bounded,
  grossOf,
  SLICE_ROWS_MAX,
  SLICES,
  type ExposureRow,
  type MeasuredBook,
} from './slices.ts';
import { FIRM_CURRENCY } from './unit-value.ts';

/** Symbols of which desks are told how many hold them. */
export const CROWDS_MAX = 500;
/** Parts of the book that one limit without a key is said to be used by; the fullest come first. */
export const USAGES_MAX = 500;
/** Samples kept of the past: one a minute for a day. */
export const SAMPLES_MAX = 1_440;
export const SAMPLE_EVERY_MS = 60_000;
/** Accounts named when somebody asks who holds a part of the book. */
export const HOLDERS_MAX = 100;

/**
 * A row as it goes over the wire, in this order: key, long, short, positions, accounts, floating,
 * payable, owed if closed.
 */
export const exposureRowSchema = z.tuple([
  z.string().min(1).max(120),
  moneyUnits,
  moneyUnits,
  z.int().min(0),
  z.int().min(0).nullable(),
  moneyUnits,
  moneyUnits.nullable(),
  moneyUnits.nullable(),
]);
export type WireRow = z.output<typeof exposureRowSchema>;

export function wireRow(row: ExposureRow): WireRow {
  const { key, long, short, positions, accounts, floating, payable, ifClosed } = row;
  return [key, long, short, positions, accounts, bounded(floating), payable, ifClosed];
}

export function rowOfWire(row: WireRow): ExposureRow {
  const [key, long, short, positions, accounts, floating, payable, ifClosed] = row;
  return { key, long, short, positions, accounts, floating, payable, ifClosed };
}

/** How much of a limit is used in one part of the book. */
export const limitUsageSchema = z.strictObject({
  limitId: idSchema,
  key: z.string().min(1).max(120),
  value: moneyUnits,
  limit: moneyUnits,
  /** What is crossed; null for nothing. */
  level: exposureLevelSchema.nullable(),
  /** Market time at which it was crossed. */
  since: epochMs.nullable(),
});
export type LimitUsage = z.output<typeof limitUsageSchema>;

const rows = z.array(exposureRowSchema).max(SLICE_ROWS_MAX);

/** The live book as a desk is told of it, while somebody looks. */
export const exposureViewSchema = z.strictObject({
  serverAt: epochMs,
  marketAt: epochMs.nullable(),
  currency: z.literal(FIRM_CURRENCY),
  /** How long the look at the book took, and how long until the next. */
  costMs: z.number().min(0),
  everyMs: z.int().min(0),
  slices: z.strictObject(
    Object.fromEntries(SLICES.map((name) => [name, rows])) as Record<
      (typeof SLICES)[number],
      typeof rows
    >,
  ),
  /** What programs are called. */
  programs: z.array(z.tuple([idSchema, z.string().max(120)])).max(2_500),
  crowds: z
    .array(
      z.strictObject({
        symbol: z.string(),
        side: z.enum(SIDES),
        accounts: z.int().min(1),
        value: moneyUnits,
      }),
    )
    .max(CROWDS_MAX),
  largest: z
    .array(z.strictObject({ account: z.int().min(0), long: moneyUnits, short: moneyUnits }))
    .max(LARGEST_MAX),
  /** Concentration of gross notional over accounts and over symbols, in thousandths. */
  herfindahl: z.strictObject({ accounts: z.int(), symbols: z.int() }),
  /** Accounts that are paid of profit and have not ended, and those in profit. */
  paying: z.int().min(0),
  inProfit: z.int().min(0),
  unpriced: z.array(z.string()).max(500),
  limits: z.strictObject({
    decided: z.boolean(),
    inForce: exposureLimitsSchema,
    usages: z.array(limitUsageSchema).max(USAGES_MAX),
  }),
  /** When the latest sample of the past was taken: a chart reads itself again. */
  sampledAt: epochMs.nullable(),
});
export type ExposureView = z.output<typeof exposureViewSchema>;

export interface Look {
  readonly serverAt: number;
  readonly marketAt: number | null;
  readonly costMs: number;
  readonly everyMs: number;
  readonly sampledAt: number | null;
}

/** What a look at the book is told as. */
export function viewOf(
  cells: BookCells,
  book: MeasuredBook,
  limits: LimitBook,
  readings: readonly LimitReading[],
  look: Look,
): ExposureView {
  return {
    ...look,
    currency: FIRM_CURRENCY,
    slices: Object.fromEntries(
      SLICES.map((name) => [name, book.slices[name].map(wireRow)]),
    ) as ExposureView['slices'],
    programs: [
      ...new Map(cells.products.map(({ programId, programName }) => [programId, programName])),
    ],
    crowds: book.crowds.slice(0, CROWDS_MAX),
    largest: cells.largest.map(({ account, long, short }) => ({
      account,
      long: bounded(long),
      short: bounded(short),
    })),
    herfindahl: { accounts: cells.herfindahl, symbols: book.symbolHerfindahl },
    paying: cells.paying,
    inProfit: cells.inProfit,
    unpriced: [...book.unpriced],
    limits: {
      decided: limits.decided,
      inForce: limits.limits,
      usages: usagesOf(limits, readings),
    },
  };
}

function usagesOf(book: LimitBook, readings: readonly LimitReading[]): LimitUsage[] {
  const limitOf = new Map(book.limits.limits.map(({ limitId, limit }) => [limitId, limit]));
  return readings
    .map(({ limitId, key, value }) => {
      const standing = book.standing(limitId, key);
      return {
        limitId,
        key,
        value,
        limit: limitOf.get(limitId) ?? 0,
        level: standing?.level ?? null,
        since: standing?.at ?? null,
      };
    })
    .sort((one, other) => other.value / other.limit - one.value / one.limit)
    .slice(0, USAGES_MAX);
}

/** The largest account's gross: what a limit on it measures. */
export function largestGross({ largest }: Pick<BookCells, 'largest'>): number {
  const [first] = largest;
  return first ? grossOf(first) : 0;
}

/** One instant of the past. */
export const exposureSampleSchema = z.strictObject({
  at: epochMs,
  net: moneyUnits,
  gross: moneyUnits,
  /** Of a symbol there is none. */
  payable: moneyUnits.nullable(),
  ifClosed: moneyUnits.nullable(),
});
export type ExposureSample = z.output<typeof exposureSampleSchema>;

/** Asks for the past of the firm (null) or of one symbol. */
export const exposureSeriesRequestSchema = z.strictObject({
  symbol: z.string().min(1).max(32).nullable(),
});
export const exposureSeriesSchema = z.strictObject({
  /** Oldest first. */
  samples: z.array(exposureSampleSchema).max(SAMPLES_MAX),
});

export const exposureHoldersRequestSchema = z.strictObject({
  place: exposurePlaceSchema,
  side: z.enum(['both', ...SIDES]),
});
export type ExposureHoldersRequest = z.output<typeof exposureHoldersRequestSchema>;

/** Who holds most of a part of the book. */
export const exposureHoldersSchema = z.strictObject({
  holders: z
    .array(
      z.strictObject({
        account: z.int().min(0),
        long: moneyUnits,
        short: moneyUnits,
        positions: z.int().min(1),
      }),
    )
    .max(HOLDERS_MAX),
});
export type ExposureHolder = z.output<typeof exposureHoldersSchema>['holders'][number];
