import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { assert } from '#core/kernel/assert.ts';
import { migrations } from './migrations.ts';

export type Connection = Database.Database;
export type Statement = Database.Statement<unknown[]>;

/** One step of a database's layout: numbered in tens, never edited once released. */
export interface Migration {
  readonly number: number;
  readonly sql: string;
}

/** SQLite waits this long for another connection's write. */
const BUSY_MS = 5_000;

/** Opens the log. */
export function openConnection(file: string, mode: 'write' | 'read'): Connection {
  return openDatabase(file, migrations, mode);
}

/**
 * Opens a database and brings its layout up to date. A commit that returned is on the disk: WAL
 * with `synchronous=FULL`, set and then read back, because a pragma that is not understood is
 * silently ignored.
 */
export function openDatabase(
  file: string,
  layout: readonly Migration[],
  mode: 'write' | 'read',
): Connection {
  assert(
    Number(process.versions.node.split('.')[0]) >= 22,
    'better-sqlite3 needs Node 22 or newer',
  );
  const connection = new Database(file, mode === 'read' ? { readonly: true } : {});
  connection.pragma(`busy_timeout = ${BUSY_MS}`);
  if (mode === 'read') return connection;
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  const journal = connection.pragma('journal_mode', { simple: true });
  const isMemory = file === ':memory:';
  assert(isMemory || journal === 'wal', `journal_mode is ${String(journal)}, wanted wal`);
  assert(connection.pragma('synchronous', { simple: true }) === 2, 'synchronous is not FULL');
  migrate(connection, layout);
  // At every start: the last one took the log's file away, and this one has made it anew.
  if (!isMemory) synchroniseFolderOf(file);
  return connection;
}

function migrate(connection: Connection, layout: readonly Migration[]): void {
  const done = Number(connection.pragma('user_version', { simple: true }));
  const newest = layout.at(-1)?.number ?? 0;
  assert(
    done <= newest,
    `this data was written by a newer Propdesk (layout ${done}, this one knows ${newest}): ` +
      'update Propdesk, or give it another data folder',
  );
  for (const { number, sql } of layout) {
    if (number <= done) continue;
    connection.transaction(() => {
      connection.exec(sql);
      connection.pragma(`user_version = ${number}`);
    })();
  }
}

/**
 * What a folder is told to hold is safe once the folder itself was synchronised. SQLite asks for
 * that too, but goes on when it fails: then a loss of power could take a whole file.
 */
function synchroniseFolderOf(file: string): void {
  // Windows opens no folder as a file; its file systems keep names in a journal of their own.
  if (process.platform === 'win32') return;
  const descriptor = openSync(dirname(file), 'r');
  try {
    fsyncSync(descriptor);
  } catch (error) {
    // Some network file systems synchronise no folders: nothing more can be asked of them.
    if ((error as { code?: unknown }).code !== 'EINVAL') throw error;
  } finally {
    closeSync(descriptor);
  }
}
