import { createRandom, seedFor, type Random } from '#core/kernel/random.ts';
import { instrumentSchema, pointValue, type Instrument } from '#core/market/instrument.ts';
import type { Detecting, Detector } from '../detector.ts';
import {
  MARK_OUT_HORIZONS_MS,
  type Directory,
  type Fill,
  type Observation,
  type Quoted,
  type SurveyedAccount,
  type Trade,
} from '../observation.ts';
import type { Finding } from '../signal.ts';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;
/** A Monday, midnight UTC. */
export const START: number = 1_399_248_000_000;

export const instruments: readonly Instrument[] = [
  ['EURUSD', 'forex', 'USD', 5, '100000'],
  ['USDEUR', 'forex', 'EUR', 5, '100000'],
  ['GBPUSD', 'forex', 'USD', 5, '100000'],
  ['NZDUSD', 'forex', 'USD', 5, '100000'],
  ['USDJPY', 'forex', 'JPY', 3, '100000'],
  ['XAUUSD', 'metal', 'USD', 2, '100'],
  ['XAUEUR', 'metal', 'EUR', 2, '100'],
  ['US30', 'index', 'USD', 1, '10'],
].map(([symbol, assetClass, quoteCurrency, digits, contractSize]) =>
  instrumentSchema.parse({
    symbol,
    assetClass,
    quoteCurrency,
    digits,
    contractSize,
    volumeDecimals: 2,
  }),
);

/** A market without memory that anybody may ask for any instant. */
export interface Prices {
  mid(symbol: string, at: number): number;
  quote(symbol: string, at: number): Quoted;
}

const BASE_POINTS = 130_000;
const SPREAD_POINTS = 14;
/** A move of so many points for each stretch of time: from tens of seconds to days. */
const WAVES = [
  [10, 4],
  [60, 9],
  [600, 30],
  [3_600, 75],
  [21_600, 190],
  [86_400, 380],
] as const;

export function createPrices(seed: number): Prices {
  const level = (symbol: string, wave: number, step: number): number =>
    (seedFor(seedFor(seed, `${symbol} ${wave} ${step}`), 'level') % 2_001) - 1_000;
  const mid = (symbol: string, at: number): number => {
    let points = BASE_POINTS;
    for (const [seconds, size] of WAVES) {
      const step = Math.floor(at / (seconds * SECOND_MS));
      const into = (at - step * seconds * SECOND_MS) / (seconds * SECOND_MS);
      const [from, to] = [level(symbol, seconds, step), level(symbol, seconds, step + 1)];
      points += ((from + (to - from) * into) * size) / 1_000;
    }
    return Math.round(points);
  };
  return {
    mid,
    quote: (symbol, at) => {
      const middle = mid(symbol, at);
      return { bid: middle - SPREAD_POINTS / 2, ask: middle + SPREAD_POINTS / 2, at };
    },
  };
}

export interface TripMade {
  readonly accountId: string;
  readonly symbol?: string;
  readonly side?: 'buy' | 'sell';
  readonly openedAt: number;
  readonly heldMs: number;
  /** In hundredths of a lot. */
  readonly volume?: number;
}

/** Collects what happens, with its consequences, and gives it in order as surveillance would. */
export interface Stream {
  readonly prices: Prices;
  open(account: Partial<SurveyedAccount> & { accountId: string }): void;
  trip(trip: TripMade): void;
  add(...observations: readonly Observation[]): void;
  /** In order of time; within an instant minutes first, then by account, as the runner does. */
  observations(): Observation[];
  readonly directory: Directory;
}

export function createStream(seed: number): Stream {
  const prices = createPrices(seed);
  const made: Observation[] = [];
  const accounts = new Map<string, SurveyedAccount>();
  let deals = 0;
  const directory: Directory = {
    account: (accountId) => accounts.get(accountId),
    accountsOf: (traderId) =>
      [...accounts.values()]
        .filter((account) => account.traderId === traderId)
        .map(({ accountId }) => accountId),
    instrument: (symbol) => instruments.find((one) => one.symbol === symbol),
    quote: (symbol) => prices.quote(symbol, START),
  };
  const fillOf = (trip: Required<TripMade>, entry: 'in' | 'out', positionId: string): Fill => {
    const { accountId, symbol, side, volume } = trip;
    const at = entry === 'in' ? trip.openedAt : trip.openedAt + trip.heldMs;
    const quote = prices.quote(symbol, at);
    const price = (side === 'buy') === (entry === 'in') ? quote.ask : quote.bid;
    return {
      type: 'fill',
      at,
      accountId,
      dealId: `D${(deals += 1)}`,
      positionId,
      symbol,
      side,
      entry,
      lots: volume * 1e4,
      notional: notionalOf(symbol, volume, price),
      price,
      realised: 0,
      balance: 1e9,
      quote,
      reference: quote,
    };
  };
  return {
    prices,
    directory,
    open: (over) => {
      const account: SurveyedAccount = {
        traderId: `T-${over.accountId}`,
        programId: 'two-step',
        phaseId: 'phase-1',
        funded: false,
        currency: 'USD',
        nominalSize: 1e9,
        startBalance: 1e9,
        openedAt: START,
        previousAccountId: null,
        ...over,
      };
      accounts.set(account.accountId, account);
      made.push({ type: 'account', at: account.openedAt, account });
    },
    trip: (given) => {
      const trip = { symbol: 'EURUSD', side: 'buy', volume: 100, ...given } as const;
      const positionId = `P${deals + 1}`;
      const opening = fillOf(trip, 'in', positionId);
      const before = fillOf(trip, 'out', positionId);
      const gained = (before.price - opening.price) * (trip.side === 'buy' ? 1 : -1);
      const profit = gained * trip.volume * pointOf(trip.symbol);
      const closing: Fill = { ...before, realised: profit };
      made.push(opening, closing, tradeOf(opening, closing));
      made.push({
        type: 'protection',
        at: opening.at,
        accountId: trip.accountId,
        positionId,
      });
      for (const horizonMs of MARK_OUT_HORIZONS_MS) {
        const at = opening.at + horizonMs;
        const moved = prices.mid(trip.symbol, at) - opening.price;
        const ppm = Math.round(((trip.side === 'buy' ? moved : -moved) * 1e6) / opening.price);
        const spreadPpm = Math.round((SPREAD_POINTS * 1e6) / opening.price);
        made.push({ type: 'markOut', at, fill: opening, horizonMs, ppm, spreadPpm });
      }
    },
    add: (...observations) => void made.push(...observations),
    observations: () => inTime(made),
  };
}

/** Sorted, with a clock at every whole minute that is passed. */
function inTime(made: readonly Observation[]): Observation[] {
  const timed = made.map((observation, place) => ({ observation, place }));
  timed.sort(
    (one, other) =>
      atOf(one.observation) - atOf(other.observation) ||
      compare(accountOf(one.observation), accountOf(other.observation)) ||
      one.place - other.place,
  );
  const all: Observation[] = [];
  let minute = Math.ceil(atOf(timed[0]?.observation ?? clockAt(START)) / MINUTE_MS);
  for (const { observation } of timed) {
    for (; minute * MINUTE_MS <= atOf(observation); minute += 1) {
      all.push(clockAt(minute * MINUTE_MS));
    }
    all.push(observation);
  }
  // What waits for quiet is looked at within an hour.
  for (let more = 0; more < 60; more += 1) all.push(clockAt((minute + more) * MINUTE_MS));
  return all;
}

export function clockAt(at: number): Observation {
  return { type: 'clock', at };
}

export function atOf(observation: Observation): number {
  return observation.type === 'news' ? observation.release.at - HOUR_MS : observation.at;
}

/** The account that an observation is about; none for what concerns all. */
export function accountOf(observation: Observation): string {
  if (observation.type === 'markOut') return observation.fill.accountId;
  if (observation.type === 'account') return observation.account.accountId;
  return 'accountId' in observation ? observation.accountId : '';
}

function tradeOf(opening: Fill, closing: Fill): Trade {
  const { accountId, positionId, symbol, side, lots, notional, balance } = opening;
  return {
    type: 'trade',
    at: closing.at,
    accountId,
    positionId,
    symbol,
    side,
    lots,
    notional,
    openedAt: opening.at,
    openPrice: opening.price,
    closePrice: closing.price,
    profit: closing.realised,
    balance,
    protected: true,
    additions: 0,
  };
}

function pointOf(symbol: string): number {
  const instrument = instruments.find((one) => one.symbol === symbol);
  const value = instrument && pointValue(instrument);
  if (!value?.ok) return 1;
  // Accounts are in dollars; a yen is about a hundredth of one.
  return instrument?.quoteCurrency === 'JPY' ? value.value / 100 : value.value;
}

function notionalOf(symbol: string, volume: number, price: number): number {
  return volume * price * pointOf(symbol);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Runs a detector over observations with its defaults, or what is given over them. */
export function findingsOf(
  detector: Detector,
  stream: { observations(): Observation[]; readonly directory: Directory },
  over: object = {},
): Finding[] {
  const params: unknown = detector.params.parse({ ...(detector.defaults as object), ...over });
  const detecting = detector.start(params, stream.directory);
  return observed(detecting, detector, stream.observations());
}

/** What is found in observations, of those that the detector asks for. */
export function observed(
  detecting: Detecting,
  { needs }: Detector,
  observations: readonly Observation[],
): Finding[] {
  const findings: Finding[] = [];
  for (const observation of observations) {
    if (!needs.includes(observation.type)) continue;
    detecting.observe(observation, (finding) => void findings.push(finding));
  }
  return findings;
}

/** The last word on every matter. */
export function lastWords(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [finding.key, finding])).values()];
}

export function randomFor(seed: number, name: string): Random {
  return createRandom(seedFor(seed, name));
}
