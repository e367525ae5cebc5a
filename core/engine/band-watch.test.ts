import { describe, expect, it } from 'vitest';
import type { Position } from '#core/accounts/positions.ts';
import { createRandom, type Random } from '#core/kernel/random.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { createAccountsTable, type AccountsTable } from './accounts-table.ts';
import { createBandWatch } from './band-watch.ts';
import { createExposure, type Exposure } from './exposure.ts';
import { createLinearWatch } from './linear-watch.ts';
import type { CreatePriceWatch } from './price-watch.ts';

/*
 * Both ways of watching prices, side by side, on bands so narrow and points worth so little that
 * equity lands on the very unit of a threshold again and again.
 */
const SEEDS = Array.from({ length: 30 }, (_unused, at) => 3_100 + at);
const SLOTS = 12;
const STEPS = 4_000;

const instrument = (symbol: string, quoteCurrency: string, digits: number): Instrument => ({
  symbol,
  assetClass: 'forex',
  digits,
  volumeDecimals: 0,
  contractSize: '1',
  quoteCurrency,
  tickPoints: 1,
});
/** A point of one unit is worth one unit of money, but of CHEAP a hundred yen-units. */
const INSTRUMENTS = [
  // A rate comes first: its number is 0.
  instrument('EURUSD', 'USD', 2),
  instrument('ONE', 'USD', 4),
  instrument('TWO', 'USD', 4),
  instrument('YEN', 'JPY', 4),
  instrument('EURO', 'EUR', 4),
  instrument('USDJPY', 'JPY', 1),
];
const FIRST: Readonly<Record<string, number>> = {
  ONE: 5_000,
  TWO: 800,
  YEN: 40_000,
  EURO: 3_000,
  USDJPY: 1_023,
  EURUSD: 138,
};

interface Side {
  readonly table: AccountsTable;
  readonly exposure: Exposure;
}

function openSide(watch: CreatePriceWatch): Side {
  const table = createAccountsTable();
  const exposure = createExposure(table, watch);
  for (const one of INSTRUMENTS) exposure.defineInstrument(one);
  for (let slot = 0; slot < SLOTS; slot += 1) table.add();
  return { table, exposure };
}

interface NewBand {
  readonly below: number;
  readonly above: number;
  readonly drop: number;
  readonly follows: boolean;
}

function randomBand(random: Random): NewBand {
  return {
    below: random.below(12) === 0 ? Infinity : 1 + random.below(40),
    above: random.below(6) === 0 ? Infinity : 1 + random.below(40),
    drop: random.below(8) === 0 ? Infinity : 1 + random.below(50),
    follows: random.below(2) === 0,
  };
}

/** What the book does once an account was judged: a new band around its equity. */
function setBand({ table, exposure }: Side, slot: number, band: NewBand): void {
  exposure.settle(slot);
  const { column } = table;
  const equity = column.equity[slot] as number;
  const follows = band.follows && column.singles[slot] === 0;
  column.atOrBelow[slot] = equity - band.below;
  column.atOrAbove[slot] = equity + band.above;
  column.drop[slot] = follows ? band.drop : Infinity;
  column.highest[slot] = equity;
  exposure.reband(slot, follows);
}

/** Who has left its band, by slot, and what it is worth; equal on both sides or something is wrong. */
function leftBy({ table, exposure }: Side, symbol: string, bid: number, ask: number): string[] {
  const touched = exposure.applyMark(symbol, bid, ask);
  const slots = [...new Set(touched?.slots.subarray(0, touched.count))].sort((a, b) => a - b);
  const { equity, atOrBelow, atOrAbove, highest, drop } = table.column;
  return slots.flatMap((slot) => {
    const now = equity[slot] as number;
    const outside =
      now <= (atOrBelow[slot] as number) ||
      now >= (atOrAbove[slot] as number) ||
      now <= (highest[slot] as number) - (drop[slot] as number);
    return outside ? [`${slot}: ${now}`] : [];
  });
}

function standingOf({ table, exposure }: Side, slot: number): string {
  exposure.settle(slot);
  const { equity, highest, following } = table.column;
  return `${equity[slot]} ${following[slot] === 1 ? highest[slot] : ''}`;
}

function randomChange(
  random: Random,
  held: Position[],
  prices: Readonly<Record<string, number>>,
  step: number,
): { readonly before: Position | null; readonly after: Position | null } {
  const before =
    held.length > 3 || (held.length > 0 && random.below(2) === 0) ? random.pick(held) : null;
  if (before && random.below(2) === 0) return { before, after: null };
  const { symbol } = before ?? random.pick(INSTRUMENTS);
  const price = prices[symbol] as number;
  const volume = 1 + random.below(symbol === 'YEN' ? 400 : 4);
  if (before) {
    const grown = { volume: before.volume + volume, openValue: before.openValue + volume * price };
    return { before, after: { ...before, ...grown } };
  }
  const side = random.pick(['buy', 'sell'] as const);
  const opened = { positionId: `p${step}`, symbol, side, volume, openedAt: step };
  return { before: null, after: { ...opened, openValue: volume * price } };
}

describe('safe bands find what the linear pass finds', () => {
  it.each(SEEDS)('to the last unit, on narrow bands (seed %i)', (seed) => {
    const random = createRandom(seed);
    const sides = [
      openSide((holdings) => createBandWatch(holdings, 2_048)),
      openSide(createLinearWatch),
    ];
    const rounding = Array.from({ length: SLOTS }, () =>
      random.pick(['exact', 'exact', 'cent'] as const),
    );
    const prices: Record<string, number> = { ...FIRST };
    const held: Position[][] = Array.from({ length: SLOTS }, () => []);
    const differences: string[] = [];
    const compare = (at: string, one: unknown, other: unknown): void => {
      if (JSON.stringify(one) !== JSON.stringify(other)) {
        differences.push(`${at}: ${JSON.stringify(one)} instead of ${JSON.stringify(other)}`);
      }
    };
    let left = 0;
    for (let step = 0; step < STEPS && differences.length === 0; step += 1) {
      if (random.below(6) === 0) {
        const slot = random.below(SLOTS);
        const change = randomChange(random, held[slot] as Position[], prices, step);
        const band = randomBand(random);
        for (const side of sides) {
          const valued = { slot, currency: 'USD', positionRounding: rounding[slot] ?? 'exact' };
          side.exposure.settle(slot);
          side.exposure.change(valued, change.before, change.after);
          setBand(side, slot, band);
        }
        const kept = (held[slot] as Position[]).filter((one) => one !== change.before);
        held[slot] = change.after ? [...kept, change.after] : kept;
        continue;
      }
      const { symbol } = random.pick(INSTRUMENTS);
      const reach =
        symbol === 'USDJPY' || symbol === 'EURUSD' ? 1 : random.below(30) === 0 ? 60 : 4;
      const bid = (prices[symbol] as number) + random.below(2 * reach + 1) - reach;
      prices[symbol] = Math.max(1, bid);
      const ask = (prices[symbol] as number) + random.below(4);
      const [one = [], other = []] = sides.map((side) =>
        leftBy(side, symbol, prices[symbol] as number, ask),
      );
      compare(`step ${step}, ${symbol}`, one, other);
      left += one.length;
      for (const text of one) {
        const slot = Number.parseInt(text, 10);
        compare(
          `step ${step}, slot ${slot}`,
          ...(sides.map((side) => standingOf(side, slot)) as [string, string]),
        );
        const band = randomBand(random);
        for (const side of sides) setBand(side, slot, band);
      }
      if (step % 500 !== 499) continue;
      for (let slot = 0; slot < SLOTS; slot += 1) {
        compare(
          `step ${step}, slot ${slot}`,
          ...(sides.map((side) => standingOf(side, slot)) as [string, string]),
        );
      }
    }
    expect(differences).toEqual([]);
    expect(left).toBeGreaterThan(300);
  });

  it('also of accounts that nobody looks at for longer than marks are kept', () => {
    const sides = [
      openSide((holdings) => createBandWatch(holdings, 2_048)),
      openSide(createLinearWatch),
    ];
    for (const side of sides) {
      side.exposure.applyMark('ONE', 5_000, 5_001);
      for (let slot = 0; slot < SLOTS; slot += 1) {
        const opened = {
          positionId: 'p',
          symbol: 'ONE',
          side: 'buy',
          volume: 1,
          openedAt: 0,
        } as const;
        const valued = { slot, currency: 'USD', positionRounding: 'exact' } as const;
        side.exposure.change(valued, null, { ...opened, openValue: 5_000 });
        setBand(side, slot, { below: Infinity, above: Infinity, drop: 4_000, follows: true });
      }
      // The peak comes early, and tens of thousands of marks follow it.
      side.exposure.applyMark('ONE', 5_900, 5_901);
      for (let at = 0; at < 40_000; at += 1)
        side.exposure.applyMark('ONE', 5_100 + (at % 7), 5_200);
    }
    const standings = sides.map((side) =>
      Array.from({ length: SLOTS }, (_unused, slot) => standingOf(side, slot)),
    );
    expect(standings[0]).toEqual(standings[1]);
    expect(standings[0]?.[SLOTS - 1]).toBe('101 900');
  });

  it('also of accounts that hold something before it has a price', () => {
    const sides = [openSide(createBandWatch), openSide(createLinearWatch)];
    const valued = { slot: 0, currency: 'USD', positionRounding: 'exact' } as const;
    const wide = { below: Infinity, above: Infinity, drop: 4_000, follows: true };
    const standings = sides.map((side) => {
      side.exposure.applyMark('ONE', 5_000, 5_001);
      for (const [symbol, openValue] of [
        ['ONE', 5_000],
        ['TWO', 800],
      ] as const) {
        const opened = { positionId: symbol, symbol, side: 'buy', volume: 1, openedAt: 0 } as const;
        side.exposure.change(valued, null, { ...opened, openValue });
      }
      setBand(side, 0, wide);
      side.exposure.applyMark('ONE', 5_700, 5_701);
      side.exposure.applyMark('ONE', 5_200, 5_201);
      side.exposure.applyMark('TWO', 790, 795);
      return standingOf(side, 0);
    });
    expect(standings).toEqual(['190 700', '190 700']);
  });
});
