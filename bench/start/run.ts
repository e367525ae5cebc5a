import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium, type Browser, type BrowserContext } from '@playwright/test';
import { findBrowser } from '#ci/browser.ts';
import { buildRenderer } from '#ci/build.ts';
import type { Fact } from '#core/facts/registry.ts';
import type { AccountDetail } from '#core/sync/protocol.ts';
import { ROW_WIDTH } from '#core/sync/row-frame.ts';
import { openDeskStore, type DeskStore } from '#desk/store/store.ts';

/**
 * npm run bench:start [-- --megabytes 1000 --accounts 50000 --times 5]
 *
 * How long a person waits for the grid of a desk that has kept much, and whose server is away: from
 * starting the desk's process to the first rows with numbers painted in a browser that is open. A
 * demonstration's desk is filled up with its own facts again and again under new numbers, pages of
 * accounts, and files: the mixture is printed.
 */
const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '1000' },
    accounts: { type: 'string', default: '50000' },
    times: { type: 'string', default: '5' },
  },
});
const root = join(import.meta.dirname, '..', '..');
const TOKEN = 'a-token-for-this-bench-only';
const MEGABYTE = 1_000_000;
/** Of the whole, beside accounts: facts that are read at every start; the rest lies until asked for. */
const FACTS_PER_MILLE = 300;
const DETAILS = 500;
const FILE_BYTES = 200_000;
const BATCH = 2_000;
const WARM_MS = 45_000;

await buildRenderer();
const executablePath = findBrowser();
if (executablePath === null) throw new Error('install Chromium or Chrome to run this bench');
const data = mkdtempSync(join(tmpdir(), 'propdesk-bench-'));
const file = join(data, 'desk', 'desk.sqlite');
const environment = {
  ...process.env,
  PROPDESK_DATA: data,
  PROPDESK_LOG_LEVEL: 'error',
  PROPDESK_LAUNCH_TOKEN: TOKEN,
  PROPDESK_SERVER_PORT: '7630',
  PROPDESK_DESK_PORT: '7640',
};
const running = new Set<ChildProcess>();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
write(`${cpus()[0]?.model ?? ''}, ${cpus().length} cores, Chromium ${browser.version()} headless`);
try {
  const context = await firstDay(browser);
  write(fill(Number(options.megabytes), Number(options.accounts)));
  const grids: number[] = [];
  for (let time = 0; time < Number(options.times); time += 1) grids.push(await startOnce(context));
  const sorted = grids.toSorted((one, other) => one - other);
  write(
    `start to rows painted: median ${Math.round(sorted[sorted.length >> 1] ?? 0)} ms, ` +
      `slowest ${Math.round(sorted.at(-1) ?? 0)} ms of ${sorted.length}`,
  );
} finally {
  for (const child of running) child.kill('SIGKILL');
  await browser.close();
  rmSync(data, { recursive: true, force: true });
}
process.exit(0);

/** A desk meets its server, somebody signs in, and some facts come. */
async function firstDay(of: Browser): Promise<BrowserContext> {
  const firm = ['--accounts', '300', '--activity', '400', '--speed', '120'];
  const server = await startProcess(['server/main.ts', ...firm]);
  const desk = await startProcess(['electron/loopback/index.ts']);
  const context = await of.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto(desk.address);
  await page.getByRole('button', { name: /^Gia Marlow/ }).click();
  await page.waitForSelector('.ag-row', { timeout: 60_000 });
  // Opened once, its page is kept for reading without a server.
  await page.locator('.ag-row').first().click();
  await page.waitForTimeout(WARM_MS);
  await page.close();
  for (const { child } of [desk, server]) await end(child);
  return context;
}

/** Fills the desk's own store up to a size; says with what. */
function fill(megabytes: number, accounts: number): string {
  const store = openDeskStore(file);
  const cursor = store.cursor();
  fillAccounts(store, accounts);
  const facts = fillFacts(store, (megabytes * MEGABYTE * FACTS_PER_MILLE) / 1_000);
  const detail = someDetail(store);
  for (let at = 0; detail !== null && at < DETAILS; at += 1) {
    store.saveDetail(`A${String(at + 1).padStart(6, '0')}`, at, detail);
  }
  let files = 0;
  for (; statSync(file).size < megabytes * MEGABYTE; files += 1) {
    store.saveContent(randomBytes(32).toString('hex'), randomBytes(FILE_BYTES).toString('base64'));
  }
  store.apply({ cursor, accounts: [], alerts: [], governed: [] });
  store.close();
  const size = Math.round(statSync(file).size / MEGABYTE);
  return (
    `${size} MB kept: ${accounts} accounts, ${facts} facts of people, cases and payouts, ` +
    `${detail === null ? 0 : DETAILS} pages of accounts, ${files} files`
  );
}

function fillAccounts(store: DeskStore, accounts: number): void {
  const own = store.accounts();
  const rows = new Float64Array(accounts * ROW_WIDTH);
  const saved = store.rows();
  const known = new Float64Array(saved?.bytes.slice().buffer ?? new ArrayBuffer(0));
  for (let from = 0; from < accounts; from += BATCH) {
    const some = Array.from({ length: Math.min(BATCH, accounts - from) }, (_, at) => {
      const number = from + at;
      const like = own[number % own.length];
      if (!like) throw new Error('the demonstration has no accounts');
      const row = known.subarray(like.number * ROW_WIDTH, (like.number + 1) * ROW_WIDTH);
      rows.set(row, number * ROW_WIDTH);
      rows[number * ROW_WIDTH] = number;
      const accountId = `A${String(number).padStart(6, '0')}`;
      return { ...like, number, terms: { ...like.terms, accountId } };
    });
    store.apply({ cursor: store.cursor(), accounts: some, alerts: [], governed: [] });
  }
  store.saveRows(saved?.asOf ?? 0, new Uint8Array(rows.buffer));
}

/** Signals are what firms have most of: the same ones under new names. */
function fillFacts(store: DeskStore, bytes: number): number {
  const signals = store.governed().filter((fact) => fact.kind === 'signalRaised');
  const sample = signals.slice(-50);
  if (sample.length === 0) throw new Error('nothing was found in the time given: warm up longer');
  let seq = store.cursor().seq;
  let written = 0;
  let count = 0;
  while (written < bytes) {
    const governed = Array.from({ length: BATCH }, () => {
      seq += 1;
      const like = sample[seq % sample.length] as Extract<Fact, { kind: 'signalRaised' }>;
      const data = { ...like.data, signalId: `s-${seq}`, traders: [`T${seq % 40_000}`] };
      const fact: Fact = { ...like, envelope: { ...like.envelope, seq }, data };
      written += JSON.stringify(fact).length;
      return fact;
    });
    count += governed.length;
    store.apply({ cursor: store.cursor(), accounts: [], alerts: [], governed });
  }
  return count;
}

/** A page of an account, as the desk kept one; null when nobody has opened any. */
function someDetail(store: DeskStore): AccountDetail | null {
  for (const { terms } of store.accounts().slice(0, 2_000)) {
    const kept = store.detail(terms.accountId);
    if (kept) return kept.detail;
  }
  return null;
}

/** Milliseconds from the process to painted rows; the server is away. */
async function startOnce(context: BrowserContext): Promise<number> {
  const begun = performance.now();
  const desk = await startProcess(['electron/loopback/index.ts']);
  const ready = performance.now();
  const page = await context.newPage();
  await page.goto(desk.address);
  await page.waitForFunction(
    () => /\d,\d{3}\.\d\d/.test(document.querySelector('.ag-row')?.textContent ?? ''),
    null,
    { timeout: 120_000, polling: 'raf' },
  );
  const painted = performance.now();
  const account = await page.locator('.ag-row').first().innerText();
  write(
    `  desk answers after ${Math.round(ready - begun)} ms, rows after ${Math.round(painted - begun)} ms ` +
      `(${account.split('\n').slice(0, 2).join(' ')})`,
  );
  await page.close();
  await end(desk.child);
  return painted - begun;
}

interface Started {
  readonly child: ChildProcess;
  readonly address: string;
}

function startProcess(args: readonly string[]): Promise<Started> {
  const [script = '', ...more] = args;
  const child = spawn(process.execPath, [join(root, script), ...more], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return new Promise((done, fail) => {
    let text = '';
    // Once it is ready this changes nothing any more.
    child.once('exit', () => fail(new Error(`${script} ended`)));
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = /(?:server ready|→) (http\S+)/.exec(text);
      if (found?.[1]) done({ child, address: found[1] });
    });
  });
}

/** Asked to stop, so that what it kept is as after any working day. */
async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await gone;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
