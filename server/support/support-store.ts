import { openPrivateDatabase } from '../payments/private-database.ts';
import type { Connection, Migration } from '../store/open.ts';

/** Mails that were refused are kept for people to look at; the oldest leave first. */
export const REFUSED_KEPT_MAX = 1_000;

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      -- Where a ticket's answers go.
      CREATE TABLE contact (ticket_id TEXT PRIMARY KEY, address TEXT NOT NULL) STRICT;
      CREATE INDEX contact_address ON contact (address);
      -- Mails that were taken in: each once.
      CREATE TABLE heard (
        name TEXT PRIMARY KEY,
        header_id TEXT NOT NULL,
        address TEXT NOT NULL,
        ticket_id TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
      CREATE INDEX heard_header ON heard (header_id);
      CREATE INDEX heard_address ON heard (address, at);
      CREATE INDEX heard_ticket ON heard (ticket_id);
      -- Whose address it is, once a person has said so.
      CREATE TABLE owner (address TEXT PRIMARY KEY, trader_id TEXT NOT NULL) STRICT;
      CREATE INDEX owner_trader ON owner (trader_id);
      CREATE TABLE sent (
        message_id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        next_at INTEGER NOT NULL,
        says TEXT NOT NULL
      ) STRICT;
      CREATE TABLE refused (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        code TEXT NOT NULL,
        says TEXT NOT NULL
      ) STRICT;
      -- How far each mailbox was read.
      CREATE TABLE mailbox (name TEXT PRIMARY KEY, validity TEXT NOT NULL, uid INTEGER NOT NULL) STRICT;
    `,
  },
];

export interface Heard {
  readonly name: string;
  readonly headerId: string;
  readonly address: string;
  readonly ticketId: string;
  readonly at: number;
}

export interface SentState {
  readonly state: 'sent' | 'refused' | 'retry' | 'givenUp';
  readonly attempts: number;
  readonly nextAt: number;
  readonly says: string;
}

/**
 * Addresses of traders and what came of mails, apart from the log, which knows nobody's address.
 * What is erased here is gone: the log stays whole.
 */
export interface SupportStore {
  heard(name: string): Heard | null;
  /** Durable when it returns; the first mail of a ticket says where its answers go. */
  take(heard: Heard): void;
  /** The latest mail with this id that came from this address. */
  ticketOf(headerId: string, address: string): string | null;
  /** How many mails of an address were taken in since an instant. */
  countOf(address: string, since: number): number;
  /** Ids of the mails of a ticket, oldest first. */
  headerIds(ticketId: string): readonly string[];
  contact(ticketId: string): string | null;
  ownerOf(address: string): string | null;
  own(address: string, traderId: string): void;
  sent(messageId: string): SentState | null;
  saveSent(messageId: string, state: SentState): void;
  refuse(at: number, code: string, says: string): void;
  refused(): readonly { readonly code: string; readonly count: number }[];
  uidOf(mailbox: string): { readonly validity: string; readonly uid: number } | null;
  saveUid(mailbox: string, validity: string, uid: number): void;
  /** Removes every address of a trader, and what came from it; how many addresses there were. */
  erase(traderId: string): number;
  close(): void;
}

interface HeardRow {
  readonly name: string;
  readonly header_id: string;
  readonly address: string;
  readonly ticket_id: string;
  readonly at: number;
}

export function openSupportStore(file: string): SupportStore {
  const db = openPrivateDatabase(file, migrations);
  // What is erased is overwritten: it does not live on in free pages.
  db.pragma('secure_delete = ON');
  const text = (sql: string) => db.prepare(sql).pluck();
  const heard = db.prepare('SELECT * FROM heard WHERE name = ?');
  const hear = db.prepare('INSERT OR IGNORE INTO heard VALUES (?, ?, ?, ?, ?)');
  const address = db.prepare('INSERT OR IGNORE INTO contact VALUES (?, ?)');
  const take = db.transaction(({ name, headerId, address: from, ticketId, at }: Heard) => {
    hear.run(name, headerId, from, ticketId, at);
    address.run(ticketId, from);
  });
  const ticketOf = text(
    `SELECT ticket_id FROM heard WHERE header_id = ? AND address = ? ORDER BY at DESC LIMIT 1`,
  );
  const countOf = text('SELECT count(*) FROM heard WHERE address = ? AND at >= ?');
  const headerIds = text('SELECT header_id FROM heard WHERE ticket_id = ? ORDER BY at, rowid');
  const contact = text('SELECT address FROM contact WHERE ticket_id = ?');
  const owner = text('SELECT trader_id FROM owner WHERE address = ?');
  const sent = db.prepare('SELECT * FROM sent WHERE message_id = ?');
  return {
    heard: (name) => {
      const row = heard.get(name) as HeardRow | undefined;
      if (!row) return null;
      const { header_id: headerId, ticket_id: ticketId } = row;
      return { name, headerId, address: row.address, ticketId, at: row.at };
    },
    take: (mail) => take.immediate(mail),
    ticketOf: (headerId, from) => (ticketOf.get(headerId, from) as string | undefined) ?? null,
    countOf: (from, since) => countOf.get(from, since) as number,
    headerIds: (ticketId) => headerIds.all(ticketId) as string[],
    contact: (ticketId) => (contact.get(ticketId) as string | undefined) ?? null,
    ownerOf: (from) => (owner.get(from) as string | undefined) ?? null,
    own: (from, traderId) =>
      void db.prepare('INSERT OR REPLACE INTO owner VALUES (?, ?)').run(from, traderId),
    sent: (messageId) => {
      const row = sent.get(messageId) as
        { state: SentState['state']; attempts: number; next_at: number; says: string } | undefined;
      if (!row) return null;
      const { state, attempts, next_at: nextAt, says } = row;
      return { state, attempts, nextAt, says };
    },
    saveSent: (messageId, { state, attempts, nextAt, says }) =>
      void db
        .prepare('INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?)')
        .run(messageId, state, attempts, nextAt, says),
    refuse: (at, code, says) => {
      db.prepare('INSERT INTO refused (at, code, says) VALUES (?, ?, ?)').run(at, code, says);
      db.prepare(
        'DELETE FROM refused WHERE id <= (SELECT id FROM refused ORDER BY id DESC LIMIT 1 OFFSET ?)',
      ).run(REFUSED_KEPT_MAX);
    },
    refused: () =>
      db
        .prepare('SELECT code, count(*) AS count FROM refused GROUP BY code ORDER BY count DESC')
        .all() as { code: string; count: number }[],
    uidOf: (mailbox) =>
      (db.prepare('SELECT validity, uid FROM mailbox WHERE name = ?').get(mailbox) as
        { validity: string; uid: number } | undefined) ?? null,
    saveUid: (mailbox, validity, uid) =>
      void db
        .prepare('INSERT OR REPLACE INTO mailbox VALUES (?, ?, ?)')
        .run(mailbox, validity, uid),
    erase: (traderId) => erase(db, traderId),
    close: () => void db.close(),
  };
}

function erase(db: Connection, traderId: string): number {
  const remove = db.transaction(() => {
    const owned = db
      .prepare('SELECT address FROM owner WHERE trader_id = ?')
      .pluck()
      .all(traderId) as string[];
    for (const from of owned) {
      db.prepare('DELETE FROM contact WHERE address = ?').run(from);
      // That a mail was taken in stays known: it must not come in again.
      db.prepare("UPDATE heard SET address = '', header_id = '' WHERE address = ?").run(from);
    }
    db.prepare('DELETE FROM owner WHERE trader_id = ?').run(traderId);
    return owned.length;
  });
  const erased = remove.immediate();
  db.pragma('wal_checkpoint(TRUNCATE)');
  return erased;
}
