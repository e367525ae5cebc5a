import type { Instrument } from '#core/market/instrument.ts';
import { pointValue } from '#core/market/instrument.ts';
import { mulDivFloor, type Money, type Points } from '#core/money/money.ts';
import type { Flavour } from '#core/kernel/brand.ts';
import type { EpochMs } from '#core/time/time.ts';
import { conversionBetween } from './market-view.ts';
import { convert, type Position, type Quote } from './positions.ts';

/** Lots in millionths, the same for every instrument. */
export type MicroLots = Flavour<number, 'MicroLots'>;
export const LOT_DECIMALS = 6;

/** Stop loss and take profit of a position, in points; null where there is none. */
export interface Protection {
  readonly stopLoss: Points | null;
  readonly takeProfit: Points | null;
}

/** An open position as rules see it. */
export interface HeldPosition extends Protection {
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly lots: MicroLots;
  readonly openedAt: EpochMs;
  /** Value of what is held at its entry price, in the account's currency. */
  readonly notional: Money;
  readonly floating: Money;
  /** Loss at the stop, 0 when it is at break-even or better; null without a stop. */
  readonly risk: Money | null;
  /** Gain at the target; null without one. */
  readonly reward: Money | null;
}

/** What both evaluators know of prices. */
export interface Prices {
  instrument(symbol: string): Instrument | undefined;
  quote(symbol: string): Quote | null | undefined;
}

export function microLots(volume: number, instrument: Instrument | undefined): MicroLots {
  const decimals = instrument?.volumeDecimals ?? 0;
  return decimals <= LOT_DECIMALS
    ? volume * 10 ** (LOT_DECIMALS - decimals)
    : mulDivFloor(volume, 1, 10 ** (decimals - LOT_DECIMALS));
}

export function heldPosition(
  position: Position,
  account: { readonly currency: string; readonly floating: Money; readonly protection: Protection },
  prices: Prices,
): HeldPosition {
  const { positionId, symbol, side, openedAt, volume, openValue } = position;
  const instrument = prices.instrument(symbol);
  const { protection, floating } = account;
  const inAccount = (points: number): Money =>
    instrument ? moneyOf(points, instrument, account.currency, prices) : 0;
  const gainAt = (price: Points | null): Money | null => {
    if (price === null) return null;
    const points = volume * price - openValue;
    return inAccount(side === 'buy' ? points : -points);
  };
  const atStop = gainAt(protection.stopLoss);
  return {
    positionId,
    symbol,
    side,
    openedAt,
    lots: microLots(volume, instrument),
    notional: inAccount(openValue),
    floating,
    ...protection,
    risk: atStop === null ? null : Math.max(0, -atStop),
    reward: gainAt(protection.takeProfit),
  };
}

/** Volume times points in the account's currency; 0 while a rate is unknown. */
function moneyOf(points: number, instrument: Instrument, currency: string, prices: Prices): Money {
  const value = valueOfPoint(instrument);
  const conversion = conversionBetween(instrument.quoteCurrency, currency, prices.instrument);
  if (value === 0 || !conversion) return 0;
  const amount = points * value;
  if (conversion.type === 'none') return amount;
  const rate = prices.quote(conversion.symbol);
  return rate ? convert(amount, conversion, rate) : 0;
}

const pointValues = new WeakMap<Instrument, number>();

/** Money per point of the smallest volume; 0 for an instrument that intake would refuse. */
function valueOfPoint(instrument: Instrument): number {
  const known = pointValues.get(instrument);
  if (known !== undefined) return known;
  const value = pointValue(instrument);
  pointValues.set(instrument, value.ok ? value.value : 0);
  return value.ok ? value.value : 0;
}

/** By position id, so that no order of memory shows. */
export function byPositionId(
  one: { readonly positionId: string },
  other: { readonly positionId: string },
): number {
  return one.positionId < other.positionId ? -1 : one.positionId > other.positionId ? 1 : 0;
}

export const UNPROTECTED: Protection = { stopLoss: null, takeProfit: null };
