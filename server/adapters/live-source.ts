import type { PlatformAction } from '#core/accounts/record.ts';
import type { EpochMs } from '#core/time/time.ts';
import {
  RECORDS_PER_MESSAGE_MAX,
  UNUSABLE,
  type Unusable,
  type ActionOutcome,
  type RecordSource,
} from './platform-adapter.ts';
import { assert } from '#core/kernel/assert.ts';

/** Messages that wait for intake at the most; a connection that brings more is not read further. */
export const WAITING_MAX = 20_000;
/** A connection that was paused is read again when so many have room. */
const ROOM_MIN = WAITING_MAX / 2;

export interface LiveSourceOptions<Message, Cursor> {
  /** Where the source stood when it was opened. */
  readonly cursor: Cursor;
  /** Where it stands behind a message. */
  readonly moved: (cursor: Cursor, message: Message) => Cursor;
  /** What a message tells, asked when intake takes it: by then the book holds all before it. */
  readonly recordsOf: (message: Message) => readonly unknown[];
  /** What a message says of an action. */
  readonly outcomeOf: (message: Message) => ActionOutcome | null;
  readonly execute: (action: PlatformAction, actionId: string) => void;
  /** Both are durable: the source's place, and what was said of actions up to it. */
  readonly committed: (cursor: Cursor, outcomes: readonly ActionOutcome[]) => void;
  readonly refused: (message: Message, reason: string) => void;
  /** There is room again after `isFull`. */
  readonly room: () => void;
  readonly standing: () => string;
  readonly close: () => void;
}

export interface LiveFeed<Message> {
  readonly source: RecordSource;
  push(message: Message): void;
  readonly isFull: boolean;
}

/**
 * The queue between a platform that pushes and intake, which pulls: bounded, in order. A message is
 * the unit of acknowledgement: it is taken with all its records, or it comes again.
 */
export function createLiveSource<Message, Cursor>(
  options: LiveSourceOptions<Message, Cursor>,
): LiveFeed<Message> {
  let waiting: Message[] = [];
  let head = 0;
  let { cursor } = options;
  let moved = false;
  let isPaused = false;
  let outcomes: ActionOutcome[] = [];
  let committing: ActionOutcome[] = [];
  let current: { readonly message: Message; readonly records: readonly unknown[] } | null = null;
  let place = 0;
  let wake: () => void = () => {};
  const count = (): number => waiting.length - head;
  /** Opens messages until one tells a record, or none is left. */
  const advance = (): boolean => {
    while (current === null || place >= current.records.length) {
      const message = waiting[head];
      if (message === undefined) return false;
      head += 1;
      if (head >= WAITING_MAX) {
        waiting = waiting.slice(head);
        head = 0;
      }
      const records = options.recordsOf(message);
      assert(records.length <= RECORDS_PER_MESSAGE_MAX, 'one message tells too many records');
      current = { message, records };
      place = 0;
      cursor = options.moved(cursor, message);
      moved = true;
      const outcome = options.outcomeOf(message);
      if (outcome !== null) outcomes.push(outcome);
    }
    return true;
  };
  return {
    push: (message) => {
      waiting.push(message);
      if (count() >= WAITING_MAX) isPaused = true;
      wake();
    },
    get isFull() {
      return count() >= WAITING_MAX;
    },
    source: {
      next: () => {
        const isThere = advance();
        if (isPaused && count() <= ROOM_MIN) {
          isPaused = false;
          options.room();
        }
        if (!isThere || current === null) return null;
        place += 1;
        return current.records[place - 1];
      },
      ended: false,
      // What a platform will tell next is not known; what waits is due.
      nextAt: (): EpochMs | null => null,
      execute: (action, actionId) => {
        assert(actionId !== undefined, 'a live platform is asked under an id');
        options.execute(action, actionId);
      },
      cursor: () => cursor,
      close: options.close,
      live: {
        get midway() {
          return current !== null && place < current.records.length;
        },
        hasMoved: () => moved,
        outcomes: () => {
          committing = outcomes;
          outcomes = [];
          return committing;
        },
        committed: (at) => {
          moved = false;
          options.committed(at as Cursor, committing);
        },
        refused: (reason) => {
          if (current !== null) options.refused(current.message, reason);
        },
        onArrival: (call) => {
          wake = call;
        },
        standing: options.standing,
      },
    },
  };
}

/** A clock that is further ahead than this is wrong: believing it would end trading days. */
const AHEAD_MS_MAX = 60_000;

/** What a platform told and nobody can use: intake refuses it, people see it with this reason. */
export function unusable(reason: string, record: unknown): Unusable {
  return { type: UNUSABLE, reason, record };
}

/** Refuses a record from the future: a platform's broken clock must not move ours. */
export function withinTime(record: unknown, now: number): unknown {
  if (typeof record !== 'object' || record === null) return record;
  // A release is known before it happens.
  if ((record as { type?: unknown }).type === 'news') return record;
  for (const part of [record, ...Object.values(record)]) {
    const at = (part as { at?: unknown } | null)?.at;
    if (typeof at !== 'number' || at <= now + AHEAD_MS_MAX) continue;
    return unusable(
      `its time lies ${Math.round((at - now) / 1000)} s ahead of this server's`,
      record,
    );
  }
  return record;
}
