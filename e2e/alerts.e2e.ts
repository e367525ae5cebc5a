import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openWorld, signIn, type World } from './world.ts';

/*
 * Telling people: the history is searched, a rule is made and kept with a reason, what it tells
 * leaves by mail and is seen to have left, and all of it holds while the server is gone.
 */
test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;

test.beforeAll(async ({ browser }) => {
  world = await openWorld(300);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  await page.goto(world.address);
  await signIn(page, 'Gia Marlow');
});
test.afterAll(async () => {
  await page.close();
  await world.close();
});

const tab = (name: string) =>
  page.getByRole('tablist', { name: 'Pages of alerts' }).getByRole('tab', { name });
const lines = () => page.locator('table.history tbody tr');

test('the history of alerts is there with key 9, and is searched', async () => {
  await page.keyboard.press('9');
  await expect(lines().first()).toBeVisible({ timeout: 60_000 });
  await page.getByRole('combobox', { name: 'Kind' }).selectOption({ label: 'Warnings' });
  await expect(lines().first()).toBeVisible({ timeout: 60_000 });
  await expect(lines().filter({ hasNotText: 'Warning' })).toHaveCount(0);
  const account = await lines().first().locator('td').nth(3).innerText();
  await page.getByRole('searchbox', { name: 'Account' }).fill(account);
  await expect(lines().filter({ hasNotText: account })).toHaveCount(0);
  await page.getByRole('searchbox', { name: 'Words' }).fill('no alert says such a thing');
  await expect(page.getByText('Nothing fits. Take a filter away to see more.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await expect(lines().first()).toBeVisible();
});

test('a rule that tells nobody says so; told by mail, it is kept with a reason', async () => {
  await tab('Rules').click();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Every warning, by mail');
  const what = page.getByRole('group', { name: /^It is one of/ });
  await what.getByLabel('warnings', { exact: true }).check();
  await page.getByLabel('And at least').selectOption({ label: 'Information' });
  const roles = page.getByRole('group', { name: 'Roles', exact: true }).first();
  await roles.getByLabel('risk officer', { exact: true }).uncheck();
  await expect(page.getByText('This tells nobody yet: choose who, and how.')).toBeVisible();
  await roles.getByLabel('risk officer', { exact: true }).check();
  await page.getByRole('group', { name: 'How', exact: true }).first().getByLabel('by mail').check();
  await page.getByLabel('A message gathers more for so many seconds').fill('1');
  const keep = page.getByRole('button', { name: /^Keep as version / });
  await expect(keep).toBeDisabled();
  await page.getByLabel('Why', { exact: true }).fill('the test wants mail');
  await keep.click();
  await expect(page.getByText(/by Gia Marlow on .*: the test wants mail\./)).toBeVisible();
});

test('what the rule tells leaves by mail, and the desk shows that it has left', async () => {
  await tab('Deliveries').click();
  const sent = page
    .locator('table.deliveries tr.delivery-sent')
    .filter({ hasText: 'Every warning, by mail' });
  await expect(sent.first()).toBeVisible({ timeout: 90_000 });
  await expect(sent.first()).toContainText('Finn Oakley by mail');
  // An address is shown to those who may change rules, and stands under no name that exists.
  await expect(sent.first()).toContainText('@demo.invalid');
});

test('an alert that somebody has seen is found as acknowledged', async () => {
  await page.keyboard.press('1');
  const alert = page.locator('.alert.open').first();
  await alert.getByRole('button', { name: 'Acknowledge' }).click();
  await page.keyboard.press('9');
  await page.getByRole('combobox', { name: 'State' }).selectOption({ label: 'Acknowledged' });
  await expect(lines().first()).toContainText('Gia Marlow', { timeout: 20_000 });
});

test('a change made without a server waits on the desk and is kept when one is there', async () => {
  await tab('Rules').click();
  await page.getByRole('button', { name: /Every warning, by mail/ }).click();
  await world.killServer();
  await expect(page.locator('.connection')).not.toHaveAttribute('data-state', 'live', {
    timeout: 20_000,
  });
  await page.getByLabel('In force').uncheck();
  await page.getByLabel('Why', { exact: true }).fill('enough of it');
  await page.getByRole('button', { name: /^Keep as version / }).click();
  await expect(page.getByText('It waits on this desk for the server.')).toBeVisible();
  await world.startServer();
  await expect(page.locator('.connection')).toHaveAttribute('data-state', 'live', {
    timeout: 30_000,
  });
  await page.keyboard.press('1');
  await page.keyboard.press('9');
  await tab('Rules').click();
  await expect(page.getByText(/by Gia Marlow on .*: enough of it\./)).toBeVisible({
    timeout: 30_000,
  });
});

test('every page of it is accessible, in both themes', async () => {
  test.setTimeout(240_000);
  for (const scheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: scheme });
    for (const name of ['History', 'Deliveries', 'Rules', 'Ways and addresses', 'This desk']) {
      await tab(name).click();
      await page.waitForTimeout(400);
      const { violations } = await new AxeBuilder({ page }).analyze();
      const grave = violations.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      expect(grave.map(({ id, nodes }) => `${name}, ${scheme}: ${id} ${nodes[0]?.html}`)).toEqual(
        [],
      );
    }
  }
});
