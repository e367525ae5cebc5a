import { z } from 'zod';
import { ID_MAX, idSchema } from '#core/kernel/ids.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { epochMs } from '#core/time/time.ts';
import { moneyUnits } from '#core/money/schemas.ts';

/** Exactly one published version of a rule set. */
export const ruleSetRefSchema = z.strictObject({
  ruleSetId: idSchema,
  version: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});
export type RuleSetRef = z.infer<typeof ruleSetRefSchema>;

/**
 * How the platform shows floating profit: `exact`, or every open position rounded to the cent
 * (half away from zero, as MetaTrader shows it) before they are summed.
 */
export const positionRoundingSchema = z.enum(['exact', 'cent']);
export type PositionRounding = z.infer<typeof positionRoundingSchema>;

/** What is agreed when an account opens and never changes afterwards. */
export const accountTermsSchema = z.strictObject({
  accountId: idSchema,
  traderId: idSchema,
  traderName: z.string().min(1).max(120),
  platform: z.string().min(1).max(40),
  currency: currencySchema,
  /** The size the program names; percentages of "initial" refer to it unless it is zero-based. */
  nominalSize: moneyUnits,
  startBalance: moneyUnits,
  program: z.strictObject({ programId: idSchema, name: z.string().min(1).max(120) }),
  phase: z.strictObject({ phaseId: idSchema, name: z.string().min(1).max(80) }),
  ruleSet: ruleSetRefSchema,
  positionRounding: positionRoundingSchema,
  /** The account that this one goes on from: the phase before, passed. */
  previousAccountId: idSchema.optional(),
  /** How it came to be: bought, when left out. */
  origin: z.enum(['purchase', 'nextPhase', 'reset', 'scaledUp']).optional(),
  /** When the account was opened, for limits that count from there. */
  openedAt: epochMs.optional(),
});
export type AccountTerms = z.infer<typeof accountTermsSchema>;

/**
 * Where an account stands in its life, as text for facts and as a number for columns. Rules pause,
 * fail and pass it; people restrict and close it.
 */
export const ACCOUNT_STATUSES = [
  'active',
  'paused',
  'failed',
  'passed',
  'restricted',
  'closed',
] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];
export const STATUS = {
  active: 0,
  paused: 1,
  failed: 2,
  passed: 3,
  restricted: 4,
  closed: 5,
} as const;

/** An account that has ended is judged no more. */
export function hasEnded(status: number): boolean {
  return status === STATUS.failed || status === STATUS.passed || status === STATUS.closed;
}

export const dealSchema = z.strictObject({
  accountId: idSchema,
  dealId: idSchema,
  positionId: idSchema,
  symbol: z.string().min(1).max(32),
  side: z.enum(['buy', 'sell']),
  /** `in` opens or adds to the position, `out` reduces or closes it. */
  entry: z.enum(['in', 'out']),
  /** Whole units of the instrument's smallest volume. */
  volume: z.int().min(1),
  price: z.int(),
  /** As the platform booked them, in units of the account currency; costs are negative. */
  profit: moneyUnits,
  commission: moneyUnits,
  swap: moneyUnits,
  fee: moneyUnits,
  at: epochMs,
});
/** One fill as the platform booked it. */
export type Deal = z.infer<typeof dealSchema>;

export const balanceOperationSchema = z.strictObject({
  accountId: idSchema,
  operationId: idSchema,
  /**
   * `deposit`, `withdrawal` and `payout` move capital and are no profit or loss of the day;
   * `adjustment`, `fee`, `swap` and `bonus` are.
   */
  type: z.enum(['deposit', 'withdrawal', 'payout', 'adjustment', 'fee', 'swap', 'bonus']),
  amount: moneyUnits,
  /** Of a payout: what the trader receives of it; all of it when left out. Above zero. */
  traderShare: moneyUnits.optional(),
  comment: z.string().max(200),
  at: epochMs,
});
export type BalanceOperation = z.infer<typeof balanceOperationSchema>;

/** A deal that the platform or its venue declared void after it was booked. */
export const dealBustSchema = z.strictObject({
  accountId: idSchema,
  dealId: idSchema,
  /** What takes the deal's profit and costs back, in units of the account currency. */
  amount: moneyUnits,
  reason: z.string().min(1).max(200),
  at: epochMs,
});
export type DealBust = z.infer<typeof dealBustSchema>;

/** What a void deal does to the money: an adjustment. Positions follow by deals of their own. */
export function bustAsOperation({
  accountId,
  dealId,
  amount,
  reason,
  at,
}: DealBust): BalanceOperation {
  const operationId = `bust-${dealId}`.slice(0, ID_MAX);
  return { accountId, operationId, type: 'adjustment', amount, comment: reason, at };
}

/** A stop loss or take profit was set, moved or taken away (null). */
export const protectionSchema = z.strictObject({
  accountId: idSchema,
  positionId: idSchema,
  /** In points of the position's instrument. */
  stopLoss: z.int().nullable(),
  takeProfit: z.int().nullable(),
  at: epochMs,
});
export type ProtectionChange = z.infer<typeof protectionSchema>;

/** Profit or loss that an operation makes final: corrections and costs, but no capital or gift. */
export function realisedBy(operation: BalanceOperation): number {
  return ['adjustment', 'fee', 'swap'].includes(operation.type) ? operation.amount : 0;
}

export function movesCapital(operation: BalanceOperation): boolean {
  return ['deposit', 'withdrawal', 'payout'].includes(operation.type);
}
