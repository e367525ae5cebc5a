import type { Book } from '#renderer/store/book.ts';
import type { Filters } from '#renderer/store/grid-filters.ts';
import type { Keep } from '#renderer/store/order.ts';

/** Whether a filter reads numbers that change with every mark. */
export function isLive({ within }: Filters): boolean {
  return within !== '';
}

export function keepFor(filters: Filters): Keep {
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  const share = filters.within === '' ? null : Number(filters.within) / 100;
  return (book: Book, account: number) => {
    const summary = book.accounts[account];
    if (!summary) return false;
    const { terms, status, lastVerdict } = summary;
    const matches = (wanted: string, have: string): boolean => wanted === '' || wanted === have;
    if (!matches(filters.status, status)) return false;
    if (!matches(filters.program, terms.program.name)) return false;
    if (!matches(filters.phase, terms.phase.name)) return false;
    if (!matches(filters.verdict, lastVerdict?.severity ?? 'none')) return false;
    if (share !== null && !(book.worstShare(account) <= share)) return false;
    if (words.length === 0) return true;
    const haystack = `${terms.traderName} ${terms.accountId} ${terms.traderId}`.toLowerCase();
    return words.every((word) => haystack.includes(word));
  };
}
