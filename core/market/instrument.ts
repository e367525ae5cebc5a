import { z } from 'zod';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { MONEY_DECIMALS, parseDecimal } from '#core/money/money.ts';

/** A currency code as platforms write it: "USD", "USDT". */
export const currencySchema = z.string().regex(/^[A-Z]{3,5}$/, 'expected a currency such as "USD"');

/**
 * What a platform trades. Prices are whole points of 10^-digits; volume is whole units of
 * 10^-volumeDecimals lots; a lot holds `contractSize` units of the underlying.
 */
export const instrumentSchema = z.strictObject({
  symbol: z.string().min(1).max(32),
  assetClass: z.enum(['forex', 'metal', 'index', 'future', 'crypto', 'stock', 'energy']),
  digits: z.int().min(0).max(8),
  volumeDecimals: z.int().min(0).max(8),
  /** Units per lot, a decimal text: "100000", "100", "0.1". */
  contractSize: z.string().regex(/^\d{1,9}(\.\d{1,6})?$/),
  /** The currency that prices and P&L of this instrument are in. */
  quoteCurrency: currencySchema,
  /** The smallest price step the venue quotes, in points. */
  tickPoints: z.int().min(1).default(1),
});
export type Instrument = z.infer<typeof instrumentSchema>;

/**
 * Money units (1e-4 of the quote currency) that one point of the smallest volume is worth.
 * Refuses an instrument for which that is not a whole number: it would need finer money.
 */
export function pointValue(instrument: Instrument): Result<number, string> {
  const sizeDecimals = 6;
  const size = parseDecimal(instrument.contractSize, sizeDecimals);
  if (!size.ok) return err(`contract size of ${instrument.symbol}: ${size.error}`);
  const exponent = MONEY_DECIMALS - instrument.digits - instrument.volumeDecimals - sizeDecimals;
  const value = exponent >= 0 ? size.value * 10 ** exponent : size.value / 10 ** -exponent;
  if (Number.isSafeInteger(value) && value > 0) return ok(value);
  return err(
    `one point (10^-${instrument.digits}) of the smallest volume (10^-${instrument.volumeDecimals} lots) of ` +
      `${instrument.symbol} is worth a fraction of 0.0001 ${instrument.quoteCurrency}: ` +
      'declare fewer volume decimals or a larger contract',
  );
}
