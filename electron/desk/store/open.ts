import { chmodSync, closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
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
  // At every start: the last one took the log's file away, and this one has made it anew.
  if (file !== ':memory:') synchroniseFolderOf(file);
  return connection;
}

/**
 * What a folder is told to hold is safe once the folder itself was synchronised. SQLite asks for
 * that too, but goes on when it fails: then a loss of power could take a whole file.
 */
export function synchroniseFolderOf(file: string): void {
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

/** A full-text index in memory: it holds names and words, and leaves nothing of them on the disk. */
export function openIndex(): Connection {
  const connection = new Database(':memory:');
  connection.exec(`
    CREATE VIRTUAL TABLE doc USING fts5(
      title, detail, words, kind UNINDEXED, id UNINDEXED, link UNINDEXED,
      tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
    );
  `);
  return connection;
}
