import { QUALITY } from './mark.ts';

/**
 * The stated policy for prints, symbol by symbol:
 *
 * - the first vendor heard for a symbol prices it; later vendors are only compared with it;
 * - a print older than the symbol's last is refused (a newer price is known already) and counted;
 * - a crossed print (bid above ask) is used and marked `crossed`;
 * - a print that leaps from the one before it by more than LEAP_SPREADS usual spreads is used and
 *   marked `offMarket`: only the first print of a leap is doubtful, the next confirms it or leaps
 *   back;
 * - the first print after GAP_MS of silence is used and marked `afterGap`;
 * - a print whose mid lies further than LEAP_SPREADS usual spreads from the other vendor's latest
 *   is used and marked `vendorsDisagree`.
 *
 * "Used" means: every account is judged on it at that instant. A verdict that rests on a doubtful
 * print is kept as it fell and marked for review by a person.
 */
export const LEAP_SPREADS = 8;
export const GAP_MS = 60_000;
/** Another vendor's print older than this says nothing. */
const COMPARED_WITHIN_MS = 5_000;
/** The usual spread is a running mean over about so many prints. */
const SPREAD_MEMORY = 64;

export interface Print {
  readonly bid: number;
  readonly ask: number;
  readonly at: number;
  readonly source: string;
}

export interface SymbolQuality {
  readonly source: string;
  bid: number;
  ask: number;
  at: number;
  /** Usual spread in 1/SPREAD_MEMORY points. */
  usualSpread: number;
  other: { mid2: number; at: number } | null;
  marks: number;
  crossed: number;
  backward: number;
  offMarket: number;
  gaps: number;
  compared: number;
}

export type Assessment =
  | { readonly type: 'use'; readonly quality: number }
  | { readonly type: 'compareOnly' }
  | { readonly type: 'refuse'; readonly reason: string };

/** Judges prints of all symbols; its state is plain data. */
export interface PrintQuality {
  assess(symbol: string, print: Print): Assessment;
  symbols(): ReadonlyMap<string, Readonly<SymbolQuality>>;
  state(): readonly (readonly [string, SymbolQuality])[];
}

export function createPrintQuality(
  resume: readonly (readonly [string, SymbolQuality])[] = [],
): PrintQuality {
  const known = new Map(resume.map(([symbol, quality]) => [symbol, { ...quality }]));
  return {
    assess: (symbol, print) => {
      const before = known.get(symbol);
      if (!before) {
        known.set(symbol, firstPrint(print));
        return { type: 'use', quality: print.bid > print.ask ? QUALITY.crossed : 0 };
      }
      if (print.source !== before.source) {
        before.other = { mid2: print.bid + print.ask, at: print.at };
        before.compared += 1;
        if (print.bid > print.ask) before.crossed += 1;
        return { type: 'compareOnly' };
      }
      if (print.at < before.at) {
        before.backward += 1;
        return { type: 'refuse', reason: `older than the last print of ${symbol} (${before.at})` };
      }
      return { type: 'use', quality: follow(before, print) };
    },
    symbols: () => known,
    state: () => [...known].map(([symbol, quality]) => [symbol, { ...quality }] as const),
  };
}

function firstPrint(print: Print): SymbolQuality {
  const crossed = print.bid > print.ask;
  return {
    source: print.source,
    bid: print.bid,
    ask: print.ask,
    at: print.at,
    usualSpread: Math.max(1, print.ask - print.bid) * SPREAD_MEMORY,
    other: null,
    marks: 1,
    crossed: crossed ? 1 : 0,
    backward: 0,
    offMarket: 0,
    gaps: 0,
    compared: 0,
  };
}

function follow(before: SymbolQuality, print: Print): number {
  let quality = 0;
  const spread = print.ask - print.bid;
  const reach = (LEAP_SPREADS * 2 * before.usualSpread) / SPREAD_MEMORY;
  const leap = Math.abs(print.bid + print.ask - before.bid - before.ask);
  if (spread < 0) {
    quality |= QUALITY.crossed;
    before.crossed += 1;
  }
  if (print.at - before.at > GAP_MS) {
    quality |= QUALITY.afterGap;
    before.gaps += 1;
  } else if (leap > reach) {
    quality |= QUALITY.offMarket;
    before.offMarket += 1;
  }
  const { other } = before;
  if (other && print.at - other.at <= COMPARED_WITHIN_MS) {
    if (Math.abs(print.bid + print.ask - other.mid2) > reach) quality |= QUALITY.vendorsDisagree;
  }
  const learned = Math.max(1, spread) - Math.trunc(before.usualSpread / SPREAD_MEMORY);
  before.usualSpread = Math.max(SPREAD_MEMORY, before.usualSpread + learned);
  before.bid = print.bid;
  before.ask = print.ask;
  before.at = print.at;
  before.marks += 1;
  return quality;
}
