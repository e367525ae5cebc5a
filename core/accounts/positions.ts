import type { Money, Points, Volume } from '#core/money/money.ts';
import { mulDivCeil, mulDivFloor } from '#core/money/money.ts';
import type { PositionRounding } from './account.ts';

/** A two-sided price in points. */
export interface Quote {
  readonly bid: Points;
  readonly ask: Points;
}

/** What is open under one position id. */
export interface Position {
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly volume: Volume;
  /** Σ volume × entry price over the fills that are still open: exact under averaging in. */
  readonly openValue: number;
  readonly openedAt: number;
}

/** How P&L in a quote currency becomes account currency: not at all, or through another rate. */
export type Conversion =
  | { readonly type: 'none' }
  /** The rate is quoted as account currency per unit of P&L (EUR P&L, USD account: EURUSD). */
  | { readonly type: 'multiply'; readonly symbol: string; readonly digits: number }
  /** The rate is quoted the other way round (JPY P&L, USD account: USDJPY). */
  | { readonly type: 'divide'; readonly symbol: string; readonly digits: number };

/** Floating P&L in the quote currency: longs at bid, shorts at ask; exact. */
export function floatingInQuote(
  position: Pick<Position, 'side' | 'volume' | 'openValue'>,
  quote: Quote,
  pointValue: number,
): Money {
  return position.side === 'buy'
    ? (position.volume * quote.bid - position.openValue) * pointValue
    : (position.openValue - position.volume * quote.ask) * pointValue;
}

/**
 * Converts floating P&L, rounding once, toward minus infinity, at the side of the rate that is
 * worse for the account: gains at the lower value of the foreign currency, losses at the higher.
 */
export function convert(amount: Money, conversion: Conversion, rate: Quote): Money {
  if (conversion.type === 'none') return amount;
  const unit = 10 ** conversion.digits;
  if (conversion.type === 'multiply') {
    return mulDivFloor(amount, amount >= 0 ? rate.bid : rate.ask, unit);
  }
  return mulDivFloor(amount, unit, amount >= 0 ? rate.ask : rate.bid);
}

/** Applies the platform's declared rounding of one open position. */
export function roundPosition(amount: Money, rounding: PositionRounding): Money {
  if (rounding === 'exact') return amount;
  const cent = 100;
  const half = 50;
  return amount >= 0
    ? mulDivFloor(amount + half, 1, cent) * cent
    : mulDivCeil(amount - half, 1, cent) * cent;
}

/** What remains of a position's open value after closing part of its volume, exact at full close. */
export function remainingOpenValue(openValue: number, volume: Volume, closed: Volume): number {
  if (closed === volume) return 0;
  return openValue - mulDivFloor(openValue, closed, volume);
}
