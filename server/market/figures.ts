import type { Tick, TickSource } from '#core/sim/tick-source.ts';

const HOUR_MS = 3_600_000;
/** Returns over these spans; a span in which nothing printed at either end is left out. */
const SPANS = [
  ['1 s', 1_000],
  ['1 min', 60_000],
  ['1 h', HOUR_MS],
] as const;
/** Two figures differ when one is more than this many times the other. */
const DIFFERS_FACTOR = 1.5;
/** Too few common minutes say nothing about a correlation. */
const COMMON_MINUTES_MIN = 30;

/** What is said about one symbol of one market; only the first vendor's prints count. */
export interface SymbolFigures {
  /** By name: spreads in points, returns in parts per million, shares in percent. */
  readonly values: Readonly<Record<string, number>>;
  /** Ticks in an hour of the day (UTC), averaged over the hours in which the symbol printed. */
  readonly hourly: readonly number[];
}

export interface MarketFigures {
  readonly symbols: ReadonlyMap<string, SymbolFigures>;
  /** Correlation of one-minute returns, by `ONE/OTHER`. */
  readonly correlations: ReadonlyMap<string, number>;
}

interface Gathered {
  readonly vendor: string;
  readonly spreads: number[];
  readonly hourTicks: Map<number, number>;
  readonly returns: Map<number, number>[];
  /** Per span: the last price of the slot before, that slot, and the price now. */
  readonly slots: { slot: number; close: number }[];
  last: number;
  jump: number;
  crossed: number;
}

/** Plays prices up to an instant (exclusive, milliseconds of UTC) and measures them. */
export function measureMarket(ticks: TickSource, until: number): MarketFigures {
  const gathered = new Map<string, Gathered>();
  const tick: Tick = { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
  while (ticks.next(tick) && tick.at < until) {
    const symbol = ticks.instruments[tick.symbol]?.symbol ?? '';
    const found = gathered.get(symbol) ?? open(tick.source);
    gathered.set(symbol, found);
    if (found.vendor === tick.source) gather(found, tick);
  }
  const symbols = new Map([...gathered].map(([symbol, found]) => [symbol, figuresOf(found)]));
  const correlations = new Map<string, number>();
  const names = [...gathered.keys()].sort();
  for (const [place, one] of names.entries()) {
    for (const other of names.slice(place + 1)) {
      const value = correlation(minutesOf(gathered, one), minutesOf(gathered, other));
      if (value !== null) correlations.set(`${one}/${other}`, value);
    }
  }
  return { symbols, correlations };
}

/** A sentence for each figure in which the two are apart. */
export function differences(recorded: SymbolFigures, modelled: SymbolFigures): string[] {
  const found = Object.entries(recorded.values).flatMap(([name, value]) =>
    apart(name, value, modelled.values[name] ?? 0),
  );
  const hours = recorded.hourly.flatMap((value, hour) =>
    apart(`${hour}`, value, modelled.hourly[hour] ?? 0).length > 0 ? [`${hour}h`] : [],
  );
  return hours.length === 0 ? found : [...found, `tick rate at ${hours.join(', ')}`];
}

function apart(name: string, recorded: number, modelled: number): string[] {
  const [low, high] = recorded < modelled ? [recorded, modelled] : [modelled, recorded];
  if (high === 0 || high <= low * DIFFERS_FACTOR) return [];
  if (recorded === 0) return [`${name}: the recording has none`];
  return [`${name}: the model has ${(modelled / recorded).toFixed(2)} times the recorded`];
}

function open(vendor: string): Gathered {
  return {
    vendor,
    spreads: [],
    hourTicks: new Map(),
    returns: SPANS.map(() => new Map<number, number>()),
    slots: SPANS.map(() => ({ slot: -1, close: 0 })),
    last: 0,
    jump: 0,
    crossed: 0,
  };
}

function gather(found: Gathered, { bid, ask, at }: Tick): void {
  found.spreads.push(ask - bid);
  if (bid > ask) found.crossed += 1;
  const hour = Math.floor(at / HOUR_MS);
  found.hourTicks.set(hour, (found.hourTicks.get(hour) ?? 0) + 1);
  if (found.last > 0) found.jump = Math.max(found.jump, Math.abs(ppm(found.last, bid)));
  for (const [place, [, span]] of SPANS.entries()) {
    const state = found.slots[place] as { slot: number; close: number };
    const slot = Math.floor(at / span);
    if (slot !== state.slot) {
      // The slot that ended closed at the last price; it counts if the one before it printed too.
      if (state.slot >= 0 && state.close > 0) {
        found.returns[place]?.set(state.slot, ppm(state.close, found.last));
      }
      state.close = slot === state.slot + 1 ? found.last : 0;
      state.slot = slot;
    }
  }
  found.last = bid;
}

function ppm(from: number, to: number): number {
  return ((to - from) / from) * 1_000_000;
}

function figuresOf(found: Gathered): SymbolFigures {
  const spreads = Float64Array.from(found.spreads).sort();
  const rank = (share: number): number => spreads[Math.floor((spreads.length - 1) * share)] ?? 0;
  const values: Record<string, number> = {
    'ticks per hour': found.spreads.length / Math.max(1, found.hourTicks.size),
    'spread p50, points': rank(0.5),
    'spread p95, points': rank(0.95),
    'spread p99, points': rank(0.99),
    'largest jump, ppm': found.jump,
    'crossed, %': (found.crossed / Math.max(1, found.spreads.length)) * 100,
  };
  for (const [place, [name]] of SPANS.entries()) {
    values[`volatility ${name}, ppm`] = deviation([...(found.returns[place]?.values() ?? [])]);
  }
  const hourly = Array.from({ length: 24 }, (_, hour) => {
    const counts = [...found.hourTicks].filter(([slot]) => slot % 24 === hour);
    return counts.reduce((sum, [, count]) => sum + count, 0) / Math.max(1, counts.length);
  });
  return { values, hourly };
}

function deviation(returns: readonly number[]): number {
  const squares = returns.reduce((sum, value) => sum + value * value, 0);
  return Math.sqrt(squares / Math.max(1, returns.length));
}

function minutesOf(gathered: ReadonlyMap<string, Gathered>, symbol: string): Map<number, number> {
  return gathered.get(symbol)?.returns[1] ?? new Map<number, number>();
}

function correlation(one: Map<number, number>, other: Map<number, number>): number | null {
  const common = [...one].filter(([minute]) => other.has(minute));
  if (common.length < COMMON_MINUTES_MIN) return null;
  let [both, first, second] = [0, 0, 0];
  for (const [minute, value] of common) {
    const paired = other.get(minute) ?? 0;
    both += value * paired;
    first += value * value;
    second += paired * paired;
  }
  return first === 0 || second === 0 ? 0 : both / Math.sqrt(first * second);
}
