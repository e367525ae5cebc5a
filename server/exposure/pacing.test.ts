import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COST_SHARE, createPacing, LOOK_EVERY_MS } from './pacing.ts';

describe('paced work', () => {
  it('is due at once, then after its pause and not before', () => {
    let clock = 50;
    const pacing = createPacing(1_000, () => clock);
    expect(pacing.isDue).toBe(true);
    expect(pacing.run(() => (clock += 3))).toEqual({ value: 53, costMs: 3 });
    clock += 999;
    expect(pacing.isDue).toBe(false);
    clock += 1;
    expect(pacing.isDue).toBe(true);
  });

  it('takes no more than one part in twenty of its thread’s time, whatever each piece costs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5_000 }), { minLength: 5 }), (costs) => {
        let clock = 0;
        let worked = 0;
        const pacing = createPacing(LOOK_EVERY_MS, () => clock);
        for (const cost of costs) {
          pacing.run(() => (clock += cost));
          worked += cost;
          while (!pacing.isDue) clock += 1;
        }
        expect(worked * COST_SHARE).toBeLessThanOrEqual(clock);
      }),
    );
  });
});
