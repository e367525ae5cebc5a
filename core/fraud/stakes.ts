import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { SurveyedAccount, Trade } from './observation.ts';
import { PER_MILLE } from './signal.ts';

/** Names under which something usual is known; of more than these nothing is. */
const NAMES_MAX = 2_000;
/** What is usual is known by so many values, and halved when there are twice as many. */
const USUAL_HALVED_AT = 1_000;
/** A stake counts as so many times the usual at most: what is usual stays what most do. */
const STAKE_COUNTED_TIMES = 3;
/** What is usual on a symbol, and for a trader, is not known by fewer trades. */
const USUAL_FROM = 40;
const OWN_USUAL_FROM = 5;

/**
 * How much was put on a trade: its value in millionths of the capital, or its lots where its value
 * is not known. An account may begin with a balance of nothing: its size is its capital then.
 */
export function stakeOf({ notional, lots, balance }: Trade, account?: SurveyedAccount): number {
  const capital = Math.max(balance, account?.nominalSize ?? 0);
  return notional > 0 && capital > 0 ? mulDivFloor(notional, PPM_UNIT, capital) : lots;
}

/** What is usual under a name, as it was known before the present instant. */
export interface Usual {
  seen: number;
  sum: number;
  fresh: { at: EpochMs; seen: number; sum: number };
}

/** The mean of a value under a name before this instant, or null; the value is taken in for later. */
export function usualOf(
  usuals: Record<string, Usual>,
  name: string,
  at: EpochMs,
  take: (usual: number | null) => number | null,
): number | null {
  const known = Object.hasOwn(usuals, name) ? usuals[name] : undefined;
  const usual = known ?? { seen: 0, sum: 0, fresh: { at, seen: 0, sum: 0 } };
  if (!known && Object.keys(usuals).length < NAMES_MAX) usuals[name] = usual;
  const { fresh } = usual;
  if (fresh.at !== at) {
    if (usual.seen >= USUAL_HALVED_AT) {
      usual.seen = Math.floor(usual.seen / 2);
      usual.sum = Math.floor(usual.sum / 2);
    }
    usual.seen += fresh.seen;
    usual.sum += fresh.sum;
    usual.fresh = { at, seen: 0, sum: 0 };
  }
  const mean = usual.seen === 0 ? null : Math.round(usual.sum / usual.seen);
  const taken = take(mean);
  if (taken === null) return mean;
  usual.fresh.seen += 1;
  usual.fresh.sum += taken;
  return mean;
}

/** What is usually put on a symbol, or null while few trades are known; this stake is taken in. */
export function usualStake(
  usuals: Record<string, Usual>,
  { symbol, at }: Trade,
  stake: number,
): number | null {
  const usual = usualOf(usuals, symbol, at, (known) =>
    known === null ? stake : Math.min(stake, STAKE_COUNTED_TIMES * Math.max(1, known)),
  );
  return (usuals[symbol]?.seen ?? 0) < USUAL_FROM ? null : usual;
}

/** Far more than others put on the symbol, or than the trader's own mean stake where it is known. */
export function isOutsized(
  stake: number,
  usual: number | null,
  own: { readonly trades: number; readonly stake: number },
  fromPerMille: number,
): boolean {
  const isTimes = (of: number): boolean => stake * PER_MILLE >= of * fromPerMille;
  if (usual !== null && isTimes(usual)) return true;
  return own.trades >= OWN_USUAL_FROM && isTimes(Math.floor(own.stake / own.trades));
}
