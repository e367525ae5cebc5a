import type { Need } from '#core/rules/rule-kind.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { PlatformAction } from '#core/accounts/record.ts';

/*
 * To add a platform: a folder beside this file with an `adapter.ts`, and a line in `index.ts`.
 * `platform-adapter.contract.ts` then runs its laws over it.
 */

/** What a platform can tell and do: a rule that needs more cannot be evaluated on it. */
export interface Capabilities {
  /**
   * One cursor gives one stream of records, byte for byte: it may be executed again. Otherwise its
   * sources are live, and what they told is kept beside the log.
   */
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
  open(cursor: unknown, known?: Known): RecordSource;
}

/** What intake knows already: a platform that tells of it again tells nothing new. */
export interface Known {
  hasAccount(accountId: string): boolean;
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
  /** On a live platform: once the action is durable, under the id that it is repeated with. */
  execute(action: PlatformAction, actionId?: string): void;
  /** Where the source stands, as plain data. */
  cursor(): unknown;
  close(): void;
  /** What a platform needs that pushes, and keeps what was not acknowledged. */
  readonly live?: LiveEnd;
}

/** Records that one message of a live platform may come as: it is taken whole or not at all. */
export const RECORDS_PER_MESSAGE_MAX = 1_000;

/** Durable first, then acknowledged: nothing leaves the platform's memory before it is in ours. */
export interface LiveEnd {
  /** More records of one message follow: the cursor may not be kept before they are taken. */
  readonly midway: boolean;
  /** Something to keep came without a record: a confirmation, a number that was used up. */
  hasMoved(): boolean;
  /** What the platform said of actions since this was asked last: kept with the next commit. */
  outcomes(): readonly ActionOutcome[];
  /** What was taken up to this cursor is on the disk. Only now may the platform be told so. */
  committed(cursor: unknown): void;
  /** Intake refused the record that was taken last. */
  refused(reason: string): void;
  /** Calls when something came, so that nobody has to ask all the time. */
  onArrival(wake: () => void): void;
  /** How the connection stands, in words for people: "connected since 12:30". */
  standing(): string;
}

/** What became of an action. One that was refused is shown to people. */
export interface ActionOutcome {
  readonly actionId: string;
  readonly result: 'done' | 'refused';
  readonly reason: string;
}

/** An action that the platform has not confirmed. It is repeated until it does, under one id. */
export interface PendingAction {
  readonly actionId: string;
  readonly action: PlatformAction;
}

export const UNUSABLE = 'unusable';

/** What came and cannot be told as a record, with why. It is refused with that reason. */
export interface Unusable {
  readonly type: typeof UNUSABLE;
  readonly reason: string;
  readonly record: unknown;
}

/** Null of a record that intake may judge. */
export function unusableReason(record: unknown): string | null {
  const { type, reason } = record as Partial<Unusable>;
  return type === UNUSABLE && typeof reason === 'string' ? reason : null;
}
