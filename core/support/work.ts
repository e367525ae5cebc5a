import { digestOfText } from '#core/kernel/digest.ts';
import { err, ok, type Result } from '#core/kernel/result.ts';
import type { About, Action } from '#core/people/roles.ts';
import type { EpochMs } from '#core/time/time.ts';
import type { ActOnTicket, OpenTicket, Received, TicketVerb, TicketVerbName } from './act.ts';
import type {
  Attached,
  DisputeData,
  DisputeDecision,
  DisputeWithdrawal,
  MessageData,
  TicketChange,
  TicketChangeData,
  TicketData,
} from './support.events.ts';
import { ticketItem, type Ticket, type Tickets } from './tickets.ts';
import { trimmed, writeWords, type Words } from './words.ts';

/** Messages of one ticket: what goes on after that goes on in another one. */
export const MESSAGES_PER_TICKET_MAX = 1_000;
/** Tickets of one trader that may wait at once: a sender that is a machine goes no further. */
export const LIVE_PER_TRADER_MAX = 50;

export interface SupportRefusal {
  readonly code: 'notFound' | 'invalid' | 'forbidden' | 'conflict';
  readonly message: string;
}

export type SupportDraft =
  | { readonly kind: 'ticketOpened'; readonly data: TicketData }
  | { readonly kind: 'ticketMessaged'; readonly data: MessageData }
  | { readonly kind: 'ticketChanged'; readonly data: TicketChangeData }
  | { readonly kind: 'disputeOpened'; readonly data: DisputeData }
  | { readonly kind: 'disputeDecided'; readonly data: DisputeDecision }
  | { readonly kind: 'disputeWithdrawn'; readonly data: DisputeWithdrawal }
  | {
      readonly kind: 'workDone';
      readonly data: {
        readonly itemId: string;
        readonly personId: string;
        readonly change: { readonly type: 'assigned'; readonly to: string | null };
        readonly at: EpochMs;
      };
    };

export interface SupportWork {
  readonly drafts: readonly SupportDraft[];
  /** Bytes to keep beside the log. */
  readonly contents: readonly { readonly digest: string; readonly text: string }[];
}

/** Who acts, and what the decision rests on beside tickets and disputes. */
export interface SupportWorker {
  /** Null for what came from outside. */
  readonly personId: string | null;
  /** Of the command: names what it brings into being. */
  readonly commandId: string;
  /** The server's clock. */
  readonly at: EpochMs;
  /** 32 random bytes in hexadecimal digits, another time others. */
  salt(): string;
  may(personId: string, action: Action, about: About): boolean;
  account(accountId: string): { readonly traderId: string; readonly programId: string } | null;
}

/** What adds or names without taking anything away: no newer version stands against it. */
const FREE: ReadonlySet<TicketVerbName> = new Set(['assign', 'note', 'tags', 'topic']);

type Answer = Result<SupportWork, SupportRefusal>;

export function refuse(
  code: SupportRefusal['code'],
  message: string,
): Result<never, SupportRefusal> {
  return err({ code, message });
}

/** What a ticket is about, for the scope of roles: nothing while nobody knows whose it is. */
export function aboutOf(
  accountId: string | null,
  account: SupportWorker['account'],
): { readonly programId?: string } {
  const programId = accountId === null ? undefined : account(accountId)?.programId;
  return programId === undefined ? {} : { programId };
}

/**
 * What becomes of what a person does to a ticket. Asked in this order, so that two faults always
 * give the same refusal: whether it is there; whether a role reaches it; whether others changed it
 * since the person looked; and what the verb itself needs.
 */
export function decideTicketWork(
  { ticketId, version, act }: ActOnTicket,
  by: SupportWorker & { readonly personId: string },
  tickets: Tickets,
): Answer {
  const ticket = tickets.ticket(ticketId);
  if (!ticket) return refuse('notFound', `there is no ticket ${ticketId}`);
  if (!by.may(by.personId, 'workTickets', aboutOf(ticket.accountId, by.account))) {
    return refuse('forbidden', 'no role of yours works on this ticket');
  }
  if (ticket.mergedInto !== null) {
    return refuse('invalid', `it was merged into ticket ${ticket.mergedInto}`);
  }
  if (!FREE.has(act.verb) && hasNews(ticket, version, by.personId)) {
    return refuse('conflict', 'meanwhile others wrote or changed something: look at it again');
  }
  const does = DOES[act.verb] as Does<TicketVerbName>;
  return does(ticket, act, by, tickets);
}

/** Whether others did something to it after an entry: one's own deeds are no news. */
export function hasNews(ticket: Ticket, version: number, personId: string): boolean {
  return [...ticket.messages, ...ticket.changes].some(
    (one) => one.seq > version && one.personId !== personId,
  );
}

type Does<Name extends TicketVerbName> = (
  ticket: Ticket,
  act: Extract<TicketVerb, { verb: Name }>,
  by: SupportWorker & { readonly personId: string },
  tickets: Tickets,
) => Answer;

const DOES: { readonly [Name in TicketVerbName]: Does<Name> } = {
  assign: (ticket, { to }, by) => {
    if (to === ticket.assignee) return refuse('invalid', 'it is assigned so already');
    if (to !== null && !by.may(to, 'workTickets', aboutOf(ticket.accountId, by.account))) {
      return refuse('invalid', `no role of ${to} works on this ticket`);
    }
    const change = { type: 'assigned', to } as const;
    const { personId, at } = by;
    const data = { itemId: ticketItem(ticket.ticketId), personId, change, at };
    return ok({ drafts: [{ kind: 'workDone', data }], contents: [] });
  },
  answer: (ticket, { text, after }, by) => {
    if (ticket.solved) return refuse('invalid', 'it is solved: reopen it first');
    const said = written(ticket, 'out', text, by);
    if (!said.ok || after === 'keep') return said;
    const what: TicketChange =
      after === 'ask' ? { type: 'asked' } : { type: 'solved', reason: 'answered' };
    const drafts = [...said.value.drafts, changed(ticket, what, by)];
    return ok({ ...said.value, drafts });
  },
  note: (ticket, { text }, by) => written(ticket, 'note', text, by),
  concerns: (ticket, { traderId, accountId }, by) => {
    const account = accountId === null ? null : by.account(accountId);
    if (accountId !== null && account?.traderId !== traderId) {
      return refuse('invalid', `there is no account ${accountId} of ${traderId}`);
    }
    if (account && !by.may(by.personId, 'workTickets', { programId: account.programId })) {
      return refuse('forbidden', 'no role of yours reaches that program');
    }
    return one(changed(ticket, { type: 'concerns', traderId, accountId }, by));
  },
  topic: (ticket, { topic }, by) => one(changed(ticket, { type: 'topic', topic }, by)),
  tags: (ticket, { tags }, by) =>
    one(changed(ticket, { type: 'tags', tags: [...new Set(tags)] }, by)),
  solve: (ticket, { reason }, by) =>
    ticket.solved
      ? refuse('invalid', 'it is solved already')
      : one(changed(ticket, { type: 'solved', reason }, by)),
  reopen: (ticket, { reason }, by) =>
    ticket.solved
      ? one(changed(ticket, { type: 'reopened', reason }, by))
      : refuse('invalid', 'it is not solved'),
  merge: (ticket, { into: name }, by, tickets) => {
    const into = tickets.ticket(name);
    if (!into || name === ticket.ticketId || into.mergedInto !== null) {
      return refuse('invalid', `there is no other ticket ${name} to merge into`);
    }
    if (!by.may(by.personId, 'workTickets', aboutOf(into.accountId, by.account))) {
      return refuse('forbidden', `no role of yours works on ticket ${name}`);
    }
    // What one trader wrote must never be answered to another.
    if (into.traderId !== ticket.traderId || into.traderId === null) {
      return refuse('invalid', 'both have to be known to be of one trader');
    }
    return one(changed(ticket, { type: 'merged', into: name }, by));
  },
};

function one(...drafts: readonly SupportDraft[]): Answer {
  return ok({ drafts, contents: [] });
}

function changed(
  { ticketId }: Pick<Ticket, 'ticketId'>,
  change: TicketChange,
  { personId, at }: SupportWorker,
): SupportDraft {
  return { kind: 'ticketChanged', data: { ticketId, personId, change, at } };
}

/** A message of the firm's: an answer or a note. */
export function written(
  ticket: Ticket,
  direction: 'out' | 'note',
  text: string,
  by: SupportWorker,
): Answer {
  if (ticket.messages.length >= MESSAGES_PER_TICKET_MAX) {
    return refuse('invalid', `a ticket holds ${MESSAGES_PER_TICKET_MAX} messages: open another`);
  }
  const words: Words = { ...trimmed('', text), sender: 'firm', salt: by.salt() };
  const content = writeWords(words);
  const data: MessageData = {
    ticketId: ticket.ticketId,
    messageId: nameOf('m', by.commandId),
    direction,
    personId: by.personId,
    content: content.digest,
    files: [],
    at: by.at,
  };
  return ok({ drafts: [{ kind: 'ticketMessaged', data }], contents: [content] });
}

function nameOf(letter: string, what: string): string {
  return `${letter}-${digestOfText(what).slice(0, 24)}`;
}

/** The ticket that a message from outside opens, where it belongs to none. */
export function ticketIdOf(messageId: string): string {
  return nameOf('t', `ticket ${messageId}`);
}

/** By hand: what a trader said, written down by a person. */
export function decideOpenTicket(
  { topic, traderId, accountId, subject, text }: OpenTicket,
  by: SupportWorker & { readonly personId: string },
): Answer {
  if (!by.may(by.personId, 'workTickets', aboutOf(accountId, by.account))) {
    return refuse('forbidden', 'no role of yours opens tickets here');
  }
  const problem = ownerProblem(traderId, accountId, by.account);
  if (problem !== null) return refuse('invalid', problem);
  const words = { ...trimmed(subject, text), sender: 'trader', salt: by.salt() } as const;
  const content = writeWords(words);
  const { personId, at, commandId } = by;
  const ticketId = nameOf('t', `desk ${commandId}`);
  const messageId = nameOf('m', commandId);
  return ok({
    drafts: [
      {
        kind: 'ticketOpened',
        data: { ticketId, channel: 'desk', topic, traderId, forAccount: accountId, personId, at },
      },
      {
        kind: 'ticketMessaged',
        data: {
          ticketId,
          messageId,
          direction: 'in',
          personId,
          content: content.digest,
          files: [],
          at,
        },
      },
    ],
    contents: [content],
  });
}

function ownerProblem(
  traderId: string | null,
  accountId: string | null,
  account: SupportWorker['account'],
): string | null {
  if (accountId === null) return null;
  const known = account(accountId);
  if (!known) return `there is no account ${accountId}`;
  return known.traderId === traderId ? null : `account ${accountId} is not of ${traderId ?? '?'}`;
}

/**
 * A message from outside, taken in at most once. It goes on where it belongs: through merges, and
 * into a ticket that was solved, which it opens again; else it opens one.
 */
export function decideReceived(
  received: Received,
  by: SupportWorker,
  tickets: Tickets,
): Result<SupportWork & { readonly ticketId: string }, SupportRefusal> {
  const { messageId, traderId, accountId, channel, topic } = received;
  const before = tickets.withMessage(messageId);
  if (before) return ok({ drafts: [], contents: [], ticketId: before.ticketId });
  const problem = ownerProblem(traderId, accountId, by.account);
  if (problem !== null) return refuse('invalid', problem);
  const found = received.ticketId === null ? undefined : tickets.followed(received.ticketId);
  const full = found !== undefined && found.messages.length >= MESSAGES_PER_TICKET_MAX;
  const known = full ? undefined : found;
  const owner = traderId ?? found?.traderId ?? null;
  if (!known && owner !== null && waiting(tickets, owner) >= LIVE_PER_TRADER_MAX) {
    return refuse('conflict', `${LIVE_PER_TRADER_MAX} tickets of ${owner} wait already`);
  }
  const { at } = by;
  const ticketId = known?.ticketId ?? ticketIdOf(messageId);
  const opening: SupportDraft[] = known
    ? []
    : [
        {
          kind: 'ticketOpened',
          data: {
            ticketId,
            channel,
            topic,
            traderId: owner,
            forAccount: accountId ?? found?.accountId ?? null,
            personId: null,
            at,
          },
        },
      ];
  const contents: { digest: string; text: string }[] = [];
  const files = received.files.map(({ bytes, ...file }): Attached => {
    const content = bytes === null ? null : digestOfText(bytes);
    if (bytes !== null && content !== null) contents.push({ digest: content, text: bytes });
    return { ...file, content };
  });
  const { sender } = received;
  const words = writeWords({
    ...trimmed(received.subject, received.text),
    sender,
    salt: by.salt(),
  });
  contents.push(words);
  const data: MessageData = {
    ticketId,
    messageId,
    direction: 'in',
    personId: null,
    content: words.digest,
    files,
    at,
  };
  const again: SupportDraft[] = known?.solved
    ? [changed(known, { type: 'reopened', reason: 'the trader wrote again' }, by)]
    : [];
  return ok({
    drafts: [...opening, { kind: 'ticketMessaged', data }, ...again],
    contents,
    ticketId,
  });
}

function waiting(tickets: Tickets, traderId: string): number {
  return tickets.of(traderId).filter(({ solved, mergedInto }) => !solved && mergedInto === null)
    .length;
}
