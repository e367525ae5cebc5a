import { chmodSync, closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { assert } from '#core/kernel/assert.ts';
import { migrations } from './migrations.ts';

export type Connection = Database.Database;

/** Opens the desk's cache: what it has shown once it can show again, without a server. */
export function openConnection(file: string): Connection {
  if (file !== ':memory:') {
    // It holds a person's session: for its owner alone, and so are the files that SQLite adds.
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  }
  const connection = new Database(file);
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  const journal = connection.pragma('journal_mode', { simple: true });
  assert(
    file === ':memory:' || journal === 'wal',
    `journal_mode is ${String(journal)}, wanted wal`,
  );
  assert(connection.pragma('synchronous', { simple: true }) === 2, 'synchronous is not FULL');
  const done = Number(connection.pragma('user_version', { simple: true }));
  const newest = migrations.at(-1)?.number ?? 0;
  assert(
    done <= newest,
    `this data was written by a newer Propdesk (layout ${done}, this one knows ${newest}): ` +
      'update Propdesk, or give it another data folder',
  );
  for (const { number, sql } of migrations) {
    if (number <= done) continue;
    connection.transaction(() => {
      connection.exec(sql);
      connection.pragma(`user_version = ${number}`);
    })();
  }
  return connection;
}
