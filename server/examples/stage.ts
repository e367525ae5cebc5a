import { createMarketView } from '#core/accounts/market-view.ts';
import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import { createBook } from '#core/engine/book.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { createCalendar, type NewsRelease } from '#core/market/calendar.ts';
import { gaugeAt, type JudgedAccount } from '#core/rules/judge.ts';
import { openReferenceAccount } from '#core/rules/reference.ts';
import type { Gauge, Moment } from '#core/rules/rule-kind.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { VerdictDraft } from '#core/rules/verdict-facts.ts';
import { dayClockId, type DayClock, type TradingDay } from '#core/time/time.ts';
import { nextTradingDay, tradingDayAt } from '../time/roll-overs.ts';

/** Whole money units of an amount as published: 4750.05 is exact, more decimals are refused. */
export function units(amount: number): number {
  const value = Math.round(amount * 10_000);
  if (Math.abs(value / 10_000 - amount) > 1e-9 * Math.max(1, Math.abs(amount))) {
    throw new Unreadable(`${amount} has more than four decimals`);
  }
  return value;
}

/** Something in an example that cannot be understood: named, never guessed. */
export class Unreadable extends Error {}

export type RuleInput = { readonly kind: string; readonly params: Record<string, unknown> };

/** One point of one unit is worth 0.0001 of the currency, so that every equity can be reached. */
const instrument: Instrument = {
  symbol: 'UNIT',
  assetClass: 'index',
  digits: 4,
  volumeDecimals: 0,
  contractSize: '1',
  quoteCurrency: 'USD',
  tickPoints: 1,
};
const PRICE = 10_000_000_0000;
const LOT_PRICE = 1_000_0000;
const HOUR_MS = 3_600_000;

/**
 * An account on both evaluators at once: what is played reaches the reference and the columnar
 * book alike, and every reading is taken from both. They must agree, or the example fails.
 */
export interface Stage {
  /** Books closed profit or loss until the balance is this; open P&L stays as it is. */
  balance(target: number): void;
  /** Moves the price until equity is this. */
  equity(target: number): void;
  /** Closes what is open, at the present price, and opens it again. */
  realise(): void;
  flat(): void;
  open(): void;
  /** The next trading day begins. */
  nextDay(): void;
  /** Books a closed trade that earns or loses so much, within the day. */
  earn(profit: number): void;
  /** Opens a position of its own in any symbol; lots may have two decimals. */
  order(order: Order): void;
  /** Closes all or some lots of such a position at a profit. */
  close(close: Close): void;
  /** Moves the price of a symbol to so many points above or below where it began. */
  price(symbol: string, points: number): void;
  /** Sets a stop, in points from the entry price; below it for a buy. */
  stop(position: string, points: number): void;
  /** A release at so many milliseconds after the start of the stage's day. */
  release(from: number, to?: number): void;
  /** Moves the clock to so many milliseconds after the start of the stage's first day. */
  clock(ms: number): void;
  /** Pays out so much, of which the trader receives a part. */
  payout(gross: number, traderShare?: number): void;
  met(rule: number): boolean;
  flags(): number;
  /** The account and its present moment, for what stands above rules. */
  judged(): { readonly account: JudgedAccount; readonly moment: Moment };
  gauge(rule: number): Gauge;
  floor(rule?: number): number;
  allowance(rule?: number): number;
  measured(): { readonly balance: number; readonly equity: number };
  status(): 'active' | 'paused' | 'failed' | 'passed';
  readonly verdicts: readonly VerdictDraft[];
}

export interface Order {
  readonly position: string;
  readonly symbol?: string;
  readonly side?: 'buy' | 'sell';
  readonly lots?: number;
  readonly at?: number;
}
export interface Close {
  readonly position: string;
  readonly profit: number;
  readonly lots?: number;
  readonly at?: number;
}

const STATUS = ['active', 'paused', 'failed', 'passed'] as const;

export function openStage(
  initial: number,
  rules: readonly RuleInput[],
  over: { clock?: DayClock; nominal?: number; first?: number } = {},
): Stage {
  const clock = over.clock ?? { zone: 'UTC', rollOver: '00:00', weekend: 'separate' };
  const content = {
    ruleSetId: 'example',
    name: 'Example',
    dayClock: clock,
    rules: rules.map((rule, at) => ({ ruleId: `${rule.kind}-${at}`, ...rule })),
  };
  const compiled = compileRuleSet(content, 1);
  if (!compiled.ok) {
    throw new Unreadable(
      compiled.error.map(({ path, message }) => `${path}: ${message}`).join('; '),
    );
  }
  const ruleSet = compiled.value;
  const terms: AccountTerms = {
    accountId: 'example',
    traderId: 'example',
    traderName: 'Example',
    platform: 'example',
    currency: 'USD',
    nominalSize: over.nominal ?? initial,
    startBalance: initial,
    program: { programId: 'example', name: 'Example' },
    phase: { phaseId: 'example', name: 'Example' },
    ruleSet: ruleSet.ref,
    positionRounding: 'exact',
  };
  let day: TradingDay = tradingDayAt(clock, over.first ?? Date.UTC(2026, 0, 6, 12));
  let at = day.opensAt + HOUR_MS;
  let deals = 0;
  let price = PRICE;
  const verdicts: VerdictDraft[] = [];
  const market = createMarketView([instrument]);
  const calendar = createCalendar();
  const firstDayAt = day.opensAt;
  const symbols = new Set(['UNIT']);
  const held = new Map<string, { symbol: string; side: 'buy' | 'sell'; lots: number }>();
  const reference = openReferenceAccount({ terms, ruleSet, market, calendar, day });
  const book = createBook();
  book.defineInstrument(instrument);
  book.openAccount({ terms, ruleSet, day });
  const agree = (one: readonly VerdictDraft[], other: readonly VerdictDraft[]): void => {
    if (canonicalText(one) !== canonicalText(other)) throw new Error('the two evaluators disagree');
    verdicts.push(...one);
  };
  const mark = (bid: number): void => {
    price = bid;
    at += 1_000;
    const printed = { index: 0, symbol: 'UNIT', bid, ask: bid, at, source: 'example', quality: 0 };
    market.apply(printed);
    const said: VerdictDraft[] = [];
    book.mark(printed, (_account, drafts) => said.push(...drafts));
    agree(reference.mark(printed), said);
  };
  const deal = (over_: Partial<Deal>): void => {
    deals += 1;
    at = over_.at ?? at + 1_000;
    const booked: Deal = {
      accountId: 'example',
      dealId: `d${deals}`,
      positionId: 'held',
      symbol: 'UNIT',
      side: 'buy',
      entry: 'in',
      volume: 1,
      price,
      profit: 0,
      commission: 0,
      swap: 0,
      fee: 0,
      at,
      ...over_,
    };
    const said = book.deal(booked);
    if (!said.ok) throw new Error(said.error);
    agree(reference.deal(booked), said.value);
  };
  const prices = new Map<string, number>();
  const print = (symbol: string, bid: number): void => {
    prices.set(symbol, bid);
    at += 1_000;
    const printed = { index: 0, symbol, bid, ask: bid, at, source: 'example', quality: 0 };
    market.apply(printed);
    const said: VerdictDraft[] = [];
    book.mark(printed, (_account, drafts) => said.push(...drafts));
    agree(reference.mark(printed), said);
  };
  const knows = (symbol: string): void => {
    if (symbols.has(symbol)) return;
    symbols.add(symbol);
    const added: Instrument = { ...instrument, symbol, volumeDecimals: 2, contractSize: '100' };
    market.define(added);
    book.defineInstrument(added);
    print(symbol, LOT_PRICE);
  };
  const isOpen = (): boolean => reference.positions.has('held');
  const stage: Stage = {
    balance: (target) => {
      const profit = target - reference.balance;
      if (profit === 0) return;
      const side = { positionId: `past${deals}` };
      deal({ ...side, volume: 1 });
      deal({ ...side, side: 'sell', entry: 'out', profit });
    },
    equity: (target) => {
      if (!isOpen()) stage.open();
      mark(price + target - reference.equity());
    },
    realise: () => {
      stage.flat();
      stage.open();
    },
    flat: () => {
      if (!isOpen()) return;
      deal({ side: 'sell', entry: 'out', profit: reference.equity() - reference.balance });
    },
    open: () => {
      if (!isOpen()) deal({});
    },
    earn: (profit) => {
      const positionId = `earned${deals}`;
      deal({ positionId });
      deal({ positionId, side: 'sell', entry: 'out', profit });
    },
    order: ({ position, symbol = 'LOT', side = 'buy', lots = 1, at: ms }) => {
      knows(symbol);
      held.set(position, { symbol, side, lots });
      const volume = hundredths(lots);
      const price_ = prices.get(symbol) ?? LOT_PRICE;
      const when = ms === undefined ? {} : { at: firstDayAt + ms };
      deal({ positionId: position, symbol, side, volume, price: price_, ...when });
    },
    close: ({ position, profit, lots, at: ms }) => {
      const open = held.get(position);
      if (!open) throw new Error(`${position} is not open`);
      const side = open.side === 'buy' ? 'sell' : 'buy';
      const volume = hundredths(lots ?? open.lots);
      held.set(position, { ...open, lots: open.lots - (lots ?? open.lots) });
      const when = ms === undefined ? {} : { at: firstDayAt + ms };
      const { symbol } = open;
      const shared = { positionId: position, symbol, side, volume } as const;
      deal({ ...shared, entry: 'out', profit, price: prices.get(symbol) ?? LOT_PRICE, ...when });
    },
    price: (symbol, points) => {
      knows(symbol);
      print(symbol, LOT_PRICE + points);
    },
    stop: (position, points) => {
      const open = held.get(position);
      if (!open) throw new Error(`${position} is not open`);
      const stopLoss = LOT_PRICE + (open.side === 'buy' ? -points : points);
      const change = { accountId: 'example', positionId: position, stopLoss, takeProfit: null, at };
      const said = book.protect(change);
      if (!said.ok) throw new Error(said.error);
      agree(reference.protect(change), said.value);
    },
    release: (from, to = from) => {
      const news: NewsRelease = {
        releaseId: `release${from}`,
        name: 'Release',
        impact: 'high',
        currencies: ['USD'],
        at: firstDayAt + from,
        endsAt: firstDayAt + to,
      };
      calendar.schedule(news);
      book.scheduleNews(news);
    },
    clock: (ms) => {
      at = firstDayAt + ms;
    },
    payout: (gross, traderShare = gross) => {
      at += 1_000;
      const operation = {
        accountId: 'example',
        operationId: `payout${at}`,
        type: 'payout',
        amount: -gross,
        traderShare,
        comment: '',
        at,
      } as const;
      const said = book.balanceOperation(operation);
      if (!said.ok) throw new Error(said.error);
      agree(reference.balanceOperation(operation), said.value);
    },
    met: (rule) => {
      const { kind, params } = ruleSet.rules[rule] as RuleSet['rules'][number];
      const state = reference.judged.states[rule] as never;
      return kind.judge(params, state, reference.moment(at), terms).type === 'met';
    },
    flags: () => verdicts.filter(({ kind }) => kind === 'conductFlagged').length,
    judged: () => ({ account: reference.judged, moment: reference.moment(at) }),
    nextDay: () => {
      day = nextTradingDay(clock, day);
      at = day.opensAt;
      const clockId = dayClockId(clock);
      const said: VerdictDraft[] = [];
      book.rollOver(clockId, day, (_account, drafts) => said.push(...drafts));
      agree(reference.rollOver(clockId, day), said);
      at += HOUR_MS;
    },
    gauge: (rule) => {
      const one = gaugeAt(reference.judged, reference.moment(at), rule);
      const other = book.standing(0).gauges[rule];
      if (canonicalText(one) !== canonicalText(other))
        throw new Error('the two evaluators disagree');
      return one;
    },
    floor: (rule = 0) => floorGauge(stage.gauge(rule)).floor,
    allowance: (rule = 0) => floorGauge(stage.gauge(rule)).allowance,
    measured: () => ({ balance: reference.balance, equity: reference.equity() }),
    status: () => STATUS[reference.judged.status] ?? 'active',
    verdicts,
  };
  mark(PRICE);
  return stage;
}

/** Lots as volume of an instrument with two decimals; finer lots are refused. */
function hundredths(lots: number): number {
  const volume = Math.round(lots * 100);
  if (Math.abs(volume / 100 - lots) > 1e-9) throw new Unreadable(`${lots} lots are too fine`);
  return volume;
}

function floorGauge(gauge: Gauge): Extract<Gauge, { type: 'floor' }> {
  if (gauge.type !== 'floor') throw new Error('this rule has no floor');
  return gauge;
}
