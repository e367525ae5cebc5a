import type { Deal } from '#core/accounts/account.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';

/** Accounts side by side: more cannot be told apart by a person. */
export const COMPARED_MAX = 6;
/** Stretches of time that returns are compared over; fewer say nothing. */
const BUCKETS_MIN = 8;
const BUCKETS_MAX = 2_000;
const PPM = 1_000_000;
const PER_MILLE = 1_000;

/** A position from its first to its last fill, with everything it cost. */
export interface Trade {
  readonly accountId: string;
  readonly positionId: string;
  readonly symbol: string;
  readonly side: 'buy' | 'sell';
  readonly openedAt: number;
  /** Null while it is open. */
  readonly closedAt: number | null;
  /** As booked, with commission, swap and fee, in units of money. */
  readonly profit: number;
  readonly dealIds: readonly string[];
}

/** Positions of which the opening is among the fills, oldest first. */
export function tradesOf(deals: readonly Deal[]): Trade[] {
  const byPosition = new Map<string, Deal[]>();
  for (const deal of deals) {
    const held = byPosition.get(deal.positionId);
    if (held) held.push(deal);
    else byPosition.set(deal.positionId, [deal]);
  }
  return [...byPosition.values()].flatMap(tradeOf).sort(byOpening);
}

function tradeOf(unordered: readonly Deal[]): Trade[] {
  const deals = [...unordered].sort((one, other) => one.at - other.at);
  const first = deals.find(({ entry }) => entry === 'in');
  if (!first) return [];
  const volume = deals.reduce(
    (sum, deal) => sum + (deal.entry === 'in' ? deal.volume : -deal.volume),
    0,
  );
  const last = deals.at(-1);
  return [
    {
      accountId: first.accountId,
      positionId: first.positionId,
      symbol: first.symbol,
      side: first.side,
      openedAt: first.at,
      closedAt: volume <= 0 && last ? last.at : null,
      profit: deals.reduce(
        (sum, { profit, commission, swap, fee }) => sum + profit + commission + swap + fee,
        0,
      ),
      dealIds: deals.map(({ dealId }) => dealId),
    },
  ];
}

function byOpening(one: Trade, other: Trade): number {
  return one.openedAt - other.openedAt || (one.positionId < other.positionId ? -1 : 1);
}

export interface Match {
  readonly one: Trade;
  readonly other: Trade;
  /** From the opening of `one` to that of `other`: negative when `other` came first. */
  readonly gapMs: number;
}

/**
 * Trades of two accounts that opened in the same symbol within so many milliseconds. Each trade is
 * matched at most once, nearest first, so that a burst does not match everything with everything.
 */
export function matchTrades(
  ones: readonly Trade[],
  others: readonly Trade[],
  withinMs: number,
): Match[] {
  const pairs: Match[] = [];
  const sorted = [...others].sort(byOpening);
  for (const one of ones) {
    for (let at = firstFrom(sorted, one.openedAt - withinMs); at < sorted.length; at += 1) {
      const other = sorted[at];
      if (!other || other.openedAt > one.openedAt + withinMs) break;
      if (other.symbol === one.symbol)
        pairs.push({ one, other, gapMs: other.openedAt - one.openedAt });
    }
  }
  pairs.sort(
    (a, b) =>
      Math.abs(a.gapMs) - Math.abs(b.gapMs) ||
      byOpening(a.one, b.one) ||
      byOpening(a.other, b.other),
  );
  const taken = new Set<Trade>();
  const matches = pairs.filter(({ one, other }) => {
    if (taken.has(one) || taken.has(other)) return false;
    taken.add(one).add(other);
    return true;
  });
  return matches.sort((a, b) => byOpening(a.one, b.one));
}

/** Trades of several accounts that were matched, by group: what was matched with the same is one. */
export function groupMatches(
  accounts: readonly (readonly Trade[])[],
  withinMs: number,
): ReadonlyMap<Trade, number> {
  const groups = new Map<Trade, Set<Trade>>();
  for (const [at, ones] of accounts.entries()) {
    for (const others of accounts.slice(at + 1)) {
      for (const { one, other } of matchTrades(ones, others, withinMs)) {
        const joined = new Set([...(groups.get(one) ?? [one]), ...(groups.get(other) ?? [other])]);
        for (const member of joined) groups.set(member, joined);
      }
    }
  }
  const numbers = new Map<Set<Trade>, number>();
  const numbered = new Map<Trade, number>();
  for (const trade of [...groups.keys()].sort(byOpening)) {
    const group = groups.get(trade);
    if (!group) continue;
    if (!numbers.has(group)) numbers.set(group, numbers.size + 1);
    numbered.set(trade, numbers.get(group) ?? 0);
  }
  return numbered;
}

/** Where the trades from an instant on begin. */
function firstFrom(sorted: readonly Trade[], from: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.openedAt ?? Infinity) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How two accounts trade beside each other. Shares are per mille; null where nothing tells. */
export interface PairFigures {
  readonly matched: number;
  readonly sameSide: number;
  readonly opposite: number;
  /** Matched trades, of all trades of each. */
  readonly shareOfOne: number | null;
  readonly shareOfOther: number | null;
  readonly medianGapMs: number | null;
  /** 1,000 when each matched profit is taken back by the other account, 0 when both go the same way. */
  readonly mirrorOfTrades: number | null;
}

export function pairFigures(
  ones: readonly Trade[],
  others: readonly Trade[],
  matches: readonly Match[],
): PairFigures {
  const sameSide = matches.filter(({ one, other }) => one.side === other.side).length;
  const gaps = matches.map(({ gapMs }) => Math.abs(gapMs)).sort((a, b) => a - b);
  return {
    matched: matches.length,
    sameSide,
    opposite: matches.length - sameSide,
    shareOfOne: perMille(matches.length, ones.length),
    shareOfOther: perMille(matches.length, others.length),
    medianGapMs: gaps.length === 0 ? null : (gaps[(gaps.length - 1) >> 1] ?? null),
    mirrorOfTrades: mirrorOf(matches.map(({ one, other }) => [one.profit, other.profit])),
  };
}

/** How much of what both moved, one took back from the other; per mille. */
function mirrorOf(pairs: readonly (readonly [number, number])[]): number | null {
  let [left, all] = [0, 0];
  for (const [one, other] of pairs) {
    left += Math.abs(one + other);
    all += Math.abs(one) + Math.abs(other);
  }
  return all === 0 ? null : PER_MILLE - Math.round((left / all) * PER_MILLE);
}

function perMille(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part / whole) * PER_MILLE);
}

export type Series = AccountDetail['series'];

/**
 * What equity made of itself in each stretch of time, in parts per million of what it was at its
 * beginning. Between readings equity is what it was last. Null before the first reading.
 */
export function returnsOf(
  series: Series,
  from: number,
  to: number,
  bucketMs: number,
): (number | null)[] {
  const count = Math.min(BUCKETS_MAX, Math.max(0, Math.ceil((to - from) / bucketMs)));
  const returns: (number | null)[] = [];
  let at = 0;
  let equity: number | null = null;
  const upTo = (instant: number): number | null => {
    for (let point = series[at]; point && point.at <= instant; point = series[at]) {
      equity = point.equity;
      at += 1;
    }
    return equity;
  };
  let before = upTo(from);
  for (let bucket = 1; bucket <= count; bucket += 1) {
    const after = upTo(from + bucket * bucketMs);
    const known = before !== null && after !== null && before > 0;
    returns.push(known ? Math.round((((after ?? 0) - (before ?? 0)) / (before ?? 1)) * PPM) : null);
    before = after;
  }
  return returns;
}

export interface Together {
  /** Stretches in which at least one of the two moved. */
  readonly buckets: number;
  /** Of returns (Pearson), from -1,000 to 1,000; null where too little moved. */
  readonly correlation: number | null;
  /** How much of what both made, one took back from the other; per mille. */
  readonly mirror: number | null;
}

/** How the returns of two accounts go together, over stretches in which at least one moved. */
export function togetherness(
  ones: readonly (number | null)[],
  others: readonly (number | null)[],
): Together {
  const pairs: [number, number][] = [];
  for (const [at, one] of ones.entries()) {
    const other = others[at] ?? null;
    if (one !== null && other !== null && (one !== 0 || other !== 0)) pairs.push([one, other]);
  }
  return { buckets: pairs.length, correlation: correlationOf(pairs), mirror: mirrorOf(pairs) };
}

function correlationOf(pairs: readonly (readonly [number, number])[]): number | null {
  const count = pairs.length;
  if (count < BUCKETS_MIN) return null;
  const mean = (side: 0 | 1): number => pairs.reduce((sum, pair) => sum + pair[side], 0) / count;
  const [meanOne, meanOther] = [mean(0), mean(1)];
  let [both, one, other] = [0, 0, 0];
  for (const [a, b] of pairs) {
    both += (a - meanOne) * (b - meanOther);
    one += (a - meanOne) ** 2;
    other += (b - meanOther) ** 2;
  }
  if (one === 0 || other === 0) return null;
  return Math.round((both / Math.sqrt(one * other)) * PER_MILLE) + 0;
}

/** The stretch of time that all of them know, and how finely to cut it. Null where there is none. */
export function sharedTime(
  all: readonly Series[],
): { readonly from: number; readonly to: number; readonly bucketMs: number } | null {
  const known = all.filter(({ length }) => length > 0);
  if (known.length < 2 || known.length < all.length) return null;
  const from = Math.max(...known.map((series) => series[0]?.at ?? 0));
  const to = Math.min(...known.map((series) => series.at(-1)?.at ?? 0));
  if (to <= from) return null;
  const steps = [1, 5, 15, 60, 240, 1_440].map((minutes) => minutes * 60_000);
  const bucketMs = steps.find((step) => (to - from) / step <= 500) ?? 1_440 * 60_000;
  return { from, to, bucketMs };
}
