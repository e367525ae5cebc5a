import type { Book } from '#renderer/store/book.ts';
import type { SortKey } from '#renderer/store/order.ts';
import { cents, percent, signedCents } from '#renderer/ui/format.ts';

/** One column of the grid: what it says, what it sorts by, and how it looks. */
export interface GridColumn {
  readonly id: string;
  readonly title: string;
  readonly width: number;
  readonly numeric: boolean;
  /** Which way a first click on the title sorts. */
  readonly firstDescending: boolean;
  readonly key: SortKey;
  text(book: Book, account: number): string;
  /** Said quietly beside the text. */
  beside?(book: Book, account: number): string;
  /** Share from 0 to 1 behind the text; drawn as a bar. */
  bar?(book: Book, account: number): { readonly share: number; readonly tone: 'limit' | 'target' };
  /** Flashes when its text changes. */
  readonly flashes?: boolean;
  tone?(book: Book, account: number): string;
  readonly tip?: string;
}

const summaryOf = (book: Book, account: number): Book['accounts'][number] | undefined =>
  book.accounts[account];
const label = (id: string, title: string, width: number, text: GridColumn['text']): GridColumn => ({
  id,
  title,
  width,
  numeric: false,
  firstDescending: false,
  key: text,
  text,
});
const STATUS_RANK: Readonly<Record<string, number>> = {
  active: 0,
  paused: 1,
  passed: 2,
  failed: 3,
  restricted: 1,
  closed: 3,
};
const STATUS_GLYPH: Readonly<Record<string, string>> = {
  active: '●',
  paused: '❚❚',
  passed: '✔',
  failed: '✖',
  restricted: '⊘',
  closed: '■',
};

/** Judged accounts first, by the smallest share of an allowance left. */
export const worstHeadroomFirst: SortKey = (book, account) => {
  const status = summaryOf(book, account)?.status ?? 'failed';
  const rank = (STATUS_RANK[status] ?? 3) * 1_000;
  const share = book.worstShare(account);
  return rank + (Number.isNaN(share) ? 900 : Math.min(900, share));
};

const headroom = (role: 'daily' | 'overall', title: string): GridColumn => ({
  id: `${role}Headroom`,
  title,
  width: 136,
  numeric: true,
  firstDescending: false,
  key: (book, account) => book.share(account, role),
  text: (book, account) => cents(book.headroom(account, role)),
  beside: (book, account) => percent(book.share(account, role)),
  bar: (book, account) => ({ share: book.share(account, role), tone: 'limit' }),
  flashes: true,
  tip: 'What is left above the floor, and as a share of the allowance',
});

export const gridColumns: readonly GridColumn[] = [
  label(
    'trader',
    'Trader',
    128,
    (book, account) => summaryOf(book, account)?.terms.traderName ?? '',
  ),
  label(
    'account',
    'Account',
    82,
    (book, account) => summaryOf(book, account)?.terms.accountId ?? '',
  ),
  label(
    'program',
    'Program',
    98,
    (book, account) => summaryOf(book, account)?.terms.program.name ?? '',
  ),
  label('phase', 'Phase', 82, (book, account) => summaryOf(book, account)?.terms.phase.name ?? ''),
  {
    ...label('status', 'Status', 86, (book, account) => {
      const status = summaryOf(book, account)?.status ?? '';
      return `${STATUS_GLYPH[status] ?? ''} ${status}`;
    }),
    tone: (book, account) => `status-${summaryOf(book, account)?.status ?? ''}`,
  },
  { ...headroom('daily', 'Daily headroom') },
  { ...headroom('overall', 'Overall headroom') },
  {
    id: 'equity',
    title: 'Equity',
    width: 96,
    numeric: true,
    firstDescending: true,
    key: (book, account) => book.value(account, 'equity'),
    text: (book, account) => cents(book.value(account, 'equity')),
    flashes: true,
  },
  {
    id: 'balance',
    title: 'Balance',
    width: 112,
    numeric: true,
    firstDescending: true,
    key: (book, account) => book.value(account, 'balance'),
    text: (book, account) => cents(book.value(account, 'balance')),
  },
  {
    id: 'dayPnl',
    title: 'Day P&L',
    width: 104,
    numeric: true,
    firstDescending: false,
    key: (book, account) => book.value(account, 'dayPnl'),
    text: (book, account) => signedCents(book.value(account, 'dayPnl')),
    tone: (book, account) => (book.value(account, 'dayPnl') < 0 ? 'loss' : 'gain'),
  },
  {
    id: 'target',
    title: 'Target',
    width: 104,
    numeric: true,
    firstDescending: true,
    key: targetShare,
    text: (book, account) => percent(Math.max(0, targetShare(book, account))),
    bar: (book, account) => ({ share: targetShare(book, account), tone: 'target' }),
    tip: 'Progress to the profit target',
  },
  {
    id: 'days',
    title: 'Days',
    width: 66,
    numeric: true,
    firstDescending: true,
    key: (book, account) => book.value(account, 'tradingDays'),
    text: (book, account) => {
      const needed = book.value(account, 'tradingDaysNeeded');
      return Number.isNaN(needed) ? '–' : `${book.value(account, 'tradingDays')}/${needed}`;
    },
    tip: 'Trading days counted, of those needed',
  },
  {
    id: 'open',
    title: 'Open',
    width: 64,
    numeric: true,
    firstDescending: true,
    key: (book, account) => book.value(account, 'openPositions'),
    text: (book, account) => {
      const open = book.value(account, 'openPositions');
      return Number.isNaN(open) ? '' : String(open);
    },
    tip: 'Open positions',
  },
  {
    ...label(
      'verdict',
      'Last verdict',
      420,
      (book, account) => summaryOf(book, account)?.lastVerdict?.sentence ?? '–',
    ),
    key: (book, account) => summaryOf(book, account)?.lastVerdict?.seq ?? 0,
    numeric: false,
    firstDescending: true,
    tone: (book, account) =>
      `severity-${summaryOf(book, account)?.lastVerdict?.severity ?? 'info'}`,
  },
];

function targetShare(book: Book, account: number): number {
  const start = book.value(account, 'targetStart');
  return (book.value(account, 'targetValue') - start) / (book.value(account, 'target') - start);
}
