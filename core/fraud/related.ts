import type { Instrument } from '#core/market/instrument.ts';

/** Symbols remembered at once; beyond, all are worked out anew. */
const SYMBOLS_MAX = 2_000;

/** What a symbol is a bet on: two symbols of one name move together, or against each other. */
export interface Underlying {
  /** "EUR/USD" for both EURUSD and USDEUR, "XAU" for gold in any currency. */
  readonly name: string;
  /** -1 where the symbol falls as the underlying rises. */
  readonly way: 1 | -1;
  /** Currencies that it is a bet on or against, as pairs and metals are; none for an index. */
  readonly legs: readonly Leg[];
}
export interface Leg {
  readonly currency: string;
  /** -1 where the symbol falls as the currency rises. */
  readonly way: 1 | -1;
}

/** Symbols that move as one, as a firm lists them: the first is what the others are taken for. */
export type RelatedSymbols = readonly (readonly string[])[];

/**
 * Names what every symbol is a bet on, from its instrument: currency pairs whichever way they are
 * quoted, one asset in several currencies, one future in several months.
 */
export function createUnderlyings(
  instrumentOf: (symbol: string) => Instrument | undefined,
  related: RelatedSymbols = [],
): (symbol: string) => Underlying {
  const alias = new Map(
    related.flatMap(([first = '', ...rest]) => rest.map((one) => [one, first])),
  );
  const known = new Map<string, Underlying>();
  return (symbol) => {
    const before = known.get(symbol);
    if (before) return before;
    const stands = alias.get(symbol) ?? symbol;
    const instrument = instrumentOf(stands);
    const underlying: Underlying = instrument
      ? named(instrument)
      : { name: stands, way: 1, legs: [] };
    if (known.size === SYMBOLS_MAX) known.clear();
    // An instrument that is not known yet may be defined later.
    if (instrument) known.set(symbol, underlying);
    return underlying;
  };
}

function named({ symbol, assetClass, quoteCurrency }: Instrument): Underlying {
  // Brokers decorate symbols: "EURUSD.r", "#US30". What stands before the currency is the asset.
  const plain = symbol.replace(/^[^A-Za-z0-9]+/, '');
  const place = plain.indexOf(quoteCurrency, 1);
  if (assetClass === 'future') return { name: futureRoot(plain), way: 1, legs: [] };
  if (place < 1) return { name: plain, way: 1, legs: [] };
  const asset = plain.slice(0, place).replace(/[^A-Za-z0-9]+$/, '');
  const against: Leg = { currency: quoteCurrency, way: -1 };
  if (assetClass === 'metal') return { name: asset, way: 1, legs: [against] };
  if (assetClass !== 'forex') return { name: asset, way: 1, legs: [] };
  const legs = [{ currency: asset, way: 1 } as const, against];
  return asset < quoteCurrency
    ? { name: `${asset}/${quoteCurrency}`, way: 1, legs }
    : { name: `${quoteCurrency}/${asset}`, way: -1, legs };
}

/** "ESM6" and "ESU26" are two months of one future: a month's letter and a year are left out. */
function futureRoot(symbol: string): string {
  return symbol.replace(/[FGHJKMNQUVXZ]\d{1,2}$/, '') || symbol;
}
