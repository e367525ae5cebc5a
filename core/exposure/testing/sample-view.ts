import { NO_LIMITS } from '../limits.ts';
import { SLICES } from '../slices.ts';
import type { ExposureView } from '../view.ts';

/** A small book as desks are told of it. */
export function sampleView(over: Partial<ExposureView> = {}): ExposureView {
  const slices = Object.fromEntries(
    SLICES.map((name) => [name, []]),
  ) as unknown as ExposureView['slices'];
  return {
    serverAt: 1_000,
    marketAt: 900,
    currency: 'USD',
    costMs: 0.5,
    everyMs: 1_000,
    slices: {
      ...slices,
      firm: [['firm', 50_000, 20_000, 3, 2, -10, 400, 500]],
      symbol: [['EURUSD', 50_000, 20_000, 3, 2, -10, null, null]],
    },
    programs: [],
    crowds: [{ symbol: 'EURUSD', side: 'long', accounts: 2, value: 50_000 }],
    largest: [{ account: 0, long: 50_000, short: 0 }],
    herfindahl: { accounts: 600, symbols: 1_000 },
    paying: 1,
    inProfit: 1,
    unpriced: [],
    limits: { decided: false, inForce: NO_LIMITS, usages: [] },
    sampledAt: 1_000,
    ...over,
  };
}
