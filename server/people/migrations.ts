import type { Migration } from '../store/open.ts';

/** Numbered in tens, applied in order, never edited once released. */
export const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
      CREATE TABLE person (
        person_id TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        login TEXT NOT NULL,
        login_key BLOB NOT NULL,
        email TEXT,
        password TEXT,
        totp BLOB,
        totp_pending BLOB,
        totp_step INTEGER NOT NULL DEFAULT 0,
        active INTEGER NOT NULL DEFAULT 1
      ) STRICT;
      -- Who left keeps the name that history shows; the login is free for somebody else.
      CREATE UNIQUE INDEX person_login ON person (login_key) WHERE active = 1;
      CREATE TABLE invite (
        person_id TEXT PRIMARY KEY REFERENCES person,
        code_hash BLOB NOT NULL UNIQUE,
        expires_at INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE session (
        session_id TEXT PRIMARY KEY,
        token_hash BLOB NOT NULL UNIQUE,
        person_id TEXT NOT NULL REFERENCES person,
        desk_id TEXT NOT NULL,
        address TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX session_person ON session (person_id, last_seen_at);
      CREATE TABLE wrong_attempt (
        login_key BLOB PRIMARY KEY,
        wrong INTEGER NOT NULL,
        locked_until INTEGER NOT NULL,
        last_at INTEGER NOT NULL
      ) STRICT;
    `,
  },
];
