import { z } from 'zod';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { digestSchema, idSchema } from '#core/kernel/ids.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { moneyUnits } from '#core/money/schemas.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { accountStateSchema } from '#core/rules/account-state.ts';
import { epochMs } from '#core/time/time.ts';
import { payoutAssessmentSchema } from './assess.ts';
import { payeeRefSchema } from './payouts.events.ts';

export const SNAPSHOT_BYTES_MAX = 262_144;

export const historySchema = z.strictObject({
  payouts: z.int().min(0),
  paidToTrader: moneyUnits,
  openedAt: epochMs,
  firstTradeAt: epochMs.nullable(),
  lastPayoutAt: epochMs.nullable(),
});

/** Trades whose profit is not paid, and why. */
export const deductionSchema = z.strictObject({
  dealIds: z.array(idSchema).min(1).max(100),
  amount: moneyUnits,
  ruleId: idSchema.nullable(),
  reason: z.string().min(1).max(400),
  by: idSchema,
});
export type Deduction = z.output<typeof deductionSchema>;

/** What happened on the account since it was funded or last paid. */
export const windowSchema = z.strictObject({
  fromAt: epochMs,
  toAt: epochMs,
  trades: z.int().min(0),
  profit: moneyUnits,
  /** Warnings, breaches and flags, each a fact of the log. */
  verdicts: z
    .array(
      z.strictObject({
        seq: z.int().min(1),
        kind: z.string().max(40),
        ruleId: idSchema,
        at: epochMs,
        sentence: z.string().max(400),
      }),
    )
    .max(200),
  /** Matters that a person has yet to look at. */
  openReviews: z.array(z.string().max(400)).max(50),
});
export type PayoutWindow = z.output<typeof windowSchema>;

/** A decided case with the same facts. */
export const precedentSchema = z.strictObject({
  payoutId: idSchema,
  outcome: z.string().max(40),
  at: epochMs,
  reason: z.string().max(400),
});

/** What a payout comes to: the end of the assessment, after deductions. */
export const amountsSchema = z.strictObject({
  gross: moneyUnits,
  deducted: moneyUnits,
  trader: moneyUnits,
  firm: moneyUnits,
});

/**
 * Everything a decision on a payout rests on, as the bytes that approvers see and sign. It holds
 * the account's state, the policy and the history, so that anyone can assess it again.
 */
export const payoutSnapshotSchema = z.strictObject({
  schema: z.literal('payout-snapshot/1'),
  payoutId: idSchema,
  version: z.int().min(1),
  traderName: z.string().max(120),
  requested: moneyUnits.nullable(),
  currency: currencySchema,
  payee: payeeRefSchema,
  payeeName: z.string().max(140),
  /** Where in the log and the market it was assessed. */
  basis: z.strictObject({ seq: z.int().min(0), at: epochMs }),
  state: accountStateSchema,
  /** The program's payout policy as it is written. */
  policy: z.json(),
  history: historySchema,
  identity: z.enum(['passed', 'pending', 'failed', 'unknown']),
  assessment: payoutAssessmentSchema,
  window: windowSchema,
  deductions: z.array(deductionSchema).max(50),
  amounts: amountsSchema,
  /** What stands against paying; empty when nothing does. */
  against: z.array(z.string().max(400)).max(120),
  precedents: z.array(precedentSchema).max(5),
  /** 32 random bytes: the digest says nothing to who cannot see the rest. */
  salt: digestSchema,
});
export type PayoutSnapshot = z.output<typeof payoutSnapshotSchema>;

/** The bytes of a snapshot, and their digest. */
export function writeSnapshot(snapshot: unknown): { text: string; digest: string } {
  const text = canonicalText(snapshot);
  return { text, digest: digestOfText(text) };
}

/** Reads bytes that a digest names; refuses other bytes, and other writing of the same. */
export function readSnapshot(text: string, digest: string): Result<PayoutSnapshot, string> {
  if (text.length > SNAPSHOT_BYTES_MAX) return err('the snapshot is too large');
  if (digestOfText(text) !== digest) return err('these are not the bytes that were proposed');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return err('the snapshot is no JSON');
  }
  const parsed = payoutSnapshotSchema.safeParse(value);
  if (!parsed.success) return err(`the snapshot is malformed: ${z.prettifyError(parsed.error)}`);
  // Bytes that reading would complete or change are not the bytes that people see.
  if (canonicalText(parsed.data) !== text) return err('the snapshot is not written as it is read');
  return ok(parsed.data);
}
