import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Browser, type Page } from '@playwright/test';
import { enrolKey, openWorld, sign, signIn, type World } from './world.ts';

/*
 * From what surveillance saw to what became of it, at two desks: signals make a case, an officer
 * proposes to hold the payout, others agree, the payout stops; then the matter is dismissed, the
 * payout goes out, and the share of false positives says so.
 */
test.describe.configure({ mode: 'serial' });

let world: World;
let officer: Page;
let other: Page;
let payoutId = '';
let caseAddress = '';

test.beforeAll(async ({ browser }) => {
  test.setTimeout(120_000);
  // Two market minutes a second: rings take some of them to show themselves.
  world = await openWorld(600, ['--speed', '120']);
  const second = await world.openDesk();
  officer = await pageAt(browser, world.address);
  other = await pageAt(browser, second.address);
});
test.afterAll(async () => {
  await officer.close();
  await other.close();
  await world.close();
});

async function pageAt(browser: Browser, address: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
  const page = await context.newPage();
  await page.goto(address);
  return page;
}

const falsePositives = () => officer.locator('.kpis div', { hasText: 'False positives' });

/** Opens the payout, with nothing written in it that stands against paying. */
async function openPayout(page: Page): Promise<void> {
  await page.evaluate((id) => (location.hash = `/approvals/payouts/${id}`), payoutId);
  await expect(page.locator('.signed-text').first()).toContainText(payoutId, { timeout: 20_000 });
}

/** The payout that waits for the case in this line, if nothing but the case stands against it. */
async function payableIn(line: number): Promise<string> {
  await officer.locator('.cases .queue .ag-row').nth(line).click();
  const address = await officer.evaluate(() => location.hash);
  await officer
    .locator('.case-page')
    .getByRole('button', { name: /^A\d+ ↗/ })
    .first()
    .click();
  await expect(officer.locator('.signed-text').first()).toBeVisible({ timeout: 10_000 });
  const id = await officer.evaluate(() => location.hash.split('/').at(-1) ?? '');
  const stands = officer.locator('.payout-facts', { hasText: '✔ Nothing.' });
  const isPayable = await stands.isVisible();
  await officer.evaluate((hash) => (location.hash = hash), address);
  return isPayable ? id : '';
}

test('what several traders have in common becomes a case, with its reasons and a payout at stake', async () => {
  test.setTimeout(300_000);
  await signIn(officer, 'Gia Marlow');
  await officer.keyboard.press('8');
  await officer.getByRole('button', { name: /^Payout waiting/ }).click();
  await expect(async () => {
    const rows = officer.locator('.cases .queue .ag-row');
    await expect(rows.first()).toBeVisible({ timeout: 5_000 });
    const seen = await rows.count();
    for (let at = 0; at < seen && payoutId === ''; at += 1) payoutId = await payableIn(at);
    expect(payoutId).not.toBe('');
  }).toPass({ timeout: 280_000, intervals: [5_000] });
  caseAddress = await officer.evaluate(() => location.hash);
  await expect(officer.locator('.case-head')).toContainText('#');
  const { violations } = await new AxeBuilder({ page: officer }).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
});

test('an officer proposes to hold the payout, and the other desk sees who has the case', async () => {
  await enrolKey(officer);
  await officer.evaluate((hash) => (location.hash = hash), caseAddress);
  await officer.getByRole('button', { name: /^Claim/ }).click();
  await expect(officer.locator('.case-state')).toContainText('● yours', { timeout: 20_000 });
  await officer.keyboard.press('x');
  const form = officer.getByRole('dialog', { name: /^Propose a consequence/ });
  await form
    .getByRole('radio', { name: /payout/i })
    .first()
    .check();
  await form.getByLabel('What was found').selectOption({ index: 1 });
  await form.getByLabel('Reason, for those who approve').fill('one hand behind several accounts');
  const same = form.getByLabel('Why this one is different');
  if (await same.isVisible()) await same.fill('the payout goes out today');
  await form.getByLabel('then take the next case').uncheck();
  await officer.keyboard.press('Control+Enter');
  await expect(officer.locator('.case-state')).toContainText('waits for approval', {
    timeout: 20_000,
  });
  await signIn(other, 'Hal Wintry');
  await other.evaluate((hash) => (location.hash = hash), caseAddress);
  await expect(other.locator('.case-state')).toContainText('Gia Marlow has it', {
    timeout: 20_000,
  });
  await expect(other.locator('.viewers')).toContainText('Gia Marlow', { timeout: 20_000 });
});

test('others agree by signing; the payout then stands still', async () => {
  for (const name of ['Hal Wintry', 'Jona Redding']) {
    await signIn(other, name);
    await enrolKey(other);
    await other.keyboard.press('4');
    await other.getByRole('tab', { name: /^Other approvals/ }).click();
    const row = other.locator('.queue .ag-row', { hasText: 'Apply what a case leads to' }).first();
    if (!(await row.isVisible())) continue;
    await row.click();
    await sign(other, 'Approve');
  }
  await officer.evaluate((hash) => (location.hash = hash), caseAddress);
  await expect(officer.locator('.case-state')).toContainText('payout held', { timeout: 20_000 });
  await signIn(other, 'Cleo Hartwin');
  await openPayout(other);
  await expect(other.locator('.proposal')).toContainText(/held by case/, { timeout: 20_000 });
});

test('the matter is dismissed: the payout goes out, and the false positives are counted', async () => {
  test.setTimeout(180_000);
  const before = await falsePositives().innerText();
  await officer.evaluate((hash) => (location.hash = hash), caseAddress);
  await officer.locator('.case-head h2').click();
  await officer.keyboard.press('d');
  const form = officer.getByRole('dialog', { name: /^Dismiss/ });
  await form.getByRole('radio').first().check();
  await form.getByLabel('Reason, for the file').fill('a couple with one card, each trading alone');
  const same = form.getByLabel('Why this one is different');
  if (await same.isVisible()) await same.fill('both were called');
  await officer.keyboard.press('Control+Enter');
  await expect(officer.locator('.case-state')).toContainText('Gia Marlow', { timeout: 20_000 });
  await expect.poll(() => falsePositives().innerText(), { timeout: 20_000 }).not.toBe(before);
  await expect(falsePositives()).toContainText('100');
  for (const name of ['Cleo Hartwin', 'Dario Venn']) {
    await signIn(other, name);
    await enrolKey(other);
    await openPayout(other);
    await sign(other, 'Approve');
  }
  await expect(other.locator('.proposal-head')).toContainText('✔ Paid', { timeout: 60_000 });
});
