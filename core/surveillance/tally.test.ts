import { expect, it } from 'vitest';
import { tallyOf, type Truth } from './tally.ts';

const truth = (traderId: string, over: Partial<Truth> = {}): Truth => ({
  traderId,
  kind: 'kind',
  variant: 'plain',
  hard: false,
  patterns: [],
  group: Number(traderId.slice(1)),
  idle: false,
  ...over,
});
const truths = [
  truth('T1', { patterns: ['copyTrading'], group: 1 }),
  truth('T2', { patterns: ['copyTrading'], group: 1, hard: true }),
  truth('T3', { patterns: ['copyTrading'], group: 3 }),
  truth('T4', { patterns: ['martingale'] }),
  truth('T5', { patterns: ['copyTrading'], idle: true }),
  truth('T6'),
  truth('T7'),
];

it('tells who does what is looked for from other abusers, honest traders and those who only might', () => {
  const named = new Set(['T1', 'T4', 'T5', 'T6']);
  expect(tallyOf(named, truths, 'copyTrading')).toEqual({
    hits: 2,
    otherAbuse: 1,
    falseAlarms: 1,
    missed: 2,
    precision: 500,
    recall: 333,
    recallHard: 0,
    recallGroups: 500,
  });
  expect(tallyOf(named, truths, null)).toMatchObject({ hits: 3, otherAbuse: 0, recall: 500 });
});

it('gives no share of nothing', () => {
  expect(tallyOf(new Set(), truths, 'gambling')).toMatchObject({ precision: null, recall: null });
});
