import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import { closingLine, sweep } from './sweep.ts';

const SEEDS = 2_000;
const TIMEOUT_MS = 30 * 60_000;

describe('the firm, simulated', () => {
  it(
    'keeps every invariant in every seed, meets every situation, and every planted bug is caught',
    { timeout: TIMEOUT_MS },
    async () => {
      const done = await sweep({ from: 1, seeds: SEEDS, plantedSeedsMax: SEEDS, workers: 2 });
      process.stdout.write(`${closingLine(done)}\n`);
      expect(done.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(done.unseen).toEqual([]);
      expect(done.missed.map(({ name }) => name)).toEqual([]);
      expect(done.twice).toBeGreaterThan(0);
    },
  );

  it(
    'comes to the same trace from the same seed, and to another from another',
    { timeout: TIMEOUT_MS },
    async () => {
      const [one, same, other] = [await simulate(7), await simulate(7), await simulate(8)];
      expect(same.hash).toBe(one.hash);
      expect(same.trace).toEqual(one.trace);
      expect(other.hash).not.toBe(one.hash);
    },
  );

  it('pays, on a day on which nothing fails', { timeout: TIMEOUT_MS }, async () => {
    const never = {
      loss: 0,
      duplication: 0,
      partition: 0,
      deskCrash: 0,
      serverCrashBefore: 0,
      serverCrashAfter: 0,
      opposition: 0,
    };
    const outcomes = [];
    for (const seed of [1, 2, 3, 4, 5]) outcomes.push(await simulate(seed, { over: never }));
    expect(outcomes.flatMap(({ violations }) => violations)).toEqual([]);
    expect(outcomes.reduce((all, { paid }) => all + paid, 0)).toBeGreaterThan(0);
  });
});
