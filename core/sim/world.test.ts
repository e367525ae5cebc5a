import { describe, expect, it } from 'vitest';
import { platformRecordSchema, type PlatformRecord } from '#core/accounts/record.ts';
import { canonicalText } from '#core/kernel/canonical.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { labelsOf } from './labels.ts';
import { createMarketModel, MODEL_SOURCE } from './market-model.ts';
import { createWorld, type World, type WorldOptions, type WorldState } from './world.ts';

const START = Date.UTC(2026, 10, 20, 9);
const options = (seed: number): WorldOptions => ({
  seed,
  accounts: 60,
  activityPercent: 400,
  platform: 'demo',
  programs: [
    {
      programId: 'two-step',
      name: 'Two-step',
      version: 1,
      enters: 'purchasesOnly',
      nominalSize: 100_000_0000,
      phases: [
        {
          phaseId: 'one',
          name: 'One',
          startBalance: 100_000_0000,
          ruleSet: { ruleSetId: 'set', version: 1, hash: 'a'.repeat(64) },
        },
      ],
    },
  ],
});

function open(seed: number): World {
  return createWorld(options(seed), createMarketModel({ seed, startAt: START }));
}

function resume(seed: number, state: WorldState): World {
  const copy = JSON.parse(JSON.stringify(state)) as WorldState;
  return createWorld(
    options(seed),
    createMarketModel({ seed, startAt: START, resume: copy.ticks }),
    copy,
  );
}

function take(world: World, count: number): PlatformRecord[] {
  return Array.from({ length: count }, () => world.next()).filter((record) => record !== null);
}

const digest = (records: readonly PlatformRecord[]): string =>
  digestOfText(records.map(canonicalText).join('\n'));

describe('the demo world', () => {
  it('is one world for one seed, byte for byte, and another for another', () => {
    expect(digest(take(open(5), 20_000))).toBe(digest(take(open(5), 20_000)));
    expect(digest(take(open(5), 20_000))).not.toBe(digest(take(open(6), 20_000)));
  });

  it('resumes from its state at any point with the same records', () => {
    const whole = take(open(7), 12_000);
    for (const cut of [0, 1, 7, 500, 4_321]) {
      const world = open(7);
      const before = take(world, cut);
      if (cut % 2 === 1)
        world.execute({ type: 'closePositions', accountId: 'nobody', reason: 'x' });
      const after = take(resume(7, world.state()), 12_000 - cut);
      expect(digest([...before, ...after])).toBe(digest(whole));
    }
  });

  it('resumes whoever trades in it: rings, grids and all who wait for a moment or a price', () => {
    const many: WorldOptions = {
      ...options(21),
      accounts: 150,
      mixture: 'dense',
      standsAlone: true,
    };
    const begin = (state?: WorldState): World =>
      createWorld(
        many,
        createMarketModel({ seed: 21, startAt: START, ...(state ? { resume: state.ticks } : {}) }),
        state,
      );
    const whole = take(begin(), 160_000);
    for (const cut of [20_000, 61_234, 130_001]) {
      const world = begin();
      const before = take(world, cut);
      const state = JSON.parse(JSON.stringify(world.state())) as WorldState;
      const rest = take(begin(state), 160_000 - cut);
      expect(digest([...before, ...rest])).toBe(digest(whole));
    }
  });

  it('says nothing in its records of what its traders really are', () => {
    const world = createWorld(
      { ...options(22), accounts: 200, mixture: 'dense', standsAlone: true },
      createMarketModel({ seed: 22, startAt: START }),
    );
    const told = take(world, 30_000).map(canonicalText).join('\n');
    const kinds = labelsOf(world).flatMap(({ kind, patterns }) => [kind, ...patterns]);
    expect(new Set(kinds).size).toBeGreaterThan(25);
    for (const kind of new Set(kinds)) expect(told.includes(kind)).toBe(false);
  });

  it('stands at its first tick before anything has played, so that a faster clock finds it', () => {
    expect(open(5).nextAt()).toBeGreaterThanOrEqual(START);
  });

  it('speaks only records that intake accepts, in order of time', () => {
    let now = 0;
    for (const record of take(open(8), 20_000)) {
      expect(platformRecordSchema.safeParse(record).success).toBe(true);
      const at = record.type === 'mark' ? record.at : record.type === 'deal' ? record.deal.at : now;
      expect(at).toBeGreaterThanOrEqual(now);
      now = at;
    }
  });

  it('closes what it is told to close, and a stopped trader trades no more', () => {
    const world = open(9);
    const records = take(world, 8_000);
    const opened = records.filter((record) => record.type === 'deal' && record.deal.entry === 'in');
    const last = opened.at(-1);
    const accountId = last?.type === 'deal' ? last.deal.accountId : '';
    world.execute({ type: 'closePositions', accountId, reason: 'failed' });
    world.execute({ type: 'disableTrading', accountId, reason: 'failed' });
    const later = take(world, 20_000).filter(
      (record) => record.type === 'deal' && record.deal.accountId === accountId,
    );
    expect(later.every((record) => record.type === 'deal' && record.deal.entry === 'out')).toBe(
      true,
    );
  });

  it('quotes whole points, and only the second vendor ever crosses', () => {
    const marks = take(open(10), 30_000).filter((record) => record.type === 'mark');
    expect(marks.every(({ bid, ask }) => Number.isInteger(bid) && Number.isInteger(ask))).toBe(
      true,
    );
    const crossed = marks.filter(({ bid, ask }) => bid > ask);
    expect(crossed.length).toBeGreaterThan(10);
    expect(crossed.every(({ source }) => source !== MODEL_SOURCE)).toBe(true);
  });

  it('lets nobody see the future: orders before an instant do not depend on prices after it', () => {
    const calm = take(open(11), 9_000);
    const model = createMarketModel({ seed: 11, startAt: START });
    let ticks = 0;
    const bent = createWorld(options(11), {
      ...model,
      next: (into) => {
        ticks += 1;
        const more = model.next(into);
        if (ticks > 6_000) into.bid -= 50;
        return more;
      },
    });
    const prefix = calm.findIndex(
      (record, at) => at > 0 && record.type === 'mark' && ticks > 6_000,
    );
    const same = take(bent, 6_000);
    expect(digest(same)).toBe(digest(calm.slice(0, 6_000)));
    expect(prefix).toBe(-1);
  });
});
