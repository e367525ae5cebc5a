import type { Instrument } from '#core/market/instrument.ts';

/**
 * Figures that the market model is calibrated on. EURUSD, NZDUSD and XAUUSD are measured on the
 * OANDA ticks of 1 to 9 May 2014 that QuantConnect publishes with Lean (Apache-2.0): 321,559,
 * 274,268 and 1,312,635 ticks. The others borrow their shape; ES and GC take volatility from the
 * one-minute bars of October 2013 in the same collection.
 */
export interface Calibration {
  readonly instrument: Instrument;
  readonly firstBid: number;
  /** Usual and 95th percentile spread, in points. */
  readonly spread: { readonly usual: number; readonly wide: number };
  /** Deviation of a one-minute return, in parts per million. */
  readonly minutePpm: number;
  /** Ticks per second in an average hour. */
  readonly ticksPerSecond: number;
  /** Share of its variance that it owes to the dollar, signed, in percent. */
  readonly dollarPercent: number;
  /** When it is not traded, every day, by the hour of the modelled day. */
  readonly dailyBreak?: { readonly fromMinute: number; readonly minutes: number };
}

const forex = {
  assetClass: 'forex',
  digits: 5,
  volumeDecimals: 2,
  contractSize: '100000',
} as const;

export const calibrations: readonly Calibration[] = [
  {
    instrument: { ...forex, symbol: 'EURUSD', quoteCurrency: 'USD', tickPoints: 1 },
    firstBid: 138_676,
    spread: { usual: 12, wide: 26 },
    minutePpm: 88,
    ticksPerSecond: 0.53,
    dollarPercent: -70,
  },
  {
    instrument: { ...forex, symbol: 'NZDUSD', quoteCurrency: 'USD', tickPoints: 1 },
    firstBid: 86_074,
    spread: { usual: 25, wide: 47 },
    minutePpm: 157,
    ticksPerSecond: 0.45,
    dollarPercent: -50,
  },
  {
    instrument: {
      symbol: 'XAUUSD',
      assetClass: 'metal',
      digits: 3,
      volumeDecimals: 2,
      contractSize: '100',
      quoteCurrency: 'USD',
      tickPoints: 1,
    },
    firstBid: 1_291_677,
    spread: { usual: 287, wide: 594 },
    minutePpm: 224,
    ticksPerSecond: 2.2,
    dollarPercent: -40,
  },
  {
    instrument: {
      symbol: 'ES',
      assetClass: 'future',
      digits: 2,
      volumeDecimals: 0,
      contractSize: '50',
      quoteCurrency: 'USD',
      tickPoints: 25,
    },
    firstBid: 187_500,
    spread: { usual: 25, wide: 50 },
    minutePpm: 180,
    ticksPerSecond: 0.8,
    dollarPercent: 10,
    dailyBreak: { fromMinute: 1_260, minutes: 60 },
  },
  {
    instrument: {
      symbol: 'GER40',
      assetClass: 'index',
      digits: 1,
      volumeDecimals: 1,
      contractSize: '1',
      quoteCurrency: 'EUR',
      tickPoints: 1,
    },
    firstBid: 95_560,
    spread: { usual: 10, wide: 25 },
    minutePpm: 250,
    ticksPerSecond: 0.9,
    dollarPercent: 15,
    dailyBreak: { fromMinute: 1_200, minutes: 60 },
  },
];

/** Ticks per hour of the day in UTC, as a share of the average hour in percent (OANDA, as above). */
export const HOUR_PERCENT: readonly number[] = [
  45, 70, 45, 32, 30, 45, 95, 105, 88, 88, 75, 115, 310, 190, 245, 145, 85, 72, 52, 48, 40, 20, 35,
  22,
];

/** The dirtier second vendor (FXCM, 6 and 7 May 2014): 19,846 of 192,186 prints crossed. */
export const SECOND_VENDOR_CROSSED_PERCENT = 10;
