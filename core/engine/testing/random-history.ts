import type {
  AccountTerms,
  BalanceOperation,
  Deal,
  ProtectionChange,
} from '#core/accounts/account.ts';
import { present } from '#core/kernel/assert.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import type { NewsRelease } from '#core/market/calendar.ts';
import type { Instrument } from '#core/market/instrument.ts';
import type { JournalledMark } from '#core/market/mark.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { Directive } from '#core/rules/directive.ts';
import { clockOf, dayClockId, type EpochMs, type TradingDay } from '#core/time/time.ts';

/** One thing that can happen to a book, in the order it happened. */
export type HistoryEvent =
  | {
      readonly type: 'open';
      readonly terms: AccountTerms;
      readonly ruleSet: RuleSet;
      readonly day: TradingDay;
    }
  | { readonly type: 'mark'; readonly mark: JournalledMark }
  | { readonly type: 'deal'; readonly deal: Deal }
  | { readonly type: 'balanceOperation'; readonly operation: BalanceOperation }
  | { readonly type: 'protection'; readonly change: ProtectionChange }
  | { readonly type: 'news'; readonly release: NewsRelease }
  | {
      readonly type: 'directive';
      readonly accountId: string;
      readonly directive: Directive;
      readonly at: EpochMs;
    }
  | {
      readonly type: 'rules';
      readonly accountId: string;
      readonly ruleSet: RuleSet;
      readonly at: EpochMs;
    }
  | { readonly type: 'rollOver'; readonly clockId: string; readonly day: TradingDay };

export interface History {
  readonly instruments: readonly Instrument[];
  readonly clockId: string;
  readonly events: readonly HistoryEvent[];
}

export interface HistorySize {
  /** Open from the beginning. */
  readonly accounts: number;
  readonly events: number;
  /** Of a hundred events, about so many are marks; the rest is mostly deals. */
  readonly marks?: number;
  /** Opens another account after every so many events, because accounts fail. */
  readonly anotherAfter?: number;
}

const MARKS_SHARE = 68;
/** Events of a hundred that are balance operations, and that end the day early. */
const FLOWS_SHARE = 2;
const EARLY_ENDS_SHARE = 1;
const DAY_MS = 86_400_000;
const CLOCK_ID = '00:00 UTC';
const CUT_OFF = { zone: 'UTC', time: '15:10' };
const CUT_OFF_ID: string = dayClockId(clockOf(CUT_OFF));
const CUT_OFF_MS = (15 * 60 + 10) * 60_000;

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
export function randomHistory(seed: number, size: HistorySize): History {
  const random = createRandom(seed);
  const prices: Record<string, number> = { ...firstPrices };
  const open = new Map<string, Deal[]>();
  const events: HistoryEvent[] = [];
  let at = dayAt(0).opensAt;
  let day = 0;
  let cuts = 0;
  let marks = 0;
  const accounts: AccountTerms[] = [];
  const ruleSets = new Map<string, RuleSet>();
  const openAnother = (): void => {
    const opened = randomAccount(random, accounts.length);
    accounts.push(opened.terms);
    ruleSets.set(opened.terms.accountId, opened.ruleSet);
    events.push({ type: 'open', ...opened, day: dayAt(day) });
  };
  for (let number = 0; number < size.accounts; number += 1) openAnother();
  const marksBelow = size.marks ?? MARKS_SHARE;
  for (let step = 0; step < size.events; step += 1) {
    if (size.anotherAfter !== undefined && step % size.anotherAfter === 0) openAnother();
    at += random.below(60_000);
    while (at >= Math.min(dayAt(day).closesAt, cutOffAt(cuts).opensAt)) {
      if (cutOffAt(cuts).opensAt < dayAt(day).closesAt) {
        events.push({ type: 'rollOver', clockId: CUT_OFF_ID, day: cutOffAt(cuts) });
        cuts += 1;
      } else {
        day += 1;
        events.push({ type: 'rollOver', clockId: CLOCK_ID, day: dayAt(day) });
      }
    }
    const choice = random.below(100);
    if (random.below(25) === 0)
      events.push(...randomProtection(random, { accounts, prices, open, at, step }));
    if (random.below(50) === 0) {
      const { accountId } = random.pick(accounts);
      const directive = randomDirective(random, present(ruleSets.get(accountId), accountId), at);
      events.push({ type: 'directive', accountId, directive, at });
    }
    if (random.below(80) === 0) {
      const { accountId } = random.pick(accounts);
      const ruleSet = changedRules(random, present(ruleSets.get(accountId), accountId));
      ruleSets.set(accountId, ruleSet);
      events.push({ type: 'rules', accountId, ruleSet, at });
    }
    if (random.below(60) === 0)
      events.push({ type: 'news', release: randomNews(random, at, step) });
    if (choice < marksBelow) {
      events.push({ type: 'mark', mark: randomMark(random, prices, { at, index: marks++ }) });
    } else if (choice < 100 - FLOWS_SHARE - EARLY_ENDS_SHARE) {
      events.push({ type: 'deal', deal: randomDeal(random, { accounts, prices, open, at, step }) });
    } else if (choice < 100 - EARLY_ENDS_SHARE) {
      events.push({ type: 'balanceOperation', operation: randomFlow(random, accounts, at, step) });
    } else {
      at = dayAt(day).closesAt;
    }
  }
  return { instruments, clockId: CLOCK_ID, events };
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

/** The day that begins at the cut-off of day number `day`, named by the date on which it ends. */
function cutOffAt(day: number): TradingDay {
  const opensAt = dayAt(day).opensAt + CUT_OFF_MS;
  return { key: dayAt(day + 1).key, opensAt, closesAt: opensAt + DAY_MS };
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

/** People restrict, lift, close, except and reinstate, whether it suits the account or not. */
function randomDirective(random: Random, ruleSet: RuleSet, at: EpochMs): Directive {
  const types = ['restrict', 'lift', 'lift', 'except', 'except', 'close', 'reinstate'] as const;
  const type = random.pick(types);
  if (type !== 'except' && type !== 'reinstate') return { type };
  const { ruleId } = random.pick(ruleSet.rules);
  if (type === 'reinstate') return { type, ruleId };
  return { type, ruleId, until: at + random.below(DAY_MS) };
}

/** Another version: some rules stay, some go, some come. */
function changedRules(random: Random, ruleSet: RuleSet): RuleSet {
  const { content, ref } = ruleSet;
  const kept = content.rules.filter(() => random.below(4) > 0);
  const added = (randomRules(random) as { ruleId: string }[])
    .slice(0, 1 + random.below(2))
    .map((rule) => ({ ...rule, ruleId: `${rule.ruleId}-v${ref.version}` }));
  const compiled = compileRuleSet({ ...content, rules: [...kept, ...added] }, ref.version + 1);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.error));
  return compiled.value;
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
  const onPayout = (): Record<string, unknown> => ({
    onPayout: random.pick<unknown>([
      'unchanged',
      'reducePeak',
      'keepDistance',
      'shrinkAllowance',
      'startAgain',
      { lockAt: { fixed: '0' } },
      { lockAt: { fixed: '100' }, even: 'lower' },
    ]),
  });
  const trailing = (): Record<string, unknown> => ({
    ...limit(),
    distance: { percentOfInitial: share() },
    ...lock(),
    ...onPayout(),
  });
  const conduct = (): Record<string, unknown> => ({
    effect: random.pick([
      'review',
      'warn',
      'deductProfit',
      'closePositions',
      'pauseForDay',
      'fail',
    ]),
    ...(random.below(3) === 0 ? { strikes: { allowed: 2, next: 'fail' } } : {}),
  });
  const gate = (): Record<string, unknown> => ({ gate: random.pick(['pass', 'payout']) });
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
      ...onPayout(),
    }),
    profitTarget: () => ({
      amount: { percentOfInitial: random.pick(['0.5', '2', '8']) },
      measured: random.pick(['balance', 'equity']),
      flat: random.below(2) === 0,
      afterPayouts: [{ percentOfInitial: '1' }],
      from: random.pick(['start', 'lastPayout']),
      countsPayouts: random.below(2) === 0,
      ...gate(),
    }),
    minimumTradingDays: () => ({
      days: 1 + random.below(4),
      countedWhen: random.pick([
        'positionOpened',
        'openedAndClosed',
        'returnedToFlat',
        'heldLongEnough',
        'closed',
        'anyDeal',
      ]),
      ...gate(),
    }),
    profitableDays: () => ({
      days: 1 + random.below(3),
      profit: random.pick([
        'closed',
        'closedLessFloatingLoss',
        'balanceChange',
        'equityChange',
        'byOpeningDay',
        'closedAndFloating',
      ]),
      minimum: random.pick<unknown>([{ fixed: '50' }, { percentOfInitial: '0.5' }]),
      ...(random.below(3) === 0 ? { ofBestDay: '23' } : {}),
      ...gate(),
    }),
    consistency: () => ({
      unit: random.pick(['day', 'trade', 'dayOrTrade']),
      share: random.pick<unknown>(['30', ['20', '25', '30']]),
      of: random.pick<unknown>([
        'netProfit',
        'profitableDays',
        'profitFromInitial',
        { target: { percentOfInitial: '8' } },
      ]),
      allowed: random.pick(['atMost', 'below']),
      ...gate(),
    }),
    lotRange: () => ({
      reference: random.pick(['averageClosed', 'firstTrade']),
      lowest: '25',
      highest: '200',
      clusterSeconds: random.pick([0, 180]),
      ...gate(),
    }),
    dailyProfitCap: () => ({ ...conduct(), cap: { percentOfInitial: '0.5' } }),
    maximumDuration: () => ({
      ...conduct(),
      days: 2,
      from: random.pick(['opening', 'firstTrade']),
    }),
    inactivity: () => ({
      ...conduct(),
      days: 1,
      activity: random.pick(['opened', 'closed', 'anyDeal']),
    }),
    maximumLots: () => ({
      ...conduct(),
      scope: random.pick(['order', 'symbol', 'account']),
      counted: random.pick(['gross', 'net']),
      limit: random.pick<unknown>([{ lots: '2.5' }, { leverage: 5, lotValue: '100000' }]),
      weights: [{ symbol: 'ES', share: '10' }],
    }),
    contractTiers: () => ({
      ...conduct(),
      tiers: [
        { profit: '0', lots: '2' },
        { profit: '100', when: 'exceeds', lots: '5' },
      ],
      stepsDown: random.below(2) === 0,
    }),
    lotsAtRisk: () => ({ ...conduct(), lots: '3' }),
    orderCounts: () => ({ ...conduct(), openPositions: 3, openedPerDay: 4 }),
    tradeIdeaLoss: () => ({
      ...conduct(),
      amount: random.pick<unknown>([
        { fixed: '200' },
        { percent: '0.5', of: 'initial' },
        { percent: '0.5', of: 'balance' },
        { percent: '30', of: 'dayStartProfit', atLeast: '500' },
      ]),
      measure: random.pick(['floating', 'runningLoss', 'stopDistance', 'runningLossOrStop']),
      idea: random.pick(['position', 'symbol', 'symbolAndSide']),
      gapSeconds: random.pick([0, 300]),
      breachedWhen: random.pick(['reaches', 'exceeds']),
    }),
    stopToTarget: () => ({ ...conduct(), ratio: '2' }),
    stopLossRequired: () => ({
      ...conduct(),
      withinSeconds: random.pick([0, 60, 300]),
      riskAtMost: '0.5',
    }),
    marginUsage: () => ({
      ...conduct(),
      leverage: 10,
      share: '40',
      scope: random.pick(['account', 'symbolAndSide']),
    }),
    newsWindow: () => ({
      ...conduct(),
      beforeSeconds: 300,
      afterSeconds: 300,
      onlyOpenedAndClosedInside: random.below(3) === 0,
      countedShare: '40',
    }),
    heldOver: () => ({
      ...conduct(),
      over: random.pick(['everyNight', 'weekend']),
      ...(random.below(2) === 0 ? { by: CUT_OFF } : {}),
    }),
    holdingTime: () => ({
      ...conduct(),
      seconds: 60,
      judged: random.pick(['each', 'share', 'average']),
      shareOf: random.pick(['trades', 'lots', 'profit']),
      thenShareOf: 'trades',
      largestShare: '10',
    }),
    hedging: () => ({ groups: [['EURUSD', 'USDJPY']], toleranceSeconds: random.pick([0, 60]) }),
    martingale: () => ({
      pattern: random.pick(['afterLosses', 'intoDrawdown']),
      multiplier: random.pick(['1', '2']),
    }),
    oneTradePass: () => ({ target: { percentOfInitial: '1' }, share: '70' }),
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
  const grows = held.length > 0 && random.below(5) === 0 ? random.pick(held) : null;
  if (grows) {
    const added: Deal = {
      ...grows,
      ...costs,
      dealId: `deal-${step}`,
      volume: random.below(3) === 0 ? grows.volume : 1 + random.below(200),
      price: present(prices[grows.symbol], grows.symbol),
      profit: 0,
      at,
    };
    const grown = { ...grows, volume: grows.volume + added.volume };
    open.set(
      accountId,
      held.map((one) => (one === grows ? grown : one)),
    );
    return added;
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

function randomProtection(
  random: Random,
  { accounts, prices, open, at }: DealWorld,
): HistoryEvent[] {
  const { accountId } = random.pick(accounts);
  const held = open.get(accountId) ?? [];
  if (held.length === 0) return [];
  const { positionId, symbol } = random.pick(held);
  const price = present(prices[symbol], symbol);
  const away = (): number | null =>
    random.below(4) === 0 ? null : price + random.below(2_001) - 1_000;
  const change = { accountId, positionId, stopLoss: away(), takeProfit: away(), at };
  return [{ type: 'protection', change }];
}

function randomNews(random: Random, at: number, step: number): NewsRelease {
  const soon = at + random.below(600_000);
  return {
    releaseId: `release-${step}`,
    name: 'Release',
    impact: random.pick(['medium', 'high', 'high']),
    currencies: [random.pick(['USD', 'EUR', 'JPY'])],
    at: soon,
    endsAt: soon + random.pick([0, 0, 900_000]),
  };
}

function randomFlow(
  random: Random,
  accounts: readonly AccountTerms[],
  at: number,
  step: number,
): BalanceOperation {
  const type = random.pick([
    'deposit',
    'withdrawal',
    'payout',
    'payout',
    'adjustment',
    'fee',
    'swap',
    'bonus',
  ] as const);
  const shared = {
    accountId: random.pick(accounts).accountId,
    operationId: `operation-${step}`,
    comment: '',
    at,
  };
  if (type === 'payout') {
    const paid = 1 + random.below(20_000_000);
    return { ...shared, type, amount: -paid, traderShare: Math.floor(paid * 0.8) };
  }
  return { ...shared, type, amount: random.below(40_000_000) - 25_000_000 };
}
