import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '#core/kernel/random.ts';
import { MARK_OUT_HORIZONS_MS, type Fill, type MarkOut } from './observation.ts';
import { createStream } from './testing/stream.ts';
import {
  createToxicity,
  TOXICITY_GROUPS_MAX,
  toxicityResultSchema,
  type Toxicity,
} from './toxicity.ts';

const HORIZON_MS = 10_000;

function markOut(accountId: string, ppm: number, over: Partial<MarkOut> = {}): MarkOut {
  const fill: Fill = {
    type: 'fill',
    at: 0,
    accountId,
    dealId: 'D',
    positionId: 'P',
    symbol: 'EURUSD',
    side: 'buy',
    entry: 'in',
    lots: 1_000_000,
    notional: 0,
    price: 130_000,
    realised: 0,
    balance: 0,
    quote: null,
    reference: null,
  };
  return { type: 'markOut', at: 0, fill, horizonMs: HORIZON_MS, ppm, spreadPpm: 100, ...over };
}

function measured(ppms: readonly number[], accountId = 'A'): Toxicity {
  const toxicity = createToxicity(createStream(1).directory);
  for (const ppm of ppms) toxicity.observe(markOut(accountId, ppm));
  return toxicity;
}

const byTrader = { by: 'trader', horizonMs: HORIZON_MS } as const;

describe('mark-outs of a group', () => {
  it('give mean, right share and standard error as plain arithmetic does', () => {
    const ppm = fc.integer({ min: -50_000, max: 50_000 });
    fc.assert(
      fc.property(fc.array(ppm, { minLength: 20, maxLength: 200 }), (ppms) => {
        const [row] = measured(ppms).rows(byTrader);
        const mean = ppms.reduce((sum, one) => sum + one, 0) / ppms.length;
        const variance = ppms.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (ppms.length - 1);
        const error = Math.sqrt(variance / ppms.length);
        expect(row?.fills).toBe(ppms.length);
        expect(row?.meanPpm).toBe(Math.floor(mean));
        const right = ppms.filter((one) => one > 0).length;
        expect(row?.rightPerMille).toBe(Math.floor((right * 1_000) / ppms.length));
        expect(Math.abs((row?.errorPpm ?? 0) - Math.ceil(error))).toBeLessThanOrEqual(1);
        const edge = (mean * 1_000) / error;
        expect(Math.abs((row?.edgeOverErrors ?? 0) - edge)).toBeLessThanOrEqual(
          2 + Math.abs(edge) / 100,
        );
      }),
      { seed: 20_261_201 },
    );
  });

  it('come to the same in whatever order they are heard', () => {
    const ppm = fc.integer({ min: -200_000, max: 200_000 });
    fc.assert(
      fc.property(fc.array(ppm, { minLength: 20, maxLength: 60 }), (ppms) => {
        const sorted = [...ppms].sort((one, other) => one - other);
        expect(measured(sorted).rows(byTrader)).toEqual(measured(ppms).rows(byTrader));
      }),
      { seed: 20_261_202 },
    );
  });

  it('are told apart by horizon, and counted for trader, program and symbol alike', () => {
    const stream = createStream(1);
    stream.open({ accountId: 'A', traderId: 'T', programId: 'one-step' });
    const toxicity = createToxicity(stream.directory);
    for (const [place, horizonMs] of MARK_OUT_HORIZONS_MS.entries()) {
      for (let fill = 0; fill < 30; fill += 1) {
        toxicity.observe(markOut('A', place * 10 + (fill % 3), { horizonMs }));
      }
    }
    for (const [by, id] of [
      ['trader', 'T'],
      ['program', 'one-step'],
      ['symbol', 'EURUSD'],
    ] as const) {
      const means = MARK_OUT_HORIZONS_MS.map((horizonMs) => toxicity.rows({ by, horizonMs })[0]);
      expect(means.map((row) => [row?.id, row?.meanPpm])).toEqual(
        MARK_OUT_HORIZONS_MS.map((_, place) => [id, place * 10 + 1]),
      );
    }
    expect(toxicity.rows({ by: 'trader', horizonMs: 77 })).toEqual([]);
  });
});

describe('who is systematically right', () => {
  it('ranks the one who is right a little but always before the one who was lucky once', () => {
    const toxicity = createToxicity(createStream(1).directory);
    const random = createRandom(7);
    for (let fill = 0; fill < 400; fill += 1) {
      const noise = random.below(401) - 200;
      toxicity.observe(markOut('steady', noise + 60));
      toxicity.observe(markOut('nobody', noise - 30));
      toxicity.observe(markOut('lucky', fill === 9 ? 40_000 : noise - 30));
    }
    const rows = toxicity.rows(byTrader);
    expect(toxicityResultSchema.parse(rows)).toEqual(rows);
    expect(rows.map(({ id }) => id)).toEqual(['steady', 'lucky', 'nobody']);
    expect(rows[0]?.edgeOverErrors).toBeGreaterThan(4_000);
    expect(rows[1]?.edgeOverErrors).toBeLessThan(2_000);
    expect(rows[1]?.meanPpm).toBeGreaterThan(rows[0]?.meanPpm ?? 0);
  });

  it('says nothing of fewer than twenty fills, however few are asked for', () => {
    expect(
      measured(Array.from({ length: 19 }, () => 500)).rows({ ...byTrader, fillsMin: 1 }),
    ).toEqual([]);
    expect(measured(Array.from({ length: 20 }, () => 500)).rows(byTrader)).toHaveLength(1);
  });

  it('finds an error in steps of prices too: equal mark-outs are no proof', () => {
    const [row] = measured(Array.from({ length: 30 }, () => 0)).rows(byTrader);
    expect(row).toMatchObject({ meanPpm: 0, rightPerMille: 0, errorPpm: 1, edgeOverErrors: 0 });
  });
});

describe('what is held', () => {
  it('is bounded: the least recently active trader is forgotten', () => {
    const toxicity = createToxicity(createStream(1).directory);
    const traders = TOXICITY_GROUPS_MAX.trader;
    for (let fill = 0; fill < 25; fill += 1) toxicity.observe(markOut('first', 5));
    for (let fill = 0; fill < 25; fill += 1) toxicity.observe(markOut('second', 5));
    toxicity.observe(markOut('first', 5));
    for (let other = 0; other < traders - 1; other += 1) toxicity.observe(markOut(`T${other}`, 1));
    expect(toxicity.held()).toBe(traders + 1);
    expect(toxicity.rows(byTrader).map(({ id }) => id)).toEqual(['first']);
  });

  it('goes on from its state as if it had not been stopped', () => {
    const ppms = Array.from({ length: 90 }, (_, at) => ((at * 37) % 400) - 150);
    const whole = measured(ppms);
    const half = measured(ppms.slice(0, 40));
    const saved = JSON.parse(JSON.stringify(half.state())) as ReturnType<Toxicity['state']>;
    const resumed = createToxicity(createStream(1).directory, saved);
    for (const ppm of ppms.slice(40)) resumed.observe(markOut('A', ppm));
    expect(resumed.rows(byTrader)).toEqual(whole.rows(byTrader));
    expect(resumed.state()).toEqual(whole.state());
  });

  it('is halved by a million fills, and says the same then', () => {
    const toxicity = measured(
      Array.from({ length: 1_000_010 }, (_, at) => (at % 2 === 0 ? 30 : -10)),
    );
    const [row] = toxicity.rows(byTrader);
    expect(row?.fills).toBe(500_010);
    expect(row).toMatchObject({ meanPpm: 10, errorPpm: 1 });
  });
});
