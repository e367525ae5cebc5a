import type { Random } from '#core/kernel/random.ts';
import {
  createStream,
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  randomFor,
  SECOND_MS,
  START,
  type Stream,
  type TripMade,
} from './stream.ts';

export interface HonestWorld {
  readonly seed: number;
  readonly traders: number;
  readonly days: number;
  /** Times are whole seconds, so that many fall on one instant. */
  readonly wholeSeconds?: boolean;
}

const SYMBOLS = ['EURUSD', 'GBPUSD', 'NZDUSD', 'USDJPY', 'XAUUSD', 'US30'] as const;
/** Minutes of the day at which releases come, and at which a signal service speaks. */
const RELEASES = [510, 750, 840] as const;
const SIGNALS = [485, 590, 655, 790, 905, 985] as const;
const SIGNAL_FOLLOWERS_PER_MILLE = 250;
const CANDLE_MS = 15 * MINUTE_MS;

/**
 * Traders who know nothing of each other, and yet meet: they share hours, favourite symbols, releases,
 * a public signal service, candles of the same chart, and networks of mobile carriers.
 */
export function honestWorld({ seed, traders, days, wholeSeconds }: HonestWorld): Stream {
  const stream = createStream(seed);
  const clean = (trip: TripMade): TripMade => {
    const round = (ms: number): number => Math.floor(ms / SECOND_MS) * SECOND_MS;
    return wholeSeconds
      ? { ...trip, openedAt: round(trip.openedAt), heldMs: round(trip.heldMs) }
      : trip;
  };
  for (let trader = 0; trader < traders; trader += 1) {
    const random = randomFor(seed, `trader ${trader}`);
    const accountId = `A${String(trader).padStart(5, '0')}`;
    const traderId = `T${trader}`;
    stream.open({ accountId, traderId, programId: random.pick(['one-step', 'two-step']) });
    introduce(stream, { accountId, traderId, trader, random });
    const style = styleOf(trader, random);
    for (let day = 0; day < days; day += 1) {
      const from = START + day * DAY_MS;
      connect(stream, {
        accountId,
        trader,
        at: from + style.wakes + random.below(HOUR_MS),
        random,
      });
      for (const trip of tripsOf(style, from, random)) stream.trip(clean({ accountId, ...trip }));
    }
  }
  for (let day = 0; day < days; day += 1) {
    for (const minute of RELEASES) {
      const at = START + day * DAY_MS + minute * MINUTE_MS;
      const releaseId = `release ${day} ${minute}`;
      stream.add({
        type: 'news',
        at: at - HOUR_MS,
        release: {
          releaseId,
          name: 'Prices',
          impact: 'high',
          currencies: ['USD'],
          at,
          endsAt: at,
        },
      });
    }
  }
  return stream;
}

interface Style {
  readonly kind: 'swing' | 'day' | 'scalper' | 'news' | 'candle';
  /** When the trader's day begins, after midnight. */
  readonly wakes: number;
  readonly symbols: readonly string[];
  /** Side of a trade is a coin with so many of a thousand falling long. */
  readonly long: number;
  readonly volume: number;
  readonly follows: boolean;
}

function styleOf(trader: number, random: Random): Style {
  const kinds = ['swing', 'swing', 'day', 'day', 'day', 'scalper', 'news', 'candle'] as const;
  return {
    kind: kinds[trader % kinds.length] ?? 'day',
    // London, New York or Asia, give or take two hours.
    wakes: random.pick([0, 7, 7, 7, 12]) * HOUR_MS + random.below(2 * HOUR_MS),
    symbols: [random.pick(SYMBOLS), random.pick(['EURUSD', 'XAUUSD'] as const)],
    long: 350 + random.below(300),
    volume: 5 + random.below(200),
    follows: random.below(1_000) < SIGNAL_FOLLOWERS_PER_MILLE,
  };
}

function tripsOf(style: Style, from: number, random: Random): Omit<TripMade, 'accountId'>[] {
  const trips: Omit<TripMade, 'accountId'>[] = [];
  const make = (
    openedAt: number,
    heldMs: number,
    fixed?: Pick<TripMade, 'symbol' | 'side'>,
  ): void => {
    const symbol = random.pick(style.symbols);
    const side = random.below(1_000) < style.long ? 'buy' : 'sell';
    // Sizes follow the distance of the stop, which is never twice the same.
    const volume = Math.max(1, Math.floor(style.volume * (0.6 + random.fraction() * 0.9)));
    trips.push({ symbol, side, volume, openedAt, heldMs, ...fixed });
  };
  const within = (hours: number): number => from + style.wakes + random.below(hours * HOUR_MS);
  const longTail = (least: number, most: number): number => {
    // The product of two even draws: many short, some long.
    const share = random.fraction() * random.fraction();
    return Math.floor(least + (most - least) * share);
  };
  const count = { swing: 2, day: 5, scalper: 18, news: 1, candle: 4 }[style.kind];
  for (let trade = 0; trade < count; trade += 1) {
    if (random.below(10) < 3) continue;
    if (style.kind === 'swing') make(within(12), longTail(2 * HOUR_MS, 30 * HOUR_MS));
    if (style.kind === 'day') make(within(9), longTail(8 * MINUTE_MS, 6 * HOUR_MS));
    if (style.kind === 'scalper') make(within(7), longTail(2 * MINUTE_MS, 25 * MINUTE_MS));
    if (style.kind === 'news') make(within(9), longTail(20 * MINUTE_MS, 8 * HOUR_MS));
    if (style.kind === 'candle') {
      // A program acts as a candle closes, and leaves as another one does.
      const open = Math.ceil(within(9) / CANDLE_MS) * CANDLE_MS + 300 + random.below(1_500);
      make(open, CANDLE_MS * (1 + random.below(12)) + random.below(1_500));
    }
  }
  if (style.kind === 'news') {
    const minute = random.pick(RELEASES);
    const openedAt = from + minute * MINUTE_MS + 2_000 + random.below(40_000);
    const fixed = { symbol: 'EURUSD', side: random.pick(['buy', 'buy', 'sell'] as const) };
    make(openedAt, longTail(12 * MINUTE_MS, 3 * HOUR_MS), fixed);
  }
  if (style.follows) {
    for (const [at, minute] of SIGNALS.entries()) {
      if (random.below(100) >= 45) continue;
      const spokenAt = from + minute * MINUTE_MS;
      const fixed = { symbol: 'XAUUSD', side: (minute + at) % 3 === 0 ? 'sell' : 'buy' } as const;
      const openedAt = spokenAt + 4_000 + random.below(25_000);
      // Half of them leave as the service says so, the others when they like.
      const told = spokenAt + 40 * MINUTE_MS + 3_000 + random.below(20_000) - openedAt;
      make(openedAt, random.below(2) === 0 ? told : longTail(15 * MINUTE_MS, 4 * HOUR_MS), fixed);
    }
  }
  return trips;
}

interface Introduced {
  readonly accountId: string;
  readonly traderId: string;
  readonly trader: number;
  readonly random: Random;
}

function introduce(stream: Stream, { accountId, traderId, trader, random }: Introduced): void {
  // One in fifty shares a household with the one before, and one in three came through an affiliate.
  const house = trader % 50 === 1 ? trader - 1 : trader;
  stream.add({
    type: 'identity',
    at: START,
    accountId,
    traderId,
    documentId: `document-${trader}`,
    addressId: `address-${house}`,
    region: 'DE',
    purchaseId: `card-${trader}`,
    affiliateId: random.below(3) === 0 ? `affiliate-${random.below(5)}` : null,
  });
  stream.add({
    type: 'payout',
    at: START + 4 * DAY_MS + random.below(DAY_MS),
    accountId,
    payoutId: `payout-${trader}`,
    payeeId: `payee-${trader}`,
    amount: 1e7,
  });
}

interface Connected {
  readonly accountId: string;
  readonly trader: number;
  readonly at: number;
  readonly random: Random;
}

function connect(stream: Stream, { accountId, trader, at, random }: Connected): void {
  const house = trader % 50 === 1 ? trader - 1 : trader;
  const mobile = random.below(4) === 0;
  stream.add({
    type: 'session',
    at,
    accountId,
    sessionId: `${accountId} ${at}`,
    country: 'DE',
    deviceId: `device-${trader}-${mobile ? 'phone' : 'desk'}`,
    networkId: mobile ? `carrier-${random.below(4)}` : `home-${house}`,
    client: mobile ? 'mobile' : 'desktop',
  });
  stream.add({
    type: 'activity',
    accountId,
    fromAt: at,
    at: at + HOUR_MS,
    requests: 20 + random.below(60),
    modifications: random.below(10),
    cancellations: random.below(4),
    rejections: 0,
  });
}
