import { z } from 'zod';
import { idSchema } from '#core/accounts/account.ts';
import { currencySchema } from '#core/market/instrument.ts';
import { moneyInput } from '#core/money/schemas.ts';
import { ruleSetContentSchema } from './rule-set.ts';

/** A product: phases in order, each with the rule set that judges it. One file in resources/programs. */
export const programSchema = z.strictObject({
  programId: idSchema,
  name: z.string().min(1).max(120),
  /** What the program is shaped after, for people: shown, never interpreted. */
  note: z.string().max(400).default(''),
  currency: currencySchema,
  nominalSize: moneyInput,
  startBalance: moneyInput,
  phases: z
    .array(
      z.strictObject({
        phaseId: idSchema,
        name: z.string().min(1).max(80),
        ruleSet: ruleSetContentSchema,
      }),
    )
    .min(1)
    .max(10),
});
export type Program = z.output<typeof programSchema>;
