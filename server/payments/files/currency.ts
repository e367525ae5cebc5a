import { err, ok, type Result } from '#core/kernel/result.ts';
import { exponentOf } from '#core/payouts/amount-words.ts';
import { quoted } from './characters.ts';
import { decimalText, MONEY_DECIMALS, parseDecimal, type Money } from '#core/money/money.ts';

/** An amount and the currency it is in; amounts of payment files carry no sign. */
export interface CurrencyAmount {
  readonly amount: Money;
  readonly currency: string;
}

export const CURRENCY = /^[A-Z]{3}$/;

/** Decimals that the schemas allow, zeros included: yen are sent as "79255.00". */
const WRITTEN_DECIMALS_MAX = 5;

/**
 * Reads an amount of a bank message: digits, and perhaps a point and digits. Exponents, signs,
 * separators of thousands and digits of other scripts are refused, and so is any part of a minor
 * unit. Blanks around it are not part of a decimal in XML.
 */
export function readAmount(text: string, currency: string): Result<Money, string> {
  const bare = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');
  const found = /^[0-9]+(?:\.([0-9]+))?$/.exec(bare);
  if (!found) return err(`${quoted(bare)} is not a plain decimal`);
  const fraction = found[1] ?? '';
  if (fraction.length > WRITTEN_DECIMALS_MAX)
    return err(`${quoted(bare)} has more than ${WRITTEN_DECIMALS_MAX} decimals`);
  const exponent = exponentOf(currency);
  if (fraction.replace(/0+$/, '').length > exponent)
    return err(`${quoted(bare)} has more decimals than ${currency}, which has ${exponent}`);
  const amount = parseDecimal(bare.replace(/^0+(?=[0-9])/, ''), MONEY_DECIMALS);
  return amount.ok ? amount : err(`${quoted(bare)} is too large to be kept exactly`);
}

/** An amount as a bank message writes it, every decimal of the currency shown. */
export function amountText(amount: Money, currency: string): Result<string, string> {
  const exponent = exponentOf(currency);
  const unit = 10 ** (MONEY_DECIMALS - exponent);
  if (!Number.isSafeInteger(amount)) return err('is not a whole number of units');
  if (amount % unit !== 0)
    return err(
      `is ${decimalText(amount, MONEY_DECIMALS)}, and ${currency} has ${exponent} decimals`,
    );
  return ok(decimalText(amount / unit, exponent));
}
