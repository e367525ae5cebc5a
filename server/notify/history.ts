import { SEVERITIES } from '#core/alerts/notice.ts';
import type {
  AlertCounts,
  DeliveriesReply,
  DeliveryLine,
  deliveriesRequestSchema,
  HistoryLine,
  HistoryReply,
  HistoryRequest,
} from '#core/sync/alert-questions.ts';
import type { z } from 'zod';
import {
  noticeOfRow,
  type DeliveryRow,
  type MessageRow,
  type NoticeRow,
  type NotifyStore,
} from './notify-store.ts';
import type { Outgoing } from './outgoing.ts';
import type { Ways } from './ways.ts';

const WORDS_MAX = 10;

/** Alerts that fit, newest first: over everything the log has ever held. */
export function searchHistory(
  store: Pick<NotifyStore, 'connection' | 'progress'>,
  wanted: HistoryRequest,
  now: number,
): HistoryReply {
  const { where, values } = conditionsOf(wanted, now);
  const rows = store.connection
    .prepare<unknown[], NoticeRow>(
      `SELECT notice.*, level FROM notice LEFT JOIN escalated USING (group_key)
         WHERE ${where.join(' AND ')} ORDER BY seq DESC LIMIT @limit`,
    )
    .all({ ...values, limit: wanted.limit + 1 });
  const held = store.connection
    .prepare<[], { held: number }>('SELECT count(*) AS held FROM notice')
    .get();
  return {
    lines: rows.slice(0, wanted.limit).map(lineOf),
    more: rows.length > wanted.limit,
    held: held?.held ?? 0,
    upTo: store.progress()?.seq ?? 0,
  };
}

interface Conditions {
  readonly where: string[];
  readonly values: Record<string, string | number>;
}

/** Every part of a condition is written here; what comes from outside is bound, never written in. */
function conditionsOf(wanted: HistoryRequest, now: number): Conditions {
  const found: Conditions = { where: ['seq < @before'], values: {} };
  const add = (condition: string, values: Conditions['values'] = {}): void => {
    found.where.push(condition);
    Object.assign(found.values, values);
  };
  found.values.before = wanted.beforeSeq ?? Number.MAX_SAFE_INTEGER;
  const { accountId, trader, kinds, severity, fromAt, toAt } = wanted;
  const text = ftsOf(wanted.text);
  if (text !== '') {
    add('seq IN (SELECT rowid FROM notice_text WHERE notice_text MATCH @text)', { text });
  }
  if (accountId !== null) add('account_id = @accountId', { accountId });
  if (trader !== null) {
    add(
      `(trader_id = @trader OR account_id IN (SELECT account_id FROM account
          WHERE trader_name LIKE @traderName ESCAPE '\\'))`,
      { trader, traderName: `${trader.replace(/[\\%_]/g, '\\$&')}%` },
    );
  }
  if (kinds.length > 0) {
    add('kind IN (SELECT value FROM json_each(@kinds))', { kinds: JSON.stringify(kinds) });
  }
  if (severity !== null) add('severity >= @severity', { severity: SEVERITIES.indexOf(severity) });
  if (fromAt !== null) add('at >= @fromAt', { fromAt });
  if (toAt !== null) add('at <= @toAt', { toAt });
  const state = STATE_CONDITIONS[wanted.state];
  if (state !== '') add(state, wanted.state === 'late' ? { now } : {});
  return found;
}

const STATE_CONDITIONS: Readonly<Record<HistoryRequest['state'], string>> = {
  any: '',
  open: 'seen_by IS NULL AND severity > 0',
  acknowledged: 'seen_by IS NOT NULL',
  escalated: 'level IS NOT NULL',
  late: 'due_at IS NOT NULL AND coalesce(seen_at, @now) > due_at',
};

/** Words by their beginnings, all of which must occur: nothing of what is typed is a command. */
function ftsOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  return words
    .slice(0, WORDS_MAX)
    .map((word) => `"${word}"*`)
    .join(' ');
}

function lineOf(row: NoticeRow): HistoryLine {
  const { group_key, recorded_at, due_at, seen_by, seen_at, seen_note, level } = row;
  return {
    notice: noticeOfRow(row),
    recordedAt: recorded_at,
    group: group_key,
    seen:
      seen_by === null ? null : { operatorId: seen_by, at: seen_at ?? 0, note: seen_note ?? '' },
    level: level ?? 0,
    dueAt: due_at,
  };
}

/** How many alerts of each kind came between two places of the log. */
export function countsBetween(
  { connection }: Pick<NotifyStore, 'connection'>,
  afterSeq: number,
  toSeq: number,
): AlertCounts {
  return connection
    .prepare<[number, number], { kind: string; severity: number; count: number; open: number }>(
      `SELECT kind, severity, count(*) AS count,
         coalesce(sum(seen_by IS NULL AND severity > 0), 0) AS open
         FROM notice WHERE seq > ? AND seq <= ? GROUP BY kind, severity ORDER BY severity DESC, kind`,
    )
    .all(afterSeq, toSeq)
    .map(({ severity, ...row }) => ({
      ...row,
      severity: SEVERITIES[severity] ?? 'info',
    })) as AlertCounts;
}

type DeliveriesRequest = z.output<typeof deliveriesRequestSchema>;
const SHOWN_STATE = {
  queued: 'queued',
  sending: 'queued',
  retry: 'retry',
  sent: 'sent',
  givenUp: 'givenUp',
} as const satisfies Record<MessageRow['state'], DeliveryLine['state']>;

/** Messages with what became of them, and decisions that are no message yet, newest first. */
export function listDeliveries(
  store: Pick<NotifyStore, 'connection'>,
  ways: Pick<Ways, 'shown'>,
  wanted: DeliveriesRequest,
  subjectOf: (row: DeliveryRow) => string,
): DeliveriesReply {
  const { state, before, limit } = wanted;
  const db = store.connection;
  const at = before?.at ?? Number.MAX_SAFE_INTEGER;
  const id = before?.id ?? '';
  const messages = db
    .prepare<unknown[], MessageRow>(
      `SELECT * FROM message WHERE (made_at < @at OR (made_at = @at AND message_id < @id))
         AND (@state = 'any' OR state = @state OR (@state = 'queued' AND state = 'sending'))
         ORDER BY made_at DESC, message_id DESC LIMIT @limit`,
    )
    .all({ at, id, state, limit: limit + 1 });
  const decisions = db
    .prepare<unknown[], DeliveryRow>(
      `SELECT * FROM delivery WHERE message_id IS NULL
         AND (decided_at < @at OR (decided_at = @at AND delivery_id || ' ' || part < @id))
         AND (@state = 'any' OR state = @state)
         ORDER BY decided_at DESC, delivery_id || ' ' || part DESC LIMIT @limit`,
    )
    .all({ at, id, state, limit: limit + 1 });
  const lines = [
    ...messages.map((row) => messageLine(row, db, ways)),
    ...decisions.map((row) => decisionLine(row, ways, subjectOf)),
  ].sort((one, other) => other.at - one.at || (one.id < other.id ? 1 : -1));
  return { lines: lines.slice(0, limit), more: lines.length > limit, counts: countsOf(db) };
}

function messageLine(
  row: MessageRow,
  db: NotifyStore['connection'],
  ways: Pick<Ways, 'shown'>,
): DeliveryLine {
  const { subject } = JSON.parse(row.outgoing) as Outgoing;
  const parts = db
    .prepare<[string], DeliveryRow>('SELECT * FROM delivery WHERE message_id = ? LIMIT 100')
    .all(row.message_id);
  return {
    id: row.message_id,
    state: SHOWN_STATE[row.state],
    channel: row.channel,
    target: row.target,
    address: ways.shown(row.channel, row.target),
    subject,
    groups: [...new Set(parts.map(({ group_key }) => group_key))],
    rules: [...new Set(parts.map(({ rule_id }) => rule_id))],
    level: Math.max(0, ...parts.map(({ level }) => level)),
    attempts: row.attempts,
    at: row.made_at,
    nextAt: row.next_at,
    sentAt: row.sent_at,
    why: row.why,
  };
}

function decisionLine(
  row: DeliveryRow,
  ways: Pick<Ways, 'shown'>,
  subjectOf: (row: DeliveryRow) => string,
): DeliveryLine {
  const waits = row.state === 'waiting';
  return {
    id: `${row.delivery_id} ${row.part}`,
    state: waits ? 'waiting' : 'dropped',
    channel: row.channel,
    target: row.target,
    address: ways.shown(row.channel, row.target),
    subject: subjectOf(row),
    groups: [row.group_key],
    rules: [row.rule_id],
    level: row.level,
    attempts: 0,
    at: row.decided_at,
    nextAt: waits ? row.not_before : null,
    sentAt: null,
    why: row.why,
  };
}

function countsOf(db: NotifyStore['connection']): DeliveriesReply['counts'] {
  const counts = { waiting: 0, queued: 0, retry: 0, sent: 0, givenUp: 0, dropped: 0 };
  const rows = db
    .prepare<[], { state: string; count: number }>(
      `SELECT state, count(*) AS count FROM message GROUP BY state
         UNION ALL SELECT state, count(*) FROM delivery WHERE message_id IS NULL GROUP BY state`,
    )
    .all();
  for (const { state, count } of rows) {
    const shown = state === 'sending' ? 'queued' : state;
    if (shown in counts) counts[shown as keyof typeof counts] += count;
  }
  return counts;
}
