import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '#ci/browser.ts';
import { buildRenderer } from '#ci/build.ts';
import { startStormServer } from './storm-server.ts';

/**
 * npm run bench:alerts [-- --accounts 5000 --rows 2000 --warnings 3000]
 *
 * A storm of warnings at a desk: the real plain-Node desk and page, fed by a server that only
 * speaks the protocol. Frame times without a storm, with it over a minute, and with all of it in two
 * seconds; how long until the group is on screen, and until it shows its last alert.
 */
const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '5000' },
    rows: { type: 'string', default: '2000' },
    warnings: { type: 'string', default: '3000' },
    /** Leaves the page as it was built. */
    'no-build': { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '..', '..');
const warnings = Number(options.warnings);
const TOKEN = 'a-token-for-this-bench-only';
const SETTLE_MS = 4_000;
const MINUTE_MS = 60_000;

if (!options['no-build']) await buildRenderer();
const executablePath = findBrowser();
if (executablePath === null) throw new Error('install Chromium or Chrome to run this bench');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
});
process.stdout.write(
  `${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Chromium ${browser.version()} headless, ` +
    `software rendering, 1280×800; ${options.accounts} accounts, ${options.rows} row changes/s\n`,
);
const server = await startStormServer(Number(options.accounts), Number(options.rows));
const data = mkdtempSync(join(tmpdir(), 'propdesk-bench-'));
const desk = await startDesk();
const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
await page.addInitScript(observe);
await page.goto(`http://127.0.0.1:${desk.port}/?token=${TOKEN}`);
await page.getByRole('button', { name: /^Stella Storm/ }).click();
await page.waitForSelector('.ag-row', { timeout: 30_000 });
await page.waitForTimeout(SETTLE_MS);

await measure('without a storm, 10 s', () => page.waitForTimeout(10_000));
// Each begins in a minute of its own, and ends within it.
await nextMinute();
await measure(`${warnings} warnings in 2 s`, () => stormed(2_000));
await nextMinute();
await measure(`${warnings} warnings over 50 s`, () => stormed(50_000));
await unfolded();
await acknowledged();
await browser.close();
server.close();
desk.child.kill('SIGKILL');
rmSync(data, { recursive: true, force: true });
process.exit(0);

async function nextMinute(): Promise<void> {
  await new Promise((done) => setTimeout(done, MINUTE_MS - (Date.now() % MINUTE_MS) + 500));
}

/** The storm, and how long its group took to be there, and to be whole. */
async function stormed(overMs: number): Promise<void> {
  const count = warnings.toLocaleString('en');
  const started = Date.now();
  const shown = page.evaluate(
    async ([text, known]) => {
      const first = (): Element | null => document.querySelector('.alert-group, .alert');
      const waitFor = (is: () => boolean): Promise<number> =>
        new Promise((done) => {
          const look = (): void => {
            if (is()) done(Date.now());
            else requestAnimationFrame(look);
          };
          look();
        });
      const before = first()?.getAttribute('data-group') ?? known;
      const begun = await waitFor(() => (first()?.getAttribute('data-group') ?? '') !== before);
      const whole = await waitFor(() => (first()?.textContent ?? '').includes(text));
      return { begun, whole };
    },
    [`${count} warnings`, ''] as const,
  );
  await server.storm(warnings, overMs);
  const sent = Date.now();
  const { begun, whole } = await shown;
  process.stdout.write(
    `\n  group on screen after ${begun - started} ms; whole ${whole - sent} ms after the last alert left\n`,
  );
  await page.waitForTimeout(1_000);
}

async function unfolded(): Promise<void> {
  const took = await page.evaluate(async () => {
    const start = performance.now();
    document.querySelector<HTMLElement>('.alert-group .alert-main')?.click();
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return performance.now() - start;
  });
  process.stdout.write(`\nunfolded to the worst ten in ${took.toFixed(0)} ms\n`);
}

async function acknowledged(): Promise<void> {
  const started = Date.now();
  await page
    .getByRole('button', { name: /^Acknowledge all/ })
    .first()
    .click();
  await page.locator('.alert-group').first().getByText('all acknowledged').waitFor();
  process.stdout.write(`acknowledged as one act in ${Date.now() - started} ms\n`);
}

interface Observed {
  frames: number[];
  tasks: number[];
}

/** Runs in the page: frame times and long tasks. */
function observe(): void {
  const observed: Observed = { frames: [], tasks: [] };
  Object.assign(window, { observed });
  let last = performance.now();
  const frame = (now: number): void => {
    observed.frames.push(now - last);
    last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) observed.tasks.push(duration);
  }).observe({ entryTypes: ['longtask'] });
}

async function measure(title: string, work: () => Promise<void>): Promise<void> {
  await clear(page);
  await work();
  const { frames, tasks } = await page.evaluate(
    () => (window as unknown as { observed: Observed }).observed,
  );
  const longest = tasks.length > 0 ? `, longest ${Math.round(Math.max(...tasks))} ms` : '';
  process.stdout.write(
    `${title}: frames p50 ${at(frames, 0.5)} ms, p95 ${at(frames, 0.95)} ms, p99 ${at(frames, 0.99)} ms, ` +
      `worst ${at(frames, 1)} ms (N ${frames.length}); long tasks ${tasks.length}${longest}\n`,
  );
}

async function clear(to: Page): Promise<void> {
  await to.evaluate(() => {
    const { observed } = window as unknown as { observed: Observed };
    observed.frames.length = 0;
    observed.tasks.length = 0;
  });
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(1);
}

async function startDesk(): Promise<{ readonly child: ChildProcess; readonly port: string }> {
  const child = spawn(process.execPath, ['electron/loopback/index.ts'], {
    cwd: root,
    env: {
      ...process.env,
      PROPDESK_DATA: data,
      PROPDESK_LAUNCH_TOKEN: TOKEN,
      PROPDESK_SERVER_URL: server.url,
      PROPDESK_DESK_PORT: '7631',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await new Promise<string>((done) => {
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /http:\/\/127\.0\.0\.1:(\d+)\/\?token/.exec(chunk.toString())?.[1];
      if (found !== undefined) done(found);
    });
  });
  return { child, port };
}
