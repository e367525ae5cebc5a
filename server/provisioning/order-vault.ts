import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { err, ok, type Result } from '#core/kernel/result.ts';
import { openPrivateDatabase } from '../payments/private-database.ts';
import type { Connection, Migration } from '../store/open.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Reversals that came before their order; the oldest leave first. */
export const EARLY_MAX = 10_000;
/** 18 characters of 55: more than 100 bits, and none that is taken for another. */
const PASSWORD_LENGTH = 18;
const PASSWORD_LETTERS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Who bought, and where the credentials go. */
export interface Buyer {
  readonly address: string;
  /** Null when the shop did not say. */
  readonly name: string | null;
}

/** What a platform account is opened with. */
export interface Credentials {
  readonly accountId: string;
  readonly password: string;
}

/** `none` was never made, or made anew since; `gone` was read or ran out. */
export type LinkState = 'none' | 'ready' | 'read' | 'expired';

/** Money that went back of an order that no shop has told of yet. */
export interface EarlyReversal {
  readonly type: 'refund' | 'chargeback' | 'won';
  readonly externalId: string;
  readonly amount: number;
  readonly currency: string;
}

/**
 * Names, addresses and passwords of buyers, apart from the log, which knows them by a keyed digest.
 * Passwords are sealed with a key of another file, and gone once they were read or have run out.
 */
export interface OrderVault {
  /** One address gives one digest and one trader, whichever order comes first. */
  keepBuyer(buyer: Buyer): { readonly digest: string; readonly traderId: string };
  buyer(digest: string): Buyer | null;
  /** Removes all that is known of a buyer; the log stays whole. */
  erase(digest: string): boolean;

  /** Makes a password for an account where none is held. Durable when it returns. */
  prepare(orderId: string, accountId: string): void;
  /** For the platform's adapter alone; null once it was read, or ran out. */
  credentials(orderId: string): Credentials | null;
  /** The secret of the link, the same one for as long as the password is. */
  link(orderId: string, expiresAt: number): string | null;
  look(token: string): { readonly state: LinkState; readonly accountId: string };
  /** Gives the credentials once: they are wiped before this returns. */
  open(token: string, now: number): Result<Credentials, LinkState>;
  standing(orderId: string): LinkState;
  /** Wipes what has run out. */
  expire(now: number): void;

  keepEarly(orderId: string, reversal: EarlyReversal): void;
  early(orderId: string): readonly EarlyReversal[];
  dropEarly(orderId: string): void;
  close(): void;
}

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      CREATE TABLE buyer (digest TEXT PRIMARY KEY, address TEXT NOT NULL, name TEXT) STRICT;
      CREATE TABLE credential (
        order_id TEXT PRIMARY KEY,
        account_id TEXT NOT NULL,
        -- How often one was made: each has a link of its own.
        made INTEGER NOT NULL,
        sealed BLOB,
        token_digest TEXT UNIQUE,
        expires_at INTEGER,
        state TEXT NOT NULL
      ) STRICT;
      CREATE TABLE early (
        number INTEGER PRIMARY KEY,
        order_id TEXT NOT NULL,
        type TEXT NOT NULL,
        external_id TEXT NOT NULL,
        amount INTEGER NOT NULL,
        currency TEXT NOT NULL,
        UNIQUE (order_id, type, external_id)
      ) STRICT;
    `,
  },
];

interface Row {
  readonly order_id: string;
  readonly account_id: string;
  readonly made: number;
  readonly sealed: Uint8Array | null;
  readonly expires_at: number | null;
  readonly state: LinkState;
}

export interface VaultOptions {
  /** Two secrets of files of their own: what digests are keyed with, and what seals passwords. */
  readonly digestKey: Uint8Array;
  readonly sealKey: Uint8Array;
  random?(bytes: number): Uint8Array;
}

export function openOrderVault(file: string, options: VaultOptions): OrderVault {
  const connection = openPrivateDatabase(file, migrations);
  // What is removed is overwritten: it does not live on in free pages.
  connection.pragma('secure_delete = ON');
  const { digestKey, random = randomBytes } = options;
  const keyed = (kind: string, text: string): string =>
    createHmac('sha256', digestKey).update(`${kind}\n${text}`).digest('hex');
  return {
    ...buyersIn(connection, keyed),
    ...credentialsIn(connection, { ...options, random, keyed }),
    ...earlyIn(connection),
    close: () => void connection.close(),
  };
}

type Keyed = (kind: string, text: string) => string;

function buyersIn(
  connection: Connection,
  keyed: Keyed,
): Pick<OrderVault, 'keepBuyer' | 'buyer' | 'erase'> {
  const insert = connection.prepare(
    `INSERT INTO buyer VALUES (?, ?, ?)
       ON CONFLICT (digest) DO UPDATE SET name = coalesce(excluded.name, name)`,
  );
  const read = connection.prepare('SELECT address, name FROM buyer WHERE digest = ?');
  const remove = connection.prepare('DELETE FROM buyer WHERE digest = ?');
  return {
    keepBuyer: ({ address, name }) => {
      const normal = normalAddress(address);
      const digest = keyed('buyer', normal);
      insert.run(digest, normal, name);
      return { digest, traderId: `TB-${keyed('trader', normal).slice(0, 12)}` };
    },
    buyer: (digest) => (read.get(digest) as Buyer | undefined) ?? null,
    erase: (digest) => {
      const removed = remove.run(digest).changes > 0;
      forgetOldPages(connection);
      return removed;
    },
  };
}

/** Nobody is two people for having written an address in capitals. */
function normalAddress(address: string): string {
  return address.trim().normalize('NFC').toLowerCase();
}

function credentialsIn(
  connection: Connection,
  {
    sealKey,
    random,
    keyed,
  }: VaultOptions & { readonly keyed: Keyed; readonly random: (bytes: number) => Uint8Array },
): Pick<OrderVault, 'prepare' | 'credentials' | 'link' | 'look' | 'open' | 'standing' | 'expire'> {
  const byOrder = connection.prepare('SELECT * FROM credential WHERE order_id = ?');
  const byToken = connection.prepare('SELECT * FROM credential WHERE token_digest = ?');
  const put = connection.prepare(
    `INSERT INTO credential VALUES (?, ?, 1, ?, NULL, NULL, 'none')
       ON CONFLICT (order_id) DO UPDATE SET
         made = made + 1, sealed = excluded.sealed, token_digest = NULL, expires_at = NULL, state = 'none'`,
  );
  const setLink = connection.prepare(
    "UPDATE credential SET token_digest = ?, expires_at = ?, state = 'ready' WHERE order_id = ?",
  );
  const wipe = connection.prepare(
    "UPDATE credential SET sealed = NULL, state = ? WHERE order_id = ? AND state = 'ready'",
  );
  const due = connection.prepare(
    "SELECT order_id FROM credential WHERE state = 'ready' AND expires_at <= ?",
  );
  const rowOf = (orderId: string): Row | undefined => byOrder.get(orderId) as Row | undefined;
  const rowWith = (token: string): Row | undefined =>
    byToken.get(digestOfToken(token)) as Row | undefined;
  const passwordIn = ({ order_id: orderId, sealed }: Row): string | null =>
    sealed === null ? null : unseal(sealed, orderId, sealKey);
  const open = connection.transaction(
    (token: string, now: number): Result<Credentials, LinkState> => {
      const row = rowWith(token);
      if (!row) return err('none');
      const password = row.state === 'ready' ? passwordIn(row) : null;
      if (password === null) return err(row.state === 'ready' ? 'expired' : row.state);
      const isOver = row.expires_at === null || row.expires_at <= now;
      wipe.run(isOver ? 'expired' : 'read', row.order_id);
      return isOver ? err('expired') : ok({ accountId: row.account_id, password });
    },
  );
  return {
    prepare: connection.transaction((orderId: string, accountId: string): void => {
      if ((rowOf(orderId)?.sealed ?? null) !== null) return;
      put.run(orderId, accountId, seal(passwordOf(random), orderId, sealKey, random));
    }).immediate,
    credentials: (orderId) => {
      const row = rowOf(orderId);
      const password = row ? passwordIn(row) : null;
      return row && password !== null ? { accountId: row.account_id, password } : null;
    },
    link: (orderId, expiresAt) => {
      const row = rowOf(orderId);
      if (!row || row.sealed === null) return null;
      // It follows from what is kept: sent again after a crash, the mail is the same mail.
      const token = Buffer.from(keyed('link', `${orderId}\n${row.made}`), 'hex').toString(
        'base64url',
      );
      if (row.state === 'none') setLink.run(digestOfToken(token), expiresAt, orderId);
      return token;
    },
    look: (token) => {
      const row = rowWith(token);
      return { state: row?.state ?? 'none', accountId: row?.account_id ?? '' };
    },
    open: (token, now) => {
      const opened = open.immediate(token, now);
      if (opened.ok) forgetOldPages(connection);
      return opened;
    },
    standing: (orderId) => rowOf(orderId)?.state ?? 'none',
    expire: (now) => {
      const over = due.all(now) as { order_id: string }[];
      for (const { order_id: orderId } of over) wipe.run('expired', orderId);
      if (over.length > 0) forgetOldPages(connection);
    },
  };
}

function earlyIn(connection: Connection): Pick<OrderVault, 'keepEarly' | 'early' | 'dropEarly'> {
  const insert = connection.prepare('INSERT OR IGNORE INTO early VALUES (NULL, ?, ?, ?, ?, ?)');
  const trim = connection.prepare(
    'DELETE FROM early WHERE number <= (SELECT max(number) FROM early) - ?',
  );
  const read = connection.prepare(
    `SELECT type, external_id AS externalId, amount, currency FROM early
       WHERE order_id = ? ORDER BY number`,
  );
  const remove = connection.prepare('DELETE FROM early WHERE order_id = ?');
  return {
    keepEarly: (orderId, { type, externalId, amount, currency }) => {
      insert.run(orderId, type, externalId, amount, currency);
      trim.run(EARLY_MAX);
    },
    early: (orderId) => read.all(orderId) as EarlyReversal[],
    dropEarly: (orderId) => void remove.run(orderId),
  };
}

/** What was overwritten stands in the database's own log until that is emptied. */
function forgetOldPages(connection: Connection): void {
  connection.pragma('wal_checkpoint(TRUNCATE)');
}

function digestOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function passwordOf(random: (bytes: number) => Uint8Array): string {
  const letters: string[] = [];
  const limit = 256 - (256 % PASSWORD_LETTERS.length);
  while (letters.length < PASSWORD_LENGTH) {
    for (const byte of random(PASSWORD_LENGTH)) {
      // Bytes beyond the last whole round would make the first letters likelier.
      if (byte < limit && letters.length < PASSWORD_LENGTH) {
        letters.push(PASSWORD_LETTERS.charAt(byte % PASSWORD_LETTERS.length));
      }
    }
  }
  return letters.join('');
}

/** AES-256-GCM, tied to its order: nonce, tag, then what was sealed. */
function seal(
  text: string,
  orderId: string,
  key: Uint8Array,
  random: (bytes: number) => Uint8Array,
): Uint8Array {
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(orderId));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

function unseal(sealed: Uint8Array, orderId: string, key: Uint8Array): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(orderId));
  decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  const text = [decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()];
  return Buffer.concat(text).toString('utf8');
}
