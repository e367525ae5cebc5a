import type { Prices } from '#core/accounts/held-position.ts';
import { conversionBetween } from '#core/accounts/market-view.ts';
import type { Conversion } from '#core/accounts/positions.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import { mulDivFloor, parseDecimal, type Money } from '#core/money/money.ts';

/** The currency that the firm counts its book in. */
export const FIRM_CURRENCY = 'USD';

/** What one smallest volume of an instrument stands for at the present mid prices. */
export interface UnitValue {
  /** In the firm's currency, rounded down once; 0 where a price or a rate is unknown. */
  readonly notional: Money;
  readonly isPriced: boolean;
  /**
   * What a long is long and short of: EUR and USD for EURUSD, each worth this much in the firm's
   * currency. Null where an instrument is no exchange of two things (an index, a future, a share).
   */
  readonly legs: {
    readonly long: string;
    readonly longValue: Money;
    readonly short: string;
    readonly shortValue: Money;
  } | null;
}

/** Of these, a symbol names what is bought and what it is paid in. */
const EXCHANGES: readonly string[] = [
  'forex',
  'metal',
  'crypto',
] satisfies readonly Instrument['assetClass'][];
/** Decimals that a contract size is read with. */
const SIZE_DECIMALS = 6;

/**
 * Every notional is a whole number of smallest volumes times this value, so that all ways of
 * slicing a book add up to the same total, to the last unit.
 */
export function unitValueOf(instrument: Instrument, prices: Prices): UnitValue {
  const quote = prices.quote(instrument.symbol);
  const point = pointValue(instrument);
  const inQuote =
    quote && point.ok ? mulDivFloor(Math.abs(quote.bid + quote.ask), point.value, 2) : null;
  const inFirm =
    inQuote === null ? null : inFirmCurrency(inQuote, instrument.quoteCurrency, prices);
  const notional = inFirm ?? 0;
  const base = baseOf(instrument);
  if (base === null) return { notional, isPriced: inFirm !== null, legs: null };
  const legs = {
    long: base,
    longValue: baseValueOf(instrument, base, prices) ?? notional,
    short: instrument.quoteCurrency,
    shortValue: notional,
  };
  return { notional, isPriced: inFirm !== null, legs };
}

/** An amount of any currency at the mid rate, rounded down; null where no rate is known. */
export function inFirmCurrency(amount: Money, currency: string, prices: Prices): Money | null {
  const rate = midRateOf(currency, prices);
  return rate && mulDivFloor(amount, rate.numerator, rate.denominator);
}

/** What is bought: "EUR" of "EURUSD", "XAU" of "XAUUSD"; null where a symbol names no such thing. */
export function baseOf({ symbol, assetClass, quoteCurrency }: Instrument): string | null {
  const length = symbol.indexOf(quoteCurrency);
  const base = symbol.slice(0, Math.max(0, length));
  return EXCHANGES.includes(assetClass) && /^[A-Z]{3,5}$/.test(base) ? base : null;
}

/** The lot's own units at their own rate: they differ a little from what the lot is paid in. */
function baseValueOf(instrument: Instrument, base: string, prices: Prices): Money | null {
  const size = parseDecimal(instrument.contractSize, SIZE_DECIMALS);
  const rate = midRateOf(base, prices);
  if (!size.ok || !rate) return null;
  // One smallest volume in money units: size × 10^(4 − 6 − volumeDecimals).
  const shrunk = 10 ** (2 + instrument.volumeDecimals);
  return mulDivFloor(size.value, rate.numerator, rate.denominator * shrunk);
}

interface Rate {
  readonly numerator: number;
  readonly denominator: number;
}

/** Firm currency per unit of a currency, between bid and ask: twice the mid over two. */
function midRateOf(currency: string, prices: Prices): Rate | null {
  const conversion = conversionBetween(currency, FIRM_CURRENCY, prices.instrument);
  if (!conversion) return null;
  if (conversion.type === 'none') return { numerator: 1, denominator: 1 };
  const quote = prices.quote(conversion.symbol);
  if (!quote || quote.bid + quote.ask <= 0) return null;
  return rateOf(conversion, quote.bid + quote.ask);
}

function rateOf(conversion: Exclude<Conversion, { type: 'none' }>, twice: number): Rate {
  const unit = 2 * 10 ** conversion.digits;
  return conversion.type === 'multiply'
    ? { numerator: twice, denominator: unit }
    : { numerator: unit, denominator: twice };
}
