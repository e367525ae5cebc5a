import { randomBytes } from 'node:crypto';
import { digestOfBytes } from '../payments/message-signature.ts';
import { openPrivateDatabase } from '../payments/private-database.ts';
import type { Connection, Migration } from '../store/open.ts';
import type { Answer } from './errors.ts';

const SALT_BYTES = 16;

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE request (
        client TEXT NOT NULL,
        key TEXT NOT NULL,
        -- Salted: a body names a payee, and digests of names can be guessed.
        salt BLOB NOT NULL,
        digest TEXT NOT NULL,
        -- Null while nobody was answered: after a crash it is done again, which does it once.
        answer TEXT,
        PRIMARY KEY (client, key)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

/** What is known of a request under its key. */
export type Begun =
  | { readonly type: 'fresh' }
  | { readonly type: 'answered'; readonly answer: Answer }
  /** The key was used for another request. */
  | { readonly type: 'differs' };

/** What was asked under each idempotency key, and what was answered: kept for ever. */
export interface RequestStore {
  /** `what` is the whole request, as bytes. */
  begin(client: string, key: string, what: Uint8Array): Begun;
  answered(client: string, key: string, answer: Answer): void;
  close(): void;
}

export function openRequestStore(file: string): RequestStore {
  const connection = openPrivateDatabase(file, migrations);
  const write = connection.prepare('UPDATE request SET answer = ? WHERE client = ? AND key = ?');
  return {
    begin: beginner(connection),
    answered: (client, key, answer) => void write.run(JSON.stringify(answer), client, key),
    close: () => void connection.close(),
  };
}

interface Row {
  readonly salt: Uint8Array;
  readonly digest: string;
  readonly answer: string | null;
}

function beginner(connection: Connection): RequestStore['begin'] {
  const insert = connection.prepare('INSERT OR IGNORE INTO request VALUES (?, ?, ?, ?, NULL)');
  const read = connection.prepare('SELECT * FROM request WHERE client = ? AND key = ?');
  return (client, key, what) => {
    const salted = (salt: Uint8Array): string => digestOfBytes(Buffer.concat([salt, what]));
    const salt = randomBytes(SALT_BYTES);
    insert.run(client, key, salt, salted(salt));
    const row = read.get(client, key) as Row;
    if (row.digest !== salted(row.salt)) return { type: 'differs' };
    if (row.answer === null) return { type: 'fresh' };
    return { type: 'answered', answer: JSON.parse(row.answer) as Answer };
  };
}
