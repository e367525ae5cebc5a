import type { AccountTerms, BalanceOperation, Deal } from '#core/accounts/account.ts';
import { present } from '#core/kernel/assert.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { TradingDay } from '#core/time/time.ts';

/** One thing that can happen to a book, in the order it happened. */
export type HistoryEvent =
  | { readonly type: 'open'; readonly terms: AccountTerms; readonly ruleSet: RuleSet }
  | { readonly type: 'mark'; readonly mark: JournalledMark }
  | { readonly type: 'deal'; readonly deal: Deal }
  | { readonly type: 'balanceOperation'; readonly operation: BalanceOperation }
  | { readonly type: 'rollOver'; readonly clockId: string; readonly day: TradingDay };

export interface History {
  readonly instruments: readonly Instrument[];
  readonly clockId: string;
  readonly firstDay: TradingDay;
  readonly events: readonly HistoryEvent[];
}

const DAY_MS = 86_400_000;
const CLOCK_ID = '00:00 UTC';

const instruments: readonly Instrument[] = [
  forex('EURUSD', 5, 'USD'),
  forex('USDJPY', 3, 'JPY'),
  { ...forex('XAUUSD', 3, 'USD'), assetClass: 'metal', contractSize: '100' },
  { ...forex('GER40', 1, 'EUR'), assetClass: 'index', contractSize: '1', volumeDecimals: 1 },
  { ...forex('ES', 2, 'USD'), assetClass: 'future', contractSize: '50', volumeDecimals: 0 },
];
const firstPrices: Readonly<Record<string, number>> = {
  EURUSD: 138_700,
  USDJPY: 102_300,
  XAUUSD: 1_289_500,
  GER40: 95_560,
  ES: 187_500,
};

/**
 * A history that tries hard to be awkward: random rule sets over every kind, jumps to exactly a
 * floor, partial closes, both sides of one symbol, converted and cent-rounded accounts, positions
 * before the first price, capital flows and many days.
 */
export function randomHistory(seed: number, size: { accounts: number; events: number }): History {
  const random = createRandom(seed);
  const prices: Record<string, number> = { ...firstPrices };
  const open = new Map<string, Deal[]>();
  const events: HistoryEvent[] = [];
  const firstDay = dayAt(0);
  let at = firstDay.opensAt;
  let day = 0;
  let marks = 0;
  const accounts: AccountTerms[] = [];
  for (let number = 0; number < size.accounts; number += 1) {
    const opened = randomAccount(random, number);
    accounts.push(opened.terms);
    events.push({ type: 'open', ...opened });
  }
  for (let step = 0; step < size.events; step += 1) {
    at += random.below(60_000);
    while (at >= dayAt(day).closesAt) {
      day += 1;
      events.push({ type: 'rollOver', clockId: CLOCK_ID, day: dayAt(day) });
    }
    const choice = random.below(100);
    if (choice < 68) {
      events.push({ type: 'mark', mark: randomMark(random, prices, { at, index: marks++ }) });
    } else if (choice < 97) {
      events.push({ type: 'deal', deal: randomDeal(random, { accounts, prices, open, at, step }) });
    } else if (choice < 99) {
      events.push({ type: 'balanceOperation', operation: randomFlow(random, accounts, at, step) });
    } else {
      at = dayAt(day).closesAt;
    }
  }
  return { instruments, clockId: CLOCK_ID, firstDay, events };
}

function forex(symbol: string, digits: number, quoteCurrency: string): Instrument {
  return {
    symbol,
    assetClass: 'forex',
    digits,
    volumeDecimals: 2,
    contractSize: '100000',
    quoteCurrency,
    tickPoints: 1,
  };
}

function dayAt(day: number): TradingDay {
  const opensAt = 1_398_902_400_000 + day * DAY_MS;
  const date = String(1 + (day % 28)).padStart(2, '0');
  const month = String(5 + Math.floor(day / 28)).padStart(2, '0');
  return { key: `2014-${month}-${date}`, opensAt, closesAt: opensAt + DAY_MS };
}

function randomAccount(random: Random, number: number): { terms: AccountTerms; ruleSet: RuleSet } {
  const startBalance = random.pick([50_000_0000, 100_000_0000, 10_000_0000]);
  const content = {
    ruleSetId: `set-${number}`,
    name: `Set ${number}`,
    dayClock: { zone: 'UTC', rollOver: '00:00', weekend: 'separate' },
    rules: randomRules(random),
  };
  const compiled = compileRuleSet(content, 1);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  const terms: AccountTerms = {
    accountId: `account-${number}`,
    traderId: `trader-${number}`,
    traderName: `Trader ${number}`,
    platform: 'test',
    currency: 'USD',
    nominalSize: startBalance,
    startBalance,
    program: { programId: 'program', name: 'Program' },
    phase: { phaseId: 'phase', name: 'Phase' },
    ruleSet: compiled.value.ref,
    positionRounding: random.below(4) === 0 ? 'cent' : 'exact',
  };
  return { terms, ruleSet: compiled.value };
}

function randomRules(random: Random): unknown[] {
  const limit = (): Record<string, unknown> => ({
    breachedWhen: random.pick(['below', 'atOrBelow']),
    measured: random.pick(['equity', 'equity', 'equity', 'balance', 'lowerOfBoth']),
    tested: random.pick(['everyTick', 'everyTick', 'everyTick', 'dayClose']),
  });
  const share = (): string => random.pick(['0.5', '1', '2', '3.5', '5.75', '10']);
  const lock = (): Record<string, unknown> =>
    random.below(2) === 0
      ? {}
      : {
          lock: {
            offset: random.pick([{ fixed: '0' }, { fixed: '100' }, { percentOfInitial: '1' }]),
            when: random.pick<unknown>([
              'floorReachesLock',
              {
                profit: { percentOfInitial: random.pick(['0.5', '1', '2']) },
                of: random.pick(['balance', 'equity', 'dayCloseBalance']),
              },
            ]),
          },
        };
  const trailing = (): Record<string, unknown> => ({
    ...limit(),
    distance: { percentOfInitial: share() },
    ...lock(),
  });
  const daily = (): Record<string, unknown> => ({
    ...limit(),
    anchor: random.pick([
      'dayStartBalance',
      'dayStartEquity',
      'dayStartHigher',
      'initial',
      'dayPeakEquity',
      'peakEquity',
    ]),
    amount: random.pick<unknown>([
      { fixed: random.pick(['500', '1000', '2500']) },
      { percent: share(), of: random.pick(['initial', 'anchor', 'dayStartHigher']) },
    ]),
    stepUps: [{ atBalance: '50500', amount: { fixed: '3000' } }],
  });
  const makers: Readonly<Record<string, () => Record<string, unknown>>> = {
    dailyLoss: daily,
    dailyPause: daily,
    staticLoss: trailing,
    endOfDayTrailing: () => ({
      ...trailing(),
      follows: random.pick(['balance', 'equity', 'higherOfBoth']),
    }),
    equityTrailing: () => ({ ...trailing(), follows: random.pick(['equity', 'higherOfBoth']) }),
    balanceTrailing: trailing,
    percentOfPeak: () => ({
      ...limit(),
      percentOfPeak: share(),
      follows: random.pick(['balance', 'equity', 'dayCloseBalance']),
      ...lock(),
    }),
    profitTarget: () => ({
      amount: { percentOfInitial: random.pick(['0.5', '2', '8']) },
      measured: random.pick(['balance', 'equity']),
      flat: random.below(2) === 0,
    }),
    minimumTradingDays: () => ({
      days: 1 + random.below(4),
      countedWhen: random.pick(['positionOpened', 'openedAndClosed', 'returnedToFlat', 'anyDeal']),
    }),
  };
  const kinds = Object.keys(makers);
  return Array.from({ length: 1 + random.below(5) }, (_unused, at) => {
    const kind = random.pick(kinds);
    return { ruleId: `${kind}-${at}`, kind, params: present(makers[kind], kind)() };
  });
}

function randomMark(
  random: Random,
  prices: Record<string, number>,
  { at, index }: { at: number; index: number },
): JournalledMark {
  const { symbol } = random.pick(instruments);
  const price = present(prices[symbol], symbol);
  const reach = random.below(40) === 0 ? 100 : 2_000;
  const moved = Math.round((price * (random.below(201) - 100)) / (reach * 100));
  const bid = price + moved;
  prices[symbol] = bid;
  const ask = bid + random.below(30) - (random.below(20) === 0 ? 10 : 0);
  return { index, symbol, bid, ask, at, source: 'test', quality: ask < bid ? 1 : 0 };
}

interface DealWorld {
  readonly accounts: readonly AccountTerms[];
  readonly prices: Record<string, number>;
  /** Fills still open, by account and position. */
  readonly open: Map<string, Deal[]>;
  readonly at: number;
  readonly step: number;
}

function randomDeal(random: Random, { accounts, prices, open, at, step }: DealWorld): Deal {
  const { accountId } = random.pick(accounts);
  const held = open.get(accountId) ?? [];
  const costs = {
    commission: -random.below(70_000),
    swap: random.below(20_000) - 10_000,
    fee: -random.below(3) * 100,
  };
  const closing = held.length > 4 || (held.length > 0 && random.below(2) === 0);
  if (closing) {
    const opened = random.pick(held);
    const volume = random.below(3) === 0 ? 1 + random.below(opened.volume) : opened.volume;
    const rest = opened.volume - volume;
    const others = held.filter((deal) => deal !== opened);
    open.set(accountId, rest > 0 ? [...others, { ...opened, volume: rest }] : others);
    return {
      ...opened,
      ...costs,
      dealId: `deal-${step}`,
      side: opened.side === 'buy' ? 'sell' : 'buy',
      entry: 'out',
      volume,
      price: present(prices[opened.symbol], opened.symbol),
      profit: random.below(9_000_000) - 4_000_000,
      at,
    };
  }
  const { symbol } = random.pick(instruments);
  const deal: Deal = {
    accountId,
    dealId: `deal-${step}`,
    positionId: `position-${step}`,
    symbol,
    side: random.pick(['buy', 'sell']),
    entry: 'in',
    volume: 1 + random.below(300),
    price: present(prices[symbol], symbol) + random.below(7) - 3,
    profit: 0,
    ...costs,
    at,
  };
  open.set(accountId, [...held, deal]);
  return deal;
}

function randomFlow(
  random: Random,
  accounts: readonly AccountTerms[],
  at: number,
  step: number,
): BalanceOperation {
  return {
    accountId: random.pick(accounts).accountId,
    operationId: `operation-${step}`,
    type: random.pick(['deposit', 'withdrawal', 'payout', 'adjustment', 'fee', 'swap', 'bonus']),
    amount: random.below(40_000_000) - 25_000_000,
    comment: '',
    at,
  };
}
