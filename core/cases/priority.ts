import type { Pattern } from '#core/fraud/detector.ts';
import { PER_MILLE } from '#core/fraud/signal.ts';
import { MONEY_UNIT, type Money } from '#core/money/money.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { CaseFile } from './cases.ts';

const HOUR_MS = 3_600_000;
/** How soon a case is to be decided: what can be repeated within minutes comes before what lasts. */
export const DECIDE_WITHIN_MS: Readonly<Record<Pattern, number>> = {
  prices: 8 * HOUR_MS,
  platform: 8 * HOUR_MS,
  opposite: 24 * HOUR_MS,
  together: 48 * HOUR_MS,
  events: 48 * HOUR_MS,
  handover: 48 * HOUR_MS,
  identity: 72 * HOUR_MS,
  style: 72 * HOUR_MS,
};
/** While a payout waits for it. */
export const DECIDE_WITHIN_WITH_PAYOUT_MS = 24 * HOUR_MS;

/** A fee of about this part of an account's size was paid to begin, in thousandths. */
const FEE_PER_MILLE = 10;
/** Beyond it, more money makes nothing more urgent: a number stays exact. */
const AMOUNT_MAX = 1_000_000_000;
/** Money that is about to leave counts so many times as much as profit on an account, and that as a fee. */
const KIND_WEIGHT = { payout: 4, profit: 2, fee: 1, nothing: 1 } as const;
const AGE_FACTOR_MAX = 10;

/** What a case is about in money, first that of which there is any. */
export interface StakeOf {
  readonly kind: keyof typeof KIND_WEIGHT;
  readonly amount: Money;
}

/** A payout that waits comes first, then profit above the start, then what was paid to begin. */
export function stakeOf(money: {
  readonly payouts: readonly Money[];
  /** Equity minus start, of each account. */
  readonly profits: readonly Money[];
  readonly nominalSizes: readonly Money[];
}): StakeOf {
  const payout = sumOf(money.payouts);
  if (payout > 0) return { kind: 'payout', amount: payout };
  const profit = sumOf(money.profits);
  if (profit > 0) return { kind: 'profit', amount: profit };
  const fee = Math.floor((sumOf(money.nominalSizes) * FEE_PER_MILLE) / PER_MILLE);
  return fee > 0 ? { kind: 'fee', amount: fee } : { kind: 'nothing', amount: 0 };
}

/** Losses of one account make what is at stake on another no smaller. */
function sumOf(amounts: readonly Money[]): Money {
  return amounts.reduce((sum, amount) => sum + Math.max(0, amount), 0);
}

/** Until when a case is to be decided: by the hastiest of its patterns. */
export function dueAtOf({ patterns, openedAt }: CaseFile, stake: StakeOf): EpochMs {
  const within = [...patterns].map((pattern) => DECIDE_WITHIN_MS[pattern]);
  if (stake.kind === 'payout') within.push(DECIDE_WITHIN_WITH_PAYOUT_MS);
  return openedAt + Math.min(...within, DECIDE_WITHIN_MS.identity);
}

/**
 * How soon a case should be looked at: money × probability × age against the time it has. A whole
 * number that grows with each of the three; the larger, the sooner.
 */
export function urgencyOf(file: CaseFile, stake: StakeOf, at: EpochMs): number {
  const whole = Math.min(AMOUNT_MAX, Math.floor(stake.amount / MONEY_UNIT) + 1);
  const expected = Math.ceil((whole * KIND_WEIGHT[stake.kind] * file.score) / PER_MILLE);
  const allowed = Math.max(1, dueAtOf(file, stake) - file.openedAt);
  const age = Math.max(0, at - file.openedAt);
  // 1 when it is opened, 2 when its time is over, 10 at the most, in thousandths.
  const factor = Math.min(
    AGE_FACTOR_MAX * PER_MILLE,
    PER_MILLE + Math.floor((age * PER_MILLE) / allowed),
  );
  return Math.floor((expected * factor) / PER_MILLE);
}

export interface Ranked {
  readonly file: CaseFile;
  readonly stake: StakeOf;
  readonly urgency: number;
}

/** A total order: the more urgent, then the sooner due, then the one that was opened first. */
export function byUrgency(one: Ranked, other: Ranked): number {
  return (
    other.urgency - one.urgency ||
    dueAtOf(one.file, one.stake) - dueAtOf(other.file, other.stake) ||
    one.file.openedSeq - other.file.openedSeq
  );
}
