import type { Instrument } from '#core/market/instrument.ts';

/** One price of one symbol, by the symbol's place in `instruments`. Reused: copy what you keep. */
export interface Tick {
  symbol: number;
  bid: number;
  ask: number;
  at: number;
  source: string;
}

/** Prices in the order in which they happened: modelled, or recorded. */
export interface TickSource {
  readonly instruments: readonly Instrument[];
  /** Fills `into`; false when there are no more. */
  next(into: Tick): boolean;
  /** Where the source stands, as plain data; a source opened with it continues exactly. */
  state(): unknown;
}
