/** The scans for copied trades that one would write first: what detectors are measured against. */

export interface Opening {
  readonly accountId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly at: number;
}

const TOGETHER_MS = 2_000;
const REMEMBERED_MS = 60_000;
const ALIKE_FROM = 3;
/** A map takes 16.7 million entries. */
const PAIRS_MAX = 16_000_000;

export interface MinuteScan {
  take(fill: Opening): void;
  pairs(): number;
  /** It counted more pairs than a map holds, and stopped. */
  isFull(): boolean;
}

/** Compares each fill with all of the last minute, and counts for every pair how often it met. */
export function createMinuteScan(): MinuteScan {
  const counts = new Map<string, number>();
  let recent: Opening[] = [];
  return {
    take: (fill) => {
      if (counts.size >= PAIRS_MAX) return;
      recent = recent.filter(({ at }) => fill.at - at <= REMEMBERED_MS);
      for (const other of recent) {
        if (other.accountId === fill.accountId || !areAlike(fill, other)) continue;
        const pair = [fill.accountId, other.accountId].sort().join(' ');
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
      recent.push(fill);
    },
    pairs: () => counts.size,
    isFull: () => counts.size >= PAIRS_MAX,
  };
}

/** Compares the fills of every account with those of every other; gives how many pairs are alike. */
export function allPairs(openings: readonly Opening[], accounts: number): number {
  const byAccount = new Map<string, Opening[]>();
  for (const opening of openings) {
    const own = byAccount.get(opening.accountId);
    if (own) own.push(opening);
    else if (byAccount.size < accounts) byAccount.set(opening.accountId, [opening]);
  }
  const lists = [...byAccount.values()];
  let alike = 0;
  for (let one = 0; one < lists.length; one += 1) {
    for (let other = one + 1; other < lists.length; other += 1) {
      if (meetings(lists[one] ?? [], lists[other] ?? []) >= ALIKE_FROM) alike += 1;
    }
  }
  return alike;
}

function meetings(one: readonly Opening[], other: readonly Opening[]): number {
  let met = 0;
  for (const fill of one) {
    for (const that of other) {
      if (Math.abs(fill.at - that.at) <= TOGETHER_MS && areAlike(fill, that)) met += 1;
    }
  }
  return met;
}

function areAlike(one: Opening, other: Opening): boolean {
  if (one.symbol !== other.symbol || one.side !== other.side) return false;
  return Math.abs(one.at - other.at) <= TOGETHER_MS;
}
