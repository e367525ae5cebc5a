import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { present } from '#core/kernel/assert.ts';
import { readWords } from '#core/support/words.ts';
import type { CommandResult } from '#core/sync/protocol.ts';
import { openGovernedFirm, type GovernedFirm } from '#server/commands/testing/governed-firm.ts';
import { ATTEMPTS_MAX, createAnswers, openSmtpPost, type Answers, type Post } from './answers.ts';
import {
  MAILS_PER_ADDRESS_PER_HOUR_MAX,
  takeMail,
  type IntakePorts,
  type Taken,
} from './intake.ts';
import { visitMailbox } from './mailbox.ts';
import { MAIL_BYTES_MAX, readMail } from './read-mail.ts';
import { createReplyTokens } from './reply-token.ts';
import { openSupportStore, type SupportStore } from './support-store.ts';
import { startImapPeer, type ImapPeer } from './testing/imap-peer.ts';

const ADDRESS = 'support@firm.example';
const TRADER = 'tess@trader.example';
const OTHER = 'mallory@other.example';
const SECRET = Buffer.alloc(32, 7);
const RULES = { address: ADDRESS, ignored: ['pest@trader.example'] };

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Rig {
  readonly firm: GovernedFirm;
  readonly store: SupportStore;
  readonly ports: IntakePorts;
  /** Mails that reached the trader's server, as they came. */
  readonly out: string[];
  readonly answers: Answers;
  post: Post;
  take(raw: string): Promise<Taken>;
  /** Answers the newest message of the only ticket, and lets it leave. */
  answer(text: string, after?: 'keep' | 'ask' | 'solve'): Promise<string>;
}

async function openRig(): Promise<Rig> {
  const firm = openGovernedFirm();
  const store = openSupportStore(':memory:');
  const out: string[] = [];
  const smtp = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    onData: (stream, _session, done) => {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString()));
      stream.on('end', () => {
        out.push(source);
        done();
      });
    },
  });
  await new Promise<void>((done) => smtp.listen(0, '127.0.0.1', () => done()));
  const { port } = smtp.server.address() as AddressInfo;
  closing.push(() => new Promise<void>((done) => smtp.close(() => done())));
  closing.push(() => store.close());
  const { partition } = firm;
  const ports: IntakePorts = {
    governance: () => partition.governance,
    command: (command): Promise<CommandResult> =>
      Promise.resolve(partition.command(command).result),
    store,
    tokens: createReplyTokens(SECRET),
    rules: RULES,
    now: () => firm.clock,
  };
  const server = { host: '127.0.0.1', port, security: 'none', user: null } as const;
  const rig = {
    firm,
    store,
    ports,
    out,
    post: openSmtpPost({ by: 'smtp', ...server }, null),
  };
  const answers = createAnswers({
    ...ports,
    content: firm.store.content,
    settings: { address: ADDRESS, firmName: 'A Firm' },
    post: { send: (mail) => rig.post.send(mail), close: () => {} },
  });
  return Object.assign(rig, {
    answers,
    take: (raw: string) => takeMail(Buffer.from(raw.replaceAll(/\r?\n/g, '\r\n')), ports),
    answer: async (text: string, after: 'keep' | 'ask' | 'solve' = 'keep') => {
      const { ticketId, version } = ticketsOf(firm)[0] as { ticketId: string; version: number };
      firm.as('finn', {
        type: 'actOnTicket',
        ticketId,
        version,
        act: { verb: 'answer', text, after },
      });
      const { messageId } = present(ticketsOf(firm)[0]?.messages.at(-1), 'an answer');
      answers.hear(ticketId, messageId);
      await answers.send();
      return out.at(-1) ?? '';
    },
  });
}
const ticketsOf = (firm: GovernedFirm) => [...firm.partition.governance.tickets.all()];
const textsOf = (firm: GovernedFirm, at = 0): string[] =>
  (ticketsOf(firm)[at]?.messages ?? []).map(({ content }) => {
    const words = readWords(firm.store.content(content) ?? '', content);
    return `${words?.sender}: ${words?.text}`;
  });

let counter = 0;
/** A mail as a mail program writes it. */
function mail(over: Readonly<Record<string, string | undefined>> = {}, text = 'Hello?'): string {
  counter += 1;
  const headers = {
    From: `Tess <${TRADER}>`,
    To: ADDRESS,
    Subject: 'My account',
    'Message-ID': `<mail-${counter}@trader.example>`,
    Date: 'Mon, 19 Jan 2026 10:00:00 +0000',
    'MIME-Version': '1.0',
    'Content-Type': 'text/plain; charset=utf-8',
    ...over,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${lines.join('\n')}\n\n${text}\n`;
}
const headerOf = (source: string, name: string): string =>
  new RegExp(`^${name}:(.*(?:\\r?\\n[ \\t].*)*)`, 'im')
    .exec(source)?.[1]
    ?.replaceAll(/\s+/g, ' ')
    .trim() ?? '';

describe('a mail of a trader', () => {
  it('becomes a ticket; the answer leaves by mail; the reply comes onto the same ticket', async () => {
    const rig = await openRig();
    expect(await rig.take(mail({}, 'Why did it end?'))).toMatchObject({ type: 'taken' });
    const answer = await rig.answer('Which account do you mean?', 'ask');
    expect(headerOf(answer, 'To')).toContain(TRADER);
    expect(headerOf(answer, 'Subject')).toBe('Re: My account [1]');
    expect(ticketsOf(rig.firm)[0]?.askedAt).not.toBeNull();
    // A mail program that keeps nothing but the address that answers go to.
    const reply = mail(
      { To: headerOf(answer, 'Reply-To'), Subject: 'something else', 'Message-ID': '<r1@x>' },
      'Account A1.\n\nOn 19 Jan 2026, A Firm wrote:\n> — please write above this line —\n>\n' +
        '> Which account do you mean?\n>\n> Ticket 1',
    );
    expect(await rig.take(reply)).toMatchObject({ type: 'taken' });
    // One that keeps only the thread.
    const more = mail({ 'In-Reply-To': headerOf(answer, 'Message-ID') }, 'It is urgent.');
    expect(await rig.take(more)).toMatchObject({ type: 'taken' });
    expect(ticketsOf(rig.firm)).toHaveLength(1);
    expect(textsOf(rig.firm)).toEqual([
      'trader: Why did it end?',
      'firm: Which account do you mean?',
      'trader: Account A1.',
      'trader: It is urgent.',
    ]);
    expect(ticketsOf(rig.firm)[0]?.askedAt).toBeNull();
  });

  it('is one message, however often and by whichever way it comes', async () => {
    const rig = await openRig();
    const raw = mail();
    expect(await rig.take(raw)).toMatchObject({ type: 'taken' });
    expect(await rig.take(raw)).toMatchObject({ type: 'known' });
    expect(await rig.take(`Received: from another.example\n${raw}`)).toMatchObject({
      type: 'known',
    });
    // The same when all that was known of mails is lost: the log knows it.
    closing.push(() => lost.close());
    const lost = openSupportStore(':memory:');
    const again = await takeMail(Buffer.from(raw.replaceAll('\n', '\r\n')), {
      ...rig.ports,
      store: lost,
    });
    expect(again.type).toBe('taken');
    expect(textsOf(rig.firm)).toEqual(['trader: Hello?']);
  });

  it('that borrows the id of another mail is a mail of its own', async () => {
    const rig = await openRig();
    await rig.take(mail({ 'Message-ID': '<same@x>' }, 'first'));
    await rig.take(mail({ 'Message-ID': '<same@x>', From: OTHER }, 'second'));
    expect(ticketsOf(rig.firm)).toHaveLength(2);
  });

  it('comes onto no ticket by a token or an id that it made up', async () => {
    const rig = await openRig();
    await rig.take(mail({ 'Message-ID': '<known@trader.example>' }));
    const [ticket] = ticketsOf(rig.firm);
    const forged = `${ticket?.ticketId}.${'0'.repeat(20)}`;
    await rig.take(mail({ From: OTHER, To: `support+${forged}@firm.example` }));
    await rig.take(mail({ From: OTHER, 'In-Reply-To': '<known@trader.example>' }));
    expect(ticketsOf(rig.firm).map(({ messages }) => messages.length)).toEqual([1, 1, 1]);
    // From the same address the thread is enough.
    await rig.take(mail({ References: '<x@y> <known@trader.example>' }, 'more'));
    expect(textsOf(rig.firm)).toEqual(['trader: Hello?', 'trader: more']);
  });

  it('from another address is marked, and answers go where the ticket began', async () => {
    const rig = await openRig();
    await rig.take(mail());
    const answer = await rig.answer('Yes?');
    await rig.take(mail({ From: OTHER, To: headerOf(answer, 'Reply-To') }, 'I am Tess.'));
    expect(textsOf(rig.firm).at(-1)).toBe('other: I am Tess.');
    expect(headerOf(await rig.answer('Good.'), 'To')).toContain(TRADER);
  });

  it('is known as a trader’s only by an address that a person has said is the trader’s', async () => {
    const rig = await openRig();
    await rig.take(mail());
    expect(ticketsOf(rig.firm)[0]?.traderId).toBeNull();
    rig.store.own(TRADER, 'T1');
    await rig.take(mail());
    expect(ticketsOf(rig.firm)[1]?.traderId).toBe('T1');
    expect(rig.store.erase('T1')).toBe(1);
    expect(JSON.stringify([rig.store.contact(ticketsOf(rig.firm)[0]?.ticketId ?? '')])).toBe(
      '[null]',
    );
  });

  it('leaves no address and no word in the log', async () => {
    const rig = await openRig();
    await rig.take(mail({}, 'a word of mine'));
    await rig.answer('a word of ours');
    const log = JSON.stringify([...rig.firm.store.facts(0, 1, Number.MAX_SAFE_INTEGER)]);
    expect(log).not.toMatch(/tess@|word of/);
  });
});

describe('a mail that no person wrote to the firm is refused:', () => {
  const read = async (raw: string) => {
    const result = await readMail(Buffer.from(raw), RULES);
    return result.ok ? 'read' : result.error.code;
  };
  it.each([
    ['our own address', { From: ADDRESS }, 'ownMail'],
    ['our own address with a token', { From: 'support+t-1@firm.example' }, 'ownMail'],
    ['an answer of ours that comes back', { 'X-Propdesk-Ticket': 't-1' }, 'ownMail'],
    ['an automatic answer', { 'Auto-Submitted': 'auto-replied' }, 'automatic'],
    ['a list', { 'List-Id': '<news.example>' }, 'automatic'],
    ['bulk mail', { Precedence: 'bulk' }, 'automatic'],
    ['a report of a mail server', { 'Return-Path': '<>' }, 'automatic'],
    ['a mailbox that nobody reads', { From: 'no-reply@shop.example' }, 'automatic'],
    ['a mail server', { From: 'MAILER-DAEMON@trader.example' }, 'automatic'],
    ['nobody', { From: undefined }, 'noSender'],
    ['an address that is none', { From: 'not an address' }, 'noSender'],
    ['an address that is not taken in', { From: 'pest@trader.example' }, 'ignored'],
    ['what is not automatic by its own word', { 'Auto-Submitted': 'no' }, 'read'],
  ])('%s', async (_, over, wanted) => {
    expect(await read(mail(over))).toBe(wanted);
  });

  it('one that is too large, has endless headers, or parts within parts without end', async () => {
    expect(await read('x'.repeat(MAIL_BYTES_MAX + 1))).toBe('tooLarge');
    expect(await read(mail({ 'X-Long': 'x'.repeat(100_000) }))).toBe('unreadable');
    let nested = 'Content-Type: text/plain\n\nx';
    for (let depth = 0; depth < 60; depth += 1) {
      nested = `Content-Type: multipart/mixed; boundary=b${depth}\n\n--b${depth}\n${nested}\n--b${depth}--\n`;
    }
    expect(await read(`From: ${TRADER}\nTo: ${ADDRESS}\nMIME-Version: 1.0\n${nested}`)).toBe(
      'unreadable',
    );
  });

  it('and more of one address than a person writes in an hour', async () => {
    const rig = await openRig();
    const said: string[] = [];
    for (let sent = 0; sent <= MAILS_PER_ADDRESS_PER_HOUR_MAX; sent += 1) {
      said.push((await rig.take(mail({}, `mail ${sent}`))).type);
    }
    expect(said.filter((type) => type === 'taken')).toHaveLength(MAILS_PER_ADDRESS_PER_HOUR_MAX);
    expect(said.at(-1)).toBe('refused');
    expect(rig.store.refused()).toEqual([{ code: 'tooMany', count: 1 }]);
  });
});

describe('what is read of a hostile mail', () => {
  const read = async (raw: string) => {
    const result = await readMail(Buffer.from(raw.replaceAll('\n', '\r\n')), RULES);
    if (!result.ok) throw new Error(result.error.sentence);
    return result.value;
  };

  it('holds no controls, no marks of direction, and one line of subject', async () => {
    const { subject, text } = await read(
      mail({ Subject: '=?utf-8?Q?a=0D=0ABcc:_x=E2=80=AEy?=' }, 'a\u202eb\u0007c\u200bd'),
    );
    expect(subject).toBe('a Bcc: xy');
    expect(text).toBe('abcd');
  });

  it('is the text of a page where there is no other, without its scripts', async () => {
    const page = '<p>Hello <b>you</b></p><script>alert(1)</script>';
    const { text } = await read(mail({ 'Content-Type': 'text/html' }, page));
    expect(text).toContain('Hello');
    expect(text).not.toMatch(/<|alert/);
  });

  it('keeps small files, and of large ones only what they are called', async () => {
    const part = (name: string, bytes: number) =>
      `--b\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="${name}"\n` +
      `Content-Transfer-Encoding: base64\n\n${Buffer.alloc(bytes, 1).toString('base64')}\n`;
    const attached = `${part('../a.pdf', 10)}${part('b.pdf', 300_000)}`;
    const body = `--b\nContent-Type: text/plain\n\nsee the files\n${attached}--b--`;
    const { files, text } = await read(
      mail({ 'Content-Type': 'multipart/mixed; boundary=b' }, body),
    );
    expect(text).toBe('see the files');
    expect(files.map(({ name, size, bytes }) => [name, size, bytes !== null])).toEqual([
      ['.._a.pdf', 10, true],
      ['b.pdf', 300_000, false],
    ]);
  });
});

describe('an answer', () => {
  it('that cannot leave is tried again as the same mail, and given up with a word', async () => {
    const rig = await openRig();
    const sending = rig.post;
    rig.post = {
      send: () => Promise.resolve({ type: 'failed', says: 'the line is down' }),
      close: () => {},
    };
    await rig.take(mail());
    await rig.answer('Here it is.');
    const { messageId } = present(ticketsOf(rig.firm)[0]?.messages.at(-1), 'an answer');
    expect(rig.store.sent(messageId)).toMatchObject({ state: 'retry', attempts: 1 });
    await rig.answers.send();
    expect(rig.store.sent(messageId)?.attempts).toBe(1);
    rig.post = sending;
    rig.firm.clock += 60_001;
    await rig.answers.send();
    await rig.answers.send();
    expect(rig.out).toHaveLength(1);
    expect(headerOf(rig.out[0] ?? '', 'Message-ID')).toMatch(
      new RegExp(`^<${messageId}\\.t-[0-9a-f]{24}\\.[0-9a-f]{20}@firm\\.example>$`),
    );
    expect(rig.answers.waiting).toBe(0);
    expect(ATTEMPTS_MAX).toBeGreaterThan(1);
  });

  it('is sent after a restart where it was not, and not again where it was', async () => {
    const rig = await openRig();
    await rig.take(mail());
    await rig.answer('Once.');
    const again = createAnswers({
      ...rig.ports,
      content: rig.firm.store.content,
      settings: { address: ADDRESS, firmName: 'A Firm' },
      post: rig.post,
    });
    expect(again.waiting).toBe(0);
  });
});

describe('a mailbox', () => {
  const visit = (rig: Rig, peer: ImapPeer) =>
    visitMailbox({
      settings: {
        host: '127.0.0.1',
        port: peer.port,
        security: 'none',
        user: 'support',
        mailbox: 'INBOX',
      },
      password: 'a password',
      store: rig.store,
      take: (raw) => takeMail(raw, rig.ports),
      now: () => rig.firm.clock,
      log: { info: () => {}, warn: () => {} },
    });

  it('is read from where the last visit ended, each mail once, over IMAP', async () => {
    const rig = await openRig();
    const peer = await startImapPeer();
    closing.push(() => peer.close());
    const first = mail({}, 'first');
    peer.deliver(first);
    peer.deliver(mail({ From: 'no-reply@shop.example' }, 'buy this'));
    expect(await visit(rig, peer)).toEqual({ taken: 1, known: 0, refused: 1, failure: '' });
    expect([...peer.seen]).toEqual([1, 2]);
    expect(await visit(rig, peer)).toEqual({ taken: 0, known: 0, refused: 0, failure: '' });
    const answer = await rig.answer('Which one?');
    peer.deliver(mail({ To: headerOf(answer, 'Reply-To') }, 'This one.'));
    peer.deliver(first);
    expect(await visit(rig, peer)).toEqual({ taken: 1, known: 1, refused: 0, failure: '' });
    expect(textsOf(rig.firm)).toEqual(['trader: first', 'firm: Which one?', 'trader: This one.']);
    // Numbers of another age: everything is looked at again, and nothing is new.
    peer.renumber();
    expect(await visit(rig, peer)).toMatchObject({ taken: 0, known: 3, failure: '' });
  });

  it('that cannot be reached says so, and loses nothing', async () => {
    const rig = await openRig();
    const peer = await startImapPeer();
    await peer.close();
    const { failure } = await visit(rig, peer);
    expect(failure).not.toBe('');
  });
});
