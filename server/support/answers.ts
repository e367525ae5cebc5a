import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { Governance } from '#core/governance/governance.ts';
import type { Ticket, TicketMessage } from '#core/support/tickets.ts';
import { readWords } from '#core/support/words.ts';
import { wordsOf } from '../notify/outgoing.ts';
import { REPLY_LINE, REFERENCES_MAX } from './read-mail.ts';
import type { ReplyTokens } from './reply-token.ts';
import type { SmtpSettings, SupportSettings } from './settings.ts';
import type { SupportStore } from './support-store.ts';

const CONNECT_MS = 10_000;
const SILENCE_MS = 20_000;
const MINUTE_MS = 60_000;
/** After so many tries, about a day, an answer is given up, and its ticket says so. */
export const ATTEMPTS_MAX = 12;
const LONGEST_WAIT_MS = 4 * 60 * MINUTE_MS;
/** Answers that leave in one go; the rest follows with the next. */
export const ANSWERS_PER_GO_MAX = 20;

/** What came of trying to send a mail. */
export interface Delivered {
  readonly type: 'sent' | 'failed' | 'refused';
  readonly says: string;
}

export interface Post {
  send(mail: SendMailOptions): Promise<Delivered>;
  close(): void;
}

export interface AnswerPorts {
  governance(): Governance;
  /** Bytes beside the log, by their digest. */
  content(digest: string): string | null;
  readonly store: SupportStore;
  readonly tokens: ReplyTokens;
  readonly settings: Pick<SupportSettings, 'address' | 'firmName'>;
  readonly post: Post;
  now(): number;
}

export interface Answers {
  /** Looks at a message that the log tells of. */
  hear(ticketId: string, messageId: string): void;
  /** Sends what is due; each answer is one mail, however often it is tried. */
  send(): Promise<void>;
  readonly waiting: number;
}

export function createAnswers(ports: AnswerPorts): Answers {
  const { governance, store, now } = ports;
  /** By message: what has not reached its end. */
  const due = new Map<string, string>();
  const hear = (ticketId: string, messageId: string): void => {
    const before = store.sent(messageId);
    if (!before || before.state === 'retry') due.set(messageId, ticketId);
  };
  for (const { ticketId, messages } of governance().tickets.all()) {
    for (const { messageId, direction } of messages) {
      if (direction === 'out') hear(ticketId, messageId);
    }
  }
  return {
    hear,
    get waiting() {
      return due.size;
    },
    send: async () => {
      let sent = 0;
      for (const [messageId, ticketId] of due) {
        if (sent >= ANSWERS_PER_GO_MAX) return;
        const before = store.sent(messageId);
        if (before && before.nextAt > now()) continue;
        const ticket = governance().tickets.ticket(ticketId);
        const message = ticket?.messages.find((one) => one.messageId === messageId);
        const to = addressFor(ticketId, ports);
        // It came another way than by mail: whoever asked reads the answer there.
        if (!ticket || !message || to === null) {
          due.delete(messageId);
          continue;
        }
        sent += 1;
        const state = await deliver({ ticket, message, to }, before?.attempts ?? 0, ports);
        if (state !== 'retry') due.delete(messageId);
      }
    },
  };
}

/** Where the ticket began; after a merge, where one of those began that were merged into it. */
function addressFor(ticketId: string, { store, governance }: AnswerPorts): string | null {
  const own = store.contact(ticketId);
  if (own !== null) return own;
  for (const merged of governance().tickets.ticket(ticketId)?.merged ?? []) {
    const address = store.contact(merged);
    if (address !== null) return address;
  }
  return null;
}

interface Letter {
  readonly ticket: Ticket;
  readonly message: TicketMessage;
  readonly to: string;
}

async function deliver(
  letter: Letter,
  before: number,
  ports: AnswerPorts,
): Promise<'sent' | 'refused' | 'retry' | 'givenUp'> {
  const { store, post, now } = ports;
  const { messageId } = letter.message;
  const mail = mailOf(letter, ports);
  const delivered: Delivered =
    mail === null
      ? { type: 'refused', says: 'its words are not kept any more' }
      : await post.send(mail);
  const attempts = before + 1;
  const failed = delivered.type === 'failed';
  const given = attempts >= ATTEMPTS_MAX ? 'givenUp' : 'retry';
  const state = delivered.type === 'failed' ? given : delivered.type;
  const wait = Math.min(LONGEST_WAIT_MS, MINUTE_MS * 2 ** Math.min(before, 10));
  store.saveSent(messageId, {
    state,
    attempts,
    nextAt: now() + (failed ? wait : 0),
    says: delivered.says,
  });
  return state;
}

/** The same mail whenever it is tried: whoever gets it twice can see that it is one. */
function mailOf({ ticket, message, to }: Letter, ports: AnswerPorts): SendMailOptions | null {
  const { content, store, tokens, settings } = ports;
  const text = content(message.content);
  const words = text === null ? null : readWords(text, message.content);
  if (!words) return null;
  const { address, firmName } = settings;
  const [local = '', domain = ''] = address.split('@');
  const token = tokens.token(ticket.ticketId);
  const ids = store
    .headerIds(ticket.ticketId)
    .filter((id) => id !== '')
    .slice(-REFERENCES_MAX);
  const latest = ids.at(-1);
  return {
    from: { name: firmName, address },
    to: { name: '', address: to },
    replyTo: { name: firmName, address: `${local}+${token}@${domain}` },
    subject: `Re: ${subjectOf(ticket, ports)} [${ticket.number}]`,
    text: `${REPLY_LINE}\n\n${words.text}\n\nTicket ${ticket.number}\n`,
    messageId: `<${message.messageId}.${token}@${domain}>`,
    ...(latest === undefined ? {} : { inReplyTo: latest }),
    references: [...ids, `<${token}@${domain}>`],
    headers: { 'X-Propdesk-Ticket': ticket.ticketId },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** What the first message was called. */
function subjectOf({ messages }: Ticket, { content }: AnswerPorts): string {
  const first = messages.find(({ direction }) => direction === 'in');
  const text = first ? content(first.content) : null;
  const words = first && text !== null ? readWords(text, first.content) : null;
  const subject = words?.subject.replace(/^((re|aw|sv|odp)\s*:\s*)+/i, '').trim() ?? '';
  return subject === '' ? 'Your message' : subject;
}

/** Sends through a mail server. */
export function openSmtpPost(
  { host, port, security, user }: SmtpSettings,
  password: string | null,
): Post {
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'startTls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === null || password === null ? {} : { auth: { user, pass: password } }),
  });
  return {
    send: async (mail) => {
      try {
        await transport.sendMail(mail);
        return { type: 'sent', says: '' };
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string };
        // About this mail or its address alone: what is wrong with the line, people set right.
        const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
        const isFinal = (responseCode ?? 0) >= 500 && isAboutMail;
        return { type: isFinal ? 'refused' : 'failed', says: wordsOf(error) };
      }
    },
    close: () => transport.close(),
  };
}

/** Answers as files: what would have been sent can be read, and nothing leaves this machine. */
export function openFolderPost(folder: string): Post {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    send: async (mail) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const made = (await transport.sendMail(mail)) as { message: Uint8Array };
        // The same message again takes the place of the one before.
        const file = join(folder, `${String(mail.messageId).replaceAll(/[^\w.-]/g, '')}.eml`);
        writeFileSync(`${file}.new`, made.message, { mode: 0o600 });
        renameSync(`${file}.new`, file);
        return { type: 'sent', says: 'written into the folder "support-mail"' };
      } catch (error) {
        return { type: 'failed', says: wordsOf(error) };
      }
    },
    close: () => transport.close(),
  };
}
