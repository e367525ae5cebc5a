import type { z } from 'zod';
import { digestOfText } from '#core/kernel/digest.ts';
import type { Received } from '#core/support/act.ts';
import type { Dispute } from '#core/support/disputes.ts';
import type { Disputed } from '#core/support/support.events.ts';
import { dueAtOf, type Ticket, type TicketMessage } from '#core/support/tickets.ts';
import { readWords } from '#core/support/words.ts';
import { refusalOf, refuse, type Answer } from '../api/errors.ts';
import { getRoute, postRoute, type Call, type Route, type RoutePorts } from '../api/route.ts';
import {
  disputeInputSchema,
  disputeReplySchema,
  messageInputSchema,
  ticketInputSchema,
  ticketReplySchema,
  withdrawalInputSchema,
  type aboutInputSchema,
} from './api-schemas.ts';

/** What traders' own pages ask of the firm: tickets and disputes, each client its own. */
export const supportRoutes: readonly Route[] = [
  postRoute({
    path: '/v1/tickets',
    operationId: 'openTicket',
    summary: 'Opens a ticket with what a trader wrote.',
    body: ticketInputSchema,
    reply: ticketReplySchema,
    replyStatus: 201,
    answer: openTicket,
  }),
  getRoute({
    path: '/v1/tickets/{ticketId}',
    operationId: 'getTicket',
    summary: 'Tells where a ticket stands, and what was written.',
    reply: ticketReplySchema,
    replyStatus: 200,
    answer: (call, ports) => withTicket(call, ports, (ticket) => ticketAnswer(ticket, 200, ports)),
  }),
  postRoute({
    path: '/v1/tickets/{ticketId}/messages',
    operationId: 'writeMessage',
    summary: 'Adds what the trader wrote; a solved ticket is opened again.',
    body: messageInputSchema,
    reply: ticketReplySchema,
    replyStatus: 201,
    answer: (call, ports) => withTicket(call, ports, (ticket) => writeMessage(ticket, call, ports)),
  }),
  postRoute({
    path: '/v1/disputes',
    operationId: 'fileDispute',
    summary: 'Disputes a verdict, a payout’s answer or a decision. Another person decides it.',
    body: disputeInputSchema,
    reply: disputeReplySchema,
    replyStatus: 201,
    answer: fileDispute,
  }),
  getRoute({
    path: '/v1/disputes/{disputeId}',
    operationId: 'getDispute',
    summary: 'Tells where a dispute stands, with the letter that answers it.',
    reply: disputeReplySchema,
    replyStatus: 200,
    answer: (call, ports) =>
      withDispute(call, ports, (dispute) => disputeAnswer(dispute, 200, ports)),
  }),
  postRoute({
    path: '/v1/disputes/{disputeId}/withdraw',
    operationId: 'withdrawDispute',
    summary: 'Takes a dispute back, as long as nobody has decided it.',
    body: withdrawalInputSchema,
    reply: disputeReplySchema,
    replyStatus: 200,
    answer: (call, ports) => withDispute(call, ports, (dispute) => withdraw(dispute, call, ports)),
  }),
];

/** The same request has the same message, whoever computes it. */
function messageIdOf({ client, idempotencyKey }: Call<unknown>): string {
  return `m-${digestOfText(`message ${client}/${idempotencyKey}`).slice(0, 24)}`;
}

/** The same request under the same key is the same command: it is carried out once. */
async function receive(
  message: Received,
  { client, idempotencyKey }: Call<unknown>,
  { command }: RoutePorts,
): Promise<Answer | null> {
  const digest = digestOfText(`receiveMessage ${client}/${idempotencyKey}`);
  const result = await command({
    commandId: `api-${digest.slice(0, 32)}`,
    actor: { type: 'client', id: client },
    intent: { type: 'receiveMessage', message },
  });
  return result.type === 'rejected' ? refusalOf(result) : null;
}

const FROM_API: Pick<Received, 'channel' | 'sender' | 'files' | 'dispute'> = {
  channel: 'api',
  sender: 'trader',
  files: [],
  dispute: null,
};

async function openTicket(
  call: Call<z.output<typeof ticketInputSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const { traderId, accountId, topic, subject, text } = call.body;
  const messageId = messageIdOf(call);
  const problem = accountProblem(accountId, traderId, ports);
  if (problem) return problem;
  const words = { subject, text, topic, traderId, accountId };
  const failure = await receive({ ...FROM_API, ...words, messageId, ticketId: null }, call, ports);
  const ticket = ports.governance().tickets.withMessage(messageId);
  if (failure || !ticket) return failure ?? notFound('ticket');
  return ticketAnswer(ticket, 201, ports);
}

function accountProblem(
  accountId: string | null,
  traderId: string,
  { account }: RoutePorts,
): Answer | null {
  if (accountId === null) return null;
  if (account(accountId)?.traderId === traderId) return null;
  return refuse(404, 'notFound', `there is no account ${accountId} of this trader`, 'accountId');
}

async function writeMessage(
  ticket: Ticket,
  call: Call<z.output<typeof messageInputSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const { ticketId, topic, traderId } = ticket;
  const messageId = messageIdOf(call);
  const message = { ...FROM_API, messageId, ticketId, topic, traderId, accountId: null };
  const failure = await receive({ ...message, subject: '', text: call.body.text }, call, ports);
  const after = ports.governance().tickets.withMessage(messageId);
  return failure ?? ticketAnswer(after ?? ticket, 201, ports);
}

function toDisputed(about: z.output<typeof aboutInputSchema>): Disputed {
  if (about.type === 'verdict') return { type: 'verdict', seq: about.entry, ruleId: about.ruleId };
  return about.type === 'case' ? { type: 'case', caseId: about.reference } : about;
}

async function fileDispute(
  call: Call<z.output<typeof disputeInputSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const { accountId, about, reason, text } = call.body;
  const traderId = ports.account(accountId)?.traderId;
  if (traderId === undefined) {
    return refuse(404, 'notFound', `there is no account ${accountId}`, 'accountId');
  }
  const messageId = messageIdOf(call);
  const message: Received = {
    ...FROM_API,
    messageId,
    ticketId: null,
    topic: 'dispute',
    traderId,
    accountId,
    subject: 'Dispute',
    text,
    dispute: { about: toDisputed(about), reason },
  };
  const failure = await receive(message, call, ports);
  const { tickets, disputes } = ports.governance();
  const ticket = tickets.withMessage(messageId);
  const [dispute] = ticket ? disputes.ofTicket(ticket.ticketId) : [];
  if (failure || !dispute) return failure ?? notFound('dispute');
  return disputeAnswer(dispute, 201, ports);
}

async function withdraw(
  { disputeId }: Dispute,
  call: Call<z.output<typeof withdrawalInputSchema>>,
  ports: RoutePorts,
): Promise<Answer> {
  const { client, idempotencyKey, body } = call;
  const digest = digestOfText(`withdrawDispute ${client}/${idempotencyKey}`);
  const result = await ports.command({
    commandId: `api-${digest.slice(0, 32)}`,
    actor: { type: 'client', id: client },
    intent: { type: 'withdrawDispute', disputeId, reason: body.reason },
  });
  if (result.type === 'rejected') return refusalOf(result);
  const dispute = ports.governance().disputes.dispute(disputeId);
  return dispute ? disputeAnswer(dispute, 200, ports) : notFound('dispute');
}

/** To a client, another client's ticket is one that does not exist. */
function withTicket(
  { client, id }: Call<unknown>,
  { governance }: RoutePorts,
  answer: (ticket: Ticket) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const ticket = governance().tickets.ticket(id);
  return ticket?.client === client ? answer(ticket) : notFound('ticket');
}

function withDispute(
  { client, id }: Call<unknown>,
  { governance }: RoutePorts,
  answer: (dispute: Dispute) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const dispute = governance().disputes.dispute(id);
  return dispute?.client === client ? answer(dispute) : notFound('dispute');
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}

function notFound(what: 'ticket' | 'dispute'): Answer {
  return refuse(404, 'notFound', `there is no such ${what} of yours`, `${what}Id`);
}

/**
 * Without notes: they are the firm's. What was merged is told of where it went on, as long as that
 * is no other client's.
 */
function ticketAnswer(ticket: Ticket, status: 200 | 201, ports: RoutePorts): Answer {
  const { ticketId, number, topic, accountId, openedAt, client } = ticket;
  const { tickets, disputes } = ports.governance();
  const followed = tickets.followed(ticketId) ?? ticket;
  const now = followed.client === client ? followed : ticket;
  const dueAt = dueAtOf(now);
  const state = now.solved ? 'solved' : now.askedAt === null ? 'open' : 'waitingForTrader';
  return {
    status,
    body: {
      ticketId,
      number,
      state,
      topic,
      accountId,
      openedAt: timeOf(openedAt),
      answerDueAt: dueAt === null ? null : timeOf(dueAt),
      messages: tickets
        .conversation(now.ticketId)
        .filter(({ direction }) => direction !== 'note')
        .map((message) => shown(message, ports)),
      disputes: disputes.ofTicket(ticketId).map(({ disputeId }) => disputeId),
    },
  };
}

function shown({ messageId, direction, content, at }: TicketMessage, ports: RoutePorts): object {
  const bytes = ports.content(content);
  return {
    messageId,
    from: direction === 'in' ? 'trader' : 'firm',
    at: timeOf(at),
    text: bytes === null ? null : (readWords(bytes, content)?.text ?? null),
  };
}

function disputeAnswer(dispute: Dispute, status: 200 | 201, { content }: RoutePorts): Answer {
  const { disputeId, ticketId, accountId, reason, at, dueAt, decision, withdrawn } = dispute;
  const waits = !decision && !withdrawn;
  return {
    status,
    body: {
      disputeId,
      ticketId,
      accountId,
      state: decision ? 'decided' : withdrawn ? 'withdrawn' : 'waiting',
      reason,
      filedAt: timeOf(at),
      answerDueAt: waits ? timeOf(dueAt) : null,
      decision: decision && {
        remedy: decision.remedy,
        at: timeOf(decision.at),
        digest: decision.letter,
        letter: decision.letter === null ? null : content(decision.letter),
      },
    },
  };
}
