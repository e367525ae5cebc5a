import { deserialize, serialize } from 'node:v8';
import type { ActionOutcome, PendingAction } from '../adapters/platform-adapter.ts';
import type { Connection } from './open.ts';

/** Settled actions kept, to look up what became of them; the oldest leave first. */
export const SETTLED_ACTIONS_MAX = 100_000;

/**
 * What a live platform's part of a commit holds. A live platform tells everything once: what it
 * told since the latest snapshot is kept here, to be executed again after a stop.
 */
export interface LiveBatch {
  /** As they came, also those that intake refused. */
  readonly taken: readonly unknown[];
  /** Where the source stands behind them. */
  readonly cursor: unknown;
  readonly actions: readonly PendingAction[];
  readonly outcomes: readonly ActionOutcome[];
}

/** The part of the log that belongs to the connection with a live platform. */
export interface LiveStore {
  /** Null before anything was taken. */
  cursor(partition: number): unknown;
  /** Records from the one with this number on; the first record of all is number 1. */
  taken(partition: number, fromRecord: number): Iterable<unknown>;
  /** Actions without an outcome, oldest first. */
  pending(partition: number): PendingAction[];
  /** Actions ever asked for: the next one's number follows. */
  actionsAsked(partition: number): number;
}

export function openLiveStore(connection: Connection): LiveStore {
  return {
    cursor: (partition) => {
      const row = connection
        .prepare('SELECT cursor FROM source_cursor WHERE partition = ?')
        .get(partition) as { cursor: string } | undefined;
      return row === undefined ? null : (JSON.parse(row.cursor) as unknown);
    },
    taken: function* (partition, fromRecord) {
      const chunk = connection.prepare(
        `SELECT first_record, bytes FROM taken WHERE partition = ? AND last_record >= ?
           ORDER BY first_record LIMIT 1`,
      );
      // One by one: a query that is still open, because its reader has enough, lets nothing be written.
      let from = fromRecord;
      for (;;) {
        const row = chunk.get(partition, from) as
          { first_record: number; bytes: Uint8Array } | undefined;
        if (row === undefined) return;
        const records = deserialize(row.bytes) as unknown[];
        yield* records.slice(Math.max(0, from - row.first_record));
        from = row.first_record + records.length;
      }
    },
    pending: (partition) =>
      (
        connection
          .prepare(
            `SELECT action_id, action FROM platform_action
               WHERE partition = ? AND result IS NULL ORDER BY number`,
          )
          .all(partition) as { action_id: string; action: string }[]
      ).map(({ action_id, action }) => ({
        actionId: action_id,
        action: JSON.parse(action) as PendingAction['action'],
      })),
    actionsAsked: (partition) =>
      (
        connection
          .prepare(
            'SELECT coalesce(max(number), 0) AS asked FROM platform_action WHERE partition = ?',
          )
          .get(partition) as { asked: number }
      ).asked,
  };
}

/** Writes the live part of a batch, inside the transaction of the batch. */
export function liveAppender(
  connection: Connection,
): (partition: number, batch: LiveBatch, lastRecord: number) => void {
  const take = connection.prepare('INSERT INTO taken VALUES (?, ?, ?, ?)');
  const move = connection.prepare('INSERT OR REPLACE INTO source_cursor VALUES (?, ?)');
  const ask = connection.prepare(
    `INSERT INTO platform_action (partition, number, action_id, action)
       SELECT @partition, coalesce(max(number), 0) + 1, @actionId, @action
       FROM platform_action WHERE partition = @partition`,
  );
  const settle = connection.prepare(
    `UPDATE platform_action SET result = ?, reason = ?
       WHERE partition = ? AND action_id = ? AND result IS NULL`,
  );
  return (partition, batch, lastRecord) => {
    const { taken, cursor, actions, outcomes } = batch;
    if (taken.length > 0) {
      take.run(partition, lastRecord - taken.length + 1, lastRecord, serialize(taken));
    }
    move.run(partition, JSON.stringify(cursor));
    for (const { actionId, action } of actions) {
      ask.run({ partition, actionId, action: JSON.stringify(action) });
    }
    for (const { actionId, result, reason } of outcomes) {
      settle.run(result, reason, partition, actionId);
    }
  };
}

/** Forgets what no snapshot that is kept would need again, and the oldest of settled actions. */
export function forgetTaken(connection: Connection, partition: number): void {
  connection
    .prepare(
      `DELETE FROM taken WHERE partition = @partition AND last_record <=
         (SELECT min(records) FROM snapshot WHERE partition = @partition)`,
    )
    .run({ partition });
  connection
    .prepare(
      `DELETE FROM platform_action WHERE partition = @partition AND result IS NOT NULL AND number <=
         (SELECT max(number) FROM platform_action WHERE partition = @partition) - @kept`,
    )
    .run({ partition, kept: SETTLED_ACTIONS_MAX });
}
