import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawLanes, foldTime, placeOf, type LaneTrade } from './lanes.ts';

const HOUR = 3_600_000;
const WIDTH = 600;
const trade = (key: string, openedAt: number, closedAt: number | null, match = 0): LaneTrade => ({
  key,
  openedAt,
  closedAt,
  match,
});

describe('lanes of trades', () => {
  it('what happened at the same instant stands at the same place in every lane', () => {
    const { bars } = drawLanes(
      [
        { accountId: 'A', trades: [trade('a', 5_000, 9_000), trade('b', 8 * HOUR, 9 * HOUR)] },
        { accountId: 'B', trades: [trade('c', 5_000, 9_000), trade('d', 8 * HOUR, 9 * HOUR)] },
      ],
      WIDTH,
    );
    const places = Object.fromEntries(
      bars.map(({ trade: { key }, left, width }) => [key, [left, width]]),
    );
    expect(places.a).toEqual(places.c);
    expect(places.b).toEqual(places.d);
  });

  it('idle hours are folded away, so that seconds stay visible', () => {
    const stretches = foldTime(
      [
        { from: 0, to: 60_000 },
        { from: 48 * HOUR, to: 48 * HOUR + 60_000 },
      ],
      WIDTH,
    );
    expect(stretches).toHaveLength(2);
    expect(stretches.map(({ width }) => width)).toEqual([294, 294]);
    expect(placeOf(stretches, 30_000)).toBe(147);
    expect(placeOf(stretches, 20 * HOUR)).toBe(294);
  });

  it('matched trades of different lanes are tied, lane by lane', () => {
    const { bars, ties } = drawLanes(
      [
        { accountId: 'A', trades: [trade('a', 0, 10, 1), trade('x', 20, 30)] },
        { accountId: 'B', trades: [trade('b', 1, 11, 1)] },
        { accountId: 'C', trades: [trade('c', 2, 12, 1)] },
      ],
      WIDTH,
    );
    const key = (at: number): string | undefined => bars[at]?.trade.key;
    expect(ties.map(({ from, to }) => [key(from), key(to)])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
    ]);
  });

  it('a trade still open reaches to the end of what is shown', () => {
    const { bars } = drawLanes(
      [{ accountId: 'A', trades: [trade('a', 0, null), trade('b', 500, 1_000)] }],
      WIDTH,
    );
    expect(bars[0]?.width).toBe(WIDTH);
  });

  it('bars stay in the picture, keep their order in time and do not cover each other', () => {
    const trades = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 100 * HOUR }), fc.integer({ min: 0, max: HOUR })),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(trades, (given) => {
        const lane = given.map(([at, held], key) => trade(`${key}`, at, at + held));
        const { bars, stretches } = drawLanes([{ accountId: 'A', trades: lane }], WIDTH);
        const right = (stretches.at(-1)?.left ?? 0) + (stretches.at(-1)?.width ?? 0);
        expect(right).toBeLessThanOrEqual(WIDTH + 1);
        for (const [at, bar] of bars.entries()) {
          expect(bar.left).toBeGreaterThanOrEqual(0);
          expect(bar.left).toBeGreaterThanOrEqual(bars[at - 1]?.left ?? 0);
          const covered = bars
            .slice(0, at)
            .some(({ row, left, width }) => row === bar.row && left + width > bar.left);
          expect(covered && bar.row < 3).toBe(false);
        }
      }),
      { seed: 20_261_203 },
    );
  });

  it('nothing to draw is an empty picture', () => {
    expect(drawLanes([], WIDTH)).toEqual({ stretches: [], bars: [], ties: [], rows: [] });
  });
});
