import { expect, it } from 'vitest';
import { withReason } from './reasons.ts';

it('reasons are kept each once, the latest first, and no more than five', () => {
  const given = ['a', 'b', 'a ', '', 'c', 'd', 'e', 'f'];
  const kept = given.reduce<readonly string[]>(withReason, []);
  expect(kept).toEqual(['f', 'e', 'd', 'c', 'a']);
});
