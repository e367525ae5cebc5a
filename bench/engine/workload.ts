import type { AccountTerms } from '#core/accounts/account.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { compileRuleSet, type RuleSet } from '#core/rules/rule-set.ts';
import type { TradingDay } from '#core/time/time.ts';

/**
 * The book that every contender runs: 40 symbols with the skew of a real prop firm (gold 30 %,
 * an index 20 %, EURUSD 8 %, the rest thin), two positions per account, 40 % of the accounts on a
 * tick-by-tick trailing loss and 60 % on a static one, a daily loss for all, a target, and three
 * warnings per limit. Ticks are a random walk with the same skew.
 */
export const SYMBOLS = 40;
const POSITION_WEIGHTS = [30, 20, 8, 5, 5, 4, 4, 3, 3, 2, ...Array<number>(30).fill(16 / 30)];
const TICK_WEIGHTS = [12, 12, 6, 5, 5, 4, 4, 4, 4, 4, ...Array<number>(30).fill(40 / 30)];
const START_PRICE = 1_000_000;
export const firstQuote = { bid: START_PRICE, ask: START_PRICE + 20 };
const START_BALANCE = 100_000_0000;
const DAY_MS = 86_400_000;

export interface BenchPosition {
  readonly symbol: number;
  readonly buy: boolean;
  /** Smallest volumes; one point of one is worth 10 money units. */
  readonly volume: number;
}

export interface BenchAccount {
  readonly trailing: boolean;
  readonly positions: readonly [BenchPosition, BenchPosition];
}

/** A tick: symbol, bid and ask in points. */
export interface Ticks {
  readonly symbol: Uint8Array;
  readonly bid: Int32Array;
  readonly ask: Int32Array;
  readonly count: number;
}

export const POINT_VALUE = 10;
export const day: TradingDay = { key: '2014-05-02', opensAt: 0, closesAt: DAY_MS };

/** Account by account, so that a million of them need not exist at once. */
export function* benchAccounts(count: number): Generator<BenchAccount> {
  const random = createRandom(7);
  for (let number = 0; number < count; number += 1) {
    yield {
      trailing: random.below(10) < 4,
      positions: [randomPosition(random), randomPosition(random)],
    };
  }
}

function randomPosition(random: Random): BenchPosition {
  return {
    symbol: pickWeighted(random, POSITION_WEIGHTS),
    buy: random.below(2) === 0,
    volume: 10 + random.below(90),
  };
}

/** Steps of -2 to 2 points times the volatility of each tick. */
export function benchTicks(count: number, volatilityAt: (tick: number) => number = () => 1): Ticks {
  const random = createRandom(11);
  const ticks = {
    symbol: new Uint8Array(count),
    bid: new Int32Array(count),
    ask: new Int32Array(count),
    count,
  };
  const bids = new Int32Array(SYMBOLS).fill(firstQuote.bid);
  const asks = new Int32Array(SYMBOLS).fill(firstQuote.ask);
  for (let at = 0; at < count; at += 1) {
    const symbol = pickWeighted(random, TICK_WEIGHTS);
    const volatility = volatilityAt(at);
    // About two sides of three change with a tick, as in the measured model; the spread is pulled
    // back to its start so that it neither vanishes nor grows without end.
    const moves = 1 + random.below(3);
    const bid = bids[symbol] as number;
    const ask = asks[symbol] as number;
    const pull = ask - bid > firstQuote.ask - firstQuote.bid ? 1 : 0;
    if ((moves & 1) !== 0) bids[symbol] = bid + (random.below(5) - 2) * volatility + pull;
    if ((moves & 2) !== 0) asks[symbol] = ask + (random.below(5) - 2) * volatility - pull;
    ticks.symbol[at] = symbol;
    ticks.bid[at] = bids[symbol] as number;
    ticks.ask[at] = Math.max(asks[symbol] as number, (bids[symbol] as number) + 1);
  }
  return ticks;
}

function pickWeighted(random: Random, weights: readonly number[]): number {
  let left = random.fraction() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [at, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return at;
  }
  return weights.length - 1;
}

export const symbolName = (symbol: number): string => `SYM${String(symbol).padStart(2, '0')}`;
export const startBalance = START_BALANCE;

export const instruments: readonly Instrument[] = Array.from({ length: SYMBOLS }, (_u, symbol) => ({
  symbol: symbolName(symbol),
  assetClass: 'forex' as const,
  digits: 3,
  volumeDecimals: 2,
  contractSize: '100',
  quoteCurrency: 'USD',
  tickPoints: 1,
}));

/** The two programs of the workload. */
export function benchRuleSets(): { readonly trailing: RuleSet; readonly fixed: RuleSet } {
  const daily = {
    ruleId: 'daily',
    kind: 'dailyLoss',
    params: {
      breachedWhen: 'below',
      anchor: 'dayStartBalance',
      amount: { percent: '5', of: 'initial' },
    },
  };
  const target = {
    ruleId: 'target',
    kind: 'profitTarget',
    params: { amount: { percentOfInitial: '10' }, measured: 'equity', flat: false },
  };
  const days = {
    ruleId: 'days',
    kind: 'minimumTradingDays',
    params: { days: 4, countedWhen: 'positionOpened' },
  };
  const dayClock = { zone: 'Europe/Prague', rollOver: '00:00', weekend: 'separate' };
  return {
    trailing: compiled({
      ruleSetId: 'trailing',
      name: 'Trailing',
      dayClock,
      rules: [
        daily,
        {
          ruleId: 'overall',
          kind: 'equityTrailing',
          params: {
            breachedWhen: 'below',
            distance: { percentOfInitial: '6' },
            lock: { offset: { fixed: '0' }, when: 'floorReachesLock' },
          },
        },
        target,
        days,
      ],
    }),
    fixed: compiled({
      ruleSetId: 'fixed',
      name: 'Static',
      dayClock,
      rules: [
        daily,
        {
          ruleId: 'overall',
          kind: 'staticLoss',
          params: { breachedWhen: 'below', distance: { percentOfInitial: '10' } },
        },
        target,
        days,
      ],
    }),
  };
}

/**
 * The same two limits among everything else that a funded phase of the shipped programs carries:
 * conduct, size, consistency and payout rules.
 */
export function richestRuleSets(): ReturnType<typeof benchRuleSets> {
  const more = [
    ['contracts', 'contractTiers', { tiers: [{ profit: '0', lots: '500' }] }],
    ['stop-ratio', 'stopToTarget', { ratio: '5' }],
    ['size', 'maximumLots', { scope: 'account', limit: { lots: '100000' } }],
    ['consistency', 'consistency', { share: '30', gate: 'payout' }],
    ['payout-days', 'minimumTradingDays', { gate: 'payout', days: 8, countedWhen: 'anyDeal' }],
    [
      'profitable',
      'profitableDays',
      { gate: 'payout', days: 5, profit: 'closed', minimum: { fixed: '50' } },
    ],
    ['news', 'newsWindow', { beforeSeconds: 120, afterSeconds: 120 }],
    ['holding', 'holdingTime', { seconds: 60, judged: 'share' }],
    ['daily-cap', 'dailyProfitCap', { cap: { fixed: '3000' } }],
    ['inactivity', 'inactivity', { days: 30 }],
  ] as const;
  const added = more.map(([ruleId, kind, params]) => ({ ruleId, kind, params }));
  const plain = benchRuleSets();
  const richer = ({ content }: RuleSet): RuleSet =>
    compiled({
      ...content,
      ruleSetId: `rich-${content.ruleSetId}`,
      rules: [...content.rules, ...added],
    });
  return { trailing: richer(plain.trailing), fixed: richer(plain.fixed) };
}

function compiled(content: unknown): RuleSet {
  const result = compileRuleSet(content, 1);
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

export function benchTerms(number: number, ruleSet: RuleSet): AccountTerms {
  return {
    accountId: `A${number}`,
    traderId: `T${number}`,
    traderName: `Trader ${number}`,
    platform: 'bench',
    currency: 'USD',
    nominalSize: START_BALANCE,
    startBalance: START_BALANCE,
    program: PROGRAM,
    phase: PHASE,
    ruleSet: ruleSet.ref,
    positionRounding: 'exact',
  };
}
const PROGRAM = { programId: 'bench', name: 'Bench' };
const PHASE = { phaseId: 'evaluation', name: 'Evaluation' };
