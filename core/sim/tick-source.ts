import type { Instrument } from '#core/market/instrument.ts';

/** One price of one symbol, by the symbol's place in `instruments`. Reused: copy what you keep. */
export interface Tick {
  symbol: number;
  bid: number;
  ask: number;
  at: number;
  source: string;
}

/** When a symbol stops being traded, and when it is traded again. */
export interface SessionBreak {
  readonly closesAt: number;
  readonly opensAt: number;
}

/** Prices in the order in which they happened: modelled, or recorded. */
export interface TickSource {
  readonly instruments: readonly Instrument[];
  /** Whether a second vendor's prices come along for symbols that the first one prices. */
  readonly hasReference?: boolean;
  /** Fills `into`; false when there are no more. */
  next(into: Tick): boolean;
  /** The published hours of a symbol: its next break that begins after an instant, if it has any. */
  nextBreak?(symbol: number, after: number): SessionBreak | null;
  /** Where the source stands, as plain data; a source opened with it continues exactly. */
  state(): unknown;
}
