import type { z } from 'zod';
import type { Directory, Observation, ObservationType } from './observation.ts';
import type { Finding } from './signal.ts';

/*
 * To add a detector: write one file in `detectors/` and add one line to `detectors/index.ts`.
 * `detector.contract.ts` then runs its laws over the new one.
 */

/** What kind of matter it is: findings of one pattern about the same people make one case. */
export const PATTERNS = [
  'together',
  'opposite',
  'identity',
  'prices',
  'style',
  'events',
  'handover',
  'platform',
] as const;
export type Pattern = (typeof PATTERNS)[number];

/**
 * A question about what accounts do, asked of observations in order of time. It holds a bounded
 * part of the past, explains itself with what it saw, and punishes nobody.
 */
export interface Detector<Params = unknown> {
  readonly id: string;
  /** Raised whenever the same observations may give other findings. */
  readonly version: number;
  readonly title: string;
  readonly pattern: Pattern;
  /** What it looks for, in a sentence or two. */
  readonly describes: string;
  /** Who shows the same without having done anything, and how to tell. */
  readonly honestReasons: string;
  /** What a person looks at before deciding. */
  readonly checklist: readonly string[];
  readonly params: z.ZodType<Params>;
  readonly defaults: Params;
  readonly needs: readonly ObservationType[];
  /** What it may hold at most, in entries; the contract suite counts them. */
  readonly heldMax: number;
  /** Begins, or goes on from a state that it gave. */
  start(params: Params, directory: Directory, resume?: unknown): Detecting;
}

/** A detector at work. */
export interface Detecting {
  /** Takes the next observation; what is found by it is handed to `found`, in a fixed order. */
  observe(observation: Observation, found: (finding: Finding) => void): void;
  /** Entries that it holds now. */
  held(): number;
  /** All that decides what it will find, as plain data that can be cloned and serialised. */
  state(): unknown;
}

export function defineDetector<Params>(detector: Detector<Params>): Detector {
  return detector as Detector;
}
