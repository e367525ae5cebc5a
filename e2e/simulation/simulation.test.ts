import { describe, expect, it } from 'vitest';
import { simulate } from './simulate.ts';
import { closingLine, sweep } from './sweep.ts';

/** From so many seeds on, every situation has to be met and every planted bug to be caught. */
const WHOLE_SEEDS = 2_000;
/** A unit run has a part of them; SIM_SEEDS=2000 asks for all that is claimed. */
const SEEDS = Number(process.env.SIM_SEEDS ?? 300);
const PLANTED_SEEDS = SEEDS < WHOLE_SEEDS ? 60 : 500;
const PLANTED_MIN = 14;
const TIMEOUT_MS = 60 * 60_000;

describe('the firm, simulated', () => {
  it(
    'keeps every invariant in every seed, and notices bugs that are planted',
    { timeout: TIMEOUT_MS },
    async () => {
      const done = await sweep({
        from: 1,
        seeds: SEEDS,
        plantedSeedsMax: PLANTED_SEEDS,
        workers: 2,
      });
      process.stdout.write(`${closingLine(done)}\n`);
      expect(done.failed.map(({ seed, violations }) => ({ seed, violations }))).toEqual([]);
      expect(done.twice).toBeGreaterThan(0);
      expect(done.planted.length - done.missed.length).toBeGreaterThanOrEqual(PLANTED_MIN);
      if (SEEDS < WHOLE_SEEDS) return;
      expect(done.unseen).toEqual([]);
      expect(done.missed.map(({ name }) => name)).toEqual([]);
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

  it('pays, on days on which nothing fails', { timeout: TIMEOUT_MS }, async () => {
    const network = { loss: 0, duplication: 0, partition: 0 };
    const never = {
      ...network,
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
