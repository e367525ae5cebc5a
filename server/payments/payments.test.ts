import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT_SIGNATURE, signRequest } from '../api/client-signature.ts';
import { openClientKeys } from '../api/client-keys.ts';
import { openPayments, type Payments } from './payments.ts';
import { firmFacts } from './testing/facts.ts';
import { openPayingFirm, type PayingFirm } from './testing/paying-firm.ts';

let folder: string;
let paying: PayingFirm;
let payments: Payments | null = null;
let server: Server | null = null;
const logged: string[] = [];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'propdesk-paying-'));
  paying = await openPayingFirm();
  logged.length = 0;
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await payments?.stop();
  await paying.close();
  rmSync(folder, { recursive: true });
  payments = null;
  server = null;
});

const say = (fields: object, message: string): void =>
  void logged.push(`${message} ${JSON.stringify(fields)}`);

/** The payments and the API of a server, as the server itself puts them together. */
async function serve(demo = true): Promise<{ readonly url: string; readonly opened: Payments }> {
  const opened = await openPayments({
    folder,
    demo,
    logId: paying.firm.store.logId,
    governance: () => paying.governance,
    command: paying.command,
    content: (digest) => paying.firm.store.content(digest),
    account: () => ({ traderId: 'T1', currency: 'USD' }),
    now: () => paying.firm.clock,
    log: { info: say, warn: say, error: say },
  });
  payments = opened;
  server = createServer((request, response) => void opened.api.handle(request, response));
  await new Promise<void>((done) => server?.listen(0, '127.0.0.1', () => done()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  opened.start(url);
  return { url, opened };
}

async function requestPayout(url: string, account: string): Promise<Response> {
  const body = JSON.stringify({
    accountId: 'A1',
    amount: null,
    currency: 'USD',
    payee: { name: 'Tess Trader', method: 'testRail', account, region: null },
  });
  const path = '/v1/payout-requests';
  const secret = openClientKeys(join(folder, 'api-clients.json')).secretOf('site');
  const key = 'first-order';
  const signature = signRequest(
    { client: 'site', secret: secret ?? new Uint8Array(), t: paying.firm.clock },
    { method: 'POST', path, idempotencyKey: key, body: Buffer.from(body) },
  );
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': key,
    [CLIENT_SIGNATURE]: signature,
  };
  return fetch(`${url}${path}`, { method: 'POST', body, headers });
}

const until = async (is: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !is(); tries += 1)
    await new Promise((done) => setTimeout(done, 50));
  expect(is()).toBe(true);
};

describe('payments', () => {
  it('go from a request over HTTP to a letter by themselves, and into the books', async () => {
    const { url, opened } = await serve();
    const made = await requestPayout(url, 'TEST-ACCOUNT-4410');
    expect(made.status).toBe(201);
    const { payoutId } = (await made.json()) as { payoutId: string };
    for (const person of ['cleo', 'dario'])
      paying.firm.as(person, paying.firm.desk(person).decide(payoutId, 'approve'));
    await until(() => (paying.governance.payout(payoutId)?.letter ?? null) !== null);
    expect(paying.state(payoutId)).toBe('paid');
    const taken = await opened.takeBankFile('rail.xml', opened.rail?.camt() ?? '');
    expect(taken).toMatchObject({ ok: true, value: { entries: 1, problems: [] } });
    for (const fact of firmFacts(paying)) opened.apply(fact);
    expect(opened.books.openOf(payoutId)).toMatchObject({ paid: 4_000_0000, leaving: 0 });
    expect(logged.join('\n')).not.toMatch(/Tess|TEST-ACCOUNT/);
  });

  it('keep secrets and payees for their owner alone', async () => {
    const { url } = await serve();
    await requestPayout(url, 'TEST-ACCOUNT-4410');
    const secrets = readdirSync(folder).filter((name) =>
      /rail-secret|api-clients|letter-key|payees|api\.sqlite/.test(name),
    );
    expect(secrets.length).toBeGreaterThanOrEqual(5);
    for (const name of secrets) {
      expect([name, statSync(join(folder, name)).mode & 0o077]).toEqual([name, 0]);
    }
    const secret = readFileSync(join(folder, 'rail-secret'), 'utf8').trim();
    expect(logged.join('\n')).not.toContain(secret);
  });

  it('of a firm that has set nothing up are refused, and its API is there', async () => {
    const { url, opened } = await serve(false);
    expect(opened.rail).toBeNull();
    expect((await requestPayout(url, 'TEST-ACCOUNT-4410')).status).toBe(422);
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    const event = await fetch(`${url}/v1/webhooks/rail`, { method: 'POST', body: '{}' });
    expect(event.status).toBe(404);
  });

  it.each([
    ['no JSON', 'rail: test', 'is no JSON'],
    ['a rail without TLS', '{"rail":{"url":"http://rail.example"}}', 'firmName'],
    ['a name that nobody knows', '{"rails":"test"}', 'payments.json'],
  ])('do not begin with settings that are %s', async (_what, text, says) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'payments.json'), text);
    await expect(serve()).rejects.toThrow(says);
  });
});
