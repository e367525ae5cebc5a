import type { Random } from '#core/kernel/random.ts';
import { MARK_OUT_HORIZONS_MS, type Fill, type Quoted } from '../observation.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, START, type Stream } from './stream.ts';

/** Half the distance between bid and ask of trades that are made here, in points. */
const HALF_SPREAD = 7;
const POINT_VALUE = 100;

export interface Made {
  readonly accountId: string;
  readonly openedAt: number;
  readonly heldMs: number;
  readonly symbol?: string;
  readonly side?: 'buy' | 'sell';
  /** In hundredths of a lot. */
  readonly volume?: number;
  /** How far the price went the trader's way until it was closed, in points, costs left out. */
  readonly gained?: number;
  /** Where the platform's mid stood at the opening. */
  readonly mid?: number;
  /** How many points better than the platform's price the opening was filled. */
  readonly better?: number;
  /** How far another source was ahead of the platform, in points in the trader's direction. */
  readonly ahead?: number;
  /** How far the mid went the trader's way within seconds. */
  readonly follows?: number;
}

/** Adds a round trip with prices of its own: fills, the trade, and mark-outs. */
export function addTrip(stream: Stream, made: Made): void {
  const { accountId, openedAt, heldMs, symbol = 'EURUSD', side = 'buy', volume = 100 } = made;
  const { gained = 0, mid = 130_000, better = 0, ahead = 0, follows = 0 } = made;
  const way = side === 'buy' ? 1 : -1;
  const positionId = `P ${accountId} ${openedAt} ${symbol} ${side}`;
  const quotedAt = (middle: number, at: number): Quoted => ({
    bid: middle - HALF_SPREAD,
    ask: middle + HALF_SPREAD,
    at,
  });
  const fillAt = (entry: 'in' | 'out'): Fill => {
    const isIn = entry === 'in';
    const at = isIn ? openedAt : openedAt + heldMs;
    const middle = isIn ? mid : mid + way * gained;
    const paid = isIn ? HALF_SPREAD - better : -HALF_SPREAD;
    const price = middle + way * paid;
    return {
      type: 'fill',
      at,
      accountId,
      dealId: `${positionId} ${entry}`,
      positionId,
      symbol,
      side,
      entry,
      lots: volume * 10_000,
      notional: volume * price * POINT_VALUE,
      price,
      realised: 0,
      balance: 1_000_000_000,
      quote: quotedAt(middle, at),
      reference: quotedAt(middle + way * ahead, at),
    };
  };
  const [opening, closing] = [fillAt('in'), fillAt('out')];
  const profit = way * (closing.price - opening.price) * volume * POINT_VALUE;
  stream.add(opening, { ...closing, realised: profit });
  stream.add({
    type: 'trade',
    at: closing.at,
    accountId,
    positionId,
    symbol,
    side,
    lots: opening.lots,
    notional: opening.notional,
    openedAt,
    profit,
    openPrice: opening.price,
    closePrice: closing.price,
    balance: opening.balance,
    protected: true,
    additions: 0,
  });
  for (const horizonMs of MARK_OUT_HORIZONS_MS) {
    const gain = follows - HALF_SPREAD + better;
    const ppm = Math.round((gain * 1e6) / opening.price);
    const spreadPpm = Math.round((2 * HALF_SPREAD * 1e6) / opening.price);
    stream.add({
      type: 'markOut',
      at: openedAt + horizonMs,
      fill: opening,
      horizonMs,
      ppm,
      spreadPpm,
    });
  }
}

/** Adds trades spread over five days, each as `make` says for its number. */
export function addTrips(
  stream: Stream,
  accountId: string,
  count: number,
  make: (at: number) => Partial<Made>,
): void {
  stream.open({ accountId });
  const apart = Math.floor((5 * DAY_MS) / count);
  for (let at = 0; at < count; at += 1) {
    const openedAt = START + 7 * HOUR_MS + at * apart;
    addTrip(stream, { accountId, openedAt, heldMs: HOUR_MS, ...make(at) });
  }
}

export function addTickScalper(stream: Stream, random: Random, count = 60): void {
  addTrips(stream, 'tick-scalper', count, () => ({
    heldMs: (2 + random.below(15)) * SECOND_MS,
    gained: random.below(5) === 0 ? -20 : 15 + random.below(20),
  }));
}

/** Doubles after every loss and begins again after a gain. */
export function addMartingale(stream: Stream, random: Random, count = 60): void {
  let volume = 20;
  addTrips(stream, 'doubler', count, () => {
    const wins = random.below(2) === 0;
    const made = { volume, gained: wins ? 60 : -40 };
    volume = wins || volume > 500 ? 20 : volume * 2;
    return made;
  });
}

/** Six buys, thirty points apart, and all of them closed together: day after day. */
export function addGrid(stream: Stream, random: Random, days = 5): void {
  stream.open({ accountId: 'grid' });
  for (let day = 0; day < days; day += 1) {
    const from = START + day * DAY_MS + 8 * HOUR_MS;
    const closes = from + 6 * HOUR_MS;
    for (let level = 0; level < 6; level += 1) {
      const openedAt = from + level * 40 * MINUTE_MS + random.below(10 * MINUTE_MS);
      const mid = 130_000 - level * 60 + random.below(7);
      addTrip(stream, { accountId: 'grid', openedAt, heldMs: closes - openedAt, mid, gained: 100 });
    }
  }
}

export function addGambler(stream: Stream, random: Random, count = 20): void {
  addTrips(stream, 'gambler', count, () => ({
    volume: [800, 1_500, 4_000][random.below(3)] ?? 800,
    gained: random.below(2) === 0 ? 500 : -480,
    heldMs: 20 * MINUTE_MS,
  }));
}

/** Another source is ahead at two fills of three, and the platform's price follows. */
export function addLatency(stream: Stream, random: Random, count = 60, ahead = 30): void {
  addTrips(stream, 'fast', count, () => {
    const isFast = random.below(3) > 0;
    return {
      side: random.pick(['buy', 'sell'] as const),
      heldMs: 3 * MINUTE_MS,
      follows: isFast ? 25 + random.below(10) : random.below(13) - 6,
      ahead: isFast ? ahead : random.below(7) - 3,
      gained: 25,
    };
  });
}

/** Both sides two minutes before releases, closed soon after them; some trades in between. */
export function addStraddler(stream: Stream, random: Random, days = 5): void {
  addTrips(stream, 'straddler', days, () => ({ gained: random.below(40) - 20 }));
  for (let day = 0; day < days; day += 1) {
    for (const minute of [510, 840]) {
      const openedAt = START + day * DAY_MS + (minute - 2) * MINUTE_MS;
      for (const side of ['buy', 'sell'] as const) {
        const heldMs = 5 * MINUTE_MS + random.below(3 * MINUTE_MS);
        addTrip(stream, { accountId: 'straddler', side, openedAt, heldMs, volume: 300 });
      }
    }
  }
}

/** Prices that stop each night, and somebody who is in just before and out just after. */
export function addGaps(stream: Stream, random: Random, days = 5): void {
  addTrips(stream, 'gap', 2 * days, () => ({ gained: random.below(40) - 20 }));
  for (let day = 0; day < days; day += 1) {
    const closesAt = START + day * DAY_MS + 21 * HOUR_MS;
    const opensAt = closesAt + HOUR_MS;
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const at = START + day * DAY_MS + minute * MINUTE_MS;
      if (at > closesAt && at < opensAt) continue;
      stream.add({ type: 'quote', symbol: 'EURUSD', bid: 129_993, ask: 130_007, at });
    }
    const openedAt = closesAt - MINUTE_MS - random.below(3 * MINUTE_MS);
    const heldMs = opensAt + 2 * MINUTE_MS - openedAt;
    addTrip(stream, { accountId: 'gap', openedAt, heldMs, volume: 600, gained: 90 });
  }
}

export function addOffMarket(stream: Stream, random: Random, count = 40): void {
  addTrips(stream, 'lucky-fills', count, () => ({
    better: random.below(3) === 0 ? 40 + random.below(20) : random.below(3) - 1,
    gained: 10,
  }));
}

export function addSpammer(stream: Stream, random: Random, hours = 60): void {
  addTrips(stream, 'spammer', 20, () => ({}));
  for (let hour = 0; hour < hours; hour += 1) {
    const fromAt = START + hour * HOUR_MS;
    stream.add({
      type: 'activity',
      accountId: 'spammer',
      fromAt,
      at: fromAt + HOUR_MS,
      requests: 9_000 + random.below(9_000),
      modifications: 4_000,
      cancellations: 3_000,
      rejections: 2_000,
    });
  }
}

export interface Hands {
  readonly accountId: string;
  readonly traderId: string;
  readonly deviceId: string;
  readonly country: string;
  readonly funded: boolean;
  readonly symbol: string;
  /** The hour of the day from which on it is traded, and how long positions are held. */
  readonly hour: number;
  readonly heldMs: number;
  readonly volume: number;
  readonly fromDay: number;
  readonly trades: number;
}

/** Adds an account as one pair of hands trades it. */
export function addHands(stream: Stream, hands: Hands, random: Random): void {
  const { accountId, traderId, funded, deviceId, country, symbol, volume, trades } = hands;
  const openedAt = START + hands.fromDay * DAY_MS;
  stream.open({ accountId, traderId, funded, openedAt });
  for (let trade = 0; trade < trades; trade += 1) {
    const at = openedAt + (trade % 10) * DAY_MS + hands.hour * HOUR_MS + random.below(3 * HOUR_MS);
    const heldMs = hands.heldMs + random.below(hands.heldMs);
    addTrip(stream, { accountId, symbol, volume, openedAt: at, heldMs });
    stream.add({
      type: 'session',
      at: at - MINUTE_MS,
      accountId,
      sessionId: `${accountId} ${trade}`,
      deviceId,
      country,
      networkId: `network of ${deviceId}`,
      client: 'desktop',
    });
  }
}

const EVALUATION = {
  deviceId: 'service',
  country: 'PK',
  funded: false,
  symbol: 'XAUUSD',
  hour: 2,
  heldMs: 5 * MINUTE_MS,
  volume: 400,
  fromDay: 0,
  trades: 30,
} as const;

/** An evaluation traded by one pair of hands, and the funded account by others. */
export function addHandover(stream: Stream, random: Random, traderId = 'bought'): void {
  const own = {
    country: 'DE',
    funded: true,
    symbol: 'EURUSD',
    hour: 14,
    deviceId: `d-${traderId}`,
  };
  addHands(stream, { ...EVALUATION, accountId: `${traderId}-1`, traderId }, random);
  const later = { heldMs: 5 * HOUR_MS, volume: 20, fromDay: 12, trades: 30 };
  addHands(stream, { ...own, ...later, accountId: `${traderId}-2`, traderId }, random);
}

export function addService(stream: Stream, random: Random, traders = 5): void {
  for (let trader = 0; trader < traders; trader += 1) {
    addHandover(stream, random, `served-${trader}`);
  }
}
