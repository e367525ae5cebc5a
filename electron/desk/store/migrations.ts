/** Numbered in tens, applied in order, never edited once released. */
export const migrations: readonly { readonly number: number; readonly sql: string }[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
      CREATE TABLE account (number INTEGER PRIMARY KEY, account_id TEXT NOT NULL UNIQUE, summary TEXT NOT NULL) STRICT;
      CREATE TABLE alert (seq INTEGER PRIMARY KEY, account_id TEXT NOT NULL, alert TEXT NOT NULL) STRICT;
      CREATE TABLE detail (account_id TEXT PRIMARY KEY, as_of INTEGER NOT NULL, detail TEXT NOT NULL) STRICT;
      CREATE TABLE outbox (
        command_id TEXT PRIMARY KEY,
        issued_at INTEGER NOT NULL,
        command TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'accepted', 'rejected')),
        result TEXT
      ) STRICT;
      CREATE TABLE rows (only INTEGER PRIMARY KEY CHECK (only = 1), as_of INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
    `,
  },
  {
    // A command belongs to the log it was made against; 'setAside' is one whose log is gone.
    number: 20,
    sql: `
      ALTER TABLE outbox RENAME TO outbox_before;
      CREATE TABLE outbox (
        command_id TEXT PRIMARY KEY,
        log_id TEXT NOT NULL,
        issued_at INTEGER NOT NULL,
        command TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'accepted', 'rejected', 'setAside')),
        result TEXT
      ) STRICT;
      INSERT INTO outbox
        SELECT command_id, coalesce((SELECT value FROM meta WHERE name = 'logId'), ''),
          issued_at, command, state, result
        FROM outbox_before ORDER BY rowid;
      DROP TABLE outbox_before;
    `,
  },
  {
    // The latest checkpoint of every log that this desk has followed.
    number: 30,
    sql: `
      CREATE TABLE witness (log_id TEXT PRIMARY KEY, public_key BLOB NOT NULL, note TEXT NOT NULL) STRICT;
    `,
  },
  {
    // People, proposals and payouts as their facts; the bytes that people sign; what was signed here.
    number: 40,
    sql: `
      CREATE TABLE governed (seq INTEGER PRIMARY KEY, fact TEXT NOT NULL) STRICT;
      CREATE TABLE content (digest TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
      CREATE TABLE signed (
        decision_id TEXT PRIMARY KEY,
        log_id TEXT NOT NULL,
        person_id TEXT NOT NULL,
        key_id TEXT NOT NULL,
        chain_seq INTEGER NOT NULL,
        digest TEXT NOT NULL,
        decision TEXT NOT NULL,
        signed_at INTEGER NOT NULL,
        UNIQUE (key_id, chain_seq)
      ) STRICT;
    `,
  },
];
