import { chmodSync, closeSync, openSync } from 'node:fs';
import { openDatabase, type Connection, type Migration } from '../store/open.ts';

/** Readable by this user alone; SQLite makes the files beside it in the same way. */
export function openPrivateDatabase(file: string, layout: readonly Migration[]): Connection {
  if (file !== ':memory:') {
    closeSync(openSync(file, 'a', 0o600));
    chmodSync(file, 0o600);
  }
  return openDatabase(file, layout, 'write');
}
