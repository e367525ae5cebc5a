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
import { err } from '#core/kernel/result.ts';
import { CLIENT_SIGNATURE, signRequest } from '../api/client-signature.ts';
import { openClientKeys } from '../api/client-keys.ts';
import { IBANS, statementOf } from './files/testing/messages.ts';
import { openPayments, type Payments } from './payments.ts';
import { firmFacts } from './testing/facts.ts';
import { DEBTOR, TESS } from './testing/orders.ts';
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
    evidence: () => Promise.resolve(err('there is no evidence here')),
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

const RAIL_PAYEE = { method: 'testRail', account: 'TEST-ACCOUNT-4410' };

async function requestPayout(url: string, payee: object, key = 'first-order'): Promise<Response> {
  const body = JSON.stringify({
    accountId: 'A1',
    amount: null,
    currency: 'USD',
    payee: { name: 'Tess Trader', region: null, ...payee },
  });
  const path = '/v1/payout-requests';
  const secret = openClientKeys(join(folder, 'api-clients.json')).secretOf('site');
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

const approve = (payoutId: string): void => {
  for (const person of ['cleo', 'dario'])
    paying.firm.as(person, paying.firm.desk(person).decide(payoutId, 'approve'));
};

const until = async (is: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 200 && !is(); tries += 1)
    await new Promise((done) => setTimeout(done, 50));
  expect(is()).toBe(true);
};

const SETTINGS = {
  firmName: 'Example Props',
  disputeText: '',
  rail: null,
  bankFile: { debtors: { USD: DEBTOR } },
  csvExport: null,
  bankAccounts: [DEBTOR.iban],
  cutOffs: [],
};

describe('payments', () => {
  it('go from a request over HTTP to a letter by themselves, and into the books', async () => {
    const { url, opened } = await serve();
    const made = await requestPayout(url, RAIL_PAYEE);
    expect(made.status).toBe(201);
    const { payoutId } = (await made.json()) as { payoutId: string };
    approve(payoutId);
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
    await requestPayout(url, RAIL_PAYEE);
    const secrets = readdirSync(folder).filter((name) =>
      /rail-secret|api-clients|letter-key|payees|api\.sqlite|test-rail/.test(name),
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
    expect((await requestPayout(url, RAIL_PAYEE)).status).toBe(422);
    expect((await fetch(`${url}/openapi.json`)).status).toBe(200);
    const event = await fetch(`${url}/v1/webhooks/rail`, { method: 'POST', body: '{}' });
    expect(event.status).toBe(404);
  });

  it('of a firm with a bank leave as its settings say', async () => {
    writeFileSync(join(folder, 'payments.json'), JSON.stringify(SETTINGS));
    const { url, opened } = await serve(false);
    expect((await requestPayout(url, RAIL_PAYEE)).status).toBe(422);
    const { method, iban } = TESS;
    const made = await requestPayout(url, { method, iban }, 'second-order');
    const { payoutId } = (await made.json()) as { payoutId: string };
    approve(payoutId);
    await until(() => paying.state(payoutId) === 'sent');
    const outbox = join(folder, 'payment-files', 'bankTransfer', 'outbox');
    const [file = ''] = readdirSync(outbox);
    const text = readFileSync(join(outbox, file), 'utf8');
    expect(text).toContain(`<IBAN>${DEBTOR.iban}</IBAN>`);
    expect(statSync(join(outbox, file)).mode & 0o077).toBe(0);
    const other = statementOf({ parts: '' }).replace(DEBTOR.iban, IBANS.swiss);
    expect((await opened.takeBankFile('other.xml', other)).ok).toBe(false);
  });

  it.each([
    ['no JSON', 'rail: test', 'is no JSON'],
    [
      'a rail elsewhere, under the name of one where no money moves',
      JSON.stringify({ ...SETTINGS, rail: { url: 'https://rail.example' } }),
      'rail',
    ],
    [
      'an account that is none',
      JSON.stringify({ ...SETTINGS, bankFile: { debtors: { EUR: { ...DEBTOR, iban: 'DE00' } } } }),
      'bankFile.debtors.EUR.iban: expected an IBAN',
    ],
    ['a name that nobody knows', '{"rails":"test"}', 'payments.json'],
  ])('do not begin with settings that are %s', async (_what, text, says) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'payments.json'), text);
    await expect(serve()).rejects.toThrow(says);
  });
});
