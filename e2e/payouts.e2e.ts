import { expect, test, type Browser, type Page } from '@playwright/test';
import { enrolKey, openWorld, PASSPHRASE, sign, signIn, type World } from './world.ts';

/*
 * A payout's whole way, in two browsers at two desks: asked for over the API, approved by two
 * persons of whom one has no server, paid on the rail, reconciled, answered. And the one that must
 * not be paid.
 */
test.describe.configure({ mode: 'serial' });

let world: World;
let first: Page;
let second: Page;

test.beforeAll(async ({ browser }) => {
  world = await openWorld(400);
  const other = await world.openDesk();
  first = await pageAt(browser, world.address);
  second = await pageAt(browser, other.address);
});
test.afterAll(async () => {
  await first.close();
  await second.close();
  await world.close();
});

async function pageAt(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

/** Opens a payout that nothing stands against, and gives its name. */
async function openCleanPayout(page: Page): Promise<string> {
  await page.keyboard.press('4');
  const row = page.locator('.queue .ag-row', { hasText: 'nothing against it' }).first();
  await expect(row).toBeVisible({ timeout: 80_000 });
  // The firm lives on meanwhile: a payout may stop standing clean between the list and the click.
  await expect(async () => {
    await row.click({ timeout: 5_000 });
    await expect(page.getByRole('button', { name: /^Approve \(/ })).toBeEnabled({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  return page.url().split('/').at(-1) ?? '';
}

async function openPayout(page: Page, payoutId: string): Promise<void> {
  await page.evaluate((id) => (location.hash = `/approvals/payouts/${id}`), payoutId);
  await expect(page.locator('.signed-text').first()).toContainText(payoutId, { timeout: 20_000 });
}

let paid = '';

test('two approvers have keys on two desks', async () => {
  await signIn(first, 'Cleo Hartwin');
  await enrolKey(first);
  await signIn(second, 'Dario Venn');
  await enrolKey(second);
});

test('a request shows what it rests on, and the desk recomputes it', async () => {
  paid = await openCleanPayout(first);
  await expect(first.locator('.proposal')).toContainText('Recomputed here: same result');
  await expect(first.locator('.signed-text').first()).toContainText('In words:');
  await openPayout(second, paid);
});

test('the first signs; alone that pays nothing', async () => {
  await sign(first, 'Approve');
  await expect(first.locator('.proposal-head')).toContainText('1 of 2 signatures', {
    timeout: 20_000,
  });
});

test('the second signs without a server, and the desk says that it was not received', async () => {
  await expect(second.locator('.proposal-head')).toContainText('1 of 2 signatures', {
    timeout: 20_000,
  });
  await world.killServer();
  await expect(second.locator('.connection')).toHaveAttribute('data-state', 'offline', {
    timeout: 20_000,
  });
  await sign(second, 'Approve');
  await second.getByRole('tab', { name: 'Signed on this desk' }).click();
  await expect(second.getByText('Signed on this desk, not yet received')).toBeVisible();
});

test('when the server is back it counts, is paid, reconciled, and answered by a letter', async () => {
  await world.startServer();
  await expect(second.getByText(/Counted as entry \d+; carried out/)).toBeVisible({
    timeout: 60_000,
  });
  await openPayout(first, paid);
  await expect(first.locator('.proposal-head')).toContainText('✔ Paid', { timeout: 60_000 });
  await expect(first.locator('.proposal-head')).toContainText('✔ Reconciled', { timeout: 60_000 });
  const letter = first.getByRole('button', { name: 'Letter' });
  await expect(letter).toBeEnabled({ timeout: 30_000 });
  await letter.click();
  const page = first.frameLocator('iframe.letter');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('paid', { timeout: 20_000 });
  await first.keyboard.press('Escape');
  await first.getByRole('tab', { name: 'Payments and books' }).click();
  await expect(first.getByText('✔ even')).toBeVisible({ timeout: 20_000 });
});

test('each line of the audit log shows a proof that the desk has walked itself', async () => {
  await signIn(first, 'Kaia Stonell');
  await first.keyboard.press('6');
  const line = first
    .locator('.audit-table tr', { hasText: 'paymentInstructed' })
    .or(first.locator('.audit-table tr', { hasText: 'ordered for' }));
  await expect(line.first()).toBeVisible({ timeout: 20_000 });
  await line.first().getByRole('button', { name: 'Prove' }).click();
  await expect(first.locator('.proof .gain')).toContainText('has signed', { timeout: 20_000 });
});

test('a breach between the approvals and the payment stops it', async () => {
  test.setTimeout(240_000);
  // The approvals come first; the account breaks while the second signature is on its way.
  await signIn(first, 'Cleo Hartwin');
  const broken = await openCleanPayout(first);
  await openPayout(second, broken);
  await sign(first, 'Approve');
  const account = (await first.getByRole('button', { name: /^Account A/ }).innerText())
    .replace('Account', '')
    .replace('↗', '')
    .trim();
  await ruin(account);
  await openPayout(second, broken);
  await second.getByRole('button', { name: /^Approve \(/ }).click();
  await second.getByRole('button', { name: 'Show what is signed' }).click();
  await second.getByLabel('Passphrase of your signing key').fill(PASSPHRASE);
  await second.getByRole('button', { name: /^Sign: / }).click();
  await second.getByRole('button', { name: 'Close', exact: true }).click();
  await second.getByRole('tab', { name: 'Signed on this desk' }).click();
  await expect(second.getByText(/not counted: .*(failed|breach)/).first()).toBeVisible({
    timeout: 30_000,
  });
  await openPayout(second, broken);
  await second.waitForTimeout(8_000);
  await expect(second.locator('.proposal-head')).not.toContainText('Paid');
});

/** Breaks an account by an adjustment, which itself takes a proposal and two other persons. */
async function ruin(accountId: string): Promise<void> {
  await signIn(first, 'Gia Marlow');
  await first.keyboard.press('1');
  await first.keyboard.press('/');
  await first.keyboard.type(accountId);
  await first.locator('.ag-row').first().click();
  await first.getByRole('tab', { name: 'Life' }).click();
  await first.getByLabel('Why').fill('a correction that ends the account');
  await first.getByLabel('Adjust the balance by').fill('-90000');
  await first.getByRole('button', { name: 'Propose the adjustment' }).click();
  await expect(first.getByText('Proposed: others approve it')).toBeVisible({ timeout: 20_000 });
  for (const name of ['Edda Loring', 'Jona Redding']) {
    await signIn(first, name);
    await enrolKey(first);
    await first.keyboard.press('4');
    await first.getByRole('tab', { name: /^Other approvals/ }).click();
    await first.locator('.queue .ag-row', { hasText: 'Adjust a balance' }).first().click();
    await sign(first, 'Approve');
  }
  await first.getByRole('tab', { name: 'Payments and books' }).click();
}
