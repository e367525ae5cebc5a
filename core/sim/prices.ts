import {
  createMarketView,
  conversionBetween,
  type MarketView,
} from '#core/accounts/market-view.ts';
import { convert, floatingInQuote, type Position } from '#core/accounts/positions.ts';
import { pointValue, type Instrument } from '#core/market/instrument.ts';
import type { Price, Seen } from './role.ts';
import type { SessionBreak, Tick, TickSource } from './tick-source.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** A symbol without a print for so long is not traded. */
export const CLOSED_AFTER_MS = 5 * MINUTE_MS;
/** Volatility that traders size by: a deviation of an hour, in parts per million of the price. */
const HOUR_PPM = 1_500;
/** Another vendor leads when it is away by more than so many hundredths of the spread. */
const LEADS_FROM_PERCENT = 120;
/** A lead counts against a platform's price that is no older than this. */
const FRESH_MS = 10_000;
/** The usual distance between two vendors is learnt over about so many prints. */
const DISTANCE_MEMORY = 32;
/** Where no hours are published, the week of currencies: from Friday, 21:00 UTC, two days long. */
const WEEK_CLOSES_AT_MS = DAY_MS + 21 * 60 * MINUTE_MS;
const WEEKEND_MS = 2 * DAY_MS;

export interface SavedPrice extends Price {
  /** Whose prices are the platform's: the first vendor heard. */
  readonly source: string;
  /** Twice the usual distance of the other vendor's middle from the platform's, in points. */
  readonly distance2: number;
}

/** The platform's prices, as its traders see them, and how far another vendor leads. */
export interface Prices {
  readonly market: MarketView;
  /** Takes a print; says what another vendor shows before the platform does, if anything. */
  apply(tick: Tick): Seen | null;
  /** Every symbol has printed. */
  readonly complete: boolean;
  /** The latest price of the platform, however old. */
  latest(symbol: number): Price | null;
  /** The same while the symbol is traded; null otherwise. */
  traded(symbol: number, at: number): Price | null;
  hourMove(symbol: number): number;
  /** Money that one point of the smallest volume is worth, in the quote currency. */
  pointValue(symbol: number): number;
  /** What a position gives in dollars when all of it is closed at a price. */
  profitAt(position: Position, price: number): number;
  nextBreak(symbol: number, after: number): SessionBreak | null;
  numberOf(symbol: string): number;
  state(): readonly (SavedPrice | null)[];
}

export function createPrices(source: TickSource, resume?: readonly (SavedPrice | null)[]): Prices {
  const { instruments } = source;
  const market = createMarketView(instruments);
  const known: (Writable<SavedPrice> | null)[] = instruments.map((instrument, at) => {
    const saved = resume?.[at];
    if (!saved) return null;
    market.apply({ symbol: instrument.symbol, bid: saved.bid, ask: saved.ask });
    return { ...saved };
  });
  const values = instruments.map((instrument) => {
    const value = pointValue(instrument);
    return value.ok ? value.value : 1;
  });
  const bySymbol = new Map(instruments.map(({ symbol }, at) => [symbol, at]));
  const numberOf = (symbol: string): number => bySymbol.get(symbol) ?? -1;
  /** The end of the session in which a symbol last printed; looked up once for each. */
  const sessionEnds = instruments.map(() => -Infinity);
  const closesAfter = (symbol: number, printedAt: number): number => {
    const end = sessionEnds[symbol] as number;
    if (printedAt < end) return end;
    const next = nextBreak(source, symbol, printedAt)?.closesAt ?? Infinity;
    sessionEnds[symbol] = next;
    return next;
  };
  let missing = known.filter((price) => price === null).length;
  return {
    market,
    get complete() {
      return missing === 0;
    },
    apply: (tick) => {
      const price = known[tick.symbol];
      // A crossed quote is nothing to trade on, whoever printed it.
      if (tick.bid > tick.ask) return null;
      if (price && tick.source !== price.source) return lead(price, tick);
      market.apply({
        symbol: (instruments[tick.symbol] as Instrument).symbol,
        bid: tick.bid,
        ask: tick.ask,
      });
      if (price) {
        price.before = price.bid;
        price.bid = tick.bid;
        price.ask = tick.ask;
        price.at = tick.at;
        return null;
      }
      const { bid, ask, at, source: vendor } = tick;
      known[tick.symbol] = { bid, ask, before: bid, at, source: vendor, distance2: 0 };
      missing -= 1;
      return null;
    },
    latest: (symbol) => known[symbol] ?? null,
    traded: (symbol, at) => {
      const price = known[symbol];
      if (!price || at - price.at > CLOSED_AFTER_MS) return null;
      return closesAfter(symbol, price.at) <= at ? null : price;
    },
    hourMove: (symbol) => ((known[symbol]?.bid ?? 0) * HOUR_PPM) / 1_000_000,
    pointValue: (symbol) => values[symbol] ?? 1,
    profitAt: (position, price) => {
      const symbol = numberOf(position.symbol);
      const { quoteCurrency } = instruments[symbol] as Instrument;
      const conversion = conversionBetween(quoteCurrency, 'USD', (name) => market.instrument(name));
      const rate =
        conversion && conversion.type !== 'none' ? market.quote(conversion.symbol) : NO_RATE;
      if (!conversion || !rate) return 0;
      const amount = floatingInQuote(position, { bid: price, ask: price }, values[symbol] ?? 1);
      return convert(amount, conversion, rate);
    },
    nextBreak: (symbol, after) => nextBreak(source, symbol, after),
    numberOf,
    state: () => known.map((price) => price && { ...price }),
  };
}

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] };

const NO_RATE = { bid: 1, ask: 1 } as const;

function lead(price: Writable<SavedPrice>, { symbol, bid, ask, at }: Tick): Seen | null {
  const spread = price.ask - price.bid;
  const away2 = bid + ask - price.bid - price.ask - price.distance2;
  price.distance2 += Math.max(-2 * spread, Math.min(2 * spread, away2)) / DISTANCE_MEMORY;
  const leads = Math.abs(away2) * 100 > 2 * spread * LEADS_FROM_PERCENT;
  return leads && at - price.at <= FRESH_MS ? { symbol, leadPoints: Math.trunc(away2 / 2) } : null;
}

function nextBreak(source: TickSource, symbol: number, after: number): SessionBreak | null {
  if (source.nextBreak) return source.nextBreak(symbol, after);
  // 1 January 1970 was a Thursday: the first Friday evening came a day and a part later.
  const weeks = Math.floor((after - WEEK_CLOSES_AT_MS) / WEEK_MS) + 1;
  const closesAt = weeks * WEEK_MS + WEEK_CLOSES_AT_MS;
  return { closesAt, opensAt: closesAt + WEEKEND_MS };
}
