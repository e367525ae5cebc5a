import type { Book } from './book.ts';

/** What one column sorts by: a number, or a text. */
export type SortKey = (book: Book, account: number) => number | string;
export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}
export type Keep = (book: Book, account: number) => boolean;

/** Past so many moves a nearly sorted order is not nearly sorted: sort it whole. */
const INSERTION_MOVES_PER_ROW = 8;

/**
 * Which accounts the grid shows, in which order. Kept outside the grid: live numbers shuffle
 * neighbours only, so an insertion pass over the order of a moment ago is all that is needed.
 */
export interface Order {
  readonly accounts: Int32Array;
  setSorting(sorting: Sorting): void;
  /** `live` says that the filter reads live numbers, so that it is applied at every update. */
  setKeep(keep: Keep, live: boolean): void;
  /** Filters anew when summaries, filters or live numbers changed, then sorts by the numbers of now. */
  update(): void;
}

export function createOrder(book: Book, first: Sorting): Order {
  let sorting = first;
  let keep: Keep = () => true;
  let keepIsLive = false;
  let accounts = new Int32Array(0);
  let seenSummaries = -1;
  let fresh = true;
  return {
    get accounts() {
      return accounts;
    },
    setSorting: (next) => {
      sorting = next;
      fresh = true;
    },
    setKeep: (next, live) => {
      keep = next;
      keepIsLive = live;
      seenSummaries = -1;
    },
    update: () => {
      if (keepIsLive || seenSummaries !== book.summaryVersion) {
        seenSummaries = book.summaryVersion;
        accounts = filtered(book, keep, accounts);
      }
      sortAccounts(accounts, book, sorting, fresh);
      fresh = false;
    },
  };
}

/** Keeps the order of accounts that stay; adds new ones at the end, where sorting finds them. */
function filtered(book: Book, keep: Keep, before: Int32Array): Int32Array<ArrayBuffer> {
  const stay = new Set<number>();
  for (const account of before) if (keep(book, account)) stay.add(account);
  for (let account = 0; account < book.accounts.length; account += 1) {
    if (book.accounts[account] && !stay.has(account) && keep(book, account)) stay.add(account);
  }
  return Int32Array.from(stay);
}

function sortAccounts(
  accounts: Int32Array,
  book: Book,
  { key, descending }: Sorting,
  fresh: boolean,
): void {
  const count = accounts.length;
  if (count === 0) return;
  const sign = descending ? -1 : 1;
  const sample = key(book, accounts[0] as number);
  if (typeof sample === 'string') {
    const texts = new Map<number, string>();
    for (const account of accounts) texts.set(account, key(book, account) as string);
    accounts.sort((one, other) => {
      const [a = '', b = ''] = [texts.get(one), texts.get(other)];
      return a === b ? one - other : a < b ? -sign : sign;
    });
    return;
  }
  const { length } = book.accounts;
  if (sharedKeys.length < length) sharedKeys = new Float64Array(length * 2);
  const keys = sharedKeys;
  for (let at = 0; at < count; at += 1) {
    const account = accounts[at] as number;
    const value = key(book, account) as number;
    // Accounts without the number come last, whichever way the rest is sorted.
    keys[account] = Number.isNaN(value) ? Infinity : value * sign;
  }
  if (!fresh && insertionPass(accounts, keys, count * INSERTION_MOVES_PER_ROW)) return;
  accounts.sort((one, other) => {
    const difference = (keys[one] as number) - (keys[other] as number);
    return difference === 0 || Number.isNaN(difference) ? one - other : difference;
  });
}

/** Reused from update to update: fifty thousand keys a second would only feed the collector. */
let sharedKeys = new Float64Array(0);

/** Sorts what is nearly sorted; gives up, leaving a permutation, when it takes too many moves. */
function insertionPass(accounts: Int32Array, keys: Float64Array, movesMax: number): boolean {
  let moves = 0;
  const { length } = accounts;
  for (let at = 1; at < length; at += 1) {
    const account = accounts[at] as number;
    const own = keys[account] as number;
    let to = at;
    while (to > 0) {
      const above = accounts[to - 1] as number;
      const other = keys[above] as number;
      if (other < own || (other === own && above < account)) break;
      accounts[to] = above;
      to -= 1;
    }
    accounts[to] = account;
    moves += at - to;
    if (moves > movesMax) return false;
  }
  return true;
}
