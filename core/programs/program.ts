import { z } from 'zod';
import { idSchema } from '#core/kernel/ids.ts';
import { allocationPolicySchema, refundPolicySchema } from '#core/lifecycle/portfolio.ts';
import { resetPolicySchema } from '#core/lifecycle/reset.ts';
import { scalingPolicySchema } from '#core/lifecycle/scaling.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { moneyInput } from '#core/money/schemas.ts';
import { payoutPolicySchema } from '#core/payouts/policy.ts';
import { ruleSetContentSchema } from '#core/rules/rule-set.ts';

export const PHASES_MAX = 10;

/** One step of a worked example on an account of the program. Amounts are in quotes. */
const checkStepSchema = z.union([
  /** A closed trade. */
  z.strictObject({ earn: moneyInput }),
  /** Open profit or loss moves equity there. */
  z.strictObject({ equity: moneyInput }),
  /** Open positions close at the present price. */
  z.strictObject({ close: z.literal('all') }),
  z.strictObject({ day: z.literal('next') }),
  z.strictObject({ payout: moneyInput }),
]);

/** A worked example that the program must reproduce: published figures, run as tests. */
export const checkSchema = z.strictObject({
  phaseId: idSchema,
  /** What the source says, in our words, and where. */
  says: z.string().min(1).max(300),
  source: z.string().max(300).default(''),
  steps: z.array(checkStepSchema).max(40),
  expect: z
    .array(
      z.union([
        z.strictObject({ floorOf: idSchema, is: moneyInput }),
        z.strictObject({ targetOf: idSchema, is: moneyInput }),
        z.strictObject({ met: idSchema, is: z.boolean() }),
        z.strictObject({ status: z.enum(['active', 'paused', 'failed', 'passed']) }),
      ]),
    )
    .min(1)
    .max(12),
});
export type ProgramCheck = z.output<typeof checkSchema>;

/** A phase and the rules that judge it. Its start may differ from the program's (zero-based funding). */
export const phaseSchema = z.strictObject({
  phaseId: idSchema,
  name: z.string().min(1).max(80),
  startBalance: moneyInput.optional(),
  ruleSet: ruleSetContentSchema,
  /** Present where profit can be paid out. */
  payout: payoutPolicySchema.optional(),
  scaling: scalingPolicySchema.optional(),
});

/** A product: phases in order, each with its rules, and what holds for all of them. */
export const programSchema = z.strictObject({
  programId: idSchema,
  name: z.string().min(1).max(120),
  /** What the program is shaped after, for people: shown, never interpreted. */
  note: z.string().max(400).default(''),
  currency: currencySchema,
  nominalSize: moneyInput,
  startBalance: moneyInput,
  phases: z.array(phaseSchema).min(1).max(PHASES_MAX),
  allocation: allocationPolicySchema.optional(),
  refund: refundPolicySchema.optional(),
  reset: resetPolicySchema.optional(),
  checks: z.array(checkSchema).max(40).default([]),
});
export type Program = z.output<typeof programSchema>;
/** A program as people write it: amounts and percentages in quotes. */
export type ProgramInput = z.input<typeof programSchema>;
