import type { Holdings } from './holdings.ts';
import { createHeldPrices, createPriceLog } from './price-log.ts';

/**
 * The highest equities of accounts whose floors follow it, found from the log of marks when they
 * matter. The account's column `settledAt` says up to which mark `highest` is right.
 */
export interface Peaks {
  symbolDefined(): void;
  append(symbol: number, bid: number, ask: number): void;
  /** Marks so far. */
  readonly marks: number;
  /** Brings an account's highest up to the latest mark. */
  settle(slot: number): void;
  /** The same up to the mark before the latest, which somebody else looks at. */
  settleBeforeLatest(slot: number): void;
  /** The account was judged at the present prices: what came before counts no more. */
  begin(slot: number): void;
  /**
   * What the account's highest did not exceed. At or below `enough` that may be more than it was,
   * because nothing hangs on it; above, it is exact, and the account is settled.
   */
  peakOf(slot: number, enough: number): number;
  /** Settles accounts before the log lets go of what they lived through. Called after every mark. */
  tend(): void;
  bytes(): number;
}

/** Marks in the log of a small book, and of the largest. */
const MARKS_LEAST = 2 ** 14;
const MARKS_MOST = 2 ** 20;

/** With `marksKept` the log stays at that size, whatever the number of accounts. */
export function createPeaks({ accounts, legs, symbols }: Holdings, marksKept?: number): Peaks {
  let size = marksKept ?? MARKS_LEAST;
  let log = createPriceLog(size);
  const held = createHeldPrices();
  let cursor = 0;

  /** What the account holds at prices that are known. */
  const gatherHeld = (slot: number): void => {
    const { symbol, long, short, openMoney, next } = legs.column;
    held.count = 0;
    held.base = accounts.column.balance[slot] as number;
    let link = accounts.column.firstLeg[slot] as number;
    for (; link !== 0; link = next[link - 1] as number) {
      const at = symbol[link - 1] as number;
      if (symbols[at]?.quote === null) continue;
      held.symbol[held.count] = at;
      held.long[held.count] = long[link - 1] as number;
      held.short[held.count] = short[link - 1] as number;
      held.base -= openMoney[link - 1] as number;
      held.count += 1;
    }
  };
  const settleUntil = (slot: number, until: number): void => {
    const { following, settledAt, highest } = accounts.column;
    const from = settledAt[slot] as number;
    settledAt[slot] = log.end;
    if (following[slot] !== 1 || from >= until) return;
    gatherHeld(slot);
    highest[slot] = log.highestBetween(from, until, highest[slot] as number, held);
  };
  const settleOldest = (): void => {
    const { length } = accounts;
    const each = Math.ceil((length * 4) / log.kept);
    const { settledAt } = accounts.column;
    for (let looked = 0; looked < each; looked += 1) {
      cursor = cursor + 1 < length ? cursor + 1 : 0;
      if (log.end - (settledAt[cursor] as number) > log.kept / 2) settleUntil(cursor, log.end);
    }
  };
  /** The more accounts, the longer the log: settling each in turn must not cost every mark much. */
  const fitLog = (): void => {
    const { length } = accounts;
    if (marksKept !== undefined || length <= size || size === MARKS_MOST) return;
    for (let slot = 0; slot < length; slot += 1) settleUntil(slot, log.end);
    while (size < Math.min(length, MARKS_MOST)) size *= 2;
    log = createPriceLog(size);
    for (const { quote } of symbols) log.symbolDefined(quote);
    accounts.column.settledAt.fill(0, 0, length);
  };
  return {
    symbolDefined: () => log.symbolDefined(null),
    append: (symbol, bid, ask) => log.append(symbol, bid, ask),
    get marks() {
      return log.end;
    },
    settle: (slot) => settleUntil(slot, log.end),
    settleBeforeLatest: (slot) => settleUntil(slot, log.end - 1),
    begin: (slot) => {
      accounts.column.settledAt[slot] = log.end;
    },
    peakOf: (slot, enough) => {
      const { highest, settledAt } = accounts.column;
      const [from, known] = [settledAt[slot] as number, highest[slot] as number];
      gatherHeld(slot);
      const bound = log.boundSince(from, known, held);
      if (bound <= enough) return bound;
      const found = log.highestBetween(from, log.end, Math.max(known, enough), held);
      if (found === enough && known < enough) return enough;
      highest[slot] = found;
      settledAt[slot] = log.end;
      return found;
    },
    tend: () => {
      settleOldest();
      fitLog();
    },
    bytes: () => log.bytes(),
  };
}
