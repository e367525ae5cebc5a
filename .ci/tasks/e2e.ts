import { findBrowser } from '../browser.ts';
import { buildRenderer } from '../build.ts';
import { runNode, tools } from '../steps.ts';

await buildRenderer();
const args = ['test', '--config', 'e2e/playwright.config.ts', ...process.argv.slice(2)];
process.exit(await runNode(tools.e2e, args, { PROPDESK_CHROMIUM: findBrowser() ?? '' }));
