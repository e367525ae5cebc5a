import { createMarketView } from '#core/accounts/market-view.ts';
import type { AccountTerms, Deal } from '#core/accounts/account.ts';
import { createBook } from '#core/engine/book.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { gaugeAt } from '#core/rules/judge.ts';
import { openReferenceAccount } from '#core/rules/reference.ts';
import type { Gauge } from '#core/rules/rule-kind.ts';
import { compileRuleSet } from '#core/rules/rule-set.ts';
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
  gauge(rule: number): Gauge;
  floor(rule?: number): number;
  allowance(rule?: number): number;
  measured(): { readonly balance: number; readonly equity: number };
  status(): 'active' | 'paused' | 'failed' | 'passed';
  readonly verdicts: readonly VerdictDraft[];
}

const STATUS = ['active', 'paused', 'failed', 'passed'] as const;

export function openStage(
  initial: number,
  rules: readonly RuleInput[],
  over: { clock?: DayClock; nominal?: number } = {},
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
  let day: TradingDay = tradingDayAt(clock, Date.UTC(2026, 0, 6, 12));
  let at = day.opensAt + HOUR_MS;
  let deals = 0;
  let price = PRICE;
  const verdicts: VerdictDraft[] = [];
  const market = createMarketView([instrument]);
  const reference = openReferenceAccount({ terms, ruleSet, market, day });
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
    at += 1_000;
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

function floorGauge(gauge: Gauge): Extract<Gauge, { type: 'floor' }> {
  if (gauge.type !== 'floor') throw new Error('this rule has no floor');
  return gauge;
}
