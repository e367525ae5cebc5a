import type { Page } from '@playwright/test';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const READY_MS = 60_000;

/** A firm of its own for one test file: server and desk on free ports, in a folder that goes away. */
export interface World {
  readonly address: string;
  /** The server's own folder, and where it answers. */
  readonly folder: string;
  readonly serverUrl: string;
  startServer(): Promise<void>;
  /** Ends it without warning, as a crash would. */
  killServer(): Promise<void>;
  startDesk(): Promise<void>;
  /** Another desk of the same firm, with a folder of its own. */
  openDesk(): Promise<{ readonly address: string }>;
  killDesk(): Promise<void>;
  close(): Promise<void>;
}

/** `files` lie in the server's folder before it starts: how it is set up, by name. */
export async function openWorld(
  accounts: number,
  more: readonly string[] = [],
  files: Readonly<Record<string, object>> = {},
): Promise<World> {
  const data = mkdtempSync(join(tmpdir(), 'propdesk-e2e-'));
  const folder = join(data, 'server');
  mkdirSync(folder);
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), JSON.stringify(content));
  }
  const ports = { server: 0, desk: 0 };
  const running: { server: ChildProcess | null; desk: ChildProcess | null } = {
    server: null,
    desk: null,
  };
  const launchToken = 'a-token-for-this-test-only';
  const others: { readonly child: ChildProcess; readonly folder: string }[] = [];
  const start = async (
    name: 'server' | 'desk',
    script: string,
    args: string[],
    ready: RegExp,
  ): Promise<void> => {
    const child = spawn(process.execPath, [join(root, script), ...args], {
      env: {
        ...process.env,
        PROPDESK_DATA: data,
        PROPDESK_LOG_LEVEL: 'warn',
        PROPDESK_SERVER_PORT: String(ports.server || freePort()),
        PROPDESK_DESK_PORT: String(ports.desk || freePort()),
        PROPDESK_LAUNCH_TOKEN: launchToken,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    running[name] = child;
    ports[name] = await readyPort(child, ready, script);
  };
  const kill = async (name: 'server' | 'desk'): Promise<void> => {
    const child = running[name];
    if (!child) return;
    running[name] = null;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
  };
  const world: World = {
    folder,
    get serverUrl() {
      return `http://127.0.0.1:${ports.server}`;
    },
    get address() {
      return `http://127.0.0.1:${ports.desk}/?token=${launchToken}`;
    },
    startServer: () =>
      start(
        'server',
        'server/main.ts',
        ['--accounts', String(accounts), '--activity', '400', ...more],
        /server ready http:\/\/127\.0\.0\.1:(\d+)/,
      ),
    killServer: () => kill('server'),
    startDesk: () =>
      start('desk', 'electron/loopback/index.ts', [], /http:\/\/127\.0\.0\.1:(\d+)\/\?token/),
    killDesk: () => kill('desk'),
    openDesk: async () => {
      const folder = mkdtempSync(join(tmpdir(), 'propdesk-e2e-desk-'));
      const port = freePort();
      const child = spawn(process.execPath, [join(root, 'electron/loopback/index.ts')], {
        env: {
          ...process.env,
          PROPDESK_DATA: folder,
          PROPDESK_TOKEN_FILE: join(data, 'server', 'desk-token'),
          PROPDESK_SERVER_PORT: String(ports.server),
          PROPDESK_DESK_PORT: String(port),
          PROPDESK_LAUNCH_TOKEN: launchToken,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      others.push({ child, folder });
      const found = await readyPort(child, /http:\/\/127\.0\.0\.1:(\d+)\/\?token/, 'another desk');
      return { address: `http://127.0.0.1:${found}/?token=${launchToken}` };
    },
    close: async () => {
      for (const { child, folder } of others) {
        child.kill('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      }
      await kill('desk');
      await kill('server');
      rmSync(data, { recursive: true, force: true });
    },
  };
  await world.startServer();
  await world.startDesk();
  return world;
}

/** Waits until a process has said which port it has. */
function readyPort(child: ChildProcess, ready: RegExp, what: string): Promise<number> {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`${what} was not ready in time`)), READY_MS);
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const found = ready.exec(text);
      if (!found) return;
      clearTimeout(timer);
      done(Number(found[1]));
    });
  });
}

/** Ports that two test files are unlikely to want at once; a taken one is passed over by the host. */
function freePort(): number {
  return 20_000 + Math.floor(Math.random() * 20_000);
}

/** Comes in as one of the demonstration's people, whoever was there before. */
export async function signIn(page: Page, name: string): Promise<void> {
  const door = page.getByRole('button', { name: new RegExp(`^${name}`) });
  const out = page.getByRole('button', { name: 'Sign out', exact: true });
  const who = page.locator('.who > button');
  await door.or(who).first().waitFor({ timeout: 20_000 });
  if (await who.isVisible()) {
    await who.click();
    await out.click();
  }
  await door.click();
  await page.locator('.who > button', { hasText: name }).waitFor({ timeout: 20_000 });
}

export const PASSPHRASE = 'a passphrase of this test';

/** Makes and enrols a signing key for whoever is signed in. */
export async function enrolKey(page: Page): Promise<void> {
  await page.keyboard.press('5');
  await page.getByLabel(/^Passphrase/).fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Make and enrol a key' }).click();
  await page.getByText('✔ counts').first().waitFor({ timeout: 20_000 });
}

/** Signs a decision on the proposal that is open. */
export async function sign(page: Page, verb: 'Approve' | 'Hold' | 'Release'): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${verb} \\(`) }).click();
  if (verb !== 'Approve')
    await page.getByLabel('Why', { exact: true }).fill('asked for by the test');
  await page.getByRole('button', { name: 'Show what is signed' }).click();
  await page.getByLabel('Passphrase of your signing key').fill(PASSPHRASE);
  await page.getByRole('button', { name: /^Sign: / }).click();
  await page.getByText('✔ Signed on this desk.').waitFor({ timeout: 20_000 });
  await page.getByRole('button', { name: 'Close', exact: true }).click();
}
