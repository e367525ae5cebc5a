import { z } from 'zod';
import type { Money, Ppm } from '#core/money/money.ts';
import { mulDivFloor, PPM_UNIT } from '#core/money/money.ts';

/**
 * A whole book as far as one sudden move of prices concerns it: each account's equity, the equity
 * at which its next warning, a pause and failure come, and what it holds per symbol in money per
 * point. Columns are parallel; account `a` holds the legs from `legFrom[a]` to `legFrom[a + 1]`.
 */
export interface BookSlice {
  readonly symbols: readonly {
    readonly symbol: string;
    readonly digits: number;
    readonly bid: number;
    readonly ask: number;
  }[];
  readonly programs: readonly string[];
  readonly number: Int32Array;
  readonly program: Int32Array;
  readonly equity: Float64Array;
  readonly warnLine: Float64Array;
  readonly pauseLine: Float64Array;
  readonly failLine: Float64Array;
  /** Profit that could be paid out; 0 where the phase pays nothing out. */
  readonly payable: Float64Array;
  /** The balance from which profit is counted, and the trader's part of it; 0 where none is paid. */
  readonly start: Float64Array;
  readonly owedPpm: Int32Array;
  readonly legFrom: Int32Array;
  readonly legSymbol: Int32Array;
  /** Money per point: longs gain by the bid, shorts lose by the ask. */
  readonly long: Float64Array;
  readonly short: Float64Array;
}

/** Where prices jump to, all at once. A symbol left out stays. */
export const shockSchema = z.strictObject({
  name: z.string().min(1).max(80),
  moves: z
    .array(
      z.strictObject({
        symbol: z.string().min(1).max(32),
        /** Of the mid price; below zero is down. */
        ppm: z.int().min(-900_000).max(9_000_000),
      }),
    )
    .max(200),
});
export type Shock = z.output<typeof shockSchema>;

export const FRAGILE_LISTED_MAX = 200;

export const shockResultSchema = z.strictObject({
  name: z.string(),
  accounts: z.int(),
  warned: z.int(),
  paused: z.int(),
  failed: z.int(),
  /** Change of all traders' equity together: what a firm that passes trades on would gain or owe. */
  pnl: z.number(),
  /** Profit that could be paid out before, and how much of it the failing accounts hold. */
  payable: z.number(),
  payableLost: z.number(),
  /** What traders would be owed if everything closed: before the shock, and after it. */
  owed: z.number(),
  owedAfter: z.number(),
  byProgram: z.array(
    z.strictObject({ program: z.string(), accounts: z.int(), paused: z.int(), failed: z.int() }),
  ),
  bySymbol: z.array(
    z.strictObject({
      symbol: z.string(),
      /** Money per point over all traders, long less short, before the shock. */
      netPerPoint: z.number(),
      grossPerPoint: z.number(),
      pnl: z.number(),
      /** Of the failing accounts, so many lose most on this symbol. */
      failed: z.int(),
    }),
  ),
});
export type ShockResult = z.output<typeof shockResultSchema>;

/** One account that little would break, by the move of its own worst symbol that breaks it. */
export const fragileSchema = z.strictObject({
  number: z.int(),
  symbol: z.string(),
  /** Move of that symbol alone at which the account breaches, as a share of its price. */
  ppm: z.int(),
  equity: z.number(),
  headroom: z.number(),
});
export type Fragile = z.output<typeof fragileSchema>;

/** A price after a move: rounded down in points, bid and ask alike, so that the spread stays. */
export function movedBy(bid: number, ask: number, ppm: Ppm): number {
  return mulDivFloor(bid + ask, ppm, 2 * PPM_UNIT);
}

/**
 * What one sudden move does to every account. For limits on equity it equals the engine's verdict on
 * the mark that moves a symbol: a fall moves no floor, and a rise that moves one breaches nothing.
 * Left out: limits on the balance that a rising floor could catch, and rules on single positions.
 * Converted positions are valued at the rate before the move.
 */
export function shockBook(slice: BookSlice, shock: Shock): ShockResult {
  const steps = new Float64Array(slice.symbols.length);
  for (const { symbol, ppm } of shock.moves) {
    const at = slice.symbols.findIndex((one) => one.symbol === symbol);
    const quote = slice.symbols[at];
    if (quote) steps[at] = movedBy(quote.bid, quote.ask, ppm);
  }
  const byProgram = slice.programs.map((program) => ({
    program,
    accounts: 0,
    paused: 0,
    failed: 0,
  }));
  const pnlOf = new Float64Array(slice.symbols.length);
  const failedOn = new Int32Array(slice.symbols.length);
  const owed = owedIn(slice);
  const totals = {
    warned: 0,
    paused: 0,
    failed: 0,
    pnl: 0,
    payable: 0,
    payableLost: 0,
    owed: 0,
    owedAfter: 0,
  };
  const { equity, warnLine, pauseLine, failLine, payable } = slice;
  const { legFrom, legSymbol, long, short } = slice;
  for (let account = 0; account < equity.length; account += 1) {
    const group = byProgram[slice.program[account] as number];
    if (group) group.accounts += 1;
    let gained = 0;
    let worst = 0;
    let worstSymbol = -1;
    const to = legFrom[account + 1] as number;
    for (let leg = legFrom[account] as number; leg < to; leg += 1) {
      const symbol = legSymbol[leg] as number;
      const step = steps[symbol] as number;
      const part = ((long[leg] as number) - (short[leg] as number)) * step;
      gained += part;
      pnlOf[symbol] = (pnlOf[symbol] as number) + part;
      if (part < worst) {
        worst = part;
        worstSymbol = symbol;
      }
    }
    totals.pnl += gained;
    totals.payable += payable[account] as number;
    const after = (equity[account] as number) + gained;
    totals.owed += owed(account, equity[account] as number);
    // Who fails has nothing coming any more.
    const fails = gained < 0 && after <= (failLine[account] as number);
    if (!fails) totals.owedAfter += owed(account, after);
    if (gained >= 0) continue;
    if (fails) {
      totals.failed += 1;
      totals.payableLost += payable[account] as number;
      if (group) group.failed += 1;
      if (worstSymbol >= 0) failedOn[worstSymbol] = (failedOn[worstSymbol] as number) + 1;
    } else if (after <= (pauseLine[account] as number)) {
      totals.paused += 1;
      if (group) group.paused += 1;
    } else if (after <= (warnLine[account] as number)) {
      totals.warned += 1;
    }
  }
  const exposure = exposureOf(slice);
  return {
    name: shock.name,
    accounts: equity.length,
    ...totals,
    byProgram: byProgram.filter(({ accounts }) => accounts > 0),
    bySymbol: slice.symbols.map(({ symbol }, at) => ({
      symbol,
      netPerPoint: exposure.net[at] as number,
      grossPerPoint: exposure.gross[at] as number,
      pnl: pnlOf[at] as number,
      failed: failedOn[at] as number,
    })),
  };
}

/** The trader's part of what lies above the start, rounded down. */
function owedIn({ start, owedPpm }: BookSlice): (account: number, equity: number) => Money {
  return (account, equity) => {
    const share = owedPpm[account] as number;
    const profit = Math.floor(equity - (start[account] as number));
    return share === 0 || profit <= 0 ? 0 : mulDivFloor(profit, share, PPM_UNIT);
  };
}

function exposureOf({ symbols, legSymbol, long, short }: BookSlice): {
  readonly net: Float64Array;
  readonly gross: Float64Array;
} {
  const net = new Float64Array(symbols.length);
  const gross = new Float64Array(symbols.length);
  for (let leg = 0; leg < legSymbol.length; leg += 1) {
    const symbol = legSymbol[leg] as number;
    net[symbol] = (net[symbol] as number) + (long[leg] as number) - (short[leg] as number);
    gross[symbol] = (gross[symbol] as number) + (long[leg] as number) + (short[leg] as number);
  }
  return { net, gross };
}

/** The accounts that the smallest move of a single symbol would break, the weakest first. */
export function mostFragile(slice: BookSlice, limit: number): Fragile[] {
  const found: Fragile[] = [];
  const { equity, pauseLine, failLine, legFrom, legSymbol, long, short } = slice;
  for (let account = 0; account < equity.length; account += 1) {
    const line = Math.max(pauseLine[account] as number, failLine[account] as number);
    const headroom = (equity[account] as number) - line;
    if (!Number.isFinite(headroom)) continue;
    let best: Fragile | null = null;
    for (let leg = legFrom[account] as number; leg < (legFrom[account + 1] as number); leg += 1) {
      const perPoint = (long[leg] as number) - (short[leg] as number);
      const quote = slice.symbols[legSymbol[leg] as number];
      if (perPoint === 0 || !quote) continue;
      const points = -headroom / perPoint;
      const ppm = Math.round((points * 2 * PPM_UNIT) / (quote.bid + quote.ask));
      if (best !== null && Math.abs(best.ppm) <= Math.abs(ppm)) continue;
      const number = slice.number[account] as number;
      best = { number, symbol: quote.symbol, ppm, equity: equity[account] as number, headroom };
    }
    if (best) found.push(best);
  }
  found.sort((one, other) => Math.abs(one.ppm) - Math.abs(other.ppm) || one.number - other.number);
  return found.slice(0, Math.min(limit, FRAGILE_LISTED_MAX));
}
