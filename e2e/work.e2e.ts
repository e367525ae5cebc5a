import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openWorld, signIn, type World } from './world.ts';

/*
 * What waits for the team is listed with what it is owed, and the most urgent item is taken by a key.
 */
test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;

test.beforeAll(async ({ browser }) => {
  world = await openWorld(300);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  await page.goto(world.address);
  await signIn(page, 'Finn Oakley');
});
test.afterAll(async () => {
  await page.close();
  await world.close();
});

const tab = (name: string | RegExp) =>
  page.getByRole('tablist', { name: 'Work' }).getByRole('tab', { name });
const item = () => page.getByRole('region', { name: 'Item of work' });
const rows = () => page.locator('.work .grid .ag-row');
const goTo = (hash: string) => page.evaluate((to) => void (location.hash = to), hash);

test('what waits for the team is there, each with what it is owed', async () => {
  await goTo('#/work/team');
  await expect(rows().first()).toBeVisible({ timeout: 90_000 });
  await expect(rows().first()).toContainText('nobody');
  const found = await new AxeBuilder({ page }).include('.work').analyze();
  expect(found.violations.map(({ id }) => id)).toEqual([]);
});

test('G takes the most urgent free item and opens it', async () => {
  await page.keyboard.press('g');
  await expect(item()).toContainText('● yours', { timeout: 15_000 });
  await expect(item()).toContainText(/(given|gave it) to Finn Oakley/);
  await expect(tab(/^My work/)).toContainText('1');
});
