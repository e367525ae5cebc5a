import { describe, expect, it } from 'vitest';
import type { Prices } from '#core/accounts/held-position.ts';
import type { Instrument } from '#core/market/instrument.ts';
import { baseOf, unitValueOf } from './unit-value.ts';

const forex = {
  assetClass: 'forex',
  digits: 5,
  volumeDecimals: 2,
  contractSize: '100000',
  tickPoints: 1,
} as const;
const eurusd: Instrument = { ...forex, symbol: 'EURUSD', quoteCurrency: 'USD' };
const usdjpy: Instrument = { ...forex, symbol: 'USDJPY', digits: 3, quoteCurrency: 'JPY' };
const eurjpy: Instrument = { ...forex, symbol: 'EURJPY', digits: 3, quoteCurrency: 'JPY' };
const ger40: Instrument = {
  ...forex,
  symbol: 'GER40',
  assetClass: 'index',
  digits: 1,
  volumeDecimals: 1,
  contractSize: '1',
  quoteCurrency: 'EUR',
};
const all = [eurusd, usdjpy, eurjpy, ger40];
const quotes: Readonly<Record<string, { bid: number; ask: number }>> = {
  EURUSD: { bid: 108_500, ask: 108_540 },
  USDJPY: { bid: 150_000, ask: 150_020 },
  EURJPY: { bid: 162_760, ask: 162_800 },
  GER40: { bid: 180_000, ask: 180_020 },
};
const prices: Prices = {
  instrument: (symbol) => all.find((one) => one.symbol === symbol),
  quote: (symbol) => quotes[symbol],
};
const USD = 10_000;

describe('what one smallest volume stands for', () => {
  it('is its notional at the mid price, where it is paid in the firm’s currency', () => {
    expect(unitValueOf(eurusd, prices)).toEqual({
      notional: 1_085.2 * USD,
      isPriced: true,
      legs: { long: 'EUR', longValue: 1_085.2 * USD, short: 'USD', shortValue: 1_085.2 * USD },
    });
  });

  it('comes through the rate of what it is paid in, rounded down once', () => {
    // 0.1 of an index at 18,001 is 1,800.1 EUR, at 1.0852: 1,953.46852 USD.
    expect(unitValueOf(ger40, prices).notional).toBe(Math.floor(1_953.46852 * USD));
  });

  it('is long one currency and short another, each at its own rate', () => {
    const { legs, notional } = unitValueOf(eurjpy, prices);
    // 1,000 EUR at 1.0852, and 162,780 JPY at 150.01.
    expect(legs?.longValue).toBe(1_085.2 * USD);
    expect(notional).toBe(Math.floor((162_780 / 150.01) * USD));
    expect(legs?.shortValue).toBe(notional);
    const dollars = unitValueOf(usdjpy, prices).legs;
    expect(dollars).toMatchObject({ long: 'USD', longValue: 1_000 * USD, short: 'JPY' });
  });

  it('is no exchange of two things where it is an index', () => {
    expect(unitValueOf(ger40, prices).legs).toBeNull();
    expect(baseOf({ ...eurusd, symbol: 'EURUSD.raw' })).toBe('EUR');
    expect(baseOf({ ...eurusd, symbol: 'USD' })).toBeNull();
  });

  it('is nothing, and said to be unpriced, before a price or without a rate', () => {
    const silent: Prices = {
      ...prices,
      quote: (symbol) => (symbol === 'GER40' ? quotes.GER40 : null),
    };
    expect(unitValueOf(eurusd, silent)).toMatchObject({ notional: 0, isPriced: false });
    expect(unitValueOf(ger40, silent)).toMatchObject({ notional: 0, isPriced: false });
    const lonely: Prices = {
      ...prices,
      instrument: (symbol) => (symbol === 'GER40' ? ger40 : undefined),
    };
    expect(unitValueOf(ger40, lonely)).toMatchObject({ notional: 0, isPriced: false });
  });

  it('is as large when a price has fallen below nothing', () => {
    const fallen: Prices = { ...prices, quote: () => ({ bid: -3_750, ask: -3_740 }) };
    expect(unitValueOf(eurusd, fallen).notional).toBeGreaterThan(0);
  });
});
