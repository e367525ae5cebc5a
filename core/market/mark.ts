import { z } from 'zod';
import type { Points } from '#core/money/money.ts';
import { epochMs, type EpochMs } from '#core/time/time.ts';

/** The latest two-sided price of one symbol, from one source. Longs are valued at bid, shorts at ask. */
export interface Mark {
  readonly symbol: string;
  readonly bid: Points;
  readonly ask: Points;
  readonly at: EpochMs;
  readonly source: string;
  /** Doubts about this print, a union of QUALITY bits; 0 is a clean print. */
  readonly quality: number;
}

/** Reasons to doubt a print. A verdict that rests on a doubtful print needs review by a person. */
export const QUALITY = {
  crossed: 1,
  offMarket: 2,
  afterGap: 4,
  vendorsDisagree: 8,
} as const;
export type Doubt = keyof typeof QUALITY;

export function doubtsOf(quality: number): Doubt[] {
  return (Object.keys(QUALITY) as Doubt[]).filter((doubt) => (quality & QUALITY[doubt]) !== 0);
}

/** A mark as facts carry it, with its place in the mark journal. */
export const markSchema = z.strictObject({
  index: z.int().min(0),
  symbol: z.string().min(1).max(32),
  bid: z.int(),
  ask: z.int(),
  at: epochMs,
  source: z.string().min(1).max(40),
  quality: z.int().min(0).max(15),
});
export type JournalledMark = z.infer<typeof markSchema>;

/**
 * A price of another source for a symbol that one prices already: nobody is judged by it, fills are
 * compared with it. Its place in the log is behind so many marks and so many facts.
 */
export interface ReferencePrice extends Omit<Mark, 'quality'> {
  readonly index: number;
  readonly marksBefore: number;
  readonly seqBefore: number;
}
