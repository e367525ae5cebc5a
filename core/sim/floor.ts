import type { Deal } from '#core/accounts/account.ts';
import type { PlatformRecord } from '#core/accounts/record.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { Agenda, Errand } from './agenda.ts';
import { mix } from './dice.ts';
import type { Prices } from './prices.ts';
import { absentFor } from './profile.ts';
import { nextRelease } from './releases.ts';
import type { Floor, Order, Price, Requests } from './role.ts';
import { ORDINARY, sizingBalance, type Holding, type Trader } from './trader.ts';

const MINUTE_MS = 60_000;
/** A round turn costs this per lot-like risk, in basis points of the position's risk. */
const COMMISSION_BASIS_POINTS = 200;
/** A stop lies so many hours' deviations away; the demo platform does not trigger it. */
const STOP_HOURS = 2;
/**
 * What accounts asked of the platform is reported for stretches of time, once it is so much: of
 * programs always, of people when it is lively.
 */
const REPORTS = {
  api: { every: 10 * MINUTE_MS, from: 1 },
  people: { every: 60 * MINUTE_MS, from: 6 },
} as const;
/** A program of modest manners asks so many times a minute at the most. */
const MODEST_PER_MINUTE = 60;

/** Where deals are made: the floor as traders see it, and what the world needs beside. */
export interface TradingFloor extends Floor {
  attach(company: Company): void;
  carryOut(trader: Trader, errand: Errand): void;
  closeAll(trader: Trader): void;
  report(trader: Trader, fromAt: number): void;
  /** Books a deal as it is: for what an account brings along. */
  book(trader: Trader, deal: PlainDeal): void;
  nextPositionId(): string;
  /** Records numbered so far. */
  counter(): number;
}

export type PlainDeal = Omit<Deal, 'accountId' | 'dealId' | 'swap' | 'fee'>;

/** Who else is there. */
export interface Company {
  mates(trader: Trader): readonly Trader[];
}

interface FloorPorts {
  readonly seed: number;
  readonly activityPercent: number;
  readonly instruments: readonly Instrument[];
  readonly prices: Prices;
  readonly agenda: Agenda;
  readonly clock: { readonly now: number };
  readonly counter: number;
  tell(record: PlatformRecord): void;
  /** An account closed a position: it may have been its last. */
  closed(trader: Trader): void;
}

export function createFloor(ports: FloorPorts): TradingFloor {
  const { seed, prices, agenda, clock, tell } = ports;
  let counter = ports.counter;
  let company: Company = { mates: (trader) => [trader] };
  const dice: Floor['dice'] = ({ place, turns }, salt, limit) =>
    mix(seed, place, turns, salt) % limit;

  const book: TradingFloor['book'] = (trader, deal) => {
    counter += 1;
    trader.balance += deal.profit + deal.commission;
    const { accountId } = trader;
    tell({ type: 'deal', deal: { accountId, dealId: `D${counter}`, swap: 0, fee: 0, ...deal } });
  };
  const asked = (trader: Trader): void => {
    const { every, from } = trader.profile.client === 'api' ? REPORTS.api : REPORTS.people;
    const fromAt = clock.now - (clock.now % every);
    if (trader.askedFrom !== fromAt) {
      trader.asked = 0;
      trader.askedFrom = fromAt;
    }
    trader.asked += 1;
    if (trader.asked !== from) return;
    agenda.add(fromAt + every, { trader: trader.place, spell: 0, does: 'report', fromAt });
  };
  /** The first seat's own trades are heard by the others, where their role listens. */
  const passOn = (trader: Trader, holding: Holding, entry: 'in' | 'out'): void => {
    const { group, seat } = trader.part;
    if (seat > 0 || !group.role.hears) return;
    for (const mate of company.mates(trader)) {
      if (mate === trader) continue;
      mate.turns += 1;
      group.role.hears(mate, group.way, { from: trader, holding, entry }, floor);
    }
  };
  /** Most traders protect what they open at once; some never do, and some rules mind. */
  const protect = (trader: Trader, holding: Holding, price: number): void => {
    const { positionId } = holding;
    const symbol = prices.numberOf(holding.symbol);
    const away = Math.round(prices.hourMove(symbol) * STOP_HOURS);
    const stopLoss = holding.side === 'buy' ? price - away : price + away;
    const { accountId } = trader;
    const change = { accountId, positionId, stopLoss, takeProfit: null, at: clock.now };
    tell({ type: 'protection', change });
    asked(trader);
  };
  const sizeFor: Floor['sizeFor'] = (trader, symbol, riskBasisPoints) => {
    const { profile, style } = trader;
    const spread = style.machine ? 100 : 75 + dice(trader, 9, 50);
    // Basis points, and two factors in percent.
    const share = (riskBasisPoints * profile.sizePercent * spread) / 100_000_000;
    const perVolume = prices.hourMove(symbol) * prices.pointValue(symbol);
    return rounded(Math.floor((sizingBalance(trader) * share) / perVolume));
  };
  const open: Floor['open'] = (trader, order) => {
    const quote = prices.traded(order.symbol, clock.now);
    if (!quote || trader.standing !== 'trading') return null;
    const volume = order.volume ?? sizeFor(trader, order.symbol, order.riskBasisPoints ?? 0);
    if (volume < 1) return null;
    const { symbol } = ports.instruments[order.symbol] as Instrument;
    const { side, tag = ORDINARY } = order;
    const better = betterBy(quote, order.betterPercent);
    const price = side === 'buy' ? quote.ask - better : quote.bid + better;
    const positionId = `P${counter + 1}`;
    const risk = volume * prices.hourMove(order.symbol) * prices.pointValue(order.symbol);
    const commission = 0 - Math.floor((risk * COMMISSION_BASIS_POINTS) / 1_000_000);
    const at = clock.now;
    book(trader, {
      positionId,
      symbol,
      side,
      entry: 'in',
      volume,
      price,
      profit: 0,
      commission,
      at,
    });
    const openValue = volume * price;
    const holding: Holding = { positionId, symbol, side, volume, openValue, openedAt: at, tag };
    trader.positions.push(holding);
    if (order.deed) trader.deeds += 1;
    asked(trader);
    const careful = mix(seed, trader.place, counter, 11) % 100 < trader.profile.protectsPercent;
    if (order.protected ?? (careful || trader.style.machine === true)) {
      protect(trader, holding, price);
    }
    if (order.holdMs !== undefined) {
      floor.closeLater(trader, at + order.holdMs, holding, order.betterOutPercent);
    }
    passOn(trader, holding, 'in');
    return holding;
  };
  const settle = (trader: Trader, holding: Holding, betterPercent: number): void => {
    const number = prices.numberOf(holding.symbol);
    const quote = prices.latest(number);
    if (!quote || !trader.positions.includes(holding)) return;
    const { positionId, symbol, volume } = holding;
    const side = holding.side === 'buy' ? 'sell' : 'buy';
    const better = betterBy(quote, betterPercent);
    const price = side === 'sell' ? quote.bid + better : quote.ask - better;
    const profit = prices.profitAt(holding, price);
    trader.positions = trader.positions.filter((one) => one !== holding);
    book(trader, {
      positionId,
      symbol,
      side,
      entry: 'out',
      volume,
      price,
      profit,
      commission: 0,
      at: clock.now,
    });
    asked(trader);
    passOn(trader, holding, 'out');
  };
  /** Where nothing is quoted, nothing is sold: it is tried again when something may be. */
  const triesAt = (symbol: number): number => {
    const last = prices.nextBreak(symbol, prices.latest(symbol)?.at ?? clock.now);
    const soon = clock.now + MINUTE_MS;
    return last && last.closesAt <= clock.now ? Math.max(soon, last.opensAt + MINUTE_MS) : soon;
  };
  const close: Floor['close'] = (trader, holding, betterPercent = 0) => {
    const symbol = prices.numberOf(holding.symbol);
    if (!prices.traded(symbol, clock.now)) {
      floor.closeLater(trader, triesAt(symbol), holding, betterPercent);
      return;
    }
    settle(trader, holding, betterPercent);
    ports.closed(trader);
  };
  const later = ({ place: trader, spell }: Trader): { trader: number; spell: number } => ({
    trader,
    spell,
  });
  const floor: TradingFloor = {
    get now() {
      return clock.now;
    },
    activityPercent: ports.activityPercent,
    instruments: ports.instruments,
    dice,
    price: (symbol) => prices.traded(symbol, clock.now),
    hourMove: prices.hourMove,
    sizeFor,
    open,
    close,
    floating: (holding) => {
      const quote = prices.latest(prices.numberOf(holding.symbol));
      return quote ? prices.profitAt(holding, holding.side === 'buy' ? quote.bid : quote.ask) : 0;
    },
    absent: (trader) => absentFor(trader.profile, clock.now) > 0,
    openLater: (trader, at, order: Order) =>
      agenda.add(at, { ...later(trader), does: 'open', order }),
    closeLater: (trader, at, { positionId }, betterPercent = 0) =>
      agenda.add(at, { ...later(trader), does: 'close', positionId, betterPercent }),
    wakeLater: (trader, at, note) => agenda.add(at, { ...later(trader), does: 'wake', note }),
    wakeAt: (trader, when, symbol, price, note) =>
      agenda.addAt({ when, symbol, price }, { ...later(trader), does: 'wake', note }),
    mates: (trader) => company.mates(trader),
    nextRelease: () => nextRelease(clock.now),
    nextBreak: (symbol) => prices.nextBreak(symbol, clock.now),
    attach: (known) => {
      company = known;
    },
    carryOut: (trader, errand) => {
      const { role, way } = trader.part.group;
      if (errand.does === 'open') open(trader, errand.order);
      else if (errand.does === 'wake') role.wake?.(trader, way, errand.note, floor);
      else if (errand.does === 'close') {
        const held = trader.positions.find((one) => one.positionId === errand.positionId);
        if (held) close(trader, held, errand.betterPercent);
      }
    },
    closeAll: (trader) => {
      for (const holding of trader.positions) settle(trader, holding, 0);
    },
    report: (trader, fromAt) => {
      const at = clock.now;
      const { perMinute, modificationsPerMinute } = requestsOf(trader);
      const minutes = (at - fromAt) / MINUTE_MS;
      // In this very millisecond the next stretch has begun already.
      if (trader.askedFrom !== fromAt) return;
      const orders = trader.asked;
      trader.turns += 1;
      const activity = {
        accountId: trader.accountId,
        fromAt,
        at,
        requests: orders + Math.round(perMinute * minutes),
        modifications: dice(trader, 12, orders + 1) + Math.round(modificationsPerMinute * minutes),
        cancellations: dice(trader, 13, 2),
        rejections: dice(trader, 14, 20) === 0 ? 1 : 0,
      };
      tell({ type: 'orderActivity', activity });
    },
    book,
    nextPositionId: () => `P${counter + 1}`,
    counter: () => counter,
  };
  const requestsOf = (trader: Trader): Requests => {
    const { role, way } = trader.part.group;
    if (role.requests) return role.requests(trader, way, floor);
    if (trader.profile.client !== 'api') return NO_REQUESTS;
    const perMinute = 4 + dice(trader, 15, MODEST_PER_MINUTE - 4);
    return { perMinute, modificationsPerMinute: Math.floor(perMinute / 4) };
  };
  return floor;
}

const NO_REQUESTS: Requests = { perMinute: 0, modificationsPerMinute: 0 };

/** In points; within the spread never beyond the far side, and beyond it by a point at least. */
function betterBy({ bid, ask }: Price, percent = 0): number {
  const points = ((ask - bid) * percent) / 100;
  return percent > 100 ? Math.ceil(points) : Math.floor(points);
}

/** People think in round volumes: two digits at the most, and no odd ones when it is large. */
function rounded(volume: number): number {
  let step = 1;
  while (volume >= step * 100) step *= 10;
  return volume - (volume % step);
}
