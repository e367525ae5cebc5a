import { hash } from 'node:crypto';
import type { Connection } from '../store/open.ts';
import type { RandomBytes } from './secret-box.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A session ends when its desk was silent this long … */
export const SESSION_IDLE_MS = 12 * HOUR_MS;
/** … and this long after its beginning whatever happened. */
export const SESSION_MAX_MS = 7 * 24 * HOUR_MS;
/** Last-seen is written at most this often: a busy desk is not a write for each event. */
export const SEEN_EVERY_MS = MINUTE_MS;
/** With one more, the session that was silent the longest ends. */
export const SESSIONS_PER_PERSON_MAX = 10;
const TOKEN_BYTES = 32;
const SESSION_ID_BYTES = 16;

/** What a request is allowed to know of the session that it belongs to. */
export interface LiveSession {
  readonly personId: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

export interface NewSession extends LiveSession {
  /** Shown once: only its hash is kept. */
  readonly token: string;
}

export interface SessionEntry {
  readonly sessionId: string;
  readonly deskId: string;
  readonly address: string;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

interface SessionRow {
  readonly session_id: string;
  readonly person_id: string;
  readonly desk_id: string;
  readonly address: string;
  readonly created_at: number;
  readonly last_seen_at: number;
}

/**
 * The sessions as rows. Whatever removes some returns their ids; who calls tells the listeners once
 * the transaction around it has been committed.
 */
export interface Sessions {
  begin(
    personId: string,
    deskId: string,
    address: string,
  ): { readonly session: NewSession; readonly ended: readonly string[] };
  find(token: string, deskId: string): LiveSession | null;
  list(personId: string): SessionEntry[];
  end(sessionId: string): string[];
  endAll(personId: string): string[];
  endExpired(): string[];
}

export function createSessions(
  connection: Connection,
  now: () => number,
  random: RandomBytes,
): Sessions {
  const select = (where: string) =>
    connection.prepare(`SELECT * FROM session WHERE ${where} ORDER BY created_at, session_id`);
  const remove = (where: string) =>
    connection.prepare(`DELETE FROM session WHERE ${where} RETURNING session_id`).pluck();
  const byToken = select('token_hash = ?');
  const byPerson = select('person_id = ?');
  const seen = connection.prepare('UPDATE session SET last_seen_at = ? WHERE session_id = ?');
  const end = remove('session_id = ?');
  const endAll = remove('person_id = ?');
  const endExpired = remove('created_at <= ? OR last_seen_at <= ?');
  const begin = beginner(connection, random);
  return {
    begin: (personId, deskId, address) => begin(personId, deskId, address, now()),
    find: (token, deskId) => {
      const row = byToken.get(hashOf(token)) as SessionRow | undefined;
      const at = now();
      if (!row || row.desk_id !== deskId || expiryOf(row) <= at) return null;
      const isStale = at - row.last_seen_at >= SEEN_EVERY_MS;
      if (isStale) seen.run(at, row.session_id);
      return liveOf(isStale ? { ...row, last_seen_at: at } : row);
    },
    list: (personId) =>
      (byPerson.all(personId) as SessionRow[]).filter((row) => expiryOf(row) > now()).map(entryOf),
    end: (sessionId) => end.all(sessionId) as string[],
    endAll: (personId) => endAll.all(personId) as string[],
    endExpired: () => endExpired.all(now() - SESSION_MAX_MS, now() - SESSION_IDLE_MS) as string[],
  };
}

function beginner(connection: Connection, random: RandomBytes) {
  const insert = connection.prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)');
  const trim = connection
    .prepare(
      `DELETE FROM session WHERE session_id IN (
         SELECT session_id FROM session WHERE person_id = ? AND session_id <> ?
          ORDER BY last_seen_at DESC LIMIT -1 OFFSET ?) RETURNING session_id`,
    )
    .pluck();
  return (personId: string, deskId: string, address: string, at: number) => {
    const token = textOf(random(TOKEN_BYTES));
    const sessionId = textOf(random(SESSION_ID_BYTES));
    insert.run(sessionId, hashOf(token), personId, deskId, address, at, at);
    const ended = trim.all(personId, sessionId, SESSIONS_PER_PERSON_MAX - 1) as string[];
    const expiresAt = expiryOf({ created_at: at, last_seen_at: at });
    return { session: { token, personId, sessionId, expiresAt }, ended };
  };
}

function expiryOf(row: Pick<SessionRow, 'created_at' | 'last_seen_at'>): number {
  return Math.min(row.created_at + SESSION_MAX_MS, row.last_seen_at + SESSION_IDLE_MS);
}

function liveOf(row: SessionRow): LiveSession {
  return { personId: row.person_id, sessionId: row.session_id, expiresAt: expiryOf(row) };
}

function entryOf(row: SessionRow): SessionEntry {
  return {
    sessionId: row.session_id,
    deskId: row.desk_id,
    address: row.address,
    createdAt: row.created_at,
    lastSeenAt: row.last_seen_at,
  };
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}

/** A token has 256 random bits: one plain hash is as good as a slow one. */
function hashOf(token: string): Uint8Array {
  return hash('sha256', token, 'buffer');
}
