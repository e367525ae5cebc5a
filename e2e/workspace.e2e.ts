import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { openWorld, signIn, type World } from './world.ts';

/*
 * The window as a whole: where each role begins, how anything is found by its name, panels that are
 * docked, kept, undone and given windows of their own, keys that are all named, looks that everybody
 * can read.
 */
test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;
const errors: string[] = [];

test.beforeAll(async ({ browser }) => {
  world = await openWorld(200);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(world.address);
});
test.afterAll(async () => {
  await page.close();
  await world.close();
});

const place = (): Promise<string> => page.evaluate(() => location.hash);
const panel = (name: string) => page.getByRole('tab', { name, exact: true });

/** Writes into the palette and takes what stands first, which must be what is meant. */
async function run(text: string, title: RegExp): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'View, verb, account or trader' }).fill(text);
  await expect(page.locator('.palette [aria-selected="true"]')).toContainText(title);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Go to or do' })).toHaveCount(0);
}

test('each role begins where its work is', async () => {
  test.slow();
  for (const [name, begins] of [
    ['Cleo Hartwin', '#/approvals'],
    ['Hal Wintry', '#/cases'],
    ['Ada Merrow', '#/people'],
    ['Gia Marlow', '#/risk'],
  ] as const) {
    await signIn(page, name);
    await expect.poll(place).toBe(begins);
  }
});

test('the tour is offered once, goes by keyboard, and never again', async () => {
  await page.getByRole('button', { name: 'Take the tour' }).click();
  const tour = page.getByRole('dialog', { name: 'Tour' });
  await expect(tour).toContainText('1 of 5');
  await page.keyboard.press('Enter');
  await expect(tour).toContainText('2 of 5');
  await page.keyboard.press('Escape');
  await expect(tour).toHaveCount(0);
  await page.reload();
  await expect(page.locator('.ag-row').first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByRole('button', { name: 'Take the tour' })).toHaveCount(0);
});

test('Ctrl+K finds views, accounts and what the panel in front can do', async () => {
  await run('exposure', /^ViewExposure/);
  await expect.poll(place).toBe('#/exposure');
  await expect(page.locator('.exposure .ag-row').first()).toBeVisible({ timeout: 60_000 });
  await run('toxic', /Toxic flow/);
  await expect.poll(place).toContain('#/exposure/toxicity');
  await run('A000007', /A000007/);
  await expect.poll(place).toBe('#/risk');
  await expect(page.locator('.detail h2')).toContainText('A000007');
});

test('the palette gives the focus back when it is left', async () => {
  const search = page.getByLabel('Search trader or account');
  await search.focus();
  await page.keyboard.press('Control+k');
  await expect(search).not.toBeFocused();
  await page.keyboard.press('Escape');
  await expect(search).toBeFocused();
  await page.keyboard.press('Escape');
});

test('a panel is docked beside others, goes on by itself, and stays after a reload', async () => {
  test.slow();
  await page.keyboard.press('7');
  await expect.poll(place).toBe('#/exposure');
  await page.keyboard.press('1');
  await run('dock here exposure', /^LayoutDock here: Exposure/);
  const grid = page.getByRole('region', { name: 'Exposure by symbol' });
  await expect(grid.locator('.ag-row').first()).toBeVisible({ timeout: 60_000 });
  await expect(page.locator('.grid-panel')).toBeVisible();
  // A place within it changes without leaving the workspace.
  await page.getByRole('tab', { name: 'Exposure', exact: true }).click();
  await page.locator('.exposure').click({ position: { x: 200, y: 5 } });
  await page.keyboard.press(']');
  await expect.poll(place).toContain('?in=risk');
  await expect(page.getByRole('region', { name: 'Exposure by asset class' })).toBeVisible();
  await expect(page.locator('.grid-panel')).toBeVisible();
  await page.waitForTimeout(600);
  await page.reload();
  await expect(page.getByRole('region', { name: 'Exposure by asset class' })).toBeVisible({
    timeout: 30_000,
  });
  await expect(page.locator('.grid-panel')).toBeVisible();
});

test('only the panel in front answers to a letter', async () => {
  await panel('Accounts').click();
  const before = await place();
  await page.keyboard.press(']');
  await page.keyboard.press('x');
  expect(await place()).toBe(before);
});

test('a panel that nobody sees is not there', async () => {
  await run('dock as a tab audit', /Dock as a tab: Audit/);
  await expect(page.locator('.audit')).toBeVisible();
  await expect(page.locator('.grid-panel')).toHaveCount(0);
  await panel('Accounts').click();
  await expect(page.locator('.grid-panel')).toBeVisible();
  await expect(page.locator('.audit')).toHaveCount(0);
});

test('a step of arranging is taken back, and a workspace is as delivered again', async () => {
  await page.waitForTimeout(600);
  await panel('Audit').focus();
  await panel('Audit').press('Delete');
  await expect(panel('Audit')).toHaveCount(0);
  await page.waitForTimeout(600);
  await page.locator('h1').click();
  await page.keyboard.press('Alt+z');
  await expect(panel('Audit')).toBeVisible();
  await run('reset', /^LayoutReset this workspace/);
  await expect(panel('Audit')).toHaveCount(0);
  await expect(panel('Exposure')).toHaveCount(0);
  await expect(panel('Accounts')).toBeVisible();
});

test('panels are walked through and sized by keys alone', async () => {
  await page.keyboard.press('F6');
  const active = page.locator('.dv-active-group .dv-active-tab');
  const first = await active.innerText();
  await page.keyboard.press('F6');
  await expect(active).not.toHaveText(first);
  const group = page.locator('.dv-active-group');
  const before = (await group.boundingBox())?.width ?? 0;
  await page.keyboard.press('Control+Alt+ArrowRight');
  await expect
    .poll(async () => (await group.boundingBox())?.width ?? 0)
    .toBeGreaterThan(before + 20);
});

test('a workspace of one’s own is made, renamed, kept and removed', async () => {
  await run('new workspace', /New workspace from this one/);
  await expect.poll(place).toBe('#/my-1');
  await page.keyboard.press(',');
  const name = page.getByLabel('Name of this workspace');
  await name.fill('Night shift');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  const own = page.getByRole('button', { name: 'Night shift', exact: true });
  await expect(own).toBeVisible();
  await page.reload();
  await expect(own).toHaveAttribute('aria-pressed', 'true', { timeout: 20_000 });
  await expect(page.locator('.grid-panel')).toBeVisible();
  await run('remove this', /Remove this workspace/);
  await expect(own).toHaveCount(0);
  await expect.poll(place).toBe('#/risk');
});

test('a panel has a window of its own, of the same desk, and comes back when that is closed', async () => {
  test.slow();
  await panel('Accounts').click();
  await run('dock here exposure', /Dock here: Exposure/);
  await expect(panel('Exposure')).toBeVisible();
  const [own] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Exposure in a window of its own' }).click(),
  ]);
  await expect(own.locator('.exposure .ag-row').first()).toBeVisible({ timeout: 60_000 });
  await expect(own.getByRole('navigation', { name: 'Views' })).toHaveCount(0);
  await expect(own.locator('.connection')).toHaveAttribute('data-state', 'live');
  await expect(panel('Exposure')).toHaveCount(0);
  // What leads elsewhere leads there in the first window.
  await own.locator('.exposure .ag-row').first().click();
  await own.keyboard.press('h');
  const holder = own.locator('.account-link').first();
  const accountId = await holder.locator('small').innerText();
  await holder.click();
  await expect(page.locator('.detail h2')).toContainText(accountId, { timeout: 15_000 });
  expect(own.url()).toContain('in=alone');
  await own.close();
  await expect(panel('Exposure')).toBeVisible({ timeout: 10_000 });
  await run('reset', /^LayoutReset this workspace/);
});

test('every view, its key and every key of it stand in the sheet of keys', async () => {
  const views = await page.getByRole('navigation', { name: 'Views' }).getByRole('button').all();
  await page.keyboard.press('?');
  const sheet = page.getByRole('dialog', { name: 'Keys' });
  for (const view of views.slice(0, -1)) {
    const title = await view.locator('.rail-title').innerText();
    await expect(sheet.getByText(title, { exact: true }).first()).toBeAttached();
  }
  await expect(sheet).toContainText('Ctrl+K');
  await page.keyboard.press('Escape');
  for (const view of views.slice(0, -1)) {
    const keys = (await view.locator('kbd').textContent()) ?? '';
    for (const key of keys.split(' ')) await page.keyboard.press(key);
    await expect(view).toHaveAttribute('aria-pressed', 'true');
    // Where letters are a panel's own verbs, a digit leads out.
    await page.keyboard.press('1');
  }
});

/** No serious fault for people who use a screen reader, a keyboard, or need contrast. */
async function faults(where: string): Promise<string[]> {
  // A few lines of a long list stand for all of them: every line is drawn alike.
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .disableRules(['scrollable-region-focusable'])
    .exclude('.ag-row:nth-child(n + 4)')
    .exclude('tbody tr:nth-child(n + 6)')
    .exclude('.alerts > li:nth-child(n + 6)')
    .analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html }) => `${where}: ${id}: ${html.slice(0, 200)}`),
    );
}

test('every view is accessible in every theme', async () => {
  test.setTimeout(900_000);
  const all: string[] = [];
  const views = await page.getByRole('navigation', { name: 'Views' }).getByRole('button').all();
  for (const theme of ['Dark', 'Light', 'High contrast']) {
    await run(`theme ${theme}`, new RegExp(`Theme: ${theme}`));
    for (const view of views.slice(0, -1)) {
      const title = await view.locator('.rail-title').innerText();
      await view.click();
      await page.waitForTimeout(900);
      all.push(...(await faults(`${title}, ${theme}`)));
    }
  }
  expect(all).toEqual([]);
});

test('what lies over the workspace is accessible in every theme', async () => {
  test.slow();
  const all: string[] = [];
  for (const theme of ['Dark', 'Light', 'High contrast']) {
    await run(`theme ${theme}`, new RegExp(`Theme: ${theme}`));
    for (const key of ['Control+k', '?', ',', 'i', 'f']) {
      await page.locator('h1').click();
      await page.keyboard.press(key);
      await expect(page.locator('dialog.sheet')).toBeVisible();
      all.push(...(await faults(`${key}, ${theme}`)));
      await page.keyboard.press('Escape');
      await expect(page.locator('dialog.sheet')).toHaveCount(0);
    }
  }
  await run('theme as', /Theme: As the system/);
  expect(all).toEqual([]);
});

test('from 80 to 200 percent nothing is lost: the page itself never scrolls, the name stays in sight', async () => {
  for (const [width, height] of [
    [1800, 1125],
    [1440, 900],
    [960, 600],
    [720, 450],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(300);
    const over = await page.evaluate(() => ({
      down: document.documentElement.scrollHeight - window.innerHeight,
      across: document.documentElement.scrollWidth - window.innerWidth,
      bar: (document.querySelector('.top-bar')?.scrollWidth ?? 0) - window.innerWidth,
    }));
    expect({ width, ...over }).toEqual({ width, down: 0, across: 0, bar: 0 });
    await expect(page.locator('.who > button')).toBeInViewport({ ratio: 1 });
    await expect(page.getByRole('button', { name: 'Audit', exact: true })).toBeAttached();
  }
});

test('nothing failed in the page meanwhile', () => {
  expect(errors).toEqual([]);
});
