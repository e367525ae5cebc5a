import { spawnSync } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { SMTPServer } from 'smtp-server';
import { apiClient } from '#server/demo/site.ts';
import { macOf, signatureHeader } from '#server/payments/message-signature.ts';
import { SHOP_WEBHOOKS_PATH } from '#server/provisioning/shop-http.ts';
import { shopSecret } from '#server/provisioning/shop-secret.ts';
import { SHOP_EVENT_KIND, SHOP_SIGNATURE } from '#server/provisioning/shops/generic/shop.ts';
import { enrolKey, openWorld, sign, signIn, type World } from './world.ts';

/*
 * An account's whole life: bought in a shop, its password read once from a mail, traded, failed by
 * a rule, its evidence computed again by a program that knows no server, and disputed.
 */
test.describe.configure({ mode: 'serial' });

const BOUGHT = 15;
const PROGRAM = 'futures-50k';
let world: World;
let mails: string[];
let closeMail: () => void;
let page: Page;
let account = '';
let seq = 0;
let ruleId = '';
/** Who has a signing key by now. */
const keyed = new Set<string>();

test.beforeAll(async ({ browser }) => {
  const sink = await openMailServer();
  ({ mails, close: closeMail } = sink);
  const mail = { by: 'smtp', host: '127.0.0.1', port: sink.port, security: 'none', user: null };
  world = await openWorld(200, ['--speed', '60'], {
    'alerts.json': {
      mail,
      from: 'accounts@firm.example',
      domains: [],
      mailboxes: {},
      hooks: {},
      names: false,
    },
    'provisioning.json': { shops: { own: { kind: 'generic' } } },
  });
  page = await pageAt(browser, world.address);
  await signIn(page, 'Gia Marlow');
});
test.afterAll(async () => {
  await page.close();
  await world.close();
  closeMail();
});

test('orders that a shop has sold become accounts, and each buyer gets one mail', async () => {
  test.setTimeout(120_000);
  for (let number = 1; number <= BOUGHT; number += 1) await buy(number);
  // Told twice it is one order.
  await buy(1);
  await expect.poll(() => mails.length, { timeout: 60_000 }).toBe(BOUGHT);
  await page.keyboard.press('g');
  await page.keyboard.press('o');
  const orders = page.locator('.panel.queue');
  await expect(orders.locator('.ag-row')).toHaveCount(BOUGHT, {
    timeout: 20_000,
  });
  await expect(page.getByText('Purchase to account').first()).toBeVisible();
});

test('a link shows the password once, and not to whoever only fetches it', async () => {
  const link = /http:\/\/127\.0\.0\.1:\d+\/credentials\/[\w-]+/.exec(mails[0] ?? '')?.[0] ?? '';
  expect(link).not.toBe('');
  const fetched = await (await fetch(link)).text();
  expect(fetched).toContain('<button');
  const shown = await fetch(link, { method: 'POST' });
  expect(shown.status).toBe(200);
  expect((await fetch(link, { method: 'POST' })).status).toBe(410);
});

test('bought accounts trade; one is failed by a rule', async () => {
  test.setTimeout(240_000);
  const trading = page.locator('.queue .ag-row', { hasText: '✔ Trading' }).first();
  await expect(trading).toBeVisible({ timeout: 60_000 });
  await trading.click();
  const link = page.getByRole('button', { name: /^Account B\w+ ↗/ });
  account = /Account (\w+)/.exec(await link.innerText())?.[1] ?? '';
  await link.click();
  await expect(page.locator('.detail h2')).toBeVisible({ timeout: 20_000 });
  // Buyers of the demonstration are careful people: a booked loss, which others approve, fails it.
  await page.getByRole('tab', { name: 'Life' }).click();
  await page.getByLabel('Why').fill('a fee that was never booked');
  await page.getByLabel('Adjust the balance by').fill('-20000');
  await page.getByRole('button', { name: 'Propose the adjustment' }).click();
  await expect(page.getByText('Proposed: others approve it')).toBeVisible({ timeout: 20_000 });
  await approve('Adjust a balance', ['Edda Loring', 'Jona Redding']);
  await signIn(page, 'Gia Marlow');
  await openAccount();
  await page.getByRole('tab', { name: 'Life' }).click();
  await expect(page.locator('.life b').first()).toHaveText('failed', { timeout: 30_000 });
});

test('its evidence is a file, and a program without a server says the same', async () => {
  await page.getByRole('tab', { name: 'Evidence' }).click();
  const breach = page.locator('.evidence-breachDetected').first();
  await breach.locator('summary').click({ timeout: 20_000 });
  ruleId = (await breach.locator('dd').first().innerText()).split(' ')[0] ?? '';
  const [download] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    breach.getByRole('button', { name: 'Evidence pack…' }).click(),
  ]);
  const named = /^evidence-(.+)-(\d+)\.html$/.exec(download.suggestedFilename());
  account = named?.[1] ?? '';
  seq = Number(named?.[2]);
  const verifier = join(import.meta.dirname, '..', 'server', 'evidence', 'propdesk-verify.ts');
  const run = spawnSync(process.execPath, [verifier, 'pack', await download.path()], {
    encoding: 'utf8',
  });
  expect(run.stdout + run.stderr).toContain('follows');
  expect(run.status).toBe(0);
});

test('the trader disputes it', async () => {
  const post = apiClient(world.serverUrl, join(world.folder, 'api-clients.json'), Date.now);
  // The demonstration's own trader may have been faster: then it is refused, and listed all the same.
  await post('/v1/disputes', `dispute-${account}`, {
    accountId: account,
    about: { type: 'verdict', entry: seq, ruleId },
    reason: 'priceWrong',
    text: 'That price was never on my screen.',
  });
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.getByRole('tab', { name: /Disputes/ }).click();
  await expect(page.getByRole('region', { name: 'Disputes' })).toContainText(`entry ${seq}`, {
    timeout: 20_000,
  });
});

/** Each in turn signs the proposal. */
async function approve(what: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await signIn(page, name);
    if (!keyed.has(name)) await enrolKey(page);
    keyed.add(name);
    await page.keyboard.press('4');
    await page.getByRole('tab', { name: /^Other approvals/ }).click();
    await page.locator('.queue .ag-row', { hasText: what }).first().click({ timeout: 20_000 });
    await sign(page, 'Approve');
  }
}

async function openAccount(): Promise<void> {
  await page.evaluate((id) => (location.hash = `/risk/${id}`), account);
  await expect(page.locator('.detail h2')).toBeVisible({ timeout: 20_000 });
}

async function buy(number: number): Promise<void> {
  const secret = shopSecret(world.folder, 'own', true);
  const order = {
    externalId: `E2E-${number}`,
    kind: 'purchase',
    programId: PROGRAM,
    forAccount: null,
    addOns: [],
    price: '250.00',
    currency: 'USD',
    affiliateId: null,
    orderedAt: Date.now(),
    buyer: {
      address: `lifa.${number}@buyers.example`,
      name: `Lifa Buyer ${number}`,
      traderId: null,
    },
  };
  const raw = Buffer.from(JSON.stringify({ type: 'order.paid', order }));
  const t = Date.now();
  const v = macOf(secret, SHOP_EVENT_KIND, t, raw);
  const answer = await fetch(`${world.serverUrl}${SHOP_WEBHOOKS_PATH}own`, {
    method: 'POST',
    body: raw,
    headers: { 'content-type': 'application/json', [SHOP_SIGNATURE]: signatureHeader({ t, v }) },
  });
  expect(answer.status, await answer.text()).toBe(200);
}

async function pageAt(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const opened = await context.newPage();
  await opened.goto(address);
  return opened;
}

/** A mail server of this machine, and what it was given. */
async function openMailServer(): Promise<{ port: number; mails: string[]; close(): void }> {
  const taken: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    logger: false,
    onData: (stream, _session, done) => {
      let source = '';
      stream.on('data', (chunk: Buffer) => (source += chunk.toString()));
      stream.on('end', () => {
        taken.push(source.replace(/=\r?\n/g, '').replaceAll('=3D', '='));
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails: taken, close: () => server.close(() => {}) };
}
