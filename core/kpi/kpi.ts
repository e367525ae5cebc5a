import type { AccountTerms } from '#core/accounts/account.ts';
import type { Fact, FactKind } from '#core/facts/registry.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { Directory } from './directory.ts';

/** The parts of the firm that a number is about. */
export const SYSTEMS = ['rules', 'risk', 'payouts', 'support', 'provisioning'] as const;
export type System = (typeof SYSTEMS)[number];

/**
 * `ms` is a duration, `ppm` a share in parts per million, `perThousand` a count on 1,000 in parts
 * per million of one (2,500 is 2.5 on 1,000), `money` units of the reporting currency.
 */
export const UNITS = ['ms', 'ppm', 'perThousand', 'money', 'count'] as const;
export type Unit = (typeof UNITS)[number];
export const BETTER = ['lower', 'higher', 'neither'] as const;
export type Better = (typeof BETTER)[number];

/** What happened after `from`, up to and including `until`, as it was known at `until`. */
export interface KpiWindow {
  readonly from: EpochMs;
  readonly until: EpochMs;
}

/** A number with how sure it is; null where there is nothing to say it from. */
export interface Figure {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Matters that it rests on. */
  readonly sample: number;
}

/** The number of one part: a program, a phase, a reason. */
export interface Part extends Figure {
  readonly by: string;
  readonly key: string;
  /** What share of the whole sample it is, in parts per million. */
  readonly share: number | null;
  readonly shareLow: number | null;
  readonly shareHigh: number | null;
}

export interface Measurement extends Figure {
  /** Entries of the log that those matters are told by. */
  readonly facts: number;
  /** Of durations: what had not ended, and is counted as lasting longer. */
  readonly open: number;
  /** What the number is divided by, where that is no matter of its own: active traders, orders. */
  readonly exposure: number | null;
  /** Other quantiles of the same durations. */
  readonly others: readonly (Figure & { readonly name: string })[];
  /** Matters that do not count, and why. */
  readonly leftOut: readonly { readonly says: string; readonly count: number }[];
  readonly parts: readonly Part[];
}

/** One matter behind a number. */
export interface KpiRow {
  readonly id: string;
  /** The entry that it began with, and the one that decided how it counts. */
  readonly seq: number;
  readonly decidedSeq: number;
  readonly at: EpochMs;
  /** How it counts, in words. */
  readonly says: string;
  readonly value: number | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** What numbers rest on beside their own facts. */
export interface KpiContext {
  readonly directory: Directory;
  /** Whether an account's phase pays out. */
  isFunded(terms: AccountTerms): boolean;
  /** What money is summed in; other currencies are counted and left out. */
  currencyAt(until: EpochMs): string;
}

/**
 * A number as it grows with the log. Facts come in order; `at` never goes back. What a window says
 * never hangs on facts after it.
 */
export interface KpiFold {
  apply(fact: Fact, at: EpochMs): void;
  measure(window: KpiWindow): Measurement;
  /** The latest first, `max` at the most. */
  rows(window: KpiWindow, max: number): readonly KpiRow[];
  /** Matters held: what its memory grows with. */
  held(): number;
  state(): unknown;
}

export interface Kpi {
  readonly id: string;
  readonly system: System;
  readonly title: string;
  /** What it is and what it counts, in words for a manager. */
  readonly describes: string;
  /** Where the mathematics come from. */
  readonly method: string;
  /** What has to happen before there is a number. */
  readonly empty: string;
  readonly from: readonly FactKind[];
  readonly unit: Unit;
  readonly better: Better;
  /** What it is broken down by: tags of its matters. */
  readonly breakdowns: readonly string[];
  /** What one matter is called: "order", "payout". */
  readonly matter: string;
  createFold(context: KpiContext, resume?: unknown): KpiFold;
}
