import { matches, type AlertRule, type Channel } from '#core/alerts/alert-rules.ts';
import { escalationsDue } from '#core/alerts/escalation.ts';
import { digestOfText } from '#core/kernel/digest.ts';
import { wantsAcknowledgement } from '#core/alerts/notice.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand, ServerIntent } from '../commands/server-command.ts';
import { createTicker, type Ticker } from '../payments/ticker.ts';
import {
  compose,
  dateTimeText,
  GROUPS_PER_MESSAGE_MAX,
  toldGroupOf,
  withoutRepeats,
  type ToldGroup,
} from './compose.ts';
import type { Intake } from './intake.ts';
import {
  noticeOfRow,
  type DeliveryRow,
  type MessageRow,
  type NotifyStore,
} from './notify-store.ts';
import { wordsOf, type Outcome, type Outgoing } from './outgoing.ts';
import type { NotifySettings } from './settings.ts';
import type { Ways } from './ways.ts';

export const TICK_MS = 1_000;
/** Messages on their way at the same time, and tried in one tick. */
const SENDS_AT_ONCE_MAX = 4;
const SENDS_PER_TICK_MAX = 40;
const DUE_PER_TICK_MAX = 500;
const ESCALATIONS_PER_TICK_MAX = 50;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** A message that does not arrive is tried again after these, and the last of them from then on. */
const BACK_OFF_MS = [30_000, 2 * MINUTE_MS, 10 * MINUTE_MS, 30 * MINUTE_MS, HOUR_MS, 2 * HOUR_MS];
/** About a day of trying; then it is a person's matter. */
export const ATTEMPTS_MAX = 14;
export const AGE_MAX_MS = 24 * HOUR_MS;

export interface NotifierLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface NotifierPorts {
  readonly store: NotifyStore;
  readonly intake: Intake;
  readonly ways: Ways;
  readonly settings: Pick<NotifySettings, 'names' | 'perTargetPerHour'>;
  command(command: ServerCommand): Promise<CommandResult>;
  now(): number;
  readonly log: NotifierLog;
}

/**
 * Reads the log on, escalates what nobody acknowledges, makes messages of what is decided, and sends
 * them: `tick` does once all that is due. Everything it knows is on the disk before it acts, so it may stop
 * at any point: what was decided leaves at least once, and what left twice has one id.
 */
export function createNotifier(ports: NotifierPorts): Ticker {
  const { store, log } = ports;
  const interrupted = store.interrupted(ports.now());
  if (interrupted > 0) log.warn({ interrupted }, 'messages were on their way when this stopped');
  const saying = (work: () => Promise<void>) => (): Promise<void> =>
    work().catch((error: unknown) =>
      log.error({ error: wordsOf(error) }, 'telling people stopped halfway, and goes on'),
    );
  const deciding = createTicker(
    saying(() => decide(ports)),
    TICK_MS,
  );
  // A mail server that hangs keeps neither decisions nor webhooks waiting.
  const sending = SENT_CHANNELS.map((channel) =>
    createTicker(
      saying(() => sendMessages(channel, ports)),
      TICK_MS,
    ),
  );
  const all = [deciding, ...sending];
  return {
    tick: async () => {
      await deciding.tick();
      await Promise.all(sending.map((one) => one.tick()));
    },
    start: () => {
      for (const one of all) one.start();
    },
    stop: async () => {
      await Promise.all(all.map((one) => one.stop()));
    },
  };
}

/** The channels by which something leaves this machine. */
const SENT_CHANNELS = ['email', 'webhook'] as const;

async function decide(ports: NotifierPorts): Promise<void> {
  while (ports.intake.take());
  await escalate(ports);
  makeMessages(ports);
  ports.store.trim();
}

/** Puts into the log that nobody has acknowledged in time; those of the step are told from there. */
async function escalate(ports: NotifierPorts): Promise<void> {
  const { rules } = ports.intake.governance.alerting.rules;
  const now = ports.now();
  for (const rule of rules.filter(({ enabled }) => enabled)) {
    for (const [level, { afterMinutes }] of rule.steps.entries()) {
      const until = now - afterMinutes * MINUTE_MS;
      const { store } = ports;
      for (const group of store.watched(rule.ruleId, level, until, ESCALATIONS_PER_TICK_MAX)) {
        await escalateGroup(rule, group, ports);
      }
    }
  }
}

async function escalateGroup(rule: AlertRule, group: string, ports: NotifierPorts): Promise<void> {
  const { store, intake } = ports;
  const { ruleId } = rule;
  const { alerting } = intake.governance;
  const waiting = store.openNoticesOf(group).flatMap((row) => {
    const notice = noticeOfRow(row);
    return matches(rule, notice) ? [{ notice, since: row.recorded_at }] : [];
  });
  const level = alerting.level(ruleId, group);
  if (waiting.length === 0 || level >= rule.steps.length) return store.unwatch(ruleId, group);
  const only = { ...alerting.rules, rules: [rule] };
  const [due] = escalationsDue(only, waiting, alerting, ports.now());
  if (!due) {
    // Older ones were seen: it is looked at again when the oldest that is left has waited.
    const since = Math.min(...waiting.map((one) => one.since));
    return store.watchFrom(ruleId, group, level, since);
  }
  const step = rule.steps[due.level - 1];
  if (!step) return;
  const { severity, open, firstSeq } = due;
  const escalation = {
    group,
    ruleId,
    ruleName: rule.name,
    level: due.level,
    severity,
    open,
    firstSeq,
    tell: step.tell,
  };
  // The same escalation again is the same command, which the log takes once.
  const name = digestOfText([ruleId, due.level, group].join('\n')).slice(0, 40);
  const intent = { type: 'escalateAlerts', escalation } as const;
  const result = await ports.command(systemCommand(`escalate-${name}`, intent));
  if (result.type === 'rejected') {
    ports.log.warn({ group, level: due.level, reason: result.message }, 'not escalated');
    store.watchFrom(ruleId, group, due.level, Math.min(...waiting.map((one) => one.since)));
  }
  while (intake.take());
}

export function systemCommand(commandId: string, intent: ServerIntent): ServerCommand {
  return { commandId, actor: { type: 'system', id: 'alerts' }, intent };
}

/** Everything for one address that is due goes into one message, as far as its limit allows. */
function makeMessages(ports: NotifierPorts): void {
  const { store } = ports;
  const due = store.due(ports.now(), DUE_PER_TICK_MAX);
  const byTarget = Map.groupBy(due, ({ channel, target }) => `${channel}\n${target}`);
  for (const rows of byTarget.values()) store.together(() => makeMessage(rows, ports));
}

function makeMessage(rows: readonly DeliveryRow[], ports: NotifierPorts): void {
  const { store, settings } = ports;
  const [first] = rows;
  if (!first) return;
  const now = ports.now();
  const { channel, target } = first;
  const made = store.madeSince(channel, target, now - HOUR_MS);
  if (made.count >= settings.perTargetPerHour) {
    const freeAt = (made.first ?? now) + HOUR_MS;
    const why = `The limit of ${settings.perTargetPerHour} messages an hour: leaves after ${dateTimeText(freeAt)}`;
    for (const row of rows) store.postpone(row, freeAt, why);
    return;
  }
  const told: ToldGroup[] = [];
  const taken: DeliveryRow[] = [];
  for (const row of rows) {
    if (told.length === GROUPS_PER_MESSAGE_MAX) break;
    const group = groupFor(row, ports);
    if (typeof group === 'string') {
      store.drop(row, group);
      continue;
    }
    told.push(group);
    taken.push(row);
  }
  if (told.length === 0) return;
  const deliveryIds = taken.map(({ delivery_id, part }) => `${delivery_id}\n${part}`);
  const outgoing = compose(withoutRepeats(told), now, { names: settings.names, deliveryIds });
  const message = { message_id: outgoing.messageId, channel, target };
  store.addMessage({ ...message, outgoing: JSON.stringify(outgoing) }, taken, now);
}

/** What a decision tells of, as it stands now; or why there is nothing to tell any more. */
function groupFor(row: DeliveryRow, { store, intake }: NotifierPorts): ToldGroup | string {
  const rule = intake.governance.alerting.rules.rules.find(({ ruleId }) => ruleId === row.rule_id);
  if (!rule) return 'Its rule was removed before it left';
  const notices = store.noticesOf(row.group_key).map((one) => {
    const notice = noticeOfRow(one);
    return { notice, isOpen: one.seen_by === null && wantsAcknowledgement(notice) };
  });
  const group = toldGroupOf(notices, rule, { level: row.level, part: row.part });
  if (!group) return 'Its rule was changed before it left';
  const { open, severity } = group.summary;
  // Programs keep books of their own; people need not be told of what somebody has seen.
  if (row.channel === 'email' && open === 0 && severity !== 'info') {
    return 'Somebody had acknowledged it before it left';
  }
  return group;
}

/** A few at a time: one that hangs keeps no other back for longer than it may hang. */
async function sendMessages(channel: Channel, ports: NotifierPorts): Promise<void> {
  const due = ports.store.messagesDue(channel, ports.now(), SENDS_PER_TICK_MAX).values();
  const worker = async (): Promise<void> => {
    for (const row of due) await sendMessage(row, ports);
  };
  await Promise.all(Array.from({ length: SENDS_AT_ONCE_MAX }, worker));
}

/**
 * Tries one message once; that it is tried is on the disk before anything leaves. A test is tried
 * `once` and not again: the person who asked sees what came of it.
 */
export async function sendMessage(
  row: MessageRow,
  ports: NotifierPorts,
  { once = false }: { readonly once?: boolean } = {},
): Promise<Outcome> {
  const { store, ways, log } = ports;
  const messageId = row.message_id;
  if (!once) store.attempt(messageId);
  const outgoing = JSON.parse(row.outgoing) as Outgoing;
  let outcome: Outcome;
  try {
    outcome = await ways.send(row.channel, row.target, outgoing);
  } catch (error) {
    outcome = { type: 'failed', says: wordsOf(error) };
  }
  const now = ports.now();
  const attempts = row.attempts + 1;
  const { says } = outcome;
  if (outcome.type === 'sent') {
    store.became(messageId, { state: 'sent', why: says, next_at: null, sent_at: now });
    return outcome;
  }
  const isOver = attempts >= ATTEMPTS_MAX || now - row.made_at >= AGE_MAX_MS;
  if (outcome.type === 'refused' || isOver || once) {
    const why =
      outcome.type === 'refused' || once ? says : `Given up after ${attempts} attempts: ${says}`;
    store.became(messageId, { state: 'givenUp', why, next_at: null });
    log.warn({ messageId, channel: row.channel, why }, 'a message was given up');
    return outcome;
  }
  const wait = BACK_OFF_MS[Math.min(attempts, BACK_OFF_MS.length) - 1] ?? HOUR_MS;
  store.became(messageId, { state: 'retry', why: says, next_at: now + wait });
  log.info({ messageId, channel: row.channel, attempts }, 'a message is tried again later');
  return outcome;
}
