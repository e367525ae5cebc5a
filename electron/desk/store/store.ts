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
  /** Forgets what belongs to another log, before a snapshot replaces it. The outbox stays. */
  forget(): void;
  saveRows(asOf: number, bytes: Uint8Array): void;
  rows(): { readonly asOf: number; readonly bytes: Uint8Array } | null;
  saveDetail(accountId: string, asOf: number, detail: AccountDetail): void;
  detail(accountId: string): { readonly asOf: number; readonly detail: AccountDetail } | null;
  /** Durable when it returns; false when the outbox is full. */
  queue(command: Command): boolean;
  queued(): Command[];
  settled(result: CommandResult): void;
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
    forget: () => {
      db.exec(
        'DELETE FROM account; DELETE FROM alert; DELETE FROM detail; DELETE FROM rows; DELETE FROM meta;',
      );
    },
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
    queue: (command) => {
      const { n } = db
        .prepare<[], { n: number }>("SELECT count(*) AS n FROM outbox WHERE state = 'queued'")
        .get() ?? {
        n: 0,
      };
      if (n >= OUTBOX_MAX) return false;
      db.prepare("INSERT INTO outbox VALUES (?, ?, ?, 'queued', NULL)").run(
        command.commandId,
        command.issuedAt,
        JSON.stringify(command),
      );
      return true;
    },
    queued: () =>
      db
        .prepare<[], { command: string }>(
          "SELECT command FROM outbox WHERE state = 'queued' ORDER BY issued_at",
        )
        .all()
        .map(({ command }) => JSON.parse(command) as Command),
    settled: (result) => {
      db.prepare('UPDATE outbox SET state = ?, result = ? WHERE command_id = ?').run(
        result.type,
        JSON.stringify(result),
        result.commandId,
      );
    },
    close: () => void db.close(),
  };
}
