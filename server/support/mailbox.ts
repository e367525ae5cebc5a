import { ImapFlow } from 'imapflow';
import { wordsOf } from '../notify/outgoing.ts';
import type { Taken } from './intake.ts';
import { MAIL_BYTES_MAX } from './read-mail.ts';
import type { ImapSettings } from './settings.ts';
import type { SupportStore } from './support-store.ts';

const CONNECT_MS = 20_000;
const SILENCE_MS = 60_000;
/** What one answer of a mail server may hold: a mail, and the words around it. */
const RESPONSE_BYTES_MAX = MAIL_BYTES_MAX + 1024 * 1024;
const LINE_BYTES_MAX = 1024 * 1024;
/** Mails taken in with one visit; the rest waits for the next. */
export const MAILS_PER_VISIT_MAX = 200;

export interface MailboxPorts {
  readonly settings: ImapSettings;
  readonly password: string | null;
  readonly store: Pick<SupportStore, 'uidOf' | 'saveUid' | 'refuse'>;
  take(raw: Uint8Array): Promise<Taken>;
  now(): number;
  readonly log: {
    info(data: object, text: string): void;
    warn(data: object, text: string): void;
  };
}

/** What one visit to the mailbox came to. */
export interface Visit {
  readonly taken: number;
  readonly known: number;
  readonly refused: number;
  /** Why it ended early; empty when it did not. */
  readonly failure: string;
}

/**
 * Reads what is new in a mailbox, in order, from where the last visit ended. A mail is marked as
 * read once it is in the log, or refused; one that could not be decided now is left for later.
 */
export async function visitMailbox(ports: MailboxPorts): Promise<Visit> {
  const { settings, password, log } = ports;
  const counts = { taken: 0, known: 0, refused: 0 };
  const client = clientOf(settings, password);
  // What goes wrong between two questions is told here, and again to whoever asks next.
  client.on('error', (error: unknown) => log.warn({ error: wordsOf(error) }, 'the mailbox'));
  try {
    await client.connect();
    const lock = await client.getMailboxLock(settings.mailbox);
    try {
      await readNew(client, ports, counts);
    } finally {
      lock.release();
    }
    await client.logout();
    return { ...counts, failure: '' };
  } catch (error) {
    client.close();
    return { ...counts, failure: wordsOf(error) };
  }
}

function clientOf({ host, port, security, user }: ImapSettings, password: string | null): ImapFlow {
  return new ImapFlow({
    host,
    port,
    secure: security === 'tls',
    doSTARTTLS: security === 'startTls',
    tls: { minVersion: 'TLSv1.2' },
    auth: { user: user ?? '', pass: password ?? '' },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENCE_MS,
    maxLiteralSize: MAIL_BYTES_MAX,
    maxLineLength: LINE_BYTES_MAX,
    maxResponseSize: RESPONSE_BYTES_MAX,
  });
}

async function readNew(
  client: ImapFlow,
  { settings, store, take, now, log }: MailboxPorts,
  counts: { taken: number; known: number; refused: number },
): Promise<void> {
  const name = `${settings.user ?? ''}@${settings.host}/${settings.mailbox}`;
  const validity = client.mailbox ? String(client.mailbox.uidValidity) : '';
  const before = store.uidOf(name);
  // Numbers of another age mean other mails: all are looked at again, and each is known by itself.
  const from = before?.validity === validity ? before.uid + 1 : 1;
  const listed = await client.fetchAll(`${from}:*`, { uid: true, size: true }, { uid: true });
  // "n:*" gives the last mail even where it lies before n.
  const fresh = listed.filter(({ uid }) => uid >= from).toSorted((one, two) => one.uid - two.uid);
  for (const { uid, size = 0 } of fresh.slice(0, MAILS_PER_VISIT_MAX)) {
    const tooLarge = size > MAIL_BYTES_MAX;
    if (tooLarge) {
      store.refuse(now(), 'tooLarge', `it has ${size} bytes, of ${MAIL_BYTES_MAX} at the most`);
      counts.refused += 1;
    } else {
      const mail = await client.fetchOne(String(uid), { source: true }, { uid: true });
      const taken = mail && mail.source ? await take(mail.source) : null;
      if (taken?.type === 'later') {
        log.info({ uid, says: taken.sentence }, 'a mail waits');
        return;
      }
      if (taken) counts[taken.type] += 1;
    }
    await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true });
    store.saveUid(name, validity, uid);
  }
}
