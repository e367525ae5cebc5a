import type { Witnessed } from '#core/audit/witness.ts';
import type { Alert } from '#core/desk-api/contract.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { AccountDetail, AccountSummary, Command, CommandResult } from '#core/sync/protocol.ts';
import { openConnection } from './open.ts';

/** Alerts kept on a desk; the server has them all. */
export const ALERTS_KEPT_MAX = 20_000;
/** Account pages kept for reading without a server. */
export const DETAILS_KEPT_MAX = 500;
/** Commands that wait for the server; one more is refused. */
export const OUTBOX_MAX = 500;

export interface Cursor {
  readonly logId: string | null;
  readonly seq: number;
}

/** What changes together: all of it is on the disk, or none. */
export interface DeskChange {
  readonly cursor: Cursor;
  readonly accounts: readonly AccountSummary[];
  readonly alerts: readonly Alert[];
  /** Facts of people, proposals and payouts. */
  readonly governed: readonly Fact[];
}

/** A decision that was signed on this desk: kept for ever, whatever became of it. */
export interface SignedHere {
  readonly decisionId: string;
  readonly personId: string;
  readonly keyId: string;
  readonly chainSeq: number;
  /** Of the signed bytes. */
  readonly digest: string;
  /** What was decided, for showing it again. */
  readonly decision: string;
  readonly signedAt: number;
}

export interface DeskStore {
  cursor(): Cursor;
  accounts(): AccountSummary[];
  alerts(): Alert[];
  apply(change: DeskChange): void;
  /** A snapshot instead of all that was kept, in one transaction. The outbox stays. */
  replace(change: DeskChange): void;
  /** Another log from now on: all that was kept goes, and what waited for the old log is set aside. */
  startOver(): void;
  saveRows(asOf: number, bytes: Uint8Array): void;
  rows(): { readonly asOf: number; readonly bytes: Uint8Array } | null;
  saveDetail(accountId: string, asOf: number, detail: AccountDetail): void;
  detail(accountId: string): { readonly asOf: number; readonly detail: AccountDetail } | null;
  governed(): Fact[];
  /** Those after an entry, in order, so many at the most. */
  governedAfter(seq: number, limit: number): Fact[];
  /** One of them, by its entry; null when this desk does not keep it. */
  governedFact(seq: number): Fact | null;
  saveContent(digest: string, text: string): void;
  content(digest: string): string | null;
  /**
   * Keeps a signed decision and puts its command into the outbox, in one transaction: durable when
   * it returns, false when the outbox is full.
   */
  keepSigned(signed: SignedHere, command: Command, logId: string): boolean;
  signed(logId: string): SignedHere[];
  /** The last place of a key's chain that this desk has given away. */
  chainOf(keyId: string): { readonly seq: number; readonly digest: string } | null;
  /** Small things that outlive a restart: who is signed in, what the server is called. */
  note(name: string): string | null;
  saveNote(name: string, value: string | null): void;
  /** Durable when it returns; false when the outbox is full. The command is for that log alone. */
  queue(command: Command, logId: string): boolean;
  queued(logId: string): Command[];
  /** Commands that were made against a log that is gone: kept to be read, never sent. */
  setAside(): Command[];
  settled(result: CommandResult): void;
  /** Why the server rejected a command; null when it did not. */
  rejection(commandId: string): string | null;
  /** What this desk has seen of a log, as a witness of it; survives snapshots. */
  witnessed(logId: string): Witnessed | null;
  saveWitnessed(logId: string, witnessed: Witnessed): void;
  close(): void;
}

export function openDeskStore(file: string): DeskStore {
  const db = openConnection(file);
  const get = db.prepare<[string], { value: string }>('SELECT value FROM meta WHERE name = ?');
  const put = db.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
  const putAccount = db.prepare('INSERT OR REPLACE INTO account VALUES (?, ?, ?)');
  const putAlert = db.prepare('INSERT OR REPLACE INTO alert VALUES (?, ?, ?)');
  const putGoverned = db.prepare('INSERT OR REPLACE INTO governed VALUES (?, ?)');
  const trimAlerts = db.prepare(
    'DELETE FROM alert WHERE seq <= (SELECT seq FROM alert ORDER BY seq DESC LIMIT 1 OFFSET ?)',
  );
  const putRows = db.prepare('INSERT OR REPLACE INTO rows VALUES (1, ?, ?)');
  const putDetail = db.prepare('INSERT OR REPLACE INTO detail VALUES (?, ?, ?)');
  const trimDetails = db.prepare(
    'DELETE FROM detail WHERE as_of < (SELECT as_of FROM detail ORDER BY as_of DESC LIMIT 1 OFFSET ?)',
  );
  const apply = db.transaction((change: DeskChange) => {
    for (const account of change.accounts) {
      putAccount.run(account.number, account.terms.accountId, JSON.stringify(account));
    }
    for (const alert of change.alerts) {
      // Alerts of the firm are of no account.
      putAlert.run(alert.seq, alert.accountId ?? '', JSON.stringify(alert));
    }
    for (const fact of change.governed) putGoverned.run(fact.envelope.seq, JSON.stringify(fact));
    if (change.alerts.length > 0) trimAlerts.run(ALERTS_KEPT_MAX);
    put.run('logId', change.cursor.logId ?? '');
    put.run('seq', String(change.cursor.seq));
  });
  const forget =
    'DELETE FROM account; DELETE FROM alert; DELETE FROM detail; DELETE FROM rows; ' +
    "DELETE FROM governed; DELETE FROM meta WHERE name IN ('logId', 'seq');";
  const replace = db.transaction((change: DeskChange) => {
    db.exec(forget);
    apply(change);
  });
  const startOver = db.transaction(() => {
    db.exec(forget);
    db.exec("UPDATE outbox SET state = 'setAside' WHERE state = 'queued'");
  });
  const queue = (command: Command, logId: string): boolean => {
    const waiting = db
      .prepare<[], { n: number }>("SELECT count(*) AS n FROM outbox WHERE state = 'queued'")
      .get();
    if ((waiting?.n ?? 0) >= OUTBOX_MAX) return false;
    db.prepare("INSERT INTO outbox VALUES (?, ?, ?, ?, 'queued', NULL)").run(
      command.commandId,
      logId,
      command.issuedAt,
      JSON.stringify(command),
    );
    return true;
  };
  const commandsIn = (state: string, logId: string | null): Command[] =>
    db
      .prepare<[string, string | null, string | null], { command: string }>(
        'SELECT command FROM outbox WHERE state = ? AND (? IS NULL OR log_id = ?) ORDER BY rowid',
      )
      .all(state, logId, logId)
      .map(({ command }) => JSON.parse(command) as Command);
  return {
    cursor: () => ({
      logId: get.get('logId')?.value || null,
      seq: Number(get.get('seq')?.value ?? 0),
    }),
    accounts: () =>
      db
        .prepare<[], { summary: string }>('SELECT summary FROM account ORDER BY number')
        .all()
        .map(({ summary }) => JSON.parse(summary) as AccountSummary),
    alerts: () =>
      db
        .prepare<[], { alert: string }>('SELECT alert FROM alert ORDER BY seq')
        .all()
        .map(({ alert }) => JSON.parse(alert) as Alert),
    apply,
    replace,
    startOver,
    saveRows: (asOf, bytes) => void putRows.run(asOf, bytes),
    rows: () => {
      const row = db
        .prepare<[], { as_of: number; bytes: Uint8Array }>('SELECT as_of, bytes FROM rows')
        .get();
      return row ? { asOf: row.as_of, bytes: row.bytes } : null;
    },
    saveDetail: (accountId, asOf, detail) => {
      putDetail.run(accountId, asOf, JSON.stringify(detail));
      trimDetails.run(DETAILS_KEPT_MAX);
    },
    detail: (accountId) => {
      const row = db
        .prepare<[string], { as_of: number; detail: string }>(
          'SELECT as_of, detail FROM detail WHERE account_id = ?',
        )
        .get(accountId);
      return row ? { asOf: row.as_of, detail: JSON.parse(row.detail) as AccountDetail } : null;
    },
    governed: () =>
      db
        .prepare<[], { fact: string }>('SELECT fact FROM governed ORDER BY seq')
        .all()
        .map(({ fact }) => JSON.parse(fact) as Fact),
    governedAfter: (seq, limit) =>
      db
        .prepare<[number, number], { fact: string }>(
          'SELECT fact FROM governed WHERE seq > ? ORDER BY seq LIMIT ?',
        )
        .all(seq, limit)
        .map(({ fact }) => JSON.parse(fact) as Fact),
    governedFact: (seq) => {
      const row = db
        .prepare<[number], { fact: string }>('SELECT fact FROM governed WHERE seq = ?')
        .get(seq);
      return row ? (JSON.parse(row.fact) as Fact) : null;
    },
    saveContent: (digest, text) =>
      void db.prepare('INSERT OR REPLACE INTO content VALUES (?, ?)').run(digest, text),
    content: (digest) =>
      db
        .prepare<[string], { text: string }>('SELECT text FROM content WHERE digest = ?')
        .get(digest)?.text ?? null,
    keepSigned: db.transaction((signed: SignedHere, command: Command, logId: string) => {
      if (!queue(command, logId)) return false;
      const { decisionId, personId, keyId, chainSeq, digest, decision, signedAt } = signed;
      db.prepare('INSERT INTO signed VALUES (?, ?, ?, ?, ?, ?, ?, ?)').run(
        decisionId,
        logId,
        personId,
        keyId,
        chainSeq,
        digest,
        decision,
        signedAt,
      );
      return true;
    }),
    signed: (logId) =>
      db
        .prepare<[string], SignedRow>('SELECT * FROM signed WHERE log_id = ? ORDER BY rowid')
        .all(logId)
        .map(signedHereOf),
    chainOf: (keyId) => {
      const row = db
        .prepare<[string], { chain_seq: number; digest: string }>(
          'SELECT chain_seq, digest FROM signed WHERE key_id = ? ORDER BY chain_seq DESC LIMIT 1',
        )
        .get(keyId);
      return row ? { seq: row.chain_seq, digest: row.digest } : null;
    },
    note: (name) => get.get(`note:${name}`)?.value ?? null,
    saveNote: (name, value) => {
      if (value === null) db.prepare('DELETE FROM meta WHERE name = ?').run(`note:${name}`);
      else put.run(`note:${name}`, value);
    },
    queue,
    queued: (logId) => commandsIn('queued', logId),
    setAside: () => commandsIn('setAside', null),
    settled: (result) => {
      db.prepare('UPDATE outbox SET state = ?, result = ? WHERE command_id = ?').run(
        result.type,
        JSON.stringify(result),
        result.commandId,
      );
    },
    rejection: (commandId) => {
      const row = db
        .prepare<[string], { result: string }>(
          "SELECT result FROM outbox WHERE command_id = ? AND state = 'rejected'",
        )
        .get(commandId);
      return row ? (JSON.parse(row.result) as { message: string }).message : null;
    },
    witnessed: (logId) => {
      const row = db
        .prepare<[string], { public_key: Uint8Array; note: string }>(
          'SELECT public_key, note FROM witness WHERE log_id = ?',
        )
        .get(logId);
      return row ? { publicKey: new Uint8Array(row.public_key), note: row.note } : null;
    },
    saveWitnessed: (logId, { publicKey, note }) => {
      db.prepare('INSERT OR REPLACE INTO witness VALUES (?, ?, ?)').run(logId, publicKey, note);
    },
    close: () => void db.close(),
  };
}

interface SignedRow {
  readonly decision_id: string;
  readonly person_id: string;
  readonly key_id: string;
  readonly chain_seq: number;
  readonly digest: string;
  readonly decision: string;
  readonly signed_at: number;
}

function signedHereOf(row: SignedRow): SignedHere {
  return {
    decisionId: row.decision_id,
    personId: row.person_id,
    keyId: row.key_id,
    chainSeq: row.chain_seq,
    digest: row.digest,
    decision: row.decision,
    signedAt: row.signed_at,
  };
}
