import { expect, it } from 'vitest';
import { caughtText, pointAt } from './curve.ts';

const points = [
  { threshold: 0, caught: 20, precision: 600, recall: 1000 },
  { threshold: 500, caught: 12, precision: 750, recall: 750 },
  { threshold: 1000, caught: 0, precision: null, recall: 0 },
];

it('a threshold between two points is as good as the lower one', () => {
  expect(pointAt(points, 499)?.threshold).toBe(0);
  expect(pointAt(points, 500)?.threshold).toBe(500);
  expect(pointAt([], 500)).toBeUndefined();
});

it('what a threshold catches and misses is said in cases', () => {
  const told = points.map((point) => caughtText(points, point));
  expect(told).toEqual([
    'From 0 on it would have caught 20 of 20 decided cases. 60 % of them had something in them. ' +
      'Nothing that was found would have been missed.',
    'From 500 on it would have caught 12 of 20 decided cases. 75 % of them had something in them. ' +
      '25 % of what was found would have been missed.',
    'From 1000 on it would have caught none of 20 decided cases.',
  ]);
});
