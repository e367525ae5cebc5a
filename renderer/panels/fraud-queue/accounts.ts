import type { CaseDetail } from '#core/desk-api/case-calls.ts';

export type CaseAccount = CaseDetail['row']['accounts'][number];

/** Accounts that lists show at first; a case may be about a hundred. */
export const ACCOUNTS_SHOWN = 12;

const ENDED = ['closed', 'failed'];

export function hasEnded({ status }: CaseAccount): boolean {
  return ENDED.includes(status);
}

/**
 * Accounts as a person wants them: those whose payout waits, then those that still go on, then
 * those that signals show trades of, most trades first.
 */
export function accountsInOrder({ row, signals }: CaseDetail): CaseAccount[] {
  const waiting = new Set(row.pendingPayouts.map(({ accountId }) => accountId));
  const trades = new Map<string, number>();
  for (const { signal, latest } of signals) {
    if (!latest) continue;
    for (const { accountId } of signal.trades)
      trades.set(accountId, (trades.get(accountId) ?? 0) + 1);
  }
  const rank = (account: CaseAccount): number =>
    waiting.has(account.accountId) ? 0 : hasEnded(account) ? 2 : 1;
  return [...row.accounts].sort(
    (one, other) =>
      rank(one) - rank(other) ||
      (trades.get(other.accountId) ?? 0) - (trades.get(one.accountId) ?? 0),
  );
}

/** Accounts to look at side by side first: those with most trades in what surveillance saw. */
export function accountsByTrades(detail: CaseDetail): string[] {
  const seen = detail.signals
    .filter(({ latest }) => latest)
    .flatMap(({ signal }) => signal.trades.map(({ accountId }) => accountId));
  const count = new Map<string, number>();
  for (const accountId of seen) count.set(accountId, (count.get(accountId) ?? 0) + 1);
  const others = accountsInOrder(detail).map(({ accountId }) => accountId);
  const own = [...count].sort(([, one], [, other]) => other - one).map(([accountId]) => accountId);
  return [...new Set([...own, ...others, ...detail.row.linkedAccounts])];
}
