import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';
import { wordsOf, type Outcome, type Outgoing, type Sender } from './outgoing.ts';
import type { NotifySettings } from './settings.ts';

const CONNECT_MS = 10_000;
const GREETING_MS = 10_000;
const SILENCE_MS = 20_000;
/** Mails kept in a folder; the oldest leave first. */
export const FOLDER_MAILS_MAX = 1_000;

type Smtp = Extract<NonNullable<NotifySettings['mail']>, { by: 'smtp' }>;

export interface MailOptions {
  readonly settings: NotifySettings;
  /** Where the password is, and where mail is written that is not sent. */
  readonly folder: string;
}

/** The way by which mail leaves; null where none is set up. */
export function openMail({ settings, folder }: MailOptions): Sender | null {
  const { mail } = settings;
  if (mail === null) return null;
  return mail.by === 'smtp'
    ? openSmtp(mail, passwordOf(mail, folder), settings)
    : openMailFolder(join(folder, 'mail'), settings);
}

function passwordOf({ user }: Smtp, folder: string): string | null {
  if (user === null) return null;
  const file = join(folder, 'smtp-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(
    `${file} is missing: write the password of ${user} into it, or set "user" to null`,
  );
}

/** A mail as every program makes it of a message: one address, nothing fetched. */
function mailOf(
  { messageId, subject, text, thread, files = [] }: Outgoing,
  to: string,
  from: string,
): SendMailOptions {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from: { name: 'Propdesk', address: from },
    to: { name: '', address: to },
    subject,
    text,
    attachments: files.map(({ name, mediaType, bytes }) => ({
      filename: name,
      contentType: mediaType,
      content: Buffer.from(bytes),
    })),
    messageId: `<${messageId}@${domain}>`,
    // The same for all of one matter: what grows stands where it began.
    references: [`<${thread}@${domain}>`],
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

export function openSmtp(
  { host, port, security, user }: Smtp,
  password: string | null,
  { from }: Pick<NotifySettings, 'from'>,
): Sender {
  const transport = createTransport({
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'startTls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2' },
    connectionTimeout: CONNECT_MS,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(user === null || password === null ? {} : { auth: { user, pass: password } }),
  });
  return {
    send: async (message, to) => {
      try {
        const { response } = (await transport.sendMail(mailOf(message, to, from))) as {
          response?: string;
        };
        return { type: 'sent', says: wordsOf(response ?? 'taken') };
      } catch (error) {
        return failureOf(error);
      }
    },
    close: () => transport.close(),
  };
}

/** A server's answer in the five hundreds is its last word; anything else may pass. */
function failureOf(error: unknown): Outcome {
  const { responseCode, code } = error as { responseCode?: number; code?: string };
  const says = wordsOf(error);
  // About this mail or its address alone: what is wrong with the line or the password, people set
  // right, and then the mail should leave by itself.
  const isAboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const isFinal = (responseCode ?? 0) >= 500 && isAboutMail;
  return isFinal ? { type: 'refused', says } : { type: 'failed', says };
}

/** Mail as files: what would have been sent can be read, and nothing leaves this machine. */
function openMailFolder(folder: string, { from }: Pick<NotifySettings, 'from'>): Sender {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });
  return {
    send: async (message, to) => {
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const made = (await transport.sendMail(mailOf(message, to, from))) as {
          message: Uint8Array;
        };
        // The same message again takes the place of the one before.
        const file = join(folder, `${message.messageId}.eml`);
        writeFileSync(`${file}.new`, made.message, { mode: 0o600 });
        renameSync(`${file}.new`, file);
        trim(folder);
        return { type: 'sent', says: 'written into the folder "mail"' };
      } catch (error) {
        return { type: 'failed', says: wordsOf(error) };
      }
    },
    close: () => transport.close(),
  };
}

function trim(folder: string): void {
  const mails = readdirSync(folder).filter((file) => file.endsWith('.eml'));
  if (mails.length <= FOLDER_MAILS_MAX) return;
  // Names begin with when they were made: see messageIdOf.
  for (const file of mails.sort().slice(0, mails.length - FOLDER_MAILS_MAX)) {
    rmSync(join(folder, file), { force: true });
  }
}
