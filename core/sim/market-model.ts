import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import {
  calibrations,
  HOUR_PERCENT,
  SECOND_VENDOR_CROSSED_PERCENT,
  type Calibration,
} from './calibration.ts';
import { releaseAt, releasesUntil } from './releases.ts';
import type { SessionBreak, Tick, TickSource } from './tick-source.ts';

export const MODEL_SOURCE = 'model';
/** A vendor that hears of sudden moves before the platform does; its prices are only compared. */
export const REFERENCE_SOURCE = 'model-reference';
export const SECOND_VENDOR = 'second-vendor';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Half the ticks come in bursts, as recorded ones do: their gaps are a tenth of the usual. */
const BURST_ONE_IN = 2;
/** Around a release spreads widen, the price jumps, and minutes of trouble follow. */
const WIDENS_BEFORE_MS = 5_000;
const TROUBLE_AFTER_MS = 3 * MINUTE_MS;
/** At a release a price jumps by up to this many of its one-minute deviations. */
const JUMP_DEVIATIONS = 8;
const TROUBLE_FACTOR = 4;
const SPREAD_FACTOR = 5;
/** Of the ticks of the first symbol, one in so many comes from the second vendor as well. */
const SECOND_VENDOR_ONE_IN = 3;
/** Of the ticks of every symbol, one in so many comes from the reference as well. */
const REFERENCE_ONE_IN = 3;
/** Prices of a symbol are fine when its usual spread holds more than so many steps. */
const FINE_TICKS = 4;
/** Sudden moves of one symbol per hour, and their size in one-minute deviations. */
const SUDDEN_PER_HOUR = 3;
const SUDDEN_DEVIATIONS = { least: 1.6, most: 3 } as const;
/** Sudden moves take their part of the variance; the rest is left to the walk. */
const WALK_SHARE = 0.82;
/** A move of so many deviations between two ticks is news to the platform: it lags behind. */
const LAGS_FROM_DEVIATIONS = 1.5;
const LAG_MS = { least: 300, most: 2_000 } as const;
/** The platform's own vendor is heard first: nothing sudden happens so soon after the beginning. */
const CALM_AT_FIRST_MS = MINUTE_MS;

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
  releasedAt: number;
  nextReleaseAt: number;
  calmUntil: number;
  /** Prints of other vendors that come with the latest tick. */
  pending: Tick[];
  symbols: SymbolState[];
}

/**
 * A seeded market that never closes, but for the daily break of some symbols: ticks come faster in
 * busy hours and in bursts, prices share a dollar, releases widen spreads before they jump, a
 * second vendor prints crossed quotes, and a reference hears of sudden moves first. Uses square
 * roots and rounding only, so that one seed is one market on every machine.
 */
export function createMarketModel(options: MarketModelOptions): TickSource {
  const state = (options.resume as ModelState | undefined) ?? openModel(options);
  const random = createRandom(state.random);
  return {
    instruments: calibrations.map(({ instrument }) => instrument),
    hasReference: true,
    next: (into) => {
      const print = state.pending.shift();
      if (print) {
        Object.assign(into, print);
        return true;
      }
      const symbol = earliest(state.symbols);
      step(state, symbol, random, into);
      if (into.source === MODEL_SOURCE) otherVendors(state, into, random);
      return true;
    },
    nextBreak: (symbol, after) =>
      breakAfter(calibrations[symbol] as Calibration, after, state.hoursAhead),
    state: () => structuredCopy({ ...state, random: random.state() }),
  };
}

function openModel({ seed, startAt, hoursAhead = 0 }: MarketModelOptions): ModelState {
  return {
    hoursAhead,
    random: createRandom(seedFor(seed, 'market')).state(),
    dollar: 0,
    dollarAt: startAt,
    releasedAt: releaseAt(releasesUntil(startAt)),
    nextReleaseAt: releaseAt(releasesUntil(startAt) + 1),
    calmUntil: startAt + CALM_AT_FIRST_MS,
    pending: [],
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
  moveDollar(model, at, random);
  const trouble = troubleAt(model, at);
  const elapsedMs = at - state.lastAt;
  const own = Math.sqrt(1 - (calibration.dollarPercent / 100) ** 2) * random.normal();
  const shared = (model.dollar - state.dollarSeen) * (calibration.dollarPercent / 100);
  const walked = own * Math.sqrt(elapsedMs / MINUTE_MS) + shared;
  const deviations =
    walked * WALK_SHARE * (trouble.after ? TROUBLE_FACTOR : 1) + sudden(elapsedMs, random);
  state.rest += deviations * calibration.minutePpm * (state.bid / 1_000_000);
  const steps = Math.trunc(state.rest / calibration.instrument.tickPoints);
  state.rest -= steps * calibration.instrument.tickPoints;
  state.bid = Math.max(
    calibration.firstBid >> 2,
    state.bid + steps * calibration.instrument.tickPoints,
  );
  state.dollarSeen = model.dollar;
  state.lastAt = at;
  const lags =
    Math.abs(deviations) >= LAGS_FROM_DEVIATIONS && elapsedMs < MINUTE_MS && at > model.calmUntil;
  state.nextAt = lags
    ? at + LAG_MS.least + random.below(LAG_MS.most - LAG_MS.least)
    : at + gap(calibration, at + model.hoursAhead * HOUR_MS, trouble.after, random);
  skipBreak(calibration, state, at, model.hoursAhead);
  into.symbol = symbol;
  into.bid = state.bid;
  into.ask = state.bid + spread(calibration, trouble.any, random);
  into.at = at;
  into.source = lags ? REFERENCE_SOURCE : MODEL_SOURCE;
}

/** Now and then one symbol moves by itself, at once, up or down. */
function sudden(elapsedMs: number, random: Random): number {
  if (random.fraction() * HOUR_MS >= elapsedMs * SUDDEN_PER_HOUR) return 0;
  const { least, most } = SUDDEN_DEVIATIONS;
  const size = least + random.fraction() * (most - least);
  return random.below(2) === 0 ? size : -size;
}

/** Within its break a symbol is not quoted: its next tick is the first one after. */
function skipBreak(
  calibration: Calibration,
  state: SymbolState,
  at: number,
  hoursAhead: number,
): void {
  const coming = breakAfter(calibration, at, hoursAhead);
  if (coming && state.nextAt >= coming.closesAt) {
    state.nextAt = Math.max(state.nextAt, coming.opensAt);
  }
}

function breakAfter(
  { dailyBreak }: Calibration,
  after: number,
  hoursAhead: number,
): SessionBreak | null {
  if (!dailyBreak) return null;
  const { fromMinute, minutes } = dailyBreak;
  const shift = hoursAhead * HOUR_MS - fromMinute * MINUTE_MS;
  const closesAt = (Math.floor((after + shift) / DAY_MS) + 1) * DAY_MS - shift;
  return { closesAt, opensAt: closesAt + minutes * MINUTE_MS };
}

/**
 * The dollar walks one deviation a minute, whoever looks at it and however often. At a release it
 * jumps and takes every price along.
 */
function moveDollar(model: ModelState, at: number, random: Random): void {
  model.dollar += Math.sqrt((at - model.dollarAt) / MINUTE_MS) * random.normal();
  model.dollarAt = at;
  if (at < model.nextReleaseAt) return;
  model.releasedAt = model.nextReleaseAt;
  model.nextReleaseAt = releaseAt(releasesUntil(at) + 1);
  model.dollar += (random.fraction() * 2 - 1) * JUMP_DEVIATIONS;
}

function troubleAt(
  { releasedAt, nextReleaseAt }: ModelState,
  at: number,
): { readonly any: boolean; readonly after: boolean } {
  const after = at - releasedAt < TROUBLE_AFTER_MS;
  return { after, any: after || nextReleaseAt - at <= WIDENS_BEFORE_MS };
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

function otherVendors(model: ModelState, first: Tick, random: Random): void {
  if (random.below(REFERENCE_ONE_IN) === 0) {
    const { instrument, spread: usually } = calibrations[first.symbol] as Calibration;
    // Two vendors differ by a point or so, but not where a point is as large as the spread.
    const fine = instrument.tickPoints * FINE_TICKS < usually.usual;
    const shift = fine ? (random.below(3) - 1) * instrument.tickPoints : 0;
    model.pending.push({
      ...first,
      source: REFERENCE_SOURCE,
      bid: first.bid + shift,
      ask: first.ask + shift,
    });
  }
  if (first.symbol === 0 && random.below(SECOND_VENDOR_ONE_IN) === 0) {
    model.pending.push(secondVendor(first, random));
  }
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
    pending: state.pending.map((print) => ({ ...print })),
    symbols: state.symbols.map((symbol) => ({ ...symbol })),
  };
}
