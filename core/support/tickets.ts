import { assert } from '#core/kernel/assert.ts';
import type { EpochMs } from '#core/time/time.ts';
import type {
  Channel,
  MessageData,
  TicketChangeData,
  TicketData,
  Topic,
} from './support.events.ts';

const HOUR_MS = 3_600_000;
/** What a trader is owed: an answer in so much time of the firm's, not counting the trader's own. */
export const ANSWER_WITHIN_MS: number = 24 * HOUR_MS;

export interface TicketMessage extends MessageData {
  readonly seq: number;
}

export interface TicketChanged extends TicketChangeData {
  readonly seq: number;
}

/** A ticket as the log tells it. */
export interface Ticket {
  readonly ticketId: string;
  /** In order of opening, from 1: what people call it. */
  readonly number: number;
  readonly channel: Channel;
  readonly topic: Topic;
  readonly traderId: string | null;
  readonly accountId: string | null;
  /** The client of the API that opened it; null for any other way. */
  readonly client: string | null;
  readonly openedBy: string | null;
  readonly openedSeq: number;
  readonly openedAt: EpochMs;
  readonly messages: readonly TicketMessage[];
  readonly changes: readonly TicketChanged[];
  readonly tags: readonly string[];
  readonly assignee: string | null;
  /** Since when the trader is to answer; null while it is the firm's turn. */
  readonly askedAt: EpochMs | null;
  readonly solved: {
    readonly personId: string | null;
    readonly reason: string;
    readonly at: EpochMs;
  } | null;
  readonly mergedInto: string | null;
  /** Tickets that were merged into this one, in order. */
  readonly merged: readonly string[];
  /** The firm's clock: what was used of it, and since when it runs; null while it stands still. */
  readonly spentMs: number;
  readonly runsSince: EpochMs | null;
  readonly firstAnsweredAt: EpochMs | null;
  /** The last entry that changed what a person decides on. */
  readonly version: number;
  readonly changedAt: EpochMs;
}

/** Where a ticket waits: it is always in exactly one of them. */
export const QUEUES = ['unassigned', 'assigned', 'waiting', 'overdue', 'solved', 'merged'] as const;
export type TicketQueue = (typeof QUEUES)[number];

/** By when the firm has to have answered; null while the clock stands still. */
export function dueAtOf({ spentMs, runsSince }: Ticket): EpochMs | null {
  return runsSince === null ? null : runsSince + Math.max(0, ANSWER_WITHIN_MS - spentMs);
}

/** The one queue that a ticket is in. What is late is late, whoever has it. */
export function queueOf(ticket: Ticket, at: EpochMs): TicketQueue {
  if (ticket.mergedInto !== null) return 'merged';
  if (ticket.solved) return 'solved';
  if (ticket.askedAt !== null) return 'waiting';
  const dueAt = dueAtOf(ticket);
  if (dueAt !== null && dueAt <= at) return 'overdue';
  return ticket.assignee === null ? 'unassigned' : 'assigned';
}

/** Time of the firm's that a ticket has used, up to an instant. */
export function usedMsOf({ spentMs, runsSince }: Ticket, at: EpochMs): number {
  return spentMs + (runsSince === null ? 0 : Math.max(0, at - runsSince));
}

/** Tickets: a fold of the log. */
export interface Tickets {
  open(data: TicketData, seq: number, client: string | null): void;
  message(data: MessageData, seq: number): void;
  change(data: TicketChangeData, seq: number): void;
  /** Somebody was put in charge of an item of work; items of other kinds change nothing here. */
  assign(itemId: string, to: string | null, at: EpochMs): void;

  ticket(ticketId: string): Ticket | undefined;
  /** In order of opening. */
  all(): Iterable<Ticket>;
  readonly count: number;
  /** Those that are neither solved nor merged. */
  live(): Iterable<Ticket>;
  /** Tickets of a trader, oldest first. */
  of(traderId: string): readonly Ticket[];
  /** Whether a ticket was ever opened about an account. */
  withAccount(accountId: string): boolean;
  /** Where a message that was said to be for a ticket belongs now: through every merge. */
  followed(ticketId: string): Ticket | undefined;
  /** The ticket that a message is part of. */
  withMessage(messageId: string): Ticket | undefined;
  /** The ticket that bytes beside the log belong to. */
  withContent(digest: string): Ticket | undefined;
  /** Messages of a ticket and of all that were merged into it, in the order of the log. */
  conversation(ticketId: string): readonly TicketMessage[];
}

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
interface MutableTicket extends Mutable<Omit<Ticket, 'messages' | 'changes' | 'merged'>> {
  readonly messages: TicketMessage[];
  readonly changes: TicketChanged[];
  readonly merged: string[];
}

interface State {
  readonly tickets: Map<string, MutableTicket>;
  readonly live: Set<string>;
  readonly byTrader: Map<string, Set<string>>;
  readonly byMessage: Map<string, string>;
  readonly byContent: Map<string, string>;
  readonly accounts: Set<string>;
}

/** How tickets are named as items of work. */
export function ticketItem(ticketId: string): string {
  return `ticket/${ticketId}`;
}

export function createTickets(): Tickets {
  const state: State = {
    tickets: new Map(),
    live: new Set(),
    byTrader: new Map(),
    byMessage: new Map(),
    byContent: new Map(),
    accounts: new Set(),
  };
  const { tickets, live, byTrader, byMessage, byContent } = state;
  const known = (ids: Iterable<string>): MutableTicket[] =>
    [...ids].flatMap((ticketId) => tickets.get(ticketId) ?? []);
  const followed = (ticketId: string): MutableTicket | undefined => {
    let ticket = tickets.get(ticketId);
    // Nothing is ever merged into what was merged before: each step leads on.
    for (let into = ticket?.mergedInto ?? null; into !== null;) {
      ticket = tickets.get(into);
      into = ticket?.mergedInto ?? null;
    }
    return ticket;
  };
  return {
    open: (data, seq, client) => open(data, seq, client, state),
    message: (data, seq) => take(data, seq, state),
    change: (data, seq) => change(data, seq, state),
    assign: (itemId, to, at) => {
      const [kind, ticketId = ''] = itemId.split('/');
      const ticket = kind === 'ticket' ? tickets.get(ticketId) : undefined;
      if (!ticket) return;
      ticket.assignee = to;
      ticket.changedAt = at;
    },
    ticket: (ticketId) => tickets.get(ticketId),
    all: () => tickets.values(),
    get count() {
      return tickets.size;
    },
    live: () => known(live),
    of: (traderId) => known(byTrader.get(traderId) ?? []),
    withAccount: (accountId) => state.accounts.has(accountId),
    followed,
    withMessage: (messageId) => tickets.get(byMessage.get(messageId) ?? ''),
    withContent: (digest) => tickets.get(byContent.get(digest) ?? ''),
    conversation: (ticketId) => {
      const parts = [ticketId];
      for (const id of parts) parts.push(...(tickets.get(id)?.merged ?? []));
      return known(parts)
        .flatMap(({ messages }) => messages)
        .toSorted((one, other) => one.seq - other.seq);
    },
  };
}

function open(data: TicketData, seq: number, client: string | null, state: State): void {
  const { ticketId, channel, topic, traderId, forAccount, personId, at } = data;
  assert(!state.tickets.has(ticketId), `ticket ${ticketId} is opened again, at entry ${seq}`);
  state.tickets.set(ticketId, {
    ticketId,
    number: state.tickets.size + 1,
    channel,
    topic,
    traderId,
    accountId: forAccount,
    client,
    openedBy: personId,
    openedSeq: seq,
    openedAt: at,
    messages: [],
    changes: [],
    tags: [],
    assignee: null,
    askedAt: null,
    solved: null,
    mergedInto: null,
    merged: [],
    spentMs: 0,
    runsSince: at,
    firstAnsweredAt: null,
    version: seq,
    changedAt: at,
  });
  state.live.add(ticketId);
  if (forAccount !== null) state.accounts.add(forAccount);
  if (traderId !== null) listUnder(traderId, ticketId, state);
}

function listUnder(traderId: string, ticketId: string, { byTrader }: State): void {
  byTrader.set(traderId, (byTrader.get(traderId) ?? new Set()).add(ticketId));
}

function take(data: MessageData, seq: number, state: State): void {
  const { ticketId, messageId, direction, content, files, at } = data;
  const ticket = state.tickets.get(ticketId);
  if (!ticket || state.byMessage.has(messageId)) return;
  state.byMessage.set(messageId, ticketId);
  state.byContent.set(content, ticketId);
  for (const file of files) if (file.content !== null) state.byContent.set(file.content, ticketId);
  ticket.messages.push({ ...data, seq });
  if (direction === 'in') resume(ticket, at);
  if (direction === 'out') ticket.firstAnsweredAt ??= at;
  touch(ticket, seq, at);
}

function touch(ticket: MutableTicket, seq: number, at: EpochMs): void {
  ticket.version = seq;
  ticket.changedAt = at;
}

/** It is the firm's turn: its clock goes on from where it stood. */
function resume(ticket: MutableTicket, at: EpochMs): void {
  ticket.askedAt = null;
  if (!ticket.solved && ticket.mergedInto === null) ticket.runsSince ??= at;
}

function halt(ticket: MutableTicket, at: EpochMs): void {
  ticket.spentMs = usedMsOf(ticket, at);
  ticket.runsSince = null;
}

function change(data: TicketChangeData, seq: number, state: State): void {
  const { ticketId, personId, change: what, at } = data;
  const ticket = state.tickets.get(ticketId);
  if (!ticket) return;
  ticket.changes.push({ ...data, seq });
  touch(ticket, seq, at);
  switch (what.type) {
    case 'concerns':
      if (ticket.traderId !== null) state.byTrader.get(ticket.traderId)?.delete(ticketId);
      ticket.traderId = what.traderId;
      ticket.accountId = what.accountId;
      listUnder(what.traderId, ticketId, state);
      return;
    case 'topic':
      ticket.topic = what.topic;
      return;
    case 'tags':
      ticket.tags = what.tags;
      return;
    case 'asked':
      halt(ticket, at);
      ticket.askedAt = at;
      return;
    case 'solved':
      halt(ticket, at);
      ticket.askedAt = null;
      ticket.solved = { personId, reason: what.reason, at };
      state.live.delete(ticketId);
      return;
    case 'reopened':
      ticket.solved = null;
      ticket.askedAt = null;
      // Something is owed anew.
      ticket.spentMs = 0;
      ticket.runsSince = at;
      state.live.add(ticketId);
      return;
    case 'merged': {
      halt(ticket, at);
      ticket.mergedInto = what.into;
      state.live.delete(ticketId);
      state.tickets.get(what.into)?.merged.push(ticketId);
      return;
    }
  }
}
