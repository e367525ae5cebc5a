import { z } from 'zod';
import { MONEY_DECIMALS, parseDecimal, type Money, type Ppm } from './money.ts';

/** Money written by people in program files: "2500" or "4750.05", read into whole units. */
export const moneyInput = decimalInput(MONEY_DECIMALS, 'an amount such as "2500.00"') as z.ZodType<
  Money,
  string
>;

/** A percentage written by people: "5" or "5.75", read into parts per million. */
export const percentInput = decimalInput(4, 'a percentage such as "5" or "5.75"') as z.ZodType<
  Ppm,
  string
>;

/** Money as facts and wires carry it. */
export const moneyUnits: z.ZodType<Money> = z.int();

/** A decimal written by people in quotes, read into whole units of 10^-decimals. */
export function decimalInput(decimals: number, wanted: string): z.ZodType<number, string> {
  return z.string({ error: `expected ${wanted} in quotes` }).transform((text, context) => {
    const parsed = parseDecimal(text, decimals);
    if (parsed.ok) return parsed.value;
    context.addIssue({ code: 'custom', message: `${parsed.error}; expected ${wanted}` });
    return z.NEVER;
  });
}
