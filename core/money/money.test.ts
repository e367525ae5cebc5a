import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimalText,
  groupedText,
  moneyText,
  mulDivCeil,
  mulDivFloor,
  parseDecimal,
  percentText,
} from './money.ts';

const amount = fc.maxSafeInteger();
const positive = fc.integer({ min: 1, max: 2 ** 31 });

describe('mulDiv', () => {
  it('rounds exactly as whole-number arithmetic of any size does', () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 42), max: 2 ** 42 }), positive, positive, (a, b, c) => {
        const exact = (BigInt(a) * BigInt(b)) / BigInt(c);
        const rest = (BigInt(a) * BigInt(b)) % BigInt(c);
        const floor = exact - (rest < 0n ? 1n : 0n);
        const ceil = exact + (rest > 0n ? 1n : 0n);
        if (floor < BigInt(-Number.MAX_SAFE_INTEGER) || ceil > BigInt(Number.MAX_SAFE_INTEGER))
          return;
        expect([mulDivFloor(a, b, c), mulDivCeil(a, b, c)]).toEqual([Number(floor), Number(ceil)]);
      }),
      { seed: 20_261_120, numRuns: 3_000 },
    );
  });

  it('never gives minus zero', () => {
    expect(Object.is(mulDivCeil(-1, 1, 3), 0)).toBe(true);
    expect(Object.is(mulDivFloor(0, -1, 3), 0)).toBe(true);
  });
});

describe('decimal text', () => {
  it('reads back what it wrote, for every amount and scale', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e14, max: 1e14 }),
        fc.integer({ min: 0, max: 8 }),
        (value, decimals) => {
          expect(parseDecimal(decimalText(value, decimals), decimals)).toEqual({ ok: true, value });
        },
      ),
      { seed: 20_261_121 },
    );
  });

  it.each(['', '1,5', '1e3', '0x10', '--1', '1.2.3', 'NaN', '12345678901234567890'])(
    'refuses %j',
    (text) => {
      expect(parseDecimal(text, 4).ok).toBe(false);
    },
  );

  it('refuses more decimals than the unit has, but not trailing zeros', () => {
    expect(parseDecimal('0.00001', 4).ok).toBe(false);
    expect(parseDecimal('0.10000000', 4)).toEqual({ ok: true, value: 1000 });
  });

  it('shows money with two decimals, and more only where there is more', () => {
    expect([1_000_0000, -96_999_2050, 1, -1_234_567_8900].map((value) => moneyText(value))).toEqual(
      ['1,000.00', '-96,999.205', '0.0001', '-1,234,567.89'],
    );
    expect(groupedText(1_288_455, 3)).toBe('1,288.455');
    expect(groupedText(-5, 0)).toBe('-5');
    expect([50_000, 33_333, 1_000_000].map(percentText)).toEqual(['5 %', '3.3333 %', '100 %']);
  });

  it('is the inverse of nothing else: distinct amounts have distinct texts', () => {
    fc.assert(
      fc.property(amount, amount, (one, other) => {
        expect(decimalText(one, 4) === decimalText(other, 4)).toBe(one === other);
      }),
      { seed: 20_261_122 },
    );
  });
});
