import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Page } from '@playwright/test';
import { findBrowser } from '#ci/browser.ts';
import { buildRenderer } from '#ci/build.ts';
import { startSyntheticServer } from './synthetic-server.ts';

/**
 * npm run bench:console [-- --accounts 50000 --rows 5000 --seconds 20]
 *
 * The console in a real browser behind the real plain-Node desk. First a synthetic server feeds it
 * many accounts and row changes: frame times and long tasks. Then the real server with the demo
 * firm: milliseconds from the latest mark in a frame of rows to the paint that shows it.
 */
const { values: options } = parseArgs({
  options: {
    accounts: { type: 'string', default: '50000' },
    rows: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
  },
});
const root = join(import.meta.dirname, '..', '..');
const seconds = Number(options.seconds);
const TOKEN = 'a-token-for-this-bench-only';
const SETTLE_MS = 6_000;

await buildRenderer();
const executablePath = findBrowser();
if (executablePath === null) throw new Error('install Chromium or Chrome to run this bench');
const browser = await chromium.launch({
  executablePath,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
    '--disable-quic',
  ],
});
process.stdout.write(
  `${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Chromium ${browser.version()} headless, ` +
    'software rendering, 1280×800\n',
);

const synthetic = await startSyntheticServer(Number(options.accounts), Number(options.rows));
await measure(
  `${options.accounts} accounts, ${options.rows} row changes/s (synthetic server, real desk)`,
  { PROPDESK_SERVER_URL: synthetic.url },
  [],
);
synthetic.close();
await measure('2,000 demo accounts, live market model (real server, real desk)', {}, [
  'server/main.ts',
  '--activity',
  '400',
]);
await browser.close();
process.exit(0);

async function measure(
  title: string,
  env: Record<string, string>,
  server: readonly string[],
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'propdesk-bench-'));
  const children: ChildProcess[] = [];
  const environment = {
    ...process.env,
    PROPDESK_DATA: data,
    PROPDESK_LOG_LEVEL: 'error',
    PROPDESK_LAUNCH_TOKEN: TOKEN,
    PROPDESK_SERVER_PORT: '7610',
    PROPDESK_DESK_PORT: '7620',
    ...env,
  };
  if (server.length > 0) children.push(await startProcess(server, environment, /server ready/));
  const desk = await startProcess(['electron/loopback/index.ts'], environment, /→ (http\S+)/);
  children.push(desk);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(observe);
  await page.goto(`http://127.0.0.1:${desk.address}/?token=${TOKEN}`);
  // Whoever looks is somebody: the demonstration's risk officer.
  if (server.length > 0) await page.getByRole('button', { name: /^Finn Oakley/ }).click();
  await page.waitForSelector('.ag-row', { timeout: 30_000 });
  await page.waitForTimeout(SETTLE_MS);
  await report(page, title);
  await page.close();
  for (const child of children) child.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
}

interface Observed {
  frames: number[];
  tasks: number[];
  latencies: number[];
}

/** Runs in the page: frame times, long tasks, and mark-to-paint of every frame of rows. */
function observe(): void {
  const observed: Observed = { frames: [], tasks: [], latencies: [] };
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
  const Original = window.WebSocket;
  let latest = 0;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols?: string | string[]) {
      super(url, protocols);
      this.addEventListener('message', ({ data }) => {
        if (!(data instanceof ArrayBuffer) || data.byteLength < 40) return;
        const marketAt = new Float64Array(data.slice(0, 40))[3] ?? 0;
        if (marketAt <= latest) return;
        latest = marketAt;
        // The next frame writes the cell; the one after begins when it has been painted.
        requestAnimationFrame(() =>
          requestAnimationFrame(() => observed.latencies.push(Date.now() - marketAt)),
        );
      });
    }
  };
}

async function report(page: Page, title: string): Promise<void> {
  const cpu = await page.context().newCDPSession(page);
  await cpu.send('Performance.enable');
  const busy = async (): Promise<number> => {
    const { metrics } = await cpu.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0;
  };
  await page.evaluate(() => {
    const { observed } = window as unknown as { observed: Observed };
    observed.frames.length = 0;
    observed.tasks.length = 0;
    observed.latencies.length = 0;
  });
  const before = await busy();
  await page.waitForTimeout(seconds * 1_000);
  const share = ((await busy()) - before) / seconds;
  const { frames, tasks, latencies } = await page.evaluate(
    () => (window as unknown as { observed: Observed }).observed,
  );
  const line = (name: string, values: readonly number[]): string =>
    `  ${name.padEnd(26)} p50 ${at(values, 0.5)} ms   p95 ${at(values, 0.95)} ms   ` +
    `p99 ${at(values, 0.99)} ms   N ${values.length}\n`;
  process.stdout.write(`\n${title}, ${seconds} s\n`);
  process.stdout.write(line('frame time', frames));
  process.stdout.write(line('mark to paint', latencies));
  const longest = tasks.length > 0 ? `, longest ${Math.round(Math.max(...tasks))} ms` : '';
  process.stdout.write(`  long tasks (> 50 ms)       ${tasks.length}${longest}\n`);
  process.stdout.write(`  main thread busy           ${Math.round(share * 100)} %\n`);
}

function at(values: readonly number[], share: number): string {
  const sorted = [...values].sort((one, other) => one - other);
  return (sorted[Math.floor(sorted.length * share)] ?? Number.NaN).toFixed(1);
}

async function startProcess(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  ready: RegExp,
): Promise<ChildProcess & { address?: string }> {
  const child: ChildProcess & { address?: string } = spawn(process.execPath, command, {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((done) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      const text = chunk.toString();
      const port = /http:\/\/127\.0\.0\.1:(\d+)\/\?token/.exec(text)?.[1];
      if (port !== undefined) child.address = port;
      if (ready.test(text)) done();
    });
  });
  return child;
}
