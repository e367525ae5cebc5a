import type { Need } from '#core/rules/rule-kind.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { PlatformAction } from '#core/accounts/record.ts';

/*
 * To add a platform: a folder beside this file with an `adapter.ts`, and a line in `index.ts`.
 * `platform-adapter.contract.ts` then runs its laws over it.
 */

/** What a platform can tell and do: a rule that needs more cannot be evaluated on it. */
export interface Capabilities {
  /** One cursor gives one stream of records, byte for byte: it may be executed again. */
  readonly deterministic: boolean;
  /** Which actions it can carry out. */
  readonly actions: readonly PlatformAction['type'][];
  /** Data beyond deals and prices: a rule that needs more is refused when it is published. */
  readonly delivers: readonly Need[];
  readonly orderMessages: boolean;
  readonly margin: boolean;
}

/** One source of records: a platform connected, a history opened, a demo firm started. */
export interface PlatformAdapter {
  readonly id: string;
  readonly capabilities: Capabilities;
  /** Opens at the beginning, or where `cursor()` was taken. */
  open(cursor: unknown): RecordSource;
}

/**
 * Pulled, one record at a time, so that intake sets the pace and actions reach the platform before
 * the record after the one that led to them. Records are untrusted: intake validates them.
 */
export interface RecordSource {
  /** The next record, or null when there is none now. */
  next(): unknown;
  readonly ended: boolean;
  /** Market time of the record that next() would give; null when unknown. */
  nextAt(): EpochMs | null;
  execute(action: PlatformAction): void;
  /** Where the source stands, as plain data. */
  cursor(): unknown;
  close(): void;
}
