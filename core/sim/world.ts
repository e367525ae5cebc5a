import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import { createMarketView, type MarketView } from '#core/accounts/market-view.ts';
import type { Position } from '#core/accounts/positions.ts';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import type { PlatformAction, PlatformRecord } from '#core/accounts/record.ts';
import { present } from '#core/kernel/assert.ts';
import { seedFor } from '#core/kernel/random.ts';
import type { NewsRelease } from '#core/market/calendar.ts';
import { pointValue } from '#core/market/instrument.ts';
import { createHeap, type Heap } from './heap.ts';
import { traderName } from './names.ts';
import { createShop, type Shop } from './shop.ts';
import type { Tick, TickSource } from './tick-source.ts';
import { kindAt, traderKinds, type TraderKind } from './trader-kinds.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Minutes of the day, in UTC, at which the demo's releases come. */
const DEMO_RELEASES = [
  { minute: 540, currency: 'EUR' },
  { minute: 750, currency: 'USD' },
] as const;
const FIRST_LOOK_SOONER = 25;
/** An account that failed is bought again after so long: the demo firm never runs dry. */
const REBUY_MINUTES = 20;
/** Of a hundred accounts so many start with a past: closed deals that moved their balance. */
const WITH_PAST_PERCENT = 70;
/** A past lies between these shares of the starting balance, in basis points. */
const PAST_LOSS_BASIS_POINTS = 300;
const PAST_GAIN_BASIS_POINTS = 850;
/** A round turn costs this per lot-like risk, in basis points of the position's risk. */
const COMMISSION_BASIS_POINTS = 200;
/** Of a hundred positions so many are opened without a stop. */
const UNPROTECTED_PERCENT = 4;
/** A stop lies so many hours' deviations away; the demo platform does not trigger it. */
const STOP_HOURS = 2;
/** Volatility that traders size by: a deviation of an hour, in parts per million of the price. */
const HOUR_PPM = 1_500;

export interface WorldOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly programs: readonly ProgramOffer[];
  /** Looks at the market per trader relative to its kind, in percent: 100 is lively. */
  readonly activityPercent: number;
  readonly platform: string;
}

/** The demo firm as a platform: records in order, and the actions it obeys. */
export interface World {
  /** The next record; null when the prices end. */
  next(): PlatformRecord | null;
  /** Market time of the next record; null before the first price and after the last. */
  nextAt(): number | null;
  execute(action: PlatformAction): void;
  /** Everything that decides the future, as plain data. */
  state(): WorldState;
}

export interface WorldState {
  readonly ticks: unknown;
  readonly now: number;
  readonly counter: number;
  readonly traders: readonly TraderState[];
  readonly due: readonly number[];
  readonly dueAt: readonly number[];
  readonly quotes: readonly (readonly [bid: number, ask: number, before: number] | null)[];
  readonly queue: readonly PlatformRecord[];
  readonly tick: Tick | null;
  readonly opened: boolean;
  /** What is on sale: changes when a version is published. */
  readonly offers: readonly ProgramOffer[];
  readonly earlierOffers: readonly ProgramOffer[];
  /** The day up to which releases stand on the calendar. */
  readonly newsDay: number;
}

interface TraderState {
  readonly accountId: string;
  /** Who trades it: many accounts may be one person's, one after the other. */
  readonly person: number;
  readonly previousAccountId: string | null;
  readonly offer: ProgramOffer;
  readonly origin: NonNullable<AccountTerms['origin']>;
  /** Sizes of its own, on an account that follows another at other sizes. */
  readonly sized: { readonly nominalSize: number; readonly startBalance: number } | null;
  readonly kind: number;
  readonly phase: number;
  readonly symbol: number;
  balance: number;
  looks: number;
  active: boolean;
  lostLast: boolean;
  passed: boolean;
  positions: Position[];
}

/**
 * Builds the demo firm on a source of prices. Every choice is a hash of the seed, the trader and
 * how often it has looked, so one seed gives one world, and a world resumes from its state.
 */
export function createWorld(founded: WorldOptions, ticks: TickSource, resume?: WorldState): World {
  const shop = createShop(resume?.offers ?? founded.programs, resume?.earlierOffers);
  const options = { ...founded, programs: shop.onSale };
  const { instruments } = ticks;
  const market: MarketView = createMarketView(instruments);
  const points = instruments.map((instrument) => {
    const value = pointValue(instrument);
    return value.ok ? value.value : 1;
  });
  const traders = tradersOf(resume);
  const byAccount = new Map(traders.map((trader, number) => [trader.accountId, number]));
  const due: Heap = createHeap(resume?.due, resume?.dueAt);
  const quotes = quotesOf(resume, instruments.length);
  for (const [symbol, quote] of quotes.entries()) {
    if (quote) applyQuote(market, instruments[symbol]?.symbol ?? '', quote[0], quote[1]);
  }
  const queue: PlatformRecord[] = resume
    ? [...resume.queue]
    : instruments.map((instrument) => ({ type: 'instrument', instrument }));
  // Records leave by moving this place: shifting a queue of many thousands copies it each time.
  let head = 0;
  let counter = resume?.counter ?? 0;
  let opened = resume?.opened ?? false;
  let newsDay = resume?.newsDay ?? -1;
  const tick: Tick = resume?.tick ? { ...resume.tick } : emptyTick();
  let ready = resume ? resume.tick !== null : ticks.next(tick);
  // Before anything has played, the market stands at its first tick, not at the beginning of time.
  let now = resume?.now ?? (ready ? tick.at : 0);

  const dice = (trader: TraderState, salt: number, limit: number): number =>
    hash(options.seed, byAccount.get(trader.accountId) ?? 0, trader.looks, salt) % limit;
  const kindOf = (trader: TraderState): TraderKind => present(traderKinds[trader.kind], 'kind');
  const openAccount = (trader: TraderState, at: number): void => {
    byAccount.set(trader.accountId, traders.push(trader) - 1);
    queue.push({
      type: 'accountOpened',
      terms: { ...termsOf(options, trader), openedAt: at },
      at,
    });
    if (dice(trader, 1, 100) < WITH_PAST_PERCENT) bookPast(trader, at);
    // The first look comes soon, so that a demo that has just begun is alive already.
    schedule(trader, at, (1 + dice(trader, 2, 100)) / FIRST_LOOK_SOONER);
  };
  const schedule = (trader: TraderState, at: number, share: number): void => {
    const wait = (kindOf(trader).lookMinutes * MINUTE_MS * share * 2) / options.activityPercent;
    due.push(byAccount.get(trader.accountId) ?? 0, at + 1 + Math.floor(wait));
  };
  const dealId = (): string => {
    counter += 1;
    return `D${counter}`;
  };
  const book = (
    trader: TraderState,
    deal: Omit<Deal, 'accountId' | 'dealId' | 'swap' | 'fee'>,
  ): void => {
    trader.balance += deal.profit + deal.commission;
    queue.push({
      type: 'deal',
      deal: { accountId: trader.accountId, dealId: dealId(), swap: 0, fee: 0, ...deal },
    });
  };
  /** A deal opened and closed before the desk looked: it gives the account a past. */
  const bookPast = (trader: TraderState, at: number): void => {
    const symbol = present(instruments[trader.symbol], 'symbol').symbol;
    const price = present(quotes[trader.symbol], 'quote')[0];
    const reach = PAST_LOSS_BASIS_POINTS + PAST_GAIN_BASIS_POINTS;
    const basisPoints =
      ((dice(trader, 3, reach) + dice(trader, 4, reach)) >> 1) - PAST_LOSS_BASIS_POINTS;
    const profit = Math.floor(trader.balance / 1_000_000) * 100 * basisPoints;
    const shared = { positionId: `P${counter}-past`, symbol, volume: 1, price, commission: 0, at };
    book(trader, { ...shared, side: 'buy', entry: 'in', profit: 0 });
    book(trader, { ...shared, side: 'sell', entry: 'out', profit });
  };
  const openPosition = (trader: TraderState, at: number): void => {
    const kind = kindOf(trader);
    const quote = quotes[trader.symbol];
    const instrument = present(instruments[trader.symbol], 'symbol');
    if (!quote) return;
    const side = sideOf(kind, quote, dice(trader, 5, 2));
    const scale = trader.lostLast ? kind.afterLossPercent / 100 : 1;
    const risk =
      (sizingBalance(trader) / 10_000) *
      kind.riskBasisPoints *
      scale *
      (0.5 + dice(trader, 6, 100) / 100);
    const hourMove = (quote[0] * HOUR_PPM) / 1_000_000;
    const volume = Math.floor(risk / (hourMove * present(points[trader.symbol], 'points')));
    if (volume < 1) return;
    const price = side === 'buy' ? quote[1] : quote[0];
    const positionId = `P${counter + 1}`;
    const commission = -Math.floor((risk * COMMISSION_BASIS_POINTS) / 1_000_000);
    const { symbol } = instrument;
    const opening = { positionId, symbol, side, entry: 'in', volume, price, profit: 0 } as const;
    book(trader, { ...opening, commission, at });
    const openValue = volume * price;
    trader.positions.push({ positionId, symbol, side, volume, openValue, openedAt: at });
    // Most traders protect what they open at once; some never do, and some rules mind.
    if (dice(trader, 10, 100) >= UNPROTECTED_PERCENT) {
      const away = Math.round(hourMove * STOP_HOURS);
      const stopLoss = side === 'buy' ? price - away : price + away;
      const { accountId } = trader;
      const change = { accountId, positionId, stopLoss, takeProfit: null, at };
      queue.push({ type: 'protection', change });
    }
  };
  const closePosition = (trader: TraderState, position: Position, at: number): void => {
    const quote = market.quote(position.symbol);
    if (!quote) return;
    const { positionId, symbol, volume } = position;
    const profit = market.floatingOf(position, { currency: 'USD', positionRounding: 'exact' });
    const side = position.side === 'buy' ? 'sell' : 'buy';
    const price = side === 'sell' ? quote.bid : quote.ask;
    trader.positions = trader.positions.filter((one) => one !== position);
    trader.lostLast = profit < 0;
    book(trader, {
      positionId,
      symbol,
      side,
      entry: 'out',
      volume,
      price,
      profit,
      commission: 0,
      at,
    });
  };
  const look = (number: number, at: number): void => {
    const trader = present(traders[number], 'trader');
    if (trader.looks < 0) {
      const place = traders.length;
      const next = trader.passed ? nextPhase(shop, trader, place) : null;
      openAccount(
        next ?? newTrader(options, instruments.length, place, number % options.accounts),
        at,
      );
      return;
    }
    trader.looks += 1;
    if (!trader.active) return;
    const kind = kindOf(trader);
    const oldest = trader.positions[0];
    const aged = oldest !== undefined && at - oldest.openedAt >= kind.holdMinutes * MINUTE_MS;
    if (oldest && (aged || trader.positions.length >= kind.positionsMax))
      closePosition(trader, oldest, at);
    else if (dice(trader, 7, 3) > 0) openPosition(trader, at);
    schedule(trader, at, 20 + dice(trader, 8, 80));
  };
  const open = (): void => {
    opened = true;
    for (let number = 0; number < options.accounts; number += 1) {
      openAccount(newTrader(options, instruments.length, traders.length, number), now);
    }
  };
  const scheduleNews = (at: number): void => {
    newsDay = Math.floor(at / DAY_MS);
    for (const release of demoReleases(newsDay)) queue.push({ type: 'news', release });
  };
  /** Before accounts open, every symbol has printed once: nobody trades blind. */
  const advance = (): boolean => {
    if (!ready) return false;
    now = tick.at;
    if (Math.floor(now / DAY_MS) > newsDay) scheduleNews(now);
    const symbol = present(instruments[tick.symbol], 'symbol').symbol;
    const primary = quotes[tick.symbol];
    queue.push({
      type: 'mark',
      symbol,
      bid: tick.bid,
      ask: tick.ask,
      at: tick.at,
      source: tick.source,
    });
    if (tick.bid <= tick.ask) {
      quotes[tick.symbol] = [tick.bid, tick.ask, primary?.[0] ?? tick.bid];
      applyQuote(market, symbol, tick.bid, tick.ask);
    }
    ready = ticks.next(tick);
    if (!opened && quotes.every((quote) => quote !== null)) {
      open();
      return true;
    }
    while (due.size() > 0 && due.firstAt() <= now) look(due.pop(), now);
    return true;
  };

  return {
    next: () => {
      while (queue.length === 0) if (!advance()) return null;
      const record = present(queue[head], 'record');
      head += 1;
      if (head === queue.length) {
        queue.length = 0;
        head = 0;
      }
      return record;
    },
    nextAt: () => (queue.length > 0 ? now : ready ? tick.at : null),
    execute: (action) => {
      if (action.type === 'offerProgram') return shop.put(action.offer);
      const number = byAccount.get(action.accountId);
      const trader = number === undefined ? undefined : traders[number];
      if (!trader || number === undefined) return;
      if (action.type === 'openAccount') {
        // Who begins again does not buy again as well.
        if (trader.looks < 0) trader.looks = 0;
        openAccount(successorOf(trader, traders.length, action), now);
      } else if (action.type === 'closePositions') {
        for (const position of trader.positions) closePosition(trader, position, now);
      } else if (action.type === 'bookOperation') {
        const { accountId, operation } = action;
        trader.balance += operation.amount;
        queue.push({ type: 'balanceOperation', operation: { ...operation, accountId, at: now } });
      } else if (action.type === 'resumeTrading') {
        if (trader.active) return;
        trader.active = true;
        schedule(trader, now, 20 + dice(trader, 9, 80));
      } else if (trader.active) {
        trader.active = false;
        // Who is paused or restricted trades on some day; who is closed does not buy again.
        if (['paused', 'restricted', 'closed'].includes(action.reason)) return;
        trader.looks = -1;
        trader.passed = action.reason === 'passed';
        due.push(number, now + REBUY_MINUTES * MINUTE_MS);
      }
    },
    state: () => ({
      ticks: ticks.state(),
      now,
      counter,
      traders: traders.map((trader) => ({ ...trader, positions: [...trader.positions] })),
      due: due.values(),
      dueAt: due.keys(),
      quotes: quotes.map((quote) => (quote ? [...quote] : null)),
      queue: queue.slice(head),
      tick: ready ? { ...tick } : null,
      opened,
      offers: [...shop.onSale],
      earlierOffers: [...shop.earlier],
      newsDay,
    }),
  };
}

function emptyTick(): Tick {
  return { symbol: 0, bid: 0, ask: 0, at: 0, source: '' };
}

function applyQuote(market: MarketView, symbol: string, bid: number, ask: number): void {
  market.apply({ symbol, bid, ask });
}

function newTrader(
  options: WorldOptions,
  symbols: number,
  place: number,
  number: number,
): TraderState {
  const choice = hash(options.seed, place, 0, 11) % options.programs.length;
  const offer = present(options.programs[choice], 'program');
  return {
    accountId: accountIdOf(place),
    person: number,
    previousAccountId: null,
    offer,
    origin: 'purchase',
    sized: null,
    kind: kindAt(hash(options.seed, number, 0, 12) % 1000),
    phase: hash(options.seed, place, 0, 13) % offer.phases.length,
    symbol: hash(options.seed, place, 0, 14) % symbols,
    balance: phaseOf(offer, hash(options.seed, place, 0, 13)).startBalance,
    looks: 0,
    active: true,
    lostLast: false,
    passed: false,
    positions: [],
  };
}

function accountIdOf(place: number): string {
  return `A${String(place + 1).padStart(6, '0')}`;
}

/** The account on which a person who passed goes on; null after the last phase. */
function nextPhase(shop: Shop, passed: TraderState, place: number): TraderState | null {
  const offer = shop.goesOnUnder(passed.offer.programId, passed.offer.version);
  const phase = offer.phases[passed.phase + 1];
  if (!phase) return null;
  return {
    ...passed,
    accountId: accountIdOf(place),
    previousAccountId: passed.accountId,
    offer,
    origin: 'nextPhase',
    sized: null,
    phase: passed.phase + 1,
    balance: phase.startBalance,
    looks: 0,
    active: true,
    lostLast: false,
    passed: false,
    positions: [],
  };
}

type OpenAccount = Extract<PlatformAction, { type: 'openAccount' }>;

/** The account that follows another by the desk's decision: the same person, phase and version. */
function successorOf(before: TraderState, place: number, action: OpenAccount): TraderState {
  const { origin, nominalSize, startBalance } = action;
  return {
    ...before,
    accountId: accountIdOf(place),
    previousAccountId: before.accountId,
    origin,
    sized: { nominalSize, startBalance },
    balance: startBalance,
    looks: 0,
    active: true,
    lostLast: false,
    passed: false,
    positions: [],
  };
}

function termsOf(options: WorldOptions, trader: TraderState): AccountTerms {
  const program = trader.offer;
  const phase = present(program.phases[trader.phase], 'phase');
  return {
    accountId: trader.accountId,
    ...(trader.previousAccountId === null ? {} : { previousAccountId: trader.previousAccountId }),
    traderId: `T${trader.person + 1}`,
    traderName: traderName(trader.person),
    platform: options.platform,
    currency: 'USD',
    nominalSize: trader.sized?.nominalSize ?? program.nominalSize,
    startBalance: trader.sized?.startBalance ?? phase.startBalance,
    origin: trader.origin,
    program: { programId: program.programId, name: program.name },
    phase: { phaseId: phase.phaseId, name: phase.name },
    ruleSet: phase.ruleSet,
    positionRounding: 'exact',
  };
}

function phaseOf(offer: ProgramOffer, number: number): ProgramOffer['phases'][number] {
  return present(offer.phases[number % offer.phases.length], 'phase');
}

/** What a trader sizes positions by: the balance, or the nominal size while there is hardly any. */
function sizingBalance({ offer, sized, ...trader }: TraderState): number {
  const { nominalSize } = sized ?? offer;
  return trader.balance < nominalSize / 2 ? nominalSize : trader.balance;
}

function tradersOf(resume: WorldState | undefined): TraderState[] {
  if (!resume) return [];
  return resume.traders.map((trader) => ({ ...trader, positions: [...trader.positions] }));
}

function quotesOf(
  resume: WorldState | undefined,
  symbols: number,
): ([number, number, number] | null)[] {
  const saved = resume?.quotes ?? Array.from({ length: symbols }, () => null);
  return saved.map((quote) => (quote ? [...quote] : null));
}

/** The demo calendar: the same releases every day, named as what they are. */
function demoReleases(day: number): NewsRelease[] {
  return DEMO_RELEASES.map(({ minute, currency }) => {
    const at = day * DAY_MS + minute * MINUTE_MS;
    const name = `Demo release (${currency})`;
    const releaseId = `demo-${currency}-${day}`;
    return { releaseId, name, impact: 'high', currencies: [currency], at, endsAt: at };
  });
}

function sideOf(
  kind: TraderKind,
  [bid, , before]: readonly [number, number, number],
  coin: number,
): 'buy' | 'sell' {
  const rising = bid > before;
  if (kind.side === 'long') return 'buy';
  if (kind.side === 'coin' || bid === before) return coin === 0 ? 'buy' : 'sell';
  return rising === (kind.side === 'with') ? 'buy' : 'sell';
}

/** A well mixed 32-bit number from four (Murmur3's finaliser). */
function hash(seed: number, a: number, b: number, c: number): number {
  let mixed = seedFor(seed, '') ^ Math.imul(a + 1, 0x9e3779b1);
  mixed ^= Math.imul(b + 7, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
