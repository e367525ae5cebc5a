import { expect, it } from 'vitest';
import { describeRuleKind, type RuleKindSamples } from '../rule-kind.contract.ts';
import { balanceTrailing } from './balance-trailing.ts';
import { dailyLoss } from './daily-loss.ts';
import { dailyPause } from './daily-pause.ts';
import { endOfDayTrailing } from './end-of-day-trailing.ts';
import { equityTrailing } from './equity-trailing.ts';
import { ruleKinds } from './index.ts';
import { minimumTradingDays } from './minimum-trading-days.ts';
import { percentOfPeak } from './percent-of-peak.ts';
import { profitTarget } from './profit-target.ts';
import { staticLoss } from './static-loss.ts';
import { consistency } from './consistency.ts';
import { contractTiers } from './contract-tiers.ts';
import { dailyProfitCap } from './daily-profit-cap.ts';
import { hedging } from './hedging.ts';
import { heldOver } from './held-over.ts';
import { holdingTime } from './holding-time.ts';
import { inactivity } from './inactivity.ts';
import { lotRange } from './lot-range.ts';
import { lotsAtRisk } from './lots-at-risk.ts';
import { marginUsage } from './margin-usage.ts';
import { martingale } from './martingale.ts';
import { maximumDuration } from './maximum-duration.ts';
import { maximumLots } from './maximum-lots.ts';
import { newsWindow } from './news-window.ts';
import { oneTradePass } from './one-trade-pass.ts';
import { orderCounts } from './order-counts.ts';
import { profitableDays } from './profitable-days.ts';
import { stopLossRequired } from './stop-loss-required.ts';
import { stopToTarget } from './stop-to-target.ts';
import { tradeIdeaLoss } from './trade-idea-loss.ts';

const below = { breachedWhen: 'below' };
const lockAtStart = { offset: { fixed: '0' }, when: 'floorReachesLock' };
const daily = [
  { ...below, anchor: 'dayStartBalance', amount: { percent: '5', of: 'initial' } },
  { ...below, anchor: 'dayStartHigher', amount: { percent: '5', of: 'anchor' } },
  { ...below, anchor: 'dayPeakEquity', amount: { fixed: '5000' } },
  { ...below, anchor: 'dayPeakEquity', amount: { percent: '5', of: 'anchor' } },
  { breachedWhen: 'atOrBelow', anchor: 'peakEquity', amount: { percent: '3', of: 'initial' } },
];
const trailing = [
  { ...below, distance: { percentOfInitial: '6' } },
  { breachedWhen: 'atOrBelow', distance: { fixed: '3000' }, lock: lockAtStart },
  {
    ...below,
    distance: { percentOfInitial: '6' },
    lock: { offset: { fixed: '-2000' }, when: { profit: { percentOfInitial: '4' }, of: 'equity' } },
  },
];

const samples: readonly RuleKindSamples[] = [
  { kind: dailyLoss, params: daily },
  { kind: dailyPause, params: daily },
  { kind: staticLoss, params: trailing },
  { kind: endOfDayTrailing, params: trailing },
  { kind: equityTrailing, params: trailing },
  { kind: balanceTrailing, params: trailing },
  {
    kind: percentOfPeak,
    params: [
      { ...below, percentOfPeak: '6', follows: 'equity' },
      { ...below, percentOfPeak: '6', follows: 'balance', lock: lockAtStart },
    ],
  },
  {
    kind: profitTarget,
    params: [
      { amount: { percentOfInitial: '10' } },
      { amount: { fixed: '3000' }, measured: 'equity', flat: false },
    ],
  },
  { kind: minimumTradingDays, params: [{ days: 4, countedWhen: 'positionOpened' }] },
  {
    kind: profitableDays,
    params: ['closed', 'balanceChange', 'equityChange', 'byOpeningDay', 'closedAndFloating'].map(
      (profit) => ({ days: 3, profit, minimum: { percentOfInitial: '0.5' } }),
    ),
  },
  {
    kind: consistency,
    params: [
      { share: '40' },
      { share: ['20', '25', '30'], unit: 'trade', allowed: 'below', gate: 'payout' },
      { share: '30', of: { target: { percentOfInitial: '8' } } },
    ],
  },
  { kind: lotRange, params: [{ reference: 'averageClosed', lowest: '25', highest: '200' }] },
  { kind: dailyProfitCap, params: [{ cap: { fixed: '3000' }, effect: 'deductProfit' }] },
  { kind: maximumDuration, params: [{ days: 30 }, { days: 7, from: 'firstTrade' }] },
  { kind: inactivity, params: [{ days: 30 }, { days: 7, activity: 'opened' }] },
  {
    kind: maximumLots,
    params: [
      { scope: 'account', limit: { lots: '40' } },
      { scope: 'order', limit: { leverage: 10, lotValue: '100000' }, effect: 'fail' },
      { scope: 'symbol', counted: 'net', limit: { lots: '5' }, effect: 'closePositions' },
    ],
  },
  {
    kind: contractTiers,
    params: [
      {
        tiers: [
          { profit: '0', lots: '2' },
          { profit: '1500', lots: '3' },
        ],
      },
    ],
  },
  { kind: lotsAtRisk, params: [{ lots: '20' }] },
  { kind: orderCounts, params: [{ openPositions: 100, openedPerDay: 2_000 }] },
  {
    kind: tradeIdeaLoss,
    params: [
      { amount: { percent: '2', of: 'initial' }, measure: 'runningLoss', idea: 'symbol' },
      { amount: { fixed: '500' }, measure: 'floating', idea: 'position', effect: 'fail' },
    ],
  },
  { kind: stopToTarget, params: [{ ratio: '5', effect: 'denyPayout' }] },
  { kind: stopLossRequired, params: [{ withinSeconds: 60, riskAtMost: '1.5' }] },
  { kind: marginUsage, params: [{ leverage: 100, share: '70' }] },
  { kind: newsWindow, params: [{ beforeSeconds: 120, afterSeconds: 120 }] },
  { kind: heldOver, params: [{ over: 'weekend' }, { over: 'everyNight', effect: 'fail' }] },
  {
    kind: holdingTime,
    params: [
      { seconds: 60, judged: 'each' },
      { seconds: 15, judged: 'share', shareOf: 'lots', thenShareOf: 'trades', largestShare: '10' },
      { seconds: 120, judged: 'average' },
    ],
  },
  { kind: hedging, params: [{}] },
  {
    kind: martingale,
    params: [
      { pattern: 'afterLosses', multiplier: '2' },
      { pattern: 'intoDrawdown', multiplier: '1' },
    ],
  },
  { kind: oneTradePass, params: [{ target: { percentOfInitial: '8' }, share: '70' }] },
];

for (const sample of samples) describeRuleKind(sample);

it('every registered kind keeps the laws', () => {
  const tried = samples.map(({ kind }) => kind.kind).sort();
  expect(tried).toEqual(ruleKinds.all.map((kind) => kind.kind).sort());
});
