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
  setKeep(keep: Keep): void;
  /** Filters anew when summaries or filters changed, then sorts by the numbers of now. */
  update(): void;
}

export function createOrder(book: Book, first: Sorting): Order {
  let sorting = first;
  let keep: Keep = () => true;
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
    setKeep: (next) => {
      keep = next;
      seenSummaries = -1;
    },
    update: () => {
      if (seenSummaries !== book.summaryVersion) {
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
  const keys = new Float64Array(book.accounts.length);
  for (const account of accounts) {
    const value = key(book, account) as number;
    // Accounts without the number come last, whichever way the rest is sorted.
    keys[account] = Number.isNaN(value) ? Infinity : value * sign;
  }
  const before = (one: number, other: number): boolean => {
    const [a, b] = [keys[one] as number, keys[other] as number];
    return a < b || (a === b && one < other);
  };
  if (!fresh && insertionPass(accounts, before, count * INSERTION_MOVES_PER_ROW)) return;
  accounts.sort((one, other) => {
    const [a, b] = [keys[one] as number, keys[other] as number];
    return a === b ? one - other : a < b ? -1 : 1;
  });
}

/** Sorts what is nearly sorted; gives up, leaving a permutation, when it takes too many moves. */
function insertionPass(
  accounts: Int32Array,
  before: (one: number, other: number) => boolean,
  movesMax: number,
): boolean {
  let moves = 0;
  for (let at = 1; at < accounts.length; at += 1) {
    const account = accounts[at] as number;
    let to = at;
    while (to > 0 && before(account, accounts[to - 1] as number)) {
      accounts[to] = accounts[to - 1] as number;
      to -= 1;
      moves += 1;
    }
    accounts[to] = account;
    if (moves > movesMax) return false;
  }
  return true;
}
