import type { BalanceOperation, Deal } from '#core/accounts/account.ts';
import { createMarketView } from '#core/accounts/market-view.ts';
import { createCalendar } from '#core/market/calendar.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { clockOf, dayClockId, type CutOff, type TradingDay } from '#core/time/time.ts';
import { gaugeAt } from '../judge.ts';
import { openReferenceAccount } from '../reference.ts';
import type { Gauge } from '../rule-kind.ts';
import { sampleTerms } from '../rule-kind.contract.ts';
import { compileRuleSet } from '../rule-set.ts';
import type { VerdictDraft } from '../verdict-facts.ts';

/** Whole units of money: trials count in thousands of the currency's hundredths otherwise. */
export const money = (amount: number): number => Math.round(amount * 10_000);
const DAY_MS = 86_400_000;
/** A Monday. */
const FIRST_DAY = Date.UTC(2026, 0, 5);
/** A price at which one lot holds 100,000 of money and one point is worth 100 units of it. */
export const PRICE = 10_000_000;

const instrument = (symbol: string): Instrument => ({
  symbol,
  assetClass: 'index',
  digits: 4,
  volumeDecimals: 2,
  contractSize: '100',
  quoteCurrency: 'USD',
  tickPoints: 1,
});

/** One account of 100,000 under one rule, played by hand on the reference evaluator. */
export interface Trial {
  open(position: string, over?: { symbol?: string; side?: 'buy' | 'sell'; lots?: number }): void;
  close(position: string, profit: number, lots?: number): void;
  /** A closed trade in one breath. */
  earn(profit: number): void;
  price(symbol: string, points: number): void;
  stop(position: string, points: number | null, target?: number): void;
  /** Seconds pass. */
  wait(seconds: number): void;
  nextDay(): void;
  /** The time of day of a cut-off comes, on the present day. */
  cutOff(by: CutOff): void;
  payout(gross: number, traderShare?: number): void;
  book(type: BalanceOperation['type'], amount: number): void;
  release(inSeconds: number, lastsSeconds?: number): void;
  gauge(): Gauge;
  met(): boolean;
  withheld(): number;
  flags(): number;
  status(): string;
  readonly said: readonly VerdictDraft[];
}

export function trial(kind: string, params: Record<string, unknown>): Trial {
  const compiled = compileRuleSet(
    {
      ruleSetId: 'trial',
      name: 'Trial',
      dayClock: { zone: 'UTC', rollOver: '00:00' },
      rules: [{ ruleId: 'rule', kind, params }],
    },
    1,
    sampleTerms,
  );
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const ruleSet = compiled.value;
  const market = createMarketView();
  const calendar = createCalendar();
  const dayAt = (number: number): TradingDay => ({
    key: new Date(FIRST_DAY + number * DAY_MS).toISOString().slice(0, 10),
    opensAt: FIRST_DAY + number * DAY_MS,
    closesAt: FIRST_DAY + (number + 1) * DAY_MS,
  });
  let number = 0;
  let at = FIRST_DAY + DAY_MS / 4;
  let deals = 0;
  const said: VerdictDraft[] = [];
  const held = new Map<string, { symbol: string; side: 'buy' | 'sell'; lots: number }>();
  const terms = { ...sampleTerms, openedAt: FIRST_DAY };
  const account = openReferenceAccount({ terms, ruleSet, market, calendar, day: dayAt(0) });
  const [rule] = ruleSet.rules;
  if (!rule) throw new Error('no rule');
  const hear = (drafts: readonly VerdictDraft[]): void => void said.push(...drafts);
  const price = (symbol: string, points: number): void => {
    if (!market.instrument(symbol)) market.define(instrument(symbol));
    at += 1_000;
    const bid = PRICE + points;
    const mark = { index: 0, symbol, bid, ask: bid, at, source: 'trial', quality: 0 };
    market.apply(mark);
    hear(account.mark(mark));
  };
  const deal = (
    over: Pick<Deal, 'positionId' | 'symbol' | 'side' | 'entry'> & Partial<Deal>,
  ): void => {
    deals += 1;
    at += 1_000;
    hear(
      account.deal({
        accountId: terms.accountId,
        dealId: `d${deals}`,
        volume: 100,
        price: market.quote(over.symbol)?.bid ?? PRICE,
        profit: 0,
        commission: 0,
        swap: 0,
        fee: 0,
        at,
        ...over,
      }),
    );
  };
  const self: Trial = {
    said,
    open: (position, { symbol = 'A', side = 'buy', lots = 1 } = {}) => {
      if (!market.instrument(symbol)) price(symbol, 0);
      held.set(position, { symbol, side, lots });
      const volume = Math.round(lots * 100);
      deal({ positionId: position, symbol, side, entry: 'in', volume });
    },
    close: (position, profit, lots) => {
      const open = held.get(position);
      if (!open) throw new Error(`${position} is not open`);
      const { symbol } = open;
      const side = open.side === 'buy' ? 'sell' : 'buy';
      const volume = Math.round((lots ?? open.lots) * 100);
      held.set(position, { ...open, lots: open.lots - (lots ?? open.lots) });
      deal({ positionId: position, symbol, side, entry: 'out', volume, profit: money(profit) });
    },
    earn: (profit) => {
      const position = `earned${deals}`;
      self.open(position);
      self.close(position, profit);
    },
    price,
    stop: (position, points, target) => {
      at += 1_000;
      const stopLoss = points === null ? null : PRICE + points;
      const takeProfit = target === undefined ? null : PRICE + target;
      hear(
        account.protect({
          accountId: terms.accountId,
          positionId: position,
          stopLoss,
          takeProfit,
          at,
        }),
      );
    },
    wait: (seconds) => {
      at += seconds * 1_000;
    },
    nextDay: () => {
      number += 1;
      at = dayAt(number).opensAt;
      hear(account.rollOver('00:00 UTC', dayAt(number)));
      at += DAY_MS / 4;
    },
    cutOff: (by) => {
      const clock = clockOf(by);
      const { opensAt } = dayAt(number);
      const key = dayAt(by.time >= '12:00' ? number + 1 : number).key;
      const day = { key, opensAt: opensAt + DAY_MS / 2, closesAt: opensAt + (3 * DAY_MS) / 2 };
      hear(account.rollOver(dayClockId(clock), day));
    },
    payout: (gross, traderShare = gross) => {
      at += 1_000;
      hear(
        account.balanceOperation({
          accountId: terms.accountId,
          operationId: `payout${at}`,
          type: 'payout',
          amount: -money(gross),
          traderShare: money(traderShare),
          comment: '',
          at,
        }),
      );
    },
    book: (type, amount) => {
      at += 1_000;
      const operation = { accountId: terms.accountId, operationId: `o${at}`, comment: '', at };
      hear(account.balanceOperation({ ...operation, type, amount: money(amount) }));
    },
    release: (inSeconds, lastsSeconds = 0) => {
      const from = at + inSeconds * 1_000;
      calendar.schedule({
        releaseId: `r${from}`,
        name: 'Release',
        impact: 'high',
        currencies: ['USD'],
        at: from,
        endsAt: from + lastsSeconds * 1_000,
      });
    },
    gauge: () => gaugeAt(account.judged, account.moment(at), 0),
    met: () => {
      const state = account.judged.states[0] as never;
      return rule.kind.judge(rule.params, state, account.moment(at), terms).type === 'met';
    },
    withheld: () => {
      const state = account.judged.states[0] as never;
      return (rule.kind.withheld?.(rule.params, state, account.moment(at), terms) ?? 0) / 10_000;
    },
    flags: () => said.filter(({ kind: one }) => one === 'conductFlagged').length,
    status: () => ['active', 'paused', 'failed', 'passed'][account.judged.status] ?? '',
  };
  return self;
}
