import { assert } from '#core/kernel/assert.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import type { Mark } from '#core/market/mark.ts';
import type { PositionRounding } from './account.ts';
import {
  convert,
  floatingInQuote,
  roundPosition,
  type Conversion,
  type Position,
  type Quote,
} from './positions.ts';

/** Instruments and their latest quotes: what is needed to value any position from scratch. */
export interface MarketView {
  define(instrument: Instrument): void;
  instrument(symbol: string): Instrument | undefined;
  apply(mark: Pick<Mark, 'symbol' | 'bid' | 'ask'>): void;
  quote(symbol: string): Quote | undefined;
  /** Floating P&L in the account's currency; 0 while a price or rate it needs is unknown. */
  floatingOf(position: Position, terms: ValuationTerms): number;
  /** Whether a mark of `symbol` can change the value of `position`. */
  dependsOn(position: Position, symbol: string, currency: string): boolean;
}

export interface ValuationTerms {
  readonly currency: string;
  readonly positionRounding: PositionRounding;
}

export function createMarketView(instruments: Iterable<Instrument> = []): MarketView {
  const bySymbol = new Map<string, { instrument: Instrument; pointValue: number }>();
  const quotes = new Map<string, Quote>();
  const define = (instrument: Instrument): void => {
    const value = pointValue(instrument);
    assert(value.ok, value.ok ? '' : value.error);
    bySymbol.set(instrument.symbol, { instrument, pointValue: value.value });
  };
  for (const instrument of instruments) define(instrument);
  const conversionOf = (position: Position, currency: string): Conversion | undefined => {
    const known = bySymbol.get(position.symbol);
    return (
      known &&
      conversionBetween(known.instrument.quoteCurrency, currency, (symbol) => {
        return bySymbol.get(symbol)?.instrument;
      })
    );
  };
  return {
    define,
    instrument: (symbol) => bySymbol.get(symbol)?.instrument,
    apply: (mark) => quotes.set(mark.symbol, { bid: mark.bid, ask: mark.ask }),
    quote: (symbol) => quotes.get(symbol),
    floatingOf: (position, terms) => {
      const known = bySymbol.get(position.symbol);
      const quote = quotes.get(position.symbol);
      const conversion = conversionOf(position, terms.currency);
      if (!known || !quote || !conversion) return 0;
      const rate = conversion.type === 'none' ? quote : quotes.get(conversion.symbol);
      if (!rate) return 0;
      const amount = floatingInQuote(position, quote, known.pointValue);
      return roundPosition(convert(amount, conversion, rate), terms.positionRounding);
    },
    dependsOn: (position, symbol, currency) => {
      if (position.symbol === symbol) return true;
      const conversion = conversionOf(position, currency);
      return conversion !== undefined && conversion.type !== 'none' && conversion.symbol === symbol;
    },
  };
}

/**
 * How P&L in `from` becomes `to`: nothing, through the pair FROM+TO, or through TO+FROM. Undefined
 * when no such instrument is defined: then positions cannot be valued and intake refuses deals.
 */
export function conversionBetween(
  from: string,
  to: string,
  instrumentOf: (symbol: string) => Instrument | undefined,
): Conversion | undefined {
  if (from === to) return { type: 'none' };
  const direct = instrumentOf(from + to);
  if (direct) return { type: 'multiply', symbol: direct.symbol, digits: direct.digits };
  const inverse = instrumentOf(to + from);
  if (inverse) return { type: 'divide', symbol: inverse.symbol, digits: inverse.digits };
  return undefined;
}
