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
];

for (const sample of samples) describeRuleKind(sample);

it('every registered kind keeps the laws', () => {
  const tried = samples.map(({ kind }) => kind.kind).sort();
  expect(tried).toEqual(ruleKinds.all.map((kind) => kind.kind).sort());
});
