import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type ReporterDescription } from '@playwright/test';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const report = process.env.PROPDESK_E2E_REPORT;
const browser = process.env.PROPDESK_CHROMIUM;

// The browser is the machine's own; it must neither update itself nor call home during a test.
const BROWSER_ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

const reporters: ReporterDescription[] = [['list']];
if (report) reporters.push(['json', { outputFile: report }]);
// Said once: Playwright reads this file again in every worker.
if (!hasElectron() && process.env.TEST_WORKER_INDEX === undefined)
  process.stdout.write('e2e: no Electron program here, the desktop window is not tested\n');

export default defineConfig({
  testDir: '.',
  testMatch: '*.e2e.ts',
  outputDir: join(project, 'test-results', 'e2e'),
  reporter: reporters,
  // Every spec starts a whole firm: one at a time keeps the clocks of the others honest.
  workers: 1,
  fullyParallel: false,
  timeout: 90_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    viewport: { width: 1600, height: 1000 },
    locale: 'en-GB',
    timezoneId: 'Europe/Prague',
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
  projects: [
    {
      name: 'web',
      use: {
        browserName: 'chromium',
        launchOptions: {
          args: BROWSER_ARGUMENTS,
          ...(browser ? { executablePath: browser } : {}),
        },
      },
    },
    // The same specs in the desktop window; a spec reads `electron` from the project's name.
    ...(hasElectron() ? [{ name: 'electron' }] : []),
  ],
});

function hasElectron(): boolean {
  const folder = join(project, 'node_modules', 'electron');
  const path = join(folder, 'path.txt');
  return existsSync(path) && existsSync(join(folder, 'dist', readFileSync(path, 'utf8').trim()));
}
