import type { Witnessed } from '#core/audit/witness.ts';
import type { Alert } from '#core/desk-api/contract.ts';
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
  /** Durable when it returns; false when the outbox is full. The command is for that log alone. */
  queue(command: Command, logId: string): boolean;
  queued(logId: string): Command[];
  /** Commands that were made against a log that is gone: kept to be read, never sent. */
  setAside(): Command[];
  settled(result: CommandResult): void;
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
    for (const alert of change.alerts)
      putAlert.run(alert.seq, alert.accountId, JSON.stringify(alert));
    if (change.alerts.length > 0) trimAlerts.run(ALERTS_KEPT_MAX);
    put.run('logId', change.cursor.logId ?? '');
    put.run('seq', String(change.cursor.seq));
  });
  const forget =
    'DELETE FROM account; DELETE FROM alert; DELETE FROM detail; DELETE FROM rows; DELETE FROM meta;';
  const replace = db.transaction((change: DeskChange) => {
    db.exec(forget);
    apply(change);
  });
  const startOver = db.transaction(() => {
    db.exec(forget);
    db.exec("UPDATE outbox SET state = 'setAside' WHERE state = 'queued'");
  });
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
    queue: (command, logId) => {
      const { n } = db
        .prepare<[], { n: number }>("SELECT count(*) AS n FROM outbox WHERE state = 'queued'")
        .get() ?? {
        n: 0,
      };
      if (n >= OUTBOX_MAX) return false;
      db.prepare("INSERT INTO outbox VALUES (?, ?, ?, ?, 'queued', NULL)").run(
        command.commandId,
        logId,
        command.issuedAt,
        JSON.stringify(command),
      );
      return true;
    },
    queued: (logId) => commandsIn('queued', logId),
    setAside: () => commandsIn('setAside', null),
    settled: (result) => {
      db.prepare('UPDATE outbox SET state = ?, result = ? WHERE command_id = ?').run(
        result.type,
        JSON.stringify(result),
        result.commandId,
      );
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
