import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  amountInDigits,
  amountInWords,
  exponentOf,
  floorToMinor,
  minorUnits,
} from './amount-words.ts';

const CURRENCIES = ['USD', 'EUR', 'JPY', 'KWD', 'CLF', 'USDT', 'XYZAB'] as const;
const currency = fc.constantFrom(...CURRENCIES);
const amount = fc.maxSafeInteger();

describe('an amount in words', () => {
  it.each([
    [125_000, 'USD', 'one thousand two hundred and fifty US dollars and 00/100'],
    [0, 'USD', 'zero US dollars and 00/100'],
    [7, 'USD', 'zero US dollars and 07/100'],
    [100, 'USD', 'one US dollar and 00/100'],
    [199, 'EUR', 'one euro and 99/100'],
    [1_305, 'GBP', 'thirteen pounds sterling and 05/100'],
    [2_100, 'CHF', 'twenty-one Swiss francs and 00/100'],
    [9_000, 'USD', 'ninety US dollars and 00/100'],
    [10_000, 'USD', 'one hundred US dollars and 00/100'],
    [11_900, 'USD', 'one hundred and nineteen US dollars and 00/100'],
    [100_500, 'USD', 'one thousand and five US dollars and 00/100'],
    [1_250, 'JPY', 'one thousand two hundred and fifty Japanese yen'],
    [1, 'KRW', 'one South Korean won'],
    [1_250_005, 'KWD', 'one thousand two hundred and fifty Kuwaiti dinars and 005/1000'],
    [5_001, 'BHD', 'five Bahraini dinars and 001/1000'],
    [200, 'USDT', 'two USDT and 00/100'],
    [100_000_100, 'USD', 'one million and one US dollars and 00/100'],
    [100_100_000, 'USD', 'one million one thousand US dollars and 00/100'],
    [
      1_234_567_89,
      'USD',
      'one million two hundred and thirty-four thousand five hundred and sixty-seven US dollars and 89/100',
    ],
    [-125_050, 'USD', 'minus one thousand two hundred and fifty US dollars and 50/100'],
  ])('%d minor units of %s are %s', (minor, code, words) => {
    expect(amountInWords(minor, code, exponentOf(code))).toBe(words);
    expect(amountInWords(BigInt(minor), code, exponentOf(code))).toBe(words);
  });

  it('is exact up to 10^15 and beyond', () => {
    expect(amountInWords(10n ** 15n, 'JPY', 0)).toBe('one quadrillion Japanese yen');
    expect(amountInWords(10n ** 15n - 1n, 'JPY', 0)).toBe(
      ['trillion', 'billion', 'million', 'thousand']
        .map((scale) => `nine hundred and ninety-nine ${scale} `)
        .join('') + 'nine hundred and ninety-nine Japanese yen',
    );
    expect(() => amountInWords(10n ** 18n, 'JPY', 0)).toThrow('only amounts below');
  });

  it('can be read back by a reader that shares nothing with the writer', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }), currency, (minor, code) => {
        const exponent = exponentOf(code);
        expect(readWords(amountInWords(minor, code, exponent), exponent)).toBe(minor);
      }),
      { seed: 20_261_201, numRuns: 2_000 },
    );
  });

  it('is another one for every other amount', () => {
    const near = fc.bigInt({ min: 0n, max: 10n ** 15n });
    fc.assert(
      fc.property(near, fc.bigInt({ min: -2_000n, max: 2_000n }), currency, (one, step, code) => {
        const other = one + step;
        const [first, second] = [one, other].map((minor) =>
          amountInWords(minor, code, exponentOf(code)),
        );
        expect(first === second).toBe(step === 0n);
      }),
      { seed: 20_261_202, numRuns: 2_000 },
    );
  });

  it('names the first ten thousand amounts differently', () => {
    const words = new Set<string>();
    for (let minor = 0; minor < 10_000; minor += 1) words.add(amountInWords(minor, 'JPY', 0));
    expect(words.size).toBe(10_000);
  });

  it('names no two currencies alike', () => {
    const codes = [
      'USD',
      'AUD',
      'CAD',
      'NZD',
      'HKD',
      'SGD',
      'TWD',
      'SEK',
      'NOK',
      'DKK',
      'ISK',
      'CZK',
    ];
    const words = [
      ...codes,
      'KWD',
      'BHD',
      'JOD',
      'TND',
      'INR',
      'PKR',
      'MXN',
      'CLP',
      'COP',
      'ARS',
    ].map((code) => amountInWords(200, code, 2));
    expect(new Set(words).size).toBe(words.length);
  });
});

describe('the smallest unit of a currency', () => {
  it.each([
    ['USD', 2],
    ['EUR', 2],
    ['USDT', 2],
    ['XYZAB', 2],
    ['JPY', 0],
    ['KRW', 0],
    ['KWD', 3],
    ['BHD', 3],
    ['CLF', 4],
  ])('%s has %i decimals', (code, exponent) => {
    expect(exponentOf(code)).toBe(exponent);
  });

  it('refuses an amount that is finer', () => {
    expect(minorUnits(12_345_600, 'USD')).toEqual({ ok: true, value: 123_456 });
    expect(minorUnits(12_345_678, 'USD')).toEqual({
      ok: false,
      error: '1,234.5678 USD cannot be paid in whole 0.01 USD',
    });
    expect(minorUnits(5_000, 'JPY')).toEqual({
      ok: false,
      error: '0.5 JPY cannot be paid in whole 1 JPY',
    });
    expect(minorUnits(0.5, 'USD').ok).toBe(false);
    expect(minorUnits(2 ** 53, 'USD').ok).toBe(false);
    expect(Object.is((minorUnits(-0, 'USD') as { value: number }).value, 0)).toBe(true);
  });

  it('is what an amount is rounded down to: never more, and by less than one', () => {
    const inRange = fc.integer({ min: -(2 ** 52), max: 2 ** 52 });
    fc.assert(
      fc.property(inRange, currency, (whole, code) => {
        const floored = floorToMinor(whole, code);
        const units = minorUnits(floored, code);
        expect(units.ok).toBe(true);
        expect(floored <= whole && whole - floored < 10 ** (4 - exponentOf(code))).toBe(true);
        expect(floorToMinor(floored, code)).toBe(floored);
      }),
      { seed: 20_261_203, numRuns: 2_000 },
    );
  });
});

describe('an amount in digits', () => {
  it.each([
    [12_500_000, 'USD', '1,250.00 USD'],
    [12_500_000, 'JPY', '1,250 JPY'],
    [12_505_000, 'JPY', '1,250.5 JPY'],
    [12_500_500, 'KWD', '1,250.050 KWD'],
    [12_345_678, 'USD', '1,234.5678 USD'],
    [-1, 'USD', '-0.0001 USD'],
    [0, 'USD', '0.00 USD'],
    [9_007_199_254_740_991, 'CLF', '900,719,925,474.0991 CLF'],
  ])('%d is %s: %s', (value, code, text) => {
    expect(amountInDigits(value, code)).toBe(text);
  });

  it('says all of it', () => {
    fc.assert(
      fc.property(amount, currency, (value, code) => {
        const [digits = ''] = amountInDigits(value, code).split(' ');
        const [whole = '', decimals = ''] = digits.replaceAll(',', '').split('.');
        expect(Number(`${whole}${decimals.padEnd(4, '0')}`) + 0).toBe(value + 0);
      }),
      { seed: 20_261_204, numRuns: 1_000 },
    );
  });
});

/** Words to a number by addition and multiplication, the way a person reads them. */
function readWords(words: string, exponent: number): bigint {
  const negative = words.startsWith('minus ');
  const [, decimals = ''] = / and (\d+)\/\d+$/.exec(words) ?? [];
  const letters = words.replace(/ and \d+\/\d+$/, '').split(/[ -]/);
  let total = 0n;
  let group = 0n;
  for (const word of letters) {
    const small = SMALL.indexOf(word);
    const ten = TENS.indexOf(word);
    const scale = SCALES.indexOf(word);
    if (small >= 0) group += BigInt(small);
    else if (ten >= 0) group += BigInt(ten * 10 + 20);
    else if (word === 'hundred') group *= 100n;
    else if (scale >= 0) {
      total += group * 1000n ** BigInt(scale + 1);
      group = 0n;
    }
  }
  const minor = (total + group) * 10n ** BigInt(exponent) + BigInt(decimals || 0);
  return negative ? -minor : minor;
}

const SMALL = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen ' +
  'fifteen sixteen seventeen eighteen nineteen'
).split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const SCALES = 'thousand million billion trillion quadrillion'.split(' ');
