import { z } from 'zod';
import { ACCOUNT_STATUSES, accountTermsSchema } from '#core/accounts/account.ts';
import { instrumentSchema } from '#core/market/instrument.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { epochMs, tradingDaySchema } from '#core/time/time.ts';
import { ruleSetContentSchema } from './rule-set.ts';

/**
 * Everything that decides an account's future verdicts, at one instant: what a what-if starts
 * from, and what evidence carries so that anyone can go on computing from there.
 */
export const accountStateSchema = z.strictObject({
  terms: accountTermsSchema,
  ruleSet: ruleSetContentSchema,
  /** A STATUS code. */
  status: z
    .int()
    .min(0)
    .max(ACCOUNT_STATUSES.length - 1),
  balance: moneyUnits,
  day: tradingDaySchema.nullable(),
  at: epochMs,
  positions: z.array(
    z.strictObject({
      positionId: z.string(),
      symbol: z.string(),
      side: z.enum(['buy', 'sell']),
      volume: z.int().min(1),
      openValue: z.int(),
      openedAt: epochMs,
    }),
  ),
  /** Stops and targets by position id. */
  protections: z
    .array(
      z.tuple([
        z.string(),
        z.strictObject({ stopLoss: z.int().nullable(), takeProfit: z.int().nullable() }),
      ]),
    )
    .default([]),
  /** One per rule, in the rule set's order. */
  states: z.array(z.record(z.string(), z.int())),
  latches: z.array(z.int()),
  /** Until when each rule says nothing; 0 for none. */
  exceptions: z.array(z.int()),
  /** Every instrument the positions or the scenario may touch, with its latest quote. */
  market: z.array(
    z.strictObject({
      instrument: instrumentSchema,
      bid: z.int().nullable(),
      ask: z.int().nullable(),
    }),
  ),
});
export type AccountState = z.infer<typeof accountStateSchema>;
