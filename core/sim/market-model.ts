import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import {
  calibrations,
  HOUR_PERCENT,
  SECOND_VENDOR_CROSSED_PERCENT,
  type Calibration,
} from './calibration.ts';
import type { Tick, TickSource } from './tick-source.ts';

export const MODEL_SOURCE = 'model';
export const SECOND_VENDOR = 'second-vendor';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Half the ticks come in bursts, as recorded ones do: their gaps are a tenth of the usual. */
const BURST_ONE_IN = 2;
/** A release every four hours: spreads widen before it, a jump, then minutes of trouble. */
const RELEASE_EVERY_MS = 4 * HOUR_MS;
const RELEASE_AT_MS = 2 * HOUR_MS + 30 * MINUTE_MS;
const WIDENS_BEFORE_MS = 5_000;
const TROUBLE_AFTER_MS = 3 * MINUTE_MS;
/** At a release a price jumps by up to this many of its one-minute deviations. */
const JUMP_DEVIATIONS = 8;
const TROUBLE_FACTOR = 4;
const SPREAD_FACTOR = 5;
/** Of the ticks of the first symbol, one in so many comes from the second vendor as well. */
const SECOND_VENDOR_ONE_IN = 3;

export interface MarketModelOptions {
  readonly seed: number;
  readonly startAt: number;
  /** Plays this many hours later in the day than the clock says: a demo need not start at night. */
  readonly hoursAhead?: number;
  /** Resumes where `state()` was taken. */
  readonly resume?: unknown;
}

interface SymbolState {
  bid: number;
  nextAt: number;
  lastAt: number;
  dollarSeen: number;
  /** Fractions of a point still to be moved, in millionths. */
  rest: number;
}

interface ModelState {
  hoursAhead: number;
  random: readonly [number, number, number, number];
  dollar: number;
  dollarAt: number;
  release: number;
  pending: Tick | null;
  symbols: SymbolState[];
}

/**
 * A seeded market that never closes: ticks come faster in busy hours and in bursts, prices share a
 * dollar, releases widen spreads before they jump, and a second vendor prints crossed quotes.
 * Uses square roots and rounding only, so that one seed is one market on every machine.
 */
export function createMarketModel(options: MarketModelOptions): TickSource {
  const state = (options.resume as ModelState | undefined) ?? openModel(options);
  const random = createRandom(state.random);
  return {
    instruments: calibrations.map(({ instrument }) => instrument),
    next: (into) => {
      if (state.pending) {
        Object.assign(into, state.pending);
        state.pending = null;
        return true;
      }
      const symbol = earliest(state.symbols);
      step(state, symbol, random, into);
      if (symbol === 0 && random.below(SECOND_VENDOR_ONE_IN) === 0) {
        state.pending = secondVendor(into, random);
      }
      return true;
    },
    state: () => structuredCopy({ ...state, random: random.state() }),
  };
}

function openModel({ seed, startAt, hoursAhead = 0 }: MarketModelOptions): ModelState {
  return {
    hoursAhead,
    random: createRandom(seedFor(seed, 'market')).state(),
    dollar: 0,
    dollarAt: startAt,
    release: Math.floor((startAt - RELEASE_AT_MS) / RELEASE_EVERY_MS),
    pending: null,
    symbols: calibrations.map(({ firstBid }, at) => ({
      bid: firstBid,
      nextAt: startAt + at,
      lastAt: startAt,
      dollarSeen: 0,
      rest: 0,
    })),
  };
}

function earliest(symbols: readonly SymbolState[]): number {
  let first = 0;
  for (let at = 1; at < symbols.length; at += 1) {
    if ((symbols[at] as SymbolState).nextAt < (symbols[first] as SymbolState).nextAt) first = at;
  }
  return first;
}

function step(model: ModelState, symbol: number, random: Random, into: Tick): void {
  const calibration = calibrations[symbol] as Calibration;
  const state = model.symbols[symbol] as SymbolState;
  const at = state.nextAt;
  const trouble = troubleAt(at);
  moveDollar(model, at, random);
  const elapsed = Math.sqrt((at - state.lastAt) / MINUTE_MS);
  const own = Math.sqrt(1 - (calibration.dollarPercent / 100) ** 2) * random.normal() * elapsed;
  const shared = (model.dollar - state.dollarSeen) * (calibration.dollarPercent / 100);
  const deviations =
    (own + shared) * (trouble.after ? TROUBLE_FACTOR : 1) + jump(model, at, random);
  state.rest += deviations * calibration.minutePpm * (state.bid / 1_000_000);
  const steps = Math.trunc(state.rest / calibration.instrument.tickPoints);
  state.rest -= steps * calibration.instrument.tickPoints;
  state.bid = Math.max(
    calibration.firstBid >> 2,
    state.bid + steps * calibration.instrument.tickPoints,
  );
  state.dollarSeen = model.dollar;
  state.lastAt = at;
  state.nextAt = at + gap(calibration, at + model.hoursAhead * HOUR_MS, trouble.after, random);
  into.symbol = symbol;
  into.bid = state.bid;
  into.ask = state.bid + spread(calibration, trouble.any, random);
  into.at = at;
  into.source = MODEL_SOURCE;
}

/** The dollar walks one deviation a minute, whoever looks at it and however often. */
function moveDollar(model: ModelState, at: number, random: Random): void {
  model.dollar += Math.sqrt((at - model.dollarAt) / MINUTE_MS) * random.normal();
  model.dollarAt = at;
}

function troubleAt(at: number): { readonly any: boolean; readonly after: boolean } {
  const since = (at - RELEASE_AT_MS) % RELEASE_EVERY_MS;
  const after = since < TROUBLE_AFTER_MS;
  return { after, any: after || RELEASE_EVERY_MS - since <= WIDENS_BEFORE_MS };
}

/** Once per release, at the first tick after it, the dollar jumps and takes every price along. */
function jump(model: ModelState, at: number, random: Random): number {
  const release = Math.floor((at - RELEASE_AT_MS) / RELEASE_EVERY_MS);
  if (release === model.release) return 0;
  model.release = release;
  const size = (random.fraction() * 2 - 1) * JUMP_DEVIATIONS;
  model.dollar += size;
  return 0;
}

function gap(calibration: Calibration, at: number, busy: boolean, random: Random): number {
  const hour = Math.floor(at / HOUR_MS) % 24;
  const rate = calibration.ticksPerSecond * ((HOUR_PERCENT[hour] as number) / 100) * (busy ? 3 : 1);
  const usual = (1_000 / rate) * 2 * random.fraction();
  const long = random.below(BURST_ONE_IN) === 0 ? usual * 1.8 : usual * 0.2;
  return Math.max(1, Math.floor(long));
}

function spread(
  { spread: { usual, wide }, instrument }: Calibration,
  trouble: boolean,
  random: Random,
): number {
  const chance = random.below(100);
  const quiet = chance < 80 ? usual : usual + Math.floor((wide - usual) * 1.2 * random.fraction());
  const points = trouble ? quiet * SPREAD_FACTOR : quiet;
  return Math.max(1, Math.ceil(points / instrument.tickPoints)) * instrument.tickPoints;
}

function secondVendor(first: Tick, random: Random): Tick {
  const crossed = random.below(100) < SECOND_VENDOR_CROSSED_PERCENT;
  const shift = random.below(7) - 3;
  return {
    ...first,
    source: SECOND_VENDOR,
    bid: first.bid + shift,
    ask: crossed ? first.bid + shift - 1 - random.below(4) : first.ask + shift,
  };
}

function structuredCopy(state: ModelState): ModelState {
  return {
    ...state,
    pending: state.pending && { ...state.pending },
    symbols: state.symbols.map((symbol) => ({ ...symbol })),
  };
}
