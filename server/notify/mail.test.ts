import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterAll, describe, expect, it } from 'vitest';
import { FOLDER_MAILS_MAX, openMail } from './mail.ts';
import type { Outgoing } from './outgoing.ts';
import { readNotifySettings, type NotifySettings } from './settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'propdesk-mail-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MESSAGE: Outgoing = {
  messageId: '0mkmjl4hk-da8444b9be050fac8ea4',
  thread: 'abc',
  subject: '[Propdesk] 2 breaches: daily loss',
  text: 'A1: Equity fell\n.\nunder the floor',
  body: '{}',
};
const SETTINGS: NotifySettings = {
  ...readNotifySettings(join(folder, 'none'), false),
  from: 'propdesk@firm.example',
  domains: ['firm.example'],
};

interface Heard {
  readonly from: string;
  readonly to: readonly string[];
  readonly source: string;
  readonly user: string;
}

/** A mail server of this machine, and what it was given. */
async function withServer(
  options: SMTPServerOptions,
  work: (port: number, heard: Heard[]) => Promise<void>,
): Promise<void> {
  const heard: Heard[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    onData: (stream, session, done) => {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString()));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        heard.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source,
          user: String(session.user ?? ''),
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  try {
    await work((server.server.address() as AddressInfo).port, heard);
  } finally {
    await new Promise<void>((done) => server.close(() => done()));
  }
}

const smtp = (port: number, user: string | null = null): NotifySettings => ({
  ...SETTINGS,
  mail: { by: 'smtp', host: '127.0.0.1', port, security: 'none', user },
});

describe('mail by SMTP', () => {
  it('goes to one address, with an id that stays, and says that a program sent it', () =>
    withServer({}, async (port, heard) => {
      const mail = openMail({ settings: smtp(port), folder });
      for (let times = 0; times < 2; times += 1) {
        expect(await mail?.send(MESSAGE, 'gia@firm.example')).toMatchObject({ type: 'sent' });
      }
      expect(heard).toHaveLength(2);
      const [first, second] = heard;
      expect(first).toMatchObject({ from: 'propdesk@firm.example', to: ['gia@firm.example'] });
      const id = /^Message-ID: (.*)$/im;
      expect(first?.source.match(id)?.[1]).toBe(`<${MESSAGE.messageId}@firm.example>`);
      expect(second?.source.match(id)?.[1]).toBe(first?.source.match(id)?.[1]);
      expect(first?.source).toMatch(/^Auto-Submitted: auto-generated$/im);
      expect(first?.source).toMatch(/^References: <abc@firm\.example>$/im);
      expect(first?.source).toContain('under the floor');
      mail?.close();
    }));

  it('carries no line of its own making: a name that looks like a header stays within the subject', () =>
    withServer({}, async (port, heard) => {
      const mail = openMail({ settings: smtp(port), folder });
      const subject = 'one\r\nBcc: eve@elsewhere.example\r\n\r\nand a body';
      await mail?.send({ ...MESSAGE, subject }, 'gia@firm.example');
      expect(heard[0]?.to).toEqual(['gia@firm.example']);
      expect(heard[0]?.source).not.toMatch(/^Bcc:/im);
      mail?.close();
    }));

  it('signs in with the password of its own file, and never without one', () =>
    withServer(
      {
        authOptional: false,
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth: ({ username, password }, _session, done) =>
          password === 'the password'
            ? done(null, { user: username ?? '' })
            : done(new Error('Wrong password')),
      },
      async (port, heard) => {
        expect(() => openMail({ settings: smtp(port, 'alerts'), folder })).toThrow(
          /smtp-password is missing/,
        );
        const file = join(folder, 'smtp-password');
        writeFileSync(file, 'the password\n');
        const mail = openMail({ settings: smtp(port, 'alerts'), folder });
        expect(await mail?.send(MESSAGE, 'gia@firm.example')).toMatchObject({ type: 'sent' });
        expect(heard[0]?.user).toBe('alerts');
        writeFileSync(file, 'another');
        const wrong = openMail({ settings: smtp(port, 'alerts'), folder });
        const outcome = await wrong?.send(MESSAGE, 'gia@firm.example');
        // People set it right, and then it leaves by itself.
        expect(outcome).toMatchObject({ type: 'failed' });
        expect(outcome?.says).not.toContain('another');
        mail?.close();
        wrong?.close();
      },
    ));

  it.each([
    ['550 for ever', 550, 'refused'],
    ['451 for now', 451, 'failed'],
  ])('that a server refuses with %s is %s', (_words, responseCode, type) =>
    withServer(
      {
        onRcptTo: (_address, _session, done) =>
          done(Object.assign(new Error('no such mailbox'), { responseCode })),
      },
      async (port) => {
        const mail = openMail({ settings: smtp(port), folder });
        expect(await mail?.send(MESSAGE, 'gia@firm.example')).toMatchObject({ type });
        mail?.close();
      },
    ),
  );

  it('to nobody who listens fails for now', async () => {
    const mail = openMail({ settings: smtp(1), folder });
    expect(await mail?.send(MESSAGE, 'gia@firm.example')).toMatchObject({ type: 'failed' });
    mail?.close();
  });

  it('that has to be encrypted is not sent where that cannot be had', () =>
    withServer({}, async (port, heard) => {
      const settings: NotifySettings = {
        ...SETTINGS,
        mail: { by: 'smtp', host: '127.0.0.1', port, security: 'startTls', user: null },
      };
      const mail = openMail({ settings, folder });
      expect(await mail?.send(MESSAGE, 'gia@firm.example')).toMatchObject({ type: 'failed' });
      expect(heard).toEqual([]);
      mail?.close();
    }));
});

describe('mail into a folder', () => {
  it('is a file for each message, the same again in its place, and no more than so many', async () => {
    const mail = openMail({ settings: { ...SETTINGS, mail: { by: 'folder' } }, folder });
    await mail?.send(MESSAGE, 'gia@firm.example');
    await mail?.send(MESSAGE, 'gia@firm.example');
    expect(readdirSync(join(folder, 'mail'))).toEqual([`${MESSAGE.messageId}.eml`]);
    const text = readFileSync(join(folder, 'mail', `${MESSAGE.messageId}.eml`), 'utf8');
    expect(text).toContain('To: gia@firm.example');
    for (let at = 0; at < FOLDER_MAILS_MAX + 3; at += 1) {
      const messageId = `1${String(at).padStart(8, '0')}-x`;
      await mail?.send({ ...MESSAGE, messageId }, 'gia@firm.example');
    }
    const left = readdirSync(join(folder, 'mail')).sort();
    expect(left).toHaveLength(FOLDER_MAILS_MAX);
    expect(left).not.toContain(`${MESSAGE.messageId}.eml`);
    mail?.close();
  });
});

describe('the settings', () => {
  const file = join(folder, 'alerts.json');
  const read = (over: object): NotifySettings => {
    const plain = {
      mail: null,
      from: 'a@firm.example',
      domains: [],
      mailboxes: {},
      hooks: {},
      names: false,
    };
    writeFileSync(file, JSON.stringify({ ...plain, ...over }));
    return readNotifySettings(file, false);
  };

  it.each([
    [
      'mail over a line that anybody reads',
      { mail: { by: 'smtp', host: 'mail.example', port: 25, security: 'none', user: null } },
    ],
    ['a hook that is not encrypted', { hooks: { pager: { url: 'http://hooks.example/x' } } }],
    [
      'a hook with a password in its address',
      { hooks: { pager: { url: 'https://a:b@hooks.example/x' } } },
    ],
    ['a hook on no address', { hooks: { pager: { url: 'file:///etc/passwd' } } }],
    ['an address with a line break', { from: 'a@firm.example\nBcc: b@x.example' }],
    ['a name with a path in it', { hooks: { '../x': { url: 'https://hooks.example/x' } } }],
    ['what nobody knows', { surprise: true }],
  ])('refuse %s, and name the file', (_what, over) => {
    expect(() => read(over)).toThrow(file);
  });

  it('take what is encrypted, and plain lines within this machine', () => {
    const { hooks, mail } = read({
      mail: { by: 'smtp', host: 'mail.example', port: 587, security: 'startTls', user: 'x' },
      hooks: { pager: { url: 'https://hooks.example/x' }, own: { url: 'http://127.0.0.1:9/x' } },
    });
    expect([Object.keys(hooks), mail?.by]).toEqual([['pager', 'own'], 'smtp']);
  });

  it('tell nobody where there are none, and into a folder in a demonstration', () => {
    const none = join(folder, 'none');
    expect([readNotifySettings(none, false).mail, readNotifySettings(none, true).mail]).toEqual([
      null,
      { by: 'folder' },
    ]);
  });
});
