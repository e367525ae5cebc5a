import type { Channel } from '#core/alerts/alert-rules.ts';
import { targetText, type Delivery } from '#core/alerts/deliveries.ts';
import { groupKeyOf } from '#core/alerts/groups.ts';
import { noticeSchema, SEVERITIES, type Notice } from '#core/alerts/notice.ts';
import type { AccountTerms } from '#core/accounts/account.ts';
import type { NoticeWorld, Settlement } from '#core/sync/notices.ts';
import { openPrivateDatabase } from '../payments/private-database.ts';
import type { Connection, Migration } from '../store/open.ts';

/** How often one decision is told: at first, and when what it is about has grown since. */
export const PARTS_MAX = 3;
/** Messages that are remembered; the oldest that have left are forgotten first. */
export const MESSAGES_KEPT_MAX = 50_000;
/** Decisions that wait to become messages; beyond it new ones are given up, and said so. */
export const WAITING_MAX = 20_000;
/** Notices of one group that are looked at for a message. */
export const NOTICES_PER_GROUP_MAX = 20_000;

const migrations: readonly Migration[] = [
  {
    number: 10,
    sql: `
      -- How far the log was read, and from where on people are told.
      CREATE TABLE progress (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        seq INTEGER NOT NULL,
        told_from INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE account (
        account_id TEXT PRIMARY KEY,
        trader_id TEXT NOT NULL,
        trader_name TEXT NOT NULL,
        program_id TEXT NOT NULL,
        program_name TEXT NOT NULL,
        nominal_size INTEGER NOT NULL,
        currency TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE notice (
        seq INTEGER PRIMARY KEY,
        group_key TEXT NOT NULL,
        kind TEXT NOT NULL,
        severity INTEGER NOT NULL,
        at INTEGER NOT NULL,
        recorded_at INTEGER NOT NULL,
        account_id TEXT,
        trader_id TEXT,
        about TEXT,
        due_at INTEGER,
        seen_by TEXT,
        seen_at INTEGER,
        seen_note TEXT,
        notice TEXT NOT NULL
      ) STRICT;
      CREATE INDEX notice_group ON notice (group_key, seq);
      CREATE INDEX notice_account ON notice (account_id, seq) WHERE account_id IS NOT NULL;
      CREATE INDEX notice_trader ON notice (trader_id, seq) WHERE trader_id IS NOT NULL;
      CREATE INDEX notice_kind ON notice (kind, seq);
      CREATE INDEX notice_at ON notice (at);
      CREATE INDEX notice_about ON notice (about) WHERE about IS NOT NULL AND seen_by IS NULL;
      CREATE INDEX notice_open ON notice (seq) WHERE seen_by IS NULL AND severity > 0;
      CREATE VIRTUAL TABLE notice_text USING fts5 (
        sentence, names, content = '', tokenize = 'unicode61 remove_diacritics 2'
      );
      CREATE TABLE escalated (
        group_key TEXT PRIMARY KEY,
        level INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID;
      -- Groups that may have to be escalated: looked at when their time comes.
      CREATE TABLE watch (
        rule_id TEXT NOT NULL,
        group_key TEXT NOT NULL,
        level INTEGER NOT NULL,
        since INTEGER NOT NULL,
        PRIMARY KEY (rule_id, group_key)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX watch_since ON watch (rule_id, level, since);
      CREATE TABLE message (
        message_id TEXT PRIMARY KEY,
        channel TEXT NOT NULL,
        target TEXT NOT NULL,
        state TEXT NOT NULL,
        attempts INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        next_at INTEGER,
        sent_at INTEGER,
        why TEXT NOT NULL,
        outgoing TEXT NOT NULL
      ) STRICT;
      CREATE INDEX message_due ON message (next_at) WHERE next_at IS NOT NULL;
      CREATE INDEX message_made ON message (made_at, message_id);
      CREATE INDEX message_target ON message (channel, target, made_at);
      CREATE TABLE delivery (
        delivery_id TEXT NOT NULL,
        part INTEGER NOT NULL,
        rule_id TEXT NOT NULL,
        level INTEGER NOT NULL,
        channel TEXT NOT NULL,
        target TEXT NOT NULL,
        group_key TEXT NOT NULL,
        decided_at INTEGER NOT NULL,
        not_before INTEGER NOT NULL,
        state TEXT NOT NULL,
        why TEXT NOT NULL,
        message_id TEXT,
        PRIMARY KEY (delivery_id, part)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX delivery_due ON delivery (not_before) WHERE state = 'waiting';
      CREATE INDEX delivery_message ON delivery (message_id) WHERE message_id IS NOT NULL;
      CREATE INDEX delivery_decided ON delivery (decided_at, delivery_id) WHERE message_id IS NULL;
      -- Where people are told by mail: erasable, and nowhere else.
      CREATE TABLE contact (
        person_id TEXT PRIMARY KEY,
        address TEXT NOT NULL
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

export interface DeliveryRow {
  readonly delivery_id: string;
  readonly part: number;
  readonly rule_id: string;
  readonly level: number;
  readonly channel: Channel;
  readonly target: string;
  readonly group_key: string;
  readonly decided_at: number;
  readonly not_before: number;
  readonly state: 'waiting' | 'made' | 'dropped';
  readonly why: string;
  readonly message_id: string | null;
}

export interface MessageRow {
  readonly message_id: string;
  readonly channel: Channel;
  readonly target: string;
  readonly state: 'queued' | 'sending' | 'retry' | 'sent' | 'givenUp';
  readonly attempts: number;
  readonly made_at: number;
  readonly next_at: number | null;
  readonly sent_at: number | null;
  readonly why: string;
  readonly outgoing: string;
}

export interface NoticeRow {
  readonly seq: number;
  readonly group_key: string;
  readonly recorded_at: number;
  readonly due_at: number | null;
  readonly seen_by: string | null;
  readonly seen_at: number | null;
  readonly seen_note: string | null;
  readonly level: number | null;
  readonly notice: string;
}

export function noticeOfRow({ notice }: Pick<NoticeRow, 'notice'>): Notice {
  return noticeSchema.parse(JSON.parse(notice));
}

/** What the notifier keeps: every notice of the log, and every message with what became of it. */
export interface NotifyStore {
  readonly connection: Connection;
  /** Where the log was read to; null for a store that never was. */
  progress(): { readonly seq: number; readonly toldFrom: number } | null;
  saveProgress(seq: number, toldFrom: number): void;
  /** All of it is kept, or none. */
  together<Value>(work: () => Value): Value;
  saveAccount(terms: AccountTerms): void;
  terms: NoticeWorld['terms'];
  /** False when it is known already. */
  addNotice(notice: Notice, recordedAt: number, dueAt: number | null): boolean;
  seen(seq: number, by: string, at: number, note: string): void;
  settle(settlement: Settlement, by: string, at: number): void;
  noticesOf(group: string): NoticeRow[];
  openNoticesOf(group: string): NoticeRow[];
  reached(group: string, level: number): void;
  watch(ruleId: string, group: string, since: number): void;
  watched(ruleId: string, level: number, until: number, limit: number): string[];
  /** It has reached a level, or waits from another instant on. */
  watchFrom(ruleId: string, group: string, level: number, since: number | null): void;
  unwatch(ruleId: string, group: string): void;
  /** How a decision stands: how often it was told, and whether one is still to leave. */
  parts(deliveryId: string): { readonly count: number; readonly waiting: boolean };
  addDelivery(delivery: Delivery, part: number, now: number, why: string): void;
  waitingCount(): number;
  due(now: number, limit: number): DeliveryRow[];
  postpone(row: DeliveryRow, notBefore: number, why: string): void;
  drop(row: DeliveryRow, why: string): void;
  /** How many messages were made for a target since an instant, and when the first of them was. */
  madeSince(
    channel: string,
    target: string,
    since: number,
  ): { readonly count: number; readonly first: number | null };
  addMessage(
    message: Pick<MessageRow, 'message_id' | 'channel' | 'target' | 'outgoing'>,
    deliveries: readonly DeliveryRow[],
    now: number,
  ): void;
  messagesDue(channel: Channel, now: number, limit: number): MessageRow[];
  message(messageId: string): MessageRow | undefined;
  /** Noted before anything leaves, so that a message that left twice is known to. */
  attempt(messageId: string): void;
  became(
    messageId: string,
    over: Pick<MessageRow, 'state' | 'why'> & {
      readonly next_at: number | null;
      readonly sent_at?: number | null;
      readonly attempts?: number;
    },
  ): void;
  /** What was on its way when this stopped: nobody knows whether it arrived. */
  interrupted(now: number): number;
  contacts(): { readonly personId: string; readonly address: string }[];
  address(personId: string): string | null;
  saveContact(personId: string, address: string | null): void;
  trim(): void;
  close(): void;
}

export function openNotifyStore(file: string): NotifyStore {
  const connection = openPrivateDatabase(file, migrations);
  return {
    connection,
    ...progressParts(connection),
    ...noticeParts(connection),
    ...watchParts(connection),
    ...deliveryParts(connection),
    ...messageParts(connection),
    ...contactParts(connection),
    together: (work) => connection.transaction(work).immediate(),
    close: () => void connection.close(),
  };
}

function progressParts(db: Connection): Pick<NotifyStore, 'progress' | 'saveProgress'> {
  const read = db.prepare<[], { seq: number; toldFrom: number }>(
    'SELECT seq, told_from AS toldFrom FROM progress',
  );
  const save = db.prepare('INSERT OR REPLACE INTO progress VALUES (1, ?, ?)');
  return {
    progress: () => read.get() ?? null,
    saveProgress: (seq, toldFrom) => void save.run(seq, toldFrom),
  };
}

interface AccountRow {
  readonly trader_id: string;
  readonly trader_name: string;
  readonly program_id: string;
  readonly program_name: string;
  readonly nominal_size: number;
  readonly currency: string;
}

function noticeParts(
  db: Connection,
): Pick<
  NotifyStore,
  | 'saveAccount'
  | 'terms'
  | 'addNotice'
  | 'seen'
  | 'settle'
  | 'noticesOf'
  | 'openNoticesOf'
  | 'reached'
> {
  const account = db.prepare('INSERT OR REPLACE INTO account VALUES (?, ?, ?, ?, ?, ?, ?)');
  const terms = db.prepare<[string], AccountRow>('SELECT * FROM account WHERE account_id = ?');
  const add = db.prepare(
    `INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?)`,
  );
  const text = db.prepare('INSERT INTO notice_text (rowid, sentence, names) VALUES (?, ?, ?)');
  const seen = db.prepare(
    `UPDATE notice SET seen_by = ?, seen_at = ?, seen_note = ? WHERE seq = ? AND seen_by IS NULL`,
  );
  const ofGroup = (where: string) =>
    db.prepare<[string], NoticeRow>(
      `SELECT notice.*, level FROM notice LEFT JOIN escalated USING (group_key)
         WHERE group_key = ? ${where} ORDER BY seq LIMIT ${NOTICES_PER_GROUP_MAX}`,
    );
  const all = ofGroup('');
  const open = ofGroup('AND seen_by IS NULL AND severity > 0');
  const reached = db.prepare(
    `INSERT INTO escalated VALUES (?, ?) ON CONFLICT DO UPDATE SET level = max(level, excluded.level)`,
  );
  return {
    saveAccount: ({ accountId, traderId, traderName, program, nominalSize, currency }) =>
      void account.run(
        accountId,
        traderId,
        traderName,
        program.programId,
        program.name,
        nominalSize,
        currency,
      ),
    terms: (accountId) => {
      const row = terms.get(accountId);
      if (!row) return undefined;
      return {
        traderId: row.trader_id,
        traderName: row.trader_name,
        program: { programId: row.program_id, name: row.program_name },
        nominalSize: row.nominal_size,
        currency: row.currency,
      };
    },
    addNotice: (notice, recordedAt, dueAt) => {
      const { seq, kind, at, accountId, traderId, about } = notice;
      const severity = SEVERITIES.indexOf(notice.severity);
      const group = groupKeyOf(notice);
      const written = JSON.stringify(notice);
      const row = [seq, group, kind, severity, at, recordedAt, accountId, traderId, about, dueAt];
      if (add.run(...row, written).changes === 0) return false;
      const { traderName, programName, symbol, programId } = notice;
      const names = [traderName, traderId, accountId, programName, programId, symbol, about];
      text.run(seq, notice.sentence, names.filter((name) => name !== null).join(' '));
      return true;
    },
    seen: (seq, by, at, note) => void seen.run(by, at, note, seq),
    settle: ({ about, kinds, note }, by, at) => {
      db.prepare(
        `UPDATE notice SET seen_by = ?, seen_at = ?, seen_note = ? WHERE about = ?
           AND seen_by IS NULL AND severity > 0 AND kind IN (SELECT value FROM json_each(?))`,
      ).run(by, at, note, about, JSON.stringify(kinds));
    },
    noticesOf: (group) => all.all(group),
    openNoticesOf: (group) => open.all(group),
    reached: (group, level) => void reached.run(group, level),
  };
}

function watchParts(
  db: Connection,
): Pick<NotifyStore, 'watch' | 'watched' | 'watchFrom' | 'unwatch'> {
  const watch = db.prepare(
    `INSERT INTO watch VALUES (?, ?, 0, ?)
       ON CONFLICT DO UPDATE SET since = min(since, excluded.since)`,
  );
  const watched = db.prepare<[string, number, number, number], { group_key: string }>(
    `SELECT group_key FROM watch WHERE rule_id = ? AND level = ? AND since <= ?
       ORDER BY since LIMIT ?`,
  );
  const from = db.prepare(
    'UPDATE watch SET level = ?, since = coalesce(?, since) WHERE rule_id = ? AND group_key = ?',
  );
  const remove = db.prepare('DELETE FROM watch WHERE rule_id = ? AND group_key = ?');
  return {
    watch: (ruleId, group, since) => void watch.run(ruleId, group, since),
    watched: (ruleId, level, until, limit) =>
      watched.all(ruleId, level, until, limit).map(({ group_key }) => group_key),
    watchFrom: (ruleId, group, level, since) => void from.run(level, since, ruleId, group),
    unwatch: (ruleId, group) => void remove.run(ruleId, group),
  };
}

function deliveryParts(
  db: Connection,
): Pick<NotifyStore, 'parts' | 'addDelivery' | 'waitingCount' | 'due' | 'postpone' | 'drop'> {
  const parts = db.prepare<[string], { count: number; waiting: number }>(
    `SELECT count(*) AS count, coalesce(sum(state = 'waiting'), 0) AS waiting
       FROM delivery WHERE delivery_id = ?`,
  );
  const add = db.prepare(
    'INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)',
  );
  const waiting = db.prepare<[], { count: number }>(
    "SELECT count(*) AS count FROM delivery WHERE state = 'waiting'",
  );
  const due = db.prepare<[number, number], DeliveryRow>(
    `SELECT * FROM delivery WHERE state = 'waiting' AND not_before <= ?
       ORDER BY not_before, decided_at, delivery_id, part LIMIT ?`,
  );
  const postpone = db.prepare(
    'UPDATE delivery SET not_before = ?, why = ? WHERE delivery_id = ? AND part = ?',
  );
  const drop = db.prepare(
    "UPDATE delivery SET state = 'dropped', why = ? WHERE delivery_id = ? AND part = ?",
  );
  return {
    parts: (deliveryId) => {
      const row = parts.get(deliveryId);
      return { count: row?.count ?? 0, waiting: (row?.waiting ?? 0) > 0 };
    },
    addDelivery: (delivery, part, now, why) => {
      const { deliveryId, ruleId, level, channel, target, group, notBefore } = delivery;
      const state = why === OUTBOX_FULL ? 'dropped' : 'waiting';
      const to = targetText(target);
      const row = [deliveryId, part, ruleId, level, channel, to, group, now, notBefore, state, why];
      add.run(...row);
    },
    waitingCount: () => waiting.get()?.count ?? 0,
    due: (now, limit) => due.all(now, limit),
    postpone: ({ delivery_id, part }, notBefore, why) =>
      void postpone.run(notBefore, why, delivery_id, part),
    drop: ({ delivery_id, part }, why) => void drop.run(why, delivery_id, part),
  };
}

export const OUTBOX_FULL =
  'Too many messages wait: this one was given up. Mend the way they leave, or tell fewer people.';

function messageParts(
  db: Connection,
): Pick<
  NotifyStore,
  | 'madeSince'
  | 'addMessage'
  | 'messagesDue'
  | 'message'
  | 'attempt'
  | 'became'
  | 'interrupted'
  | 'trim'
> {
  const made = db.prepare<[string, string, number], { count: number; first: number | null }>(
    `SELECT count(*) AS count, min(made_at) AS first FROM message
       WHERE channel = ? AND target = ? AND made_at > ?`,
  );
  const add = db.prepare("INSERT INTO message VALUES (?, ?, ?, 'queued', 0, ?, ?, NULL, '', ?)");
  const take = db.prepare(
    "UPDATE delivery SET state = 'made', message_id = ? WHERE delivery_id = ? AND part = ?",
  );
  const due = db.prepare<[number, string, number], MessageRow>(
    `SELECT * FROM message WHERE next_at <= ? AND channel = ?
       ORDER BY next_at, made_at, message_id LIMIT ?`,
  );
  const one = db.prepare<[string], MessageRow>('SELECT * FROM message WHERE message_id = ?');
  const attempt = db.prepare(
    "UPDATE message SET state = 'sending', attempts = attempts + 1, next_at = NULL WHERE message_id = ?",
  );
  const became = db.prepare(
    `UPDATE message SET state = ?, why = ?, next_at = ?, sent_at = coalesce(?, sent_at),
       attempts = coalesce(?, attempts) WHERE message_id = ?`,
  );
  const interrupted = db.prepare(
    `UPDATE message SET state = 'retry', next_at = ?,
       why = 'The server stopped while it was sent: it may arrive twice, under one id'
       WHERE state = 'sending'`,
  );
  const oldest = db.prepare<[number], { message_id: string }>(
    `SELECT message_id FROM message WHERE state IN ('sent', 'givenUp')
       ORDER BY made_at DESC, message_id DESC LIMIT -1 OFFSET ?`,
  );
  return {
    madeSince: (channel, target, since) =>
      made.get(channel, target, since) ?? { count: 0, first: null },
    addMessage: ({ message_id, channel, target, outgoing }, deliveries, now) => {
      add.run(message_id, channel, target, now, now, outgoing);
      for (const { delivery_id, part } of deliveries) take.run(message_id, delivery_id, part);
    },
    messagesDue: (channel, now, limit) => due.all(now, channel, limit),
    message: (messageId) => one.get(messageId),
    attempt: (messageId) => void attempt.run(messageId),
    became: (messageId, { state, why, next_at, sent_at = null, attempts = null }) =>
      void became.run(state, why, next_at, sent_at, attempts, messageId),
    interrupted: (now) => interrupted.run(now).changes,
    trim: () => {
      for (const { message_id } of oldest.all(MESSAGES_KEPT_MAX)) {
        db.prepare('DELETE FROM delivery WHERE message_id = ?').run(message_id);
        db.prepare('DELETE FROM message WHERE message_id = ?').run(message_id);
      }
    },
  };
}

function contactParts(db: Connection): Pick<NotifyStore, 'contacts' | 'address' | 'saveContact'> {
  const all = db.prepare<[], { personId: string; address: string }>(
    'SELECT person_id AS personId, address FROM contact ORDER BY person_id',
  );
  const one = db.prepare<[string], { address: string }>(
    'SELECT address FROM contact WHERE person_id = ?',
  );
  return {
    contacts: () => all.all(),
    address: (personId) => one.get(personId)?.address ?? null,
    saveContact: (personId, address) => {
      if (address === null) db.prepare('DELETE FROM contact WHERE person_id = ?').run(personId);
      else db.prepare('INSERT OR REPLACE INTO contact VALUES (?, ?)').run(personId, address);
    },
  };
}
