import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';
import { enrolKey, openWorld, sign, signIn, type World } from './world.ts';

/*
 * The live book at two desks: looked at from every side, followed to an account, put under a limit
 * that one person proposes and another signs, crossed, told of in the feed; and what it shows when
 * the server is gone.
 */
test.describe.configure({ mode: 'serial' });

let world: World;
let page: Page;
let second: Page;

test.beforeAll(async ({ browser }) => {
  world = await openWorld(300);
  const other = await world.openDesk();
  const open = async (address: string): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const opened = await context.newPage();
    await opened.goto(address);
    return opened;
  };
  page = await open(world.address);
  second = await open(other.address);
  await signIn(page, 'Finn Oakley');
});
test.afterAll(async () => {
  await page.close();
  await second.close();
  await world.close();
});

const row = (key: string) => page.locator(`.exposure .ag-row[row-id="${key}"]`).first();
const side = () => page.locator('.exposure .side');

test('the book is there with key 7, and moves', async () => {
  await page.keyboard.press('7');
  await expect(row('EURUSD')).toBeVisible({ timeout: 60_000 });
  const asOf = page.locator('.exposure .as-of b');
  const before = await asOf.innerText();
  await expect(asOf).not.toHaveText(before);
  await expect(page.locator('.exposure-figures')).toContainText('If all closed now');
});

test('every slice is a key away, and none is empty', async () => {
  for (const name of ['asset class', 'currency', 'program', 'phase', 'stage', 'region']) {
    await page.keyboard.press(']');
    const grid = page.getByRole('region', { name: `Exposure by ${name}` });
    await expect(grid.locator('.ag-row').first()).toBeVisible();
  }
  for (let at = 0; at < 6; at += 1) await page.keyboard.press('[');
  await expect(row('EURUSD')).toBeVisible();
});

test('a row leads to who holds it, and from there to the account', async () => {
  await row('EURUSD').click();
  await page.keyboard.press('h');
  const holder = side().locator('.account-link').first();
  await expect(holder).toBeVisible();
  const accountId = await holder.locator('small').innerText();
  await holder.click();
  await expect(page.locator('.detail-body, .overview').first()).toBeVisible();
  await expect(page.locator('.detail')).toContainText(accountId);
  await page.keyboard.press('7');
});

test('what would be owed after a shock is worked out on the desk', async () => {
  await page.keyboard.press('w');
  await expect(side()).toContainText('Owed if closed now');
  await expect(side().getByRole('row', { name: /^Dollar \+1 %/ })).toBeVisible();
});

test('a limit is proposed here, signed at another desk, crossed, and told of', async () => {
  await row('EURUSD').click();
  await page.keyboard.press('p');
  const first = side().locator('.limit-editor li').first();
  await expect(first.getByLabel('Which, or empty for each')).toHaveValue('EURUSD');
  await first.getByLabel('Limit in USD').fill('1');
  await side().getByLabel('Why').fill('to see that it is told of');
  await side()
    .getByRole('button', { name: /^Propose \d+ limits$/ })
    .click();
  await expect(side()).toContainText('waits for a second person');

  await signIn(second, 'Gia Marlow');
  await enrolKey(second);
  await second.keyboard.press('4');
  await second.getByRole('tab', { name: /Other approvals/ }).click();
  await second.locator('.queue .ag-row', { hasText: 'Change exposure limits' }).click();
  await expect(second.locator('.signed-text').first()).toContainText(
    'gross exposure of symbol EURUSD up to 1.00 USD',
  );
  await sign(second, 'Approve');

  await expect(row('EURUSD')).toContainText('✖', { timeout: 30_000 });
  await expect(side()).toContainText('Version 2');
  await page.keyboard.press('1');
  await expect(page.locator('.feed')).toContainText(/Gross exposure of symbol EURUSD|EURUSD/, {
    timeout: 20_000,
  });
  await page.keyboard.press('7');
});

test('toxicity is a tab away, and says what to do while there is too little', async () => {
  await page.keyboard.press('x');
  const tab = page.getByRole('region', { name: 'Toxicity' });
  await expect(tab.locator('.ag-row, .empty').first()).toBeVisible();
  await page.keyboard.press(']');
  await expect(tab.getByRole('button', { name: '10 s' })).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('x');
});

test('the panel is accessible, in both themes', async () => {
  test.slow();
  const looks = { dark: ['c', 'h', 'w', 'l'], light: ['c', 'l'] } as const;
  for (const theme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const key of looks[theme]) {
      await page.keyboard.press(key);
      await page.waitForTimeout(500);
      const { violations } = await new AxeBuilder({ page })
        .include('.exposure')
        .disableRules(['scrollable-region-focusable'])
        .analyze();
      const serious = violations.filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)).toEqual([]);
    }
  }
});

test('without a server it shows what it saw last, says so, and goes on by itself', async () => {
  await world.killServer();
  const asOf = page.locator('.exposure .as-of');
  await expect(asOf).toContainText('As last seen', { timeout: 30_000 });
  await expect(row('EURUSD')).toBeVisible();
  await world.startServer();
  await expect(asOf).toContainText('As of', { timeout: 40_000 });
  await expect(row('EURUSD')).toContainText('✖');
});
