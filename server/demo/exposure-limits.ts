import type { ExposureLimits } from '#core/exposure/limits.ts';

/**
 * Limits that a demonstration begins with, by how many accounts it has: set where its book comes
 * near them now and then, so that there is something to see. A firm of its own begins with none.
 */
export function demoExposureLimits(accounts: number): ExposureLimits {
  const perAccount = (dollars: number): number => accounts * dollars * 10_000;
  return {
    version: 1,
    hysteresis: 100,
    limits: [
      limit('firm-gross', 'firm', 'firm', 'gross', perAccount(500_000)),
      limit('firm-net', 'firm', 'firm', 'net', perAccount(45_000)),
      limit('liability', 'firm', 'firm', 'liability', perAccount(1_000)),
      limit('largest', 'firm', 'firm', 'largestAccount', perAccount(40_000)),
      limit('each-symbol', 'symbol', null, 'net', perAccount(24_000)),
      limit('gold', 'symbol', 'XAUUSD', 'gross', perAccount(90_000)),
      limit('dollar', 'currency', 'USD', 'net', perAccount(45_000)),
      limit('each-program', 'program', null, 'liability', perAccount(160)),
    ],
  };
}

type Limit = ExposureLimits['limits'][number];

function limit(
  limitId: string,
  by: Limit['by'],
  key: string | null,
  measure: Limit['measure'],
  amount: number,
): Limit {
  return { limitId, by, key, measure, limit: amount, warnAt: [750, 900] };
}
