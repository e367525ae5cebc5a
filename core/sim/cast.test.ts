import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { castOf, MIXTURES, type MixtureName } from './cast.ts';
import { labelsOf, type Label } from './labels.ts';
import { createMarketModel } from './market-model.ts';
import { watchedOptions, WATCHED_FROM } from './testing/watched-world.ts';
import { createWorld } from './world.ts';

const FUZZ = { seed: 20_261_120, numRuns: 40 };
const honestShare = (seed: number, accounts: number, mixture: MixtureName): number => {
  const cast = castOf({ seed, accounts, mixture, hasReference: true });
  return cast.filter(({ group }) => group.role.patterns.length === 0).length / accounts;
};

describe('the cast of the demo world', () => {
  it(`fills every place once, at any size, and every seat of a group (seed ${FUZZ.seed})`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 1, max: 900 }),
        fc.constantFrom(...(Object.keys(MIXTURES) as MixtureName[])),
        (seed, accounts, mixture) => {
          const cast = castOf({ seed, accounts, mixture, hasReference: true });
          expect(cast.map(({ slot }) => slot)).toEqual(cast.map((_, place) => place));
          expect(cast).toHaveLength(accounts);
          for (const { slot, seat, group } of cast) expect(group.slots[seat]).toBe(slot);
        },
      ),
      FUZZ,
    );
  });

  it('is honest for the most part, wholly, or hides, as the mixture says', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      for (const accounts of [200, 1_000, 5_000]) {
        expect(honestShare(seed, accounts, 'demo')).toBeGreaterThanOrEqual(0.85);
        expect(honestShare(seed, accounts, 'honest')).toBe(1);
      }
      const hidden = castOf({ seed, accounts: 2_000, mixture: 'mixed-hard', hasReference: true });
      const abusers = hidden.filter(({ group }) => group.role.patterns.length > 0);
      const open = abusers.filter(({ group }) => !group.way.hard);
      // Some roles know no way of hiding.
      expect(open.length / abusers.length).toBeLessThan(0.1);
    }
  });

  it('stays honest for the most part while accounts fail and others come', () => {
    const options = watchedOptions({ accounts: 400, activityPercent: 100, seed: 12 });
    const model = createMarketModel({ seed: 12, startAt: WATCHED_FROM });
    const world = createWorld(options, model);
    while ((world.nextAt() ?? Infinity) < WATCHED_FROM + 3 * 86_400_000) world.next();
    const labels = labelsOf(world);
    expect(labels.length).toBeGreaterThan(400);
    const honest = labels.filter(({ abusive }) => !abusive);
    const people = (of: readonly Label[]): number => new Set(of.map(({ person }) => person)).size;
    // People who roll accounts have more of them than others: by heads they stay few.
    expect(honest.length / labels.length).toBeGreaterThan(0.78);
    expect(people(honest) / people(labels)).toBeGreaterThan(0.85);
  });

  it('knows no latency traders where nothing can be seen before the platform shows it', () => {
    const options = { seed: 4, accounts: 3_000, mixture: 'dense' } as const;
    const [seen, blind] = [true, false].map((hasReference) => castOf({ ...options, hasReference }));
    const watching = (cast: ReturnType<typeof castOf> | undefined): number =>
      (cast ?? []).filter(({ group }) => group.role.needsReference).length;
    expect(watching(seen)).toBeGreaterThan(10);
    expect(watching(blind)).toBe(0);
    const others = blind?.filter(({ slot }) => !seen?.[slot]?.group.role.needsReference);
    expect(others?.map(({ slot, group }) => [slot, group.role.id])).toEqual(
      others?.map(({ slot }) => [slot, seen?.[slot]?.group.role.id]),
    );
  });
});
