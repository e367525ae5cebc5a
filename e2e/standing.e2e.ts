import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { present } from '#core/kernel/assert.ts';
import { CATALOGUES, LANGUAGES } from '#core/standing/catalogue/index.ts';
import { openStandingRig, type StandingRig } from '#server/standing/testing/standing-rig.ts';

let rig: StandingRig;
test.beforeAll(async () => {
  test.setTimeout(180_000);
  rig = await openStandingRig();
});
test.afterAll(() => rig.close());

/** One account on which a limit was broken, one that goes on with something open. */
function accounts(): { readonly broken: string; readonly open: string } {
  const { book } = rig.evidence.firm.partition.ingest;
  const ids = Array.from({ length: book.accounts }, (_unused, at) => book.terms(at).accountId);
  const facts = [...rig.evidence.store.facts(0, 1, Number.MAX_SAFE_INTEGER)];
  const breach = facts.find((fact) => fact.kind === 'breachDetected');
  const broken = breach?.kind === 'breachDetected' ? breach.data.accountId : undefined;
  const open = ids.find((id) => {
    const found = rig.state(id)?.state;
    return found?.status === 0 && found.positions.length > 0;
  });
  return { broken: present(broken, 'a broken limit'), open: present(open, 'an open account') };
}

for (const scheme of ['light', 'dark'] as const) {
  test(`a trader reads the standing on a telephone, ${scheme}`, async ({ browser }) => {
    const context = await browser.newContext({
      viewport: { width: 390, height: 844 },
      colorScheme: scheme,
    });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    for (const [name, accountId] of Object.entries(accounts())) {
      for (const language of name === 'open' ? LANGUAGES : (['en'] as const)) {
        const { link, url } = rig.share(accountId);
        await page.goto(`${url}?lang=${language}`);
        await expect(page.locator('[data-link]')).toHaveText(CATALOGUES[language].live);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width).toBeLessThanOrEqual(390);
        const { violations } = await new AxeBuilder({ page }).analyze();
        expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`)).toEqual([]);
        await page.screenshot({
          path: test.info().outputPath(`${name}-${language}.png`),
          fullPage: true,
        });
        rig.revoke(link.linkId);
      }
    }
    expect(problems).toEqual([]);
    await context.close();
  });
}

test('a page that is open says so when its link is taken back', async ({ page }) => {
  const { link, url } = rig.share(accounts().open);
  await page.goto(`${url}?lang=de`);
  await expect(page.locator('[data-link]')).toHaveText(CATALOGUES.de.live);
  rig.revoke(link.linkId);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(CATALOGUES.de.gone);
});
