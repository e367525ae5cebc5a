import type { Flavour } from '#core/kernel/brand.ts';
import { assert } from '#core/kernel/assert.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';

/** A whole number of 1e-4 of the account currency. Everything fits exactly in a float64. */
export type Money = Flavour<number, 'Money'>;
/** Parts per million: 5 % is 50,000. */
export type Ppm = Flavour<number, 'Ppm'>;
/** A price as a whole number of the instrument's points. */
export type Points = Flavour<number, 'Points'>;
/** A volume as a whole number of the instrument's smallest volume. */
export type Volume = Flavour<number, 'Volume'>;

export const MONEY_DECIMALS = 4;
export const MONEY_UNIT = 10_000;
export const PPM_UNIT = 1_000_000;

/**
 * value × numerator / denominator, rounded toward minus infinity. Exact: a product beyond 2^53
 * goes through BigInt. A drawdown floor rounded down resolves a fraction in the trader's favour.
 */
export function mulDivFloor(value: number, numerator: number, denominator: number): number {
  const product = value * numerator;
  if (Number.isSafeInteger(product)) return Math.floor(product / denominator) + 0;
  return divideBig(BigInt(value) * BigInt(numerator), BigInt(denominator), 'floor');
}

/** As mulDivFloor, rounded toward plus infinity. */
export function mulDivCeil(value: number, numerator: number, denominator: number): number {
  const product = value * numerator;
  if (Number.isSafeInteger(product)) return Math.ceil(product / denominator) + 0;
  return divideBig(BigInt(value) * BigInt(numerator), BigInt(denominator), 'ceil');
}

function divideBig(dividend: bigint, divisor: bigint, rounding: 'floor' | 'ceil'): number {
  const quotient = dividend / divisor;
  const exact = quotient * divisor === dividend;
  const negative = dividend < 0n !== divisor < 0n;
  const step = exact ? 0n : rounding === 'floor' ? (negative ? -1n : 0n) : negative ? 0n : 1n;
  const rounded = Number(quotient + step);
  assert(Number.isSafeInteger(rounded), `an amount left the exact range: ${quotient}`);
  return rounded;
}

/** `percent` of an amount, rounded up: used for allowances, so that floors round down. */
export function shareCeil(amount: Money, share: Ppm): Money {
  return mulDivCeil(amount, share, PPM_UNIT);
}

/** Reads a decimal such as "-1234.5" into whole units of 10^-decimals. Refuses what is not exact. */
export function parseDecimal(text: string, decimals: number): Result<number, string> {
  const match = /^([+-]?)(\d{1,15})(?:\.(\d*))?$/.exec(text.trim());
  if (!match) return err(`"${text}" is not a decimal number`);
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > decimals) {
    return err(`"${text}" has more than ${decimals} decimals`);
  }
  const value = Number(`${match[2]}${fraction.padEnd(decimals, '0')}`);
  if (!Number.isSafeInteger(value)) return err(`"${text}" is too large to be kept exactly`);
  return ok(match[1] === '-' && value !== 0 ? -value : value);
}

/** Whole units of 10^-decimals as text, every decimal shown: (12345, 2) → "123.45". */
export function decimalText(value: number, decimals: number): string {
  assert(Number.isSafeInteger(value), `only whole units are shown, was ${value}`);
  const digits = String(Math.abs(value)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = decimals === 0 ? '' : `.${digits.slice(digits.length - decimals)}`;
  return `${value < 0 ? '-' : ''}${whole}${fraction}`;
}

/** As decimalText with thousands separated: (-1234567, 2) → "-12,345.67". */
export function groupedText(value: number, decimals: number): string {
  const [whole = '', fraction] = decimalText(Math.abs(value), decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${value < 0 ? '-' : ''}${grouped}${fraction === undefined ? '' : `.${fraction}`}`;
}

/** Money for people: two decimals, and more only where there is more ("96,999.205"). */
export function moneyText(amount: Money): string {
  return groupedText(amount, MONEY_DECIMALS).replace(/(\.\d\d\d*?)0{1,2}$/, '$1');
}

/** A share for people: 50,000 ppm → "5 %", 33,333 → "3.3333 %". */
export function percentText(share: Ppm): string {
  return `${decimalText(share, 4).replace(/\.?0+$/, '')} %`;
}
