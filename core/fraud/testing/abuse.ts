import type { Random } from '#core/kernel/random.ts';
import { addTrip } from './habits.ts';
import {
  DAY_MS,
  HOUR_MS,
  MINUTE_MS,
  SECOND_MS,
  START,
  type Stream,
  type TripMade,
} from './stream.ts';

/** Trades that one person might make over some days: what rings copy and pairs mirror. */
export function ideas(count: number, random: Random, days = 5): Omit<TripMade, 'accountId'>[] {
  return Array.from({ length: count }, (_, at) => ({
    symbol: random.pick(['EURUSD', 'GBPUSD', 'XAUUSD'] as const),
    side: random.pick(['buy', 'sell'] as const),
    volume: 50 + random.below(100),
    openedAt:
      START + Math.floor((at * days) / count) * DAY_MS + 7 * HOUR_MS + random.below(9 * HOUR_MS),
    heldMs: 10 * MINUTE_MS + random.below(3 * HOUR_MS),
  }));
}

export interface RingMade {
  readonly followers: number;
  readonly trades: number;
  /** Of a hundred trades so many are copied. */
  readonly copiedPercent?: number;
  readonly delayMsMax?: number;
  /** Trades of its own that every follower makes beside. */
  readonly own?: number;
  readonly name?: string;
}

/** Opens a leader and its followers, who take some of its trades, later and at sizes of their own. */
export function addRing(stream: Stream, made: RingMade, random: Random): string[] {
  const { followers, trades, copiedPercent = 100, delayMsMax = 20 * SECOND_MS, own = 0 } = made;
  const name = made.name ?? 'ring';
  const accounts = Array.from({ length: followers + 1 }, (_, seat) => `${name}-${seat}`);
  for (const accountId of accounts) stream.open({ accountId });
  const [leader = '', ...copiers] = accounts;
  for (const idea of ideas(trades, random)) {
    stream.trip({ accountId: leader, ...idea });
    for (const [seat, accountId] of copiers.entries()) {
      if (random.below(100) >= copiedPercent) continue;
      const late = random.below(delayMsMax);
      const heldMs = idea.heldMs - late + random.below(delayMsMax);
      const volume = Math.max(1, Math.round(((idea.volume ?? 100) * (seat + 1)) / 3));
      stream.trip({ accountId, ...idea, openedAt: idea.openedAt + late, heldMs, volume });
    }
  }
  for (const accountId of copiers) {
    for (const idea of ideas(own, random)) stream.trip({ accountId, ...idea });
  }
  return accounts;
}

export interface PairMade {
  readonly trades: number;
  /** Accounts on the other side, which divide the size between them. */
  readonly others?: number;
  readonly oneTrader?: boolean;
  readonly delayMsMax?: number;
  /** The symbol of the other side for trades in EURUSD. */
  readonly inverse?: string;
  readonly name?: string;
}

/** Opens accounts that take opposite sides of the same trades. */
export function addOpposite(stream: Stream, made: PairMade, random: Random): string[] {
  const { trades, others = 1, delayMsMax = 15 * SECOND_MS, name = 'pair' } = made;
  const accounts = Array.from({ length: others + 1 }, (_, seat) => `${name}-${seat}`);
  for (const accountId of accounts) {
    stream.open({ accountId, traderId: made.oneTrader ? name : `T-${accountId}` });
  }
  const [first = '', ...rest] = accounts;
  for (const idea of ideas(trades, random)) {
    stream.trip({ accountId: first, ...idea });
    for (const accountId of rest) {
      const late = random.below(delayMsMax);
      const turned = idea.symbol === 'EURUSD' && made.inverse ? made.inverse : idea.symbol;
      const side = (idea.side === 'buy') === (turned !== idea.symbol) ? 'buy' : 'sell';
      stream.trip({
        ...idea,
        accountId,
        side,
        symbol: turned ?? 'EURUSD',
        openedAt: idea.openedAt + late,
        volume: Math.max(1, Math.round((idea.volume ?? 100) / others)),
        heldMs: idea.heldMs - late + random.below(delayMsMax),
      });
    }
  }
  return accounts;
}

export interface Things {
  readonly deviceId?: string;
  readonly networkId?: string;
  readonly documentId?: string | null;
  readonly addressId?: string | null;
  readonly purchaseId?: string | null;
  readonly affiliateId?: string | null;
}

/** A trader who is identified and connects once, with what is said and else things of their own. */
export function addPerson(
  stream: Stream,
  accountId: string,
  at: number,
  things: Things = {},
): void {
  const traderId = stream.directory.account(accountId)?.traderId ?? accountId;
  const own = {
    deviceId: `device of ${traderId}`,
    networkId: `network of ${traderId}`,
    documentId: `document of ${traderId}`,
    addressId: `address of ${traderId}`,
    purchaseId: `card of ${traderId}`,
    affiliateId: null,
  };
  const { deviceId, networkId, documentId, addressId, purchaseId, affiliateId } = {
    ...own,
    ...things,
  };
  stream.add(
    {
      type: 'identity',
      at,
      accountId,
      traderId,
      documentId,
      addressId,
      region: 'DE',
      purchaseId,
      affiliateId,
    },
    {
      type: 'session',
      at: at + MINUTE_MS,
      accountId,
      sessionId: `${accountId} ${at}`,
      deviceId,
      networkId,
      country: 'DE',
      client: 'desktop',
    },
  );
}

/** Traders of different names with things in common. */
export function addSharers(
  stream: Stream,
  count: number,
  things: Things,
  { name = 'sharer', apartMs = HOUR_MS } = {},
): string[] {
  const accounts = Array.from({ length: count }, (_, seat) => `${name}-${seat}`);
  for (const [seat, accountId] of accounts.entries()) {
    stream.open({ accountId });
    addPerson(stream, accountId, START + DAY_MS + seat * apartMs, things);
  }
  return accounts;
}

export interface RollerMade {
  readonly accounts: number;
  /** Of a thousand of the balance, lost by one trade. */
  readonly lossPerMille?: number;
  readonly pauseMs?: number;
  readonly traders?: number;
}

/** One person who stakes an account, loses it, and buys the next one. */
export function addRoller(stream: Stream, made: RollerMade): string[] {
  const { accounts, lossPerMille = 80, pauseMs = 30 * MINUTE_MS, traders = 1 } = made;
  let at = START + DAY_MS;
  return Array.from({ length: accounts }, (_, turn) => {
    const accountId = `roller-${turn}`;
    stream.open({ accountId, traderId: `roller ${turn % traders}`, openedAt: at });
    addPerson(stream, accountId, at, { deviceId: 'device of the roller' });
    const trade = { accountId, openedAt: at + 10 * MINUTE_MS, heldMs: 20 * MINUTE_MS };
    // Twenty lots lose 5 points for each thousandth of the balance of 100,000.
    addTrip(stream, { ...trade, volume: 2_000, gained: -5 * lossPerMille });
    stream.add({ type: 'status', at: at + 31 * MINUTE_MS, accountId, status: 'failed' });
    at += 31 * MINUTE_MS + pauseMs;
    return accountId;
  });
}

/** Somebody whose account ends, and a new name that begins later with things in common. */
export function addReturn(
  stream: Stream,
  things: Things,
  { gapMs = 5 * HOUR_MS, status = 'closed' as 'closed' | 'failed', name = 'back' } = {},
): string[] {
  const [left, came] = [`${name}-before`, `${name}-after`] as const;
  const endedAt = START + DAY_MS;
  stream.open({ accountId: left });
  addPerson(stream, left, START + HOUR_MS, things);
  stream.add({ type: 'status', at: endedAt, accountId: left, status });
  stream.open({ accountId: came, openedAt: endedAt + gapMs });
  addPerson(stream, came, endedAt + gapMs + MINUTE_MS, things);
  return [left, came];
}

/** Payouts of several traders, all to one payee unless one is given to each. */
export function addPayouts(
  stream: Stream,
  amounts: readonly number[],
  { payees = ['payee of them'], traders = amounts.length, name = 'paid' } = {},
): string[] {
  return amounts.map((amount, place) => {
    const accountId = `${name}-${place % traders}`;
    stream.open({ accountId });
    const at = START + 2 * DAY_MS + place * 3 * HOUR_MS;
    const payeeId = payees[place % payees.length] ?? 'payee of them';
    stream.add({ type: 'payout', at, payoutId: `${name} ${place}`, accountId, payeeId, amount });
    return accountId;
  });
}
