import { describe, expect, it } from 'vitest';
import type { Fact, FactDraft } from '#core/facts/registry.ts';
import type { WallClocks } from '#core/work/business-time.ts';
import { DEFAULT_WORK_POLICY } from '#core/work/default-policy.ts';
import type { WorkChange } from '#core/work/work.events.ts';
import { createBoard, type Board } from './board.ts';
import { figuresOf, loadsOf } from './figures.ts';
import { createServiceDesk } from './service.ts';
import { MORNING, told } from './testing/told.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Data quality is owed around the clock, in UTC: a day has 24 hours. */
const CLOCKS: WallClocks = {
  dateAt: (_zone, at) => Math.floor(at / DAY),
  instantOf: (_zone, date, minutes) => date * DAY + minutes * 60_000,
};
const service = createServiceDesk(DEFAULT_WORK_POLICY, CLOCKS);

/** Silences, one an hour from MORNING on, each with what is done to it when. */
function boardOf(...doings: readonly (readonly [at: number, item: number, change: WorkChange])[]) {
  const facts: Fact[] = [1, 2, 3].map((seq) => {
    const at = MORNING + seq * HOUR;
    const data = { symbol: `S${seq}`, source: '', state: 'silent', lastAt: at, silentMs: 1, at };
    return told({ kind: 'feedStateObserved', data } as FactDraft, seq, at);
  });
  for (const [place, [at, item, change]] of doings.entries()) {
    const data = { itemId: `dataQuality/${item}`, personId: 'ann', change, at };
    facts.push(told({ kind: 'workDone', data }, 4 + place, at));
  }
  const board: Board = createBoard();
  for (const fact of facts) board.apply(fact);
  return board;
}
const settled = { type: 'settled', reason: 'it is known' } as const;

describe('how work went', () => {
  it('counts what was settled in the window, and what of it in time', () => {
    // Owed 480 minutes each: the first in time, the second an hour late.
    const board = boardOf([MORNING + 5 * HOUR, 1, settled], [MORNING + 11 * HOUR, 2, settled]);
    const until = MORNING + 12 * HOUR;
    expect(figuresOf(board.items(), service, { from: MORNING, until })).toEqual({
      settled: 2,
      promised: 2,
      attainment: 500,
      open: 1,
      overdue: 1,
      medianAgeMs: 9 * HOUR,
    });
  });

  it('looks back on an earlier day as it was then', () => {
    const board = boardOf([MORNING + 5 * HOUR, 1, settled]);
    const until = MORNING + 4 * HOUR;
    expect(figuresOf(board.items(), service, { from: MORNING, until })).toMatchObject({
      settled: 0,
      attainment: null,
      open: 3,
      overdue: 0,
      medianAgeMs: 2 * HOUR,
    });
  });

  it('does not let a pause count as late', () => {
    const pause = { type: 'paused', until: MORNING + 30 * HOUR, reason: 'a vendor' } as const;
    const board = boardOf([MORNING + 3 * HOUR, 1, pause], [MORNING + 32 * HOUR, 1, settled]);
    const until = MORNING + 40 * HOUR;
    // Of 31 hours, 27 were paused.
    expect(figuresOf(board.items(), service, { from: MORNING, until }).attainment).toBe(1_000);
  });
});

describe('who has how much', () => {
  it('adds up to all that is open, with the working time that is left', () => {
    const board = boardOf([MORNING + 3 * HOUR, 1, { type: 'assigned', to: 'ann' }]);
    const loads = loadsOf(board.open(), service, MORNING + 4 * HOUR);
    expect(loads).toEqual([
      { personId: 'ann', items: 1, paused: 0, overdue: 0, owedMs: 5 * HOUR },
      { personId: null, items: 2, paused: 0, overdue: 0, owedMs: 13 * HOUR },
    ]);
  });
});
