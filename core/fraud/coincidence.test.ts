import { expect, it } from 'vitest';
import { copyTrading } from './detectors/copy-trading.ts';
import { oppositeHedging } from './detectors/opposite-hedging.ts';
import { honestWorld } from './testing/honest.ts';
import { observed, type Stream } from './testing/stream.ts';

const RUNS = 60;
const FIRST_SEED = 5_000;
/** Speaks at once: what is rare among honest traders is left to the figure itself. */
const talkative = { oneInMin: 2, matchesMin: 2, rareFrom: 2 };

/**
 * In a firm without a single abuser "once in N" may be said in one run of N. Five deviations of a
 * count that small, and one for luck, are allowed on top.
 */
it.each([copyTrading, oppositeHedging])(
  'in honest firms $id says "once in N" in about one run of N at most',
  (detector) => {
    const rarest = Array.from({ length: RUNS }, (_, run) => {
      const stream: Stream = honestWorld({ seed: FIRST_SEED + run, traders: 50, days: 4 });
      const params: unknown = detector.params.parse({
        ...(detector.defaults as object),
        ...talkative,
      });
      const detecting = detector.start(params, stream.directory);
      const found = observed(detecting, detector, stream.observations());
      return Math.max(1, ...found.map(({ oneIn }) => oneIn ?? 1));
    });
    for (const rarity of [2, 5, 10, 30, 100, 1_000]) {
      const said = rarest.filter((one) => one >= rarity).length;
      const expected = RUNS / rarity;
      const allowed = expected + 3 * Math.sqrt(expected) + 1;
      expect(said, `"once in ${rarity}" from seed ${FIRST_SEED} on`).toBeLessThanOrEqual(allowed);
    }
  },
  60_000,
);
