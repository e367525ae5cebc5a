import { ACCOUNT_STATUSES, hasEnded, type Deal, type DealBust } from '#core/accounts/account.ts';
import { moneyText } from '#core/money/money.ts';
import { utcText, type TradingDay } from '#core/time/time.ts';
import type { ReviewData } from './rules.events.ts';

/*
 * What no rule can decide, because the past that a verdict rested on has changed (catalogue,
 * chapter 7: a late record never flips what has been decided; a person looks).
 */

/** An account as it stood when the record came in. */
export interface Reviewed {
  /** A STATUS code, after the record was judged. */
  readonly status: number;
  readonly day: TradingDay | null;
}

/** A deal that belongs to a day already closed, or that opens something on an ended account. */
export function reviewOfDeal(deal: Deal, { status, day }: Reviewed): ReviewData | null {
  const { accountId, dealId, at } = deal;
  if (day !== null && at < day.opensAt) {
    const sentence =
      `Deal ${dealId} of ${utcText(at)} UTC came after its trading day had closed: it was booked ` +
      `in ${day.key}, and what was decided as that day closed did not know of it`;
    return { accountId, at, reason: 'lateDeal', about: dealId, sentence };
  }
  if (!hasEnded(status) || deal.entry === 'out') return null;
  const sentence = `Deal ${dealId} opened a position on an account that is ${nameOf(status)}`;
  return { accountId, at, reason: 'dealAfterEnd', about: dealId, sentence };
}

/** A void deal always: what was decided in between counted it. */
export function reviewOfBust(bust: DealBust, { status }: Reviewed): ReviewData {
  const { accountId, dealId, amount, at, reason } = bust;
  const ended = hasEnded(status)
    ? `; the account is ${nameOf(status)}, and that was decided with it`
    : '';
  const sentence = `Deal ${dealId} was declared void (${reason}): ${moneyText(amount)} booked back${ended}`;
  return { accountId, at, reason: 'dealBusted', about: dealId, sentence };
}

function nameOf(status: number): string {
  return ACCOUNT_STATUSES[status] ?? 'unknown';
}
