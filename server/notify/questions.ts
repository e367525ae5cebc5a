import type { z } from 'zod';
import { groupTitle } from '#core/alerts/words.ts';
import { createGroup } from '#core/alerts/groups.ts';
import {
  contactRequestSchema,
  countsRequestSchema,
  deliveriesRequestSchema,
  historyRequestSchema,
  retryRequestSchema,
  setupRequestSchema,
  testRequestSchema,
} from '#core/sync/alert-questions.ts';
import { testMessage } from './compose.ts';
import { countsBetween, listDeliveries, searchHistory } from './history.ts';
import { sendMessage, type NotifierPorts } from './notifier.ts';
import { noticeOfRow, type DeliveryRow, type NotifyStore } from './notify-store.ts';
import { isAllowed, type NotifySettings } from './settings.ts';

/** What desks ask about alerts, each with what it is asked with. */
export const ALERT_QUESTIONS = {
  alertHistory: historyRequestSchema,
  alertCounts: countsRequestSchema,
  alertDeliveries: deliveriesRequestSchema,
  alertSetup: setupRequestSchema,
  alertTest: testRequestSchema,
  alertContact: contactRequestSchema,
  alertRetry: retryRequestSchema,
} as const;
export type AlertQuestion = keyof typeof ALERT_QUESTIONS;

interface Refused {
  readonly type: 'rejected';
  readonly reason: string;
}
const rejected = (reason: string): Refused => ({ type: 'rejected', reason });

export interface AlertQuestionPorts extends Omit<NotifierPorts, 'settings'> {
  readonly settings: NotifySettings;
  /** Sends what is due without waiting for the next tick. */
  hurry(): void;
}

/** Answers a question whose input its schema has read. */
export function answerAlertQuestion(
  ports: AlertQuestionPorts,
  name: AlertQuestion,
  input: unknown,
  personId: string,
): unknown {
  const { store, ways } = ports;
  switch (name) {
    case 'alertHistory':
      return searchHistory(store, historyRequestSchema.parse(input), ports.now());
    case 'alertCounts': {
      const { afterSeq, toSeq } = countsRequestSchema.parse(input);
      return { counts: countsBetween(store, afterSeq, toSeq) };
    }
    case 'alertDeliveries': {
      const wanted = deliveriesRequestSchema.parse(input);
      return listDeliveries(store, ways, wanted, (row) => subjectOf(row, store));
    }
    case 'alertSetup':
      return ways.setup();
    case 'alertTest':
      return tryOut(ports, testRequestSchema.parse(input), personId);
    case 'alertContact':
      return saveContact(ports, contactRequestSchema.parse(input));
    case 'alertRetry':
      return tryAgain(ports, retryRequestSchema.parse(input).id);
  }
}

/** What a decision would be called if it were a message now. */
function subjectOf({ group_key }: DeliveryRow, store: NotifyStore): string {
  const [first, ...others] = store.noticesOf(group_key).map(noticeOfRow);
  if (!first) return '';
  const group = createGroup(first);
  for (const notice of [first, ...others]) group.add(notice);
  return groupTitle(group.summary());
}

async function tryOut(
  ports: AlertQuestionPorts,
  to: z.output<typeof testRequestSchema>,
  personId: string,
): Promise<{ sent: boolean; says: string }> {
  const { store } = ports;
  const now = ports.now();
  const channel = to.type === 'hook' ? 'webhook' : 'email';
  const target = targetOf(to);
  const outgoing = testMessage(target, personId, now);
  const { messageId } = outgoing;
  // Noted like any other, so that a test can be found among what was sent.
  store.together(() => {
    store.addMessage(
      { message_id: messageId, channel, target, outgoing: JSON.stringify(outgoing) },
      [],
      now,
    );
    // The ticker must not take it as well.
    store.attempt(messageId);
  });
  const row = store.message(messageId);
  if (!row) return { sent: false, says: 'It could not be noted.' };
  const { type, says } = await sendMessage({ ...row, attempts: 0 }, ports, { once: true });
  return { sent: type === 'sent', says };
}

function targetOf(to: z.output<typeof testRequestSchema>): string {
  switch (to.type) {
    case 'person':
      return `person:${to.personId}`;
    case 'mailbox':
      return `mailbox:${to.mailboxId}`;
    case 'hook':
      return `hook:${to.hookId}`;
  }
}

function saveContact(
  { store, settings, intake }: AlertQuestionPorts,
  { personId, address }: z.output<typeof contactRequestSchema>,
): object {
  if (!intake.governance.people.persons.has(personId)) {
    return rejected(`There is no person ${personId}`);
  }
  if (address !== null && !isAllowed(address, settings)) {
    const domains = settings.domains.join(', ');
    return rejected(
      domains === ''
        ? 'alerts.json allows no domain yet: an administrator of the server writes "domains" into it'
        : `Expected an address at ${domains}: alerts.json allows no other`,
    );
  }
  store.saveContact(personId, address);
  return {};
}

function tryAgain({ store, now, hurry }: AlertQuestionPorts, id: string): object {
  const row = store.message(id);
  if (row?.state !== 'givenUp' && row?.state !== 'retry') {
    return rejected('Only a message that failed can be tried again');
  }
  const why = row.why === '' ? 'Tried again' : `Tried again after: ${row.why}`;
  store.became(id, { state: 'retry', why: why.slice(0, 300), next_at: now(), attempts: 0 });
  hurry();
  return {};
}
