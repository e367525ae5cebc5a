import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { enrolKey, openWorld, sign, signIn, type World } from './world.ts';

test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;
const errors: string[] = [];

test.beforeAll(async ({ browser }) => {
  world = await openWorld(300);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(world.address);
});
test.afterAll(async () => {
  await page.close();
  await world.close();
});

const cells = (column: string): ReturnType<Page['locator']> =>
  page.locator(`.ag-cell[col-id="${column}"]`);
const firstTrader = (): ReturnType<Page['locator']> =>
  page.locator('.ag-cell[col-id="trader"]').first();

test('nobody sees anything before signing in', async () => {
  await expect(page.getByRole('heading', { name: 'Sign in to this desk' })).toBeVisible();
  await expect(page.locator('.ag-row')).toHaveCount(0);
  await expectAccessible();
  await signIn(page, 'Gia Marlow');
});

test('the grid is live within seconds, worst headroom first', async () => {
  await expect(page.locator('.connection')).toHaveAttribute('data-state', 'live', {
    timeout: 15_000,
  });
  await expect(page.locator('.count')).toHaveText(/^3\d\d accounts$/, { timeout: 15_000 });
  await expect(cells('equity').first()).toHaveText(/^-?[\d,]+\.\d\d$/);
  await page.waitForTimeout(1_000);
  const shown = await cells('dailyHeadroom').allInnerTexts();
  expect(shown.length).toBeGreaterThan(10);
});

test('numbers change on screen without a reload', async () => {
  const before = await cells('equity').allInnerTexts();
  await expect
    .poll(async () => (await cells('equity').allInnerTexts()).join() !== before.join(), {
      timeout: 20_000,
    })
    .toBe(true);
});

test('search, filters and order work together', async () => {
  await page.keyboard.press('/');
  await page.keyboard.type('A000007');
  await expect(page.locator('.count')).toHaveText(/^1 of 3\d\d$/);
  await page.getByLabel('Search trader or account').fill('');
  await page.getByRole('combobox', { name: 'Program' }).selectOption('Futures 50k');
  await expect(cells('program').first()).toHaveText('Futures 50k');
  await page.getByRole('combobox', { name: 'Program' }).selectOption('');
  await page.locator('.ag-header-cell[col-id="trader"]').click();
  await expect
    .poll(async () => {
      const names = await page.locator('.ag-cell[col-id="trader"]').allInnerTexts();
      return names.length > 5 && names[0] === [...names].sort()[0];
    })
    .toBe(true);
  await page.getByRole('button', { name: /Worst headroom first/ }).click();
});

test('the accounts shown can be saved as CSV', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click(),
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  expect(text.split('\r\n')[0]).toContain('Trader,Account,Program');
  expect(text.split('\r\n').length).toBeGreaterThan(300);
});

test('an alert is acknowledged by a person, and the server keeps it', async () => {
  await page.getByRole('button', { name: 'To acknowledge' }).click();
  // The firm's own limits give alerts too, in other words.
  const sentence = page.locator('.alert.open .sentence', { hasText: /^(Equity|Balance) / });
  await expect(sentence.first()).toHaveText(
    /(Equity|Balance) [\d,.-]+ .* at \d{4}-\d\d-\d\d .* UTC/,
    { timeout: 30_000 },
  );
  await page.getByRole('button', { name: 'All', exact: true }).click();
  const open = page.locator('.alert.open').first();
  await open.getByRole('button', { name: 'Acknowledge' }).click();
  await expect(page.getByText('Seen by Gia Marlow').first()).toBeVisible();
});

test('an account opens with chart, rules and evidence', async () => {
  // Some alerts are the firm's own, and lead to no account.
  const ofAccount = page.locator('.alert', { hasText: /(Equity|Balance) / });
  await ofAccount.locator('.alert-main').first().click();
  await expect(page.locator('.detail h2')).toBeVisible();
  await expect(page.locator('.chart-holder canvas').first()).toBeVisible({ timeout: 15_000 });
  await expect(page.locator('.gauges li').first()).toBeVisible();
  await page.getByRole('tab', { name: 'Evidence' }).click();
  await page.locator('.evidence summary').first().click();
  await expect(page.locator('.evidence-body').first()).toContainText('Rule set hash');
});

test('an account is restricted with a reason, and the restriction lifted', async () => {
  // By name: the worst headroom comes first otherwise, and that account may fail meanwhile.
  await page.locator('.ag-header-cell[col-id="trader"]').click();
  await page.getByRole('combobox', { name: 'Status' }).selectOption('active');
  await expect(async () => {
    await firstTrader().click();
    await page.getByRole('tab', { name: 'Life' }).click({ timeout: 2_000 });
    await expect(page.locator('.life b').first()).toHaveText('active', { timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  const restrict = page.getByRole('button', { name: 'Restrict', exact: true });
  await expect(restrict).toBeDisabled();
  await page.getByLabel('Why').fill('asked for by compliance');
  await restrict.click();
  await expect(page.locator('.life')).toContainText('Restricted: asked for by compliance', {
    timeout: 10_000,
  });
  await expect(page.locator('.life b').first()).toHaveText('restricted');
  await page.getByLabel('Why').fill('the matter is settled');
  await page.getByRole('button', { name: 'Lift the restriction' }).click();
  await expect(page.locator('.life')).toContainText('Restriction lifted: the matter is settled', {
    timeout: 10_000,
  });
  await expectAccessible();
  await page.getByRole('combobox', { name: 'Status' }).selectOption('');
  await page.getByRole('button', { name: /Worst headroom first/ }).click();
  await page.getByRole('tab', { name: 'Overview' }).click();
});

test('what-if: an empty scenario equals live, and a move changes the outcome', async () => {
  await page.keyboard.press('Escape');
  // Rows move under the pointer: it is tried until an account is open.
  const whatIf = page.getByRole('tab', { name: 'What if' });
  await expect(async () => {
    await page.locator('.ag-cell[col-id="trader"]').nth(3).click();
    await expect(whatIf).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await whatIf.click();
  await expect(page.locator('.outcome tbody tr').first()).toBeVisible({ timeout: 15_000 });
  await expect(page.locator('.outcome tr.changed')).toHaveCount(0);
  await page.getByRole('button', { name: 'Buy' }).click();
  await page.getByLabel('Percent', { exact: true }).fill('-9');
  await page.getByRole('button', { name: 'Move', exact: true }).click();
  await expect(page.locator('.outcome tr.changed').first()).toBeVisible();
});

test('rows stay where they are while someone points at them', async () => {
  await page.locator('.ag-row').nth(3).hover();
  await expect(page.locator('.held')).toBeVisible({ timeout: 10_000 });
  await page.getByRole('heading', { name: 'Propdesk' }).hover();
  await expect(page.locator('.held')).toHaveCount(0, { timeout: 10_000 });
});

test('a shock of the whole book is answered by program and by symbol', async () => {
  await page.keyboard.press('2');
  await page.getByRole('textbox', { name: 'EURUSD' }).fill('-3');
  await page.getByRole('button', { name: 'What if?' }).click();
  await expect(page.locator('.ladder tbody tr')).toHaveCount(21, { timeout: 15_000 });
  await expect(page.getByText('Most fragile accounts')).toBeVisible();
  await expectFitsWindow();
  await expectAccessible();
});

test('a program is drafted, undone, previewed, proposed, approved by another person and compared', async () => {
  await page.keyboard.press('Escape');
  await page.keyboard.press('3');
  await page.getByRole('button', { name: /FTMO-shaped two-step/ }).click();
  await page.getByRole('tab', { name: /^Draft/ }).click();
  await page.locator('details.rule summary').first().click();
  const percent = page.getByLabel('percent').first();
  await percent.fill('x');
  await expect(page.locator('.failure').first()).toContainText('percentage');
  await page.getByRole('button', { name: /^Undo/ }).click();
  await expect(percent).toHaveValue('5');
  await percent.fill('2');
  await expect(page.locator('.changes')).toContainText('2 %');
  await page.getByRole('tab', { name: /^Impact/ }).click();
  await expect(page.getByRole('button', { name: 'Propose', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Preview the impact' }).click();
  await expect(page.getByText(/\d fare differently/)).toBeVisible({ timeout: 30_000 });
  await expectFitsWindow();
  await page.getByLabel('It holds for').selectOption('fromDate');
  await page.getByLabel('Why').fill('a tighter day');
  await expect(page.getByRole('button', { name: 'Propose', exact: true })).toBeDisabled();
  await page.getByRole('checkbox', { name: /would have failed under it/ }).check();
  await page.getByRole('button', { name: 'Propose', exact: true }).click();
  await expect(page.getByText('Proposed. Another person approves it')).toBeVisible();
  await signIn(page, 'Jona Redding');
  await enrolKey(page);
  await page.keyboard.press('4');
  await page.getByRole('tab', { name: /^Other approvals/ }).click();
  await page.locator('.queue .ag-row').first().click();
  await expect(page.locator('.signed-text').first()).toContainText('RETROACTIVE');
  await expectAccessible();
  await sign(page, 'Approve');
  await page.keyboard.press('3');
  await page.getByRole('button', { name: /FTMO-shaped two-step/ }).click();
  await page.getByRole('tab', { name: /^Versions/ }).click();
  await expect(page.locator('table:visible').first()).toContainText('a tighter day', {
    timeout: 10_000,
  });
  await expect(page.getByText('From version 1 to 2')).toBeVisible();
  expect(page.url()).toContain('#/programs/ftmo-2-step-100k/versions');
  await expectAccessible();
  await page.getByRole('button', { name: 'Risk', exact: true }).click();
});

/** A view scrolls within itself: a page that scrolls as a whole loses its bars (it once did). */
async function expectFitsWindow(): Promise<void> {
  const tooTall = await page.evaluate(
    () => document.documentElement.scrollHeight - window.innerHeight,
  );
  expect(tooTall).toBeLessThanOrEqual(0);
}

/** No serious fault for people who use a screen reader, a keyboard, or need contrast. */
async function expectAccessible(): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .disableRules(['scrollable-region-focusable'])
    .analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
}

test('the page is accessible, in both themes', async () => {
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await page.waitForTimeout(300);
    await expectAccessible();
  }
});

test('without its server the desk says so and keeps what it knew, also after a restart of its own', async () => {
  await page.keyboard.press('Escape');
  await world.killServer();
  await expect(page.locator('.connection')).toHaveAttribute('data-state', 'offline', {
    timeout: 15_000,
  });
  await expect(page.getByRole('alert')).toContainText('Not live.');
  await expect(cells('equity').first()).toHaveText(/[\d,]+\.\d\d/);
  await world.killDesk();
  await world.startDesk();
  await expect(page.locator('.connection')).toHaveAttribute('data-state', 'offline', {
    timeout: 15_000,
  });
  await page.goto(world.address);
  await expect(page.getByRole('alert')).toContainText('What you see is from', { timeout: 15_000 });
  await expect(cells('equity').first()).toHaveText(/[\d,]+\.\d\d/);
  await expect(firstTrader()).not.toHaveText('');
});

test('when the server is back it goes on from its cursor without a reload', async () => {
  await page.evaluate(() => {
    document.body.dataset.kept = 'yes';
  });
  await world.startServer();
  await expect(page.locator('.connection')).toHaveAttribute('data-state', 'live', {
    timeout: 30_000,
  });
  expect(await page.evaluate(() => document.body.dataset.kept)).toBe('yes');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('nothing was written to the browser console as an error, lost connections apart', () => {
  expect(
    errors.filter((text) => !/WebSocket|ERR_CONNECTION|Failed to load resource/.test(text)),
  ).toEqual([]);
});
