import type { Governance } from '#core/governance/governance.ts';
import type { Received } from '#core/support/act.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import type { ServerCommand } from '../commands/server-command.ts';
import { readMail, type MailRules, type ReadMail } from './read-mail.ts';
import type { ReplyTokens } from './reply-token.ts';
import type { SupportStore } from './support-store.ts';

const HOUR_MS = 3_600_000;
/** Mails of one address in an hour; above it, only people should go on. */
export const MAILS_PER_ADDRESS_PER_HOUR_MAX = 20;

export interface IntakePorts {
  governance(): Governance;
  command(command: ServerCommand): Promise<CommandResult>;
  readonly store: SupportStore;
  readonly tokens: ReplyTokens;
  readonly rules: MailRules;
  now(): number;
}

/** What became of a mail; `later` alone is to be tried again. */
export type Taken =
  | { readonly type: 'taken'; readonly ticketId: string }
  | { readonly type: 'known'; readonly ticketId: string }
  | { readonly type: 'refused'; readonly code: string; readonly sentence: string }
  | { readonly type: 'later'; readonly sentence: string };

/** Takes a mail in, at most once: in the log first, then in what is known of mails. */
export async function takeMail(raw: Uint8Array, ports: IntakePorts): Promise<Taken> {
  const { store, rules, now } = ports;
  const read = await readMail(raw, rules);
  if (!read.ok) return refuse(read.error.code, read.error.sentence, ports);
  const mail = read.value;
  const known = store.heard(mail.name);
  if (known) return { type: 'known', ticketId: known.ticketId };
  if (store.countOf(mail.from, now() - HOUR_MS) >= MAILS_PER_ADDRESS_PER_HOUR_MAX) {
    const much = `${MAILS_PER_ADDRESS_PER_HOUR_MAX} mails came from there within an hour`;
    return refuse('tooMany', much, ports);
  }
  return hear(mail, ports);
}

function refuse(code: string, sentence: string, { store, now }: IntakePorts): Taken {
  store.refuse(now(), code, sentence);
  return { type: 'refused', code, sentence };
}

async function hear(mail: ReadMail, ports: IntakePorts): Promise<Taken> {
  const { store, command, now, governance } = ports;
  const { name, from, headerId, subject, text, files } = mail;
  const ticketId = ticketFor(mail, ports);
  const message: Received = {
    messageId: name,
    channel: 'email',
    ticketId,
    topic: 'other',
    // Only what a person has said before of this address.
    traderId: store.ownerOf(from),
    accountId: null,
    sender: isOther(ticketId, from, store) ? 'other' : 'trader',
    subject,
    text: text === '' ? '(no text)' : text,
    files: [...files],
    dispute: null,
  };
  const result = await command({
    commandId: `mail-${name}`,
    actor: { type: 'system', id: 'mail' },
    intent: { type: 'receiveMessage', message },
  });
  if (result.type === 'rejected') {
    if (result.code === 'needSequence') return { type: 'later', sentence: result.message };
    return refuse(result.code, result.message, ports);
  }
  const ticket = governance().tickets.withMessage(name);
  if (!ticket) return { type: 'later', sentence: 'the log has not told of it yet' };
  store.take({ name, headerId, address: from, ticketId: ticket.ticketId, at: now() });
  return { type: 'taken', ticketId: ticket.ticketId };
}

/**
 * By a token that only the firm can make, or by the id of an earlier mail that came from the very
 * same address: ids alone can be made up by anybody.
 */
function ticketFor({ named, answers, from }: ReadMail, ports: IntakePorts): string | null {
  const { tokens, store, governance } = ports;
  const byToken = tokens.ticketIn(named);
  if (byToken !== null && governance().tickets.ticket(byToken)) return byToken;
  for (const id of answers) {
    const ticketId = store.ticketOf(id, from);
    if (ticketId !== null) return ticketId;
  }
  return null;
}

function isOther(ticketId: string | null, from: string, store: SupportStore): boolean {
  if (ticketId === null) return false;
  const address = store.contact(ticketId);
  return address !== null && address !== from;
}
