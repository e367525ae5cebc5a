import { expect, it } from 'vitest';
import { instrumentSchema, type Instrument } from '#core/market/instrument.ts';
import { createUnderlyings } from './related.ts';

const instruments = [
  ['EURUSD', 'forex', 'USD'],
  ['USDEUR', 'forex', 'EUR'],
  ['EURUSD.r', 'forex', 'USD'],
  ['#GBPUSD', 'forex', 'USD'],
  ['XAUUSD', 'metal', 'USD'],
  ['XAUEUR', 'metal', 'EUR'],
  ['BTC-USDT', 'crypto', 'USDT'],
  ['ESM6', 'future', 'USD'],
  ['ESU26', 'future', 'USD'],
  ['US30', 'index', 'USD'],
].map(([symbol, assetClass, quoteCurrency]) =>
  instrumentSchema.parse({
    symbol,
    assetClass,
    quoteCurrency,
    digits: 2,
    volumeDecimals: 2,
    contractSize: '1',
  }),
);
const instrumentOf = (symbol: string): Instrument | undefined =>
  instruments.find((instrument) => instrument.symbol === symbol);

it('one pair quoted either way, one asset in any currency and one future of any month are one', () => {
  const underlying = createUnderlyings(instrumentOf);
  expect(
    instruments.map(({ symbol }) => underlying(symbol)).map(({ name, way }) => ({ name, way })),
  ).toEqual([
    { name: 'EUR/USD', way: 1 },
    { name: 'EUR/USD', way: -1 },
    { name: 'EUR/USD', way: 1 },
    { name: 'GBP/USD', way: 1 },
    { name: 'XAU', way: 1 },
    { name: 'XAU', way: 1 },
    { name: 'BTC', way: 1 },
    { name: 'ES', way: 1 },
    { name: 'ES', way: 1 },
    { name: 'US30', way: 1 },
  ]);
});

it('symbols that a firm lists as one are taken for the first of them', () => {
  const underlying = createUnderlyings(instrumentOf, [['US30', 'YM', 'DJI']]);
  expect([underlying('YM'), underlying('DJI')]).toEqual([underlying('US30'), underlying('US30')]);
  expect(underlying('unheard')).toEqual({ name: 'unheard', way: 1, legs: [] });
});

it('a symbol defined later is worked out again', () => {
  const defined: Instrument[] = [];
  const underlying = createUnderlyings((symbol) => defined.find((one) => one.symbol === symbol));
  expect(underlying('USDEUR').name).toBe('USDEUR');
  defined.push(...instruments);
  expect(underlying('USDEUR')).toMatchObject({ name: 'EUR/USD', way: -1 });
});

it('pairs and metals are bets on and against currencies, an index is none', () => {
  const underlying = createUnderlyings(instrumentOf);
  expect(['EURUSD', 'USDEUR', 'XAUUSD', 'US30'].map((symbol) => underlying(symbol).legs)).toEqual([
    [
      { currency: 'EUR', way: 1 },
      { currency: 'USD', way: -1 },
    ],
    [
      { currency: 'USD', way: 1 },
      { currency: 'EUR', way: -1 },
    ],
    [{ currency: 'USD', way: -1 }],
    [],
  ]);
});
