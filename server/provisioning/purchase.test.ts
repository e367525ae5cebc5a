import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { spanFigures } from '#core/provisioning/timing.ts';
import { macOf, signatureHeader } from '#server/payments/message-signature.ts';
import { openProvisioning, type ProvisioningOptions } from './provisioning.ts';
import { SHOP_WEBHOOKS_PATH } from './shop-http.ts';
import { shopSecret } from './shop-secret.ts';
import { SHOP_EVENT_KIND, SHOP_SIGNATURE } from './shops/generic/shop.ts';
import { openSellingFirm, paid, type SellingFirm } from './testing/selling-firm.ts';

const WAIT_MS = 20;
const WAITS_MAX = 500;
const until = async <Value>(
  what: string,
  look: () => Value | null | undefined | false,
): Promise<Value> => {
  for (let waits = 0; waits < WAITS_MAX; waits += 1) {
    const seen = look();
    if (seen) return seen;
    await new Promise((done) => setTimeout(done, WAIT_MS));
  }
  throw new Error(`waited in vain for ${what}`);
};

/** A mail server of this machine, and what it was given. */
async function openMailServer(): Promise<{
  port: number;
  mails: string[];
  close(): Promise<void>;
}> {
  const mails: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    onData: (stream, _session, done) => {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString()));
      stream.on('end', () => {
        mails.push(source.replace(/=\r?\n/g, '').replaceAll('=3D', '='));
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise<void>((done) => server.close(() => done())),
  };
}

/** All of provisioning over HTTP and SMTP, on a firm whose facts it hears as a server does. */
async function serve(firm: SellingFirm, folder: string, smtpPort: number) {
  const mail = { by: 'smtp', host: '127.0.0.1', port: smtpPort, security: 'none', user: null };
  const settings = {
    mail,
    from: 'accounts@firm.example',
    domains: [],
    mailboxes: {},
    hooks: {},
    names: false,
  };
  writeFileSync(join(folder, 'alerts.json'), JSON.stringify(settings));
  writeFileSync(
    join(folder, 'provisioning.json'),
    JSON.stringify({ shops: { own: { kind: 'generic' } } }),
  );
  const logged: string[] = [];
  const say = (fields: object, message: string): void =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const options: ProvisioningOptions = {
    folder,
    demo: false,
    governance: () => firm.partition.governance,
    command: (command) => {
      const { result, facts } = firm.partition.command(command);
      provisioning.took(facts as Fact[]);
      return Promise.resolve(result);
    },
    hasOpened: (accountId) => firm.partition.ingest.book.numberOf(accountId) !== undefined,
    hasTraded: (accountId) =>
      firm.store.stream(0, `account:${accountId}`).some(({ kind }) => kind === 'dealBooked'),
    now: () => firm.clock,
    log: { info: say, warn: say, error: say },
  };
  const provisioning = openProvisioning(options);
  const server = createServer((request, response) => {
    if (provisioning.pages.handle(request, response)) return;
    void provisioning.shops
      .handle(request, response)
      .then((handled) => handled || response.writeHead(404).end());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  provisioning.start(url);
  const secret = shopSecret(folder, 'own', true);
  return {
    url,
    logged,
    market: (records: number): void => {
      const from = firm.partition.ingest.lastSeq + 1;
      firm.market(records);
      provisioning.took([...firm.store.facts(0, from, firm.partition.ingest.lastSeq)]);
    },
    post: async (event: object, path = 'own'): Promise<{ status: number; body: string }> => {
      const raw = Buffer.from(JSON.stringify(event));
      const t = firm.clock;
      const header = signatureHeader({ t, v: macOf(secret, SHOP_EVENT_KIND, t, raw) });
      const response = await fetch(`${url}${SHOP_WEBHOOKS_PATH}${path}`, {
        method: 'POST',
        body: raw,
        headers: { [SHOP_SIGNATURE]: header },
      });
      return { status: response.status, body: await response.text() };
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await provisioning.stop();
    },
  };
}

describe('a purchase', () => {
  it('comes by webhook, leaves by mail, is opened once, trades, and is measured', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'propdesk-purchase-'));
    const smtp = await openMailServer();
    const firm = openSellingFirm();
    const served = await serve(firm, folder, smtp.port);
    try {
      expect(await served.post(paid('o-1'))).toEqual({ status: 200, body: '{"received":"taken"}' });
      expect((await served.post(paid('o-1'))).status).toBe(200);
      expect((await served.post(paid('o-1'), 'nobody')).status).toBe(404);
      await until('the platform to be asked', () => firm.order('o-1').progress === 'asked');
      firm.clock += 2_000;
      served.market(20);
      const mail = await until('a mail', () => smtp.mails[0]);
      expect(mail).toContain('To: o-1@buyers.example');
      expect(mail).toContain('Hello Bea Buyer,');
      const link = /http:\/\/127\.0\.0\.1:\d+\/credentials\/[\w-]{43}/.exec(mail)?.[0] ?? '';
      expect(link.startsWith(served.url)).toBe(true);

      // Programs that look into mails fetch the link, as often as they like.
      for (let times = 0; times < 3; times += 1) {
        const looked = await fetch(link);
        expect([looked.status, (await looked.text()).includes('Show the password')]).toEqual([
          200,
          true,
        ]);
        expect(looked.headers.get('cache-control')).toBe('no-store');
        expect(looked.headers.get('referrer-policy')).toBe('no-referrer');
      }
      const elsewhere = await fetch(link, {
        method: 'POST',
        headers: { 'sec-fetch-site': 'cross-site' },
      });
      expect(elsewhere.status).toBe(403);
      const opened = await fetch(link, { method: 'POST' });
      const page = await opened.text();
      const password = /Password<\/dt><dd><code>([\w]{18})</.exec(page)?.[1] ?? '';
      expect([opened.status, password.length]).toEqual([200, 18]);
      for (const method of ['GET', 'POST']) {
        const again = await fetch(link, { method });
        expect([again.status, (await again.text()).includes(password)]).toEqual([410, false]);
      }
      const wrong = `${served.url}/credentials/${'x'.repeat(43)}`;
      expect((await fetch(wrong)).status).toBe(404);
      await until(
        'the opening to be told',
        () => firm.order('o-1').progress === 'credentialsOpened',
      );

      firm.clock += 60_000;
      served.market(4_000);
      await until('the first trade', () => firm.order('o-1').milestones.firstTraded);
      const [created, sent] = spanFigures(firm.orders().all(), {
        now: firm.clock,
        windowMs: 86_400_000,
      });
      expect(created).toMatchObject({ count: 1, p50: { value: 2_000 }, p95: { value: 2_000 } });
      expect(sent?.p95.value).toBe(2_000);
      expect(smtp.mails).toHaveLength(1);
      const told = [...served.logged, ...firm.store.digestLines(0)].join('\n');
      for (const secret of [password, link.slice(-43), 'buyers.example'])
        expect(told).not.toContain(secret);
    } finally {
      await served.close();
      await smtp.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
