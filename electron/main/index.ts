import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Notification,
  protocol,
  safeStorage,
  session,
} from 'electron';
import { createDesk, type Desk } from '#desk/desk.ts';
import { serveWindow } from '#desk/window.ts';
import { openPassphraseVault } from '#desk/signing/passphrase-vault.ts';
import { openSocketLink } from '#desk/sync/socket-link.ts';
import { CONTENT_SECURITY_POLICY, fileOf } from './page.ts';
import { keychainSeal } from './keychain-seal.ts';
import { panelWindowOf, PANEL_WINDOWS_MAX } from './panel-windows.ts';
import { createWindowPort, ORIGIN } from './port.ts';
import { readWindowState, writeWindowState } from './window-state.ts';

/*
 * The shipped host: a window, a scheme of its own, and the port. All else is the desk's.
 */
const page = join(import.meta.dirname, '..', 'renderer');
const preload = join(import.meta.dirname, '..', 'preload', 'index.cjs');

protocol.registerSchemesAsPrivileged([
  { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: false } },
]);
app.enableSandbox();
if (!app.requestSingleInstanceLock()) app.quit();
else void app.whenReady().then(start);

function start(): void {
  const folder = join(app.getPath('userData'), 'desk');
  mkdirSync(folder, { recursive: true });
  lockDown();
  protocol.handle('app', async ({ url }) => {
    const file = fileOf(page, url);
    if (file === null || !existsSync(file.path)) return new Response('not found', { status: 404 });
    return new Response(await readFile(file.path), {
      headers: {
        'content-type': file.type,
        'content-security-policy': CONTENT_SECURITY_POLICY,
        'x-content-type-options': 'nosniff',
      },
    });
  });
  const desk = openDesk(folder);
  const window = openWindow(folder);
  connect(desk, window);
  givePanelsWindows(desk, folder, window);
  app.on('second-instance', () => {
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  app.on('window-all-closed', () => {
    desk.close();
    app.quit();
  });
}

/** Nobody asks for anything: no permission but our own notifications, no window of a page's making, no other page. */
function lockDown(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, decide) =>
    decide(permission === 'notifications'),
  );
  session.defaultSession.setPermissionCheckHandler(
    (_contents, permission) => permission === 'notifications',
  );
  app.on('web-contents-created', (_event, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
}

/** Notifications on screen, by tag: one of the same tag takes the place of the one before. */
const notifications = new Map<string, Notification>();
const NOTIFICATIONS_MAX = 20;

function showNotification(title: string, body: string, tag: string): void {
  notifications.get(tag)?.close();
  notifications.delete(tag);
  const [oldest] = notifications;
  if (oldest && notifications.size >= NOTIFICATIONS_MAX) {
    oldest[1].close();
    notifications.delete(oldest[0]);
  }
  const notification = new Notification({ title, body });
  notifications.set(tag, notification);
  notification.on('close', () => {
    if (notifications.get(tag) === notification) notifications.delete(tag);
  });
  notification.show();
}

function openDesk(folder: string): Desk {
  const data = process.env.PROPDESK_DATA ?? app.getPath('userData');
  const tokenFile = process.env.PROPDESK_TOKEN_FILE ?? join(data, 'server', 'desk-token');
  const url =
    process.env.PROPDESK_SERVER_URL ??
    `http://127.0.0.1:${process.env.PROPDESK_SERVER_PORT ?? 7410}`;
  const token = (): string =>
    existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : 'not-there-yet-not-there';
  const deskId = readDeskId(join(folder, 'desk-id'));
  return createDesk({
    kind: 'electron',
    deskId,
    version: app.getVersion(),
    now: Date.now,
    databaseFile: join(folder, 'desk.sqlite'),
    twinFile: join(folder, 'signed.log'),
    vault: openPassphraseVault(join(folder, 'keys'), { outer: keychainSeal(safeStorage) }),
    random: (bytes) => new Uint8Array(randomBytes(bytes)),
    confirm: confirmSigning,
    connect: (listener, session) => openSocketLink({ url, token, deskId, session }, listener),
    notify: showNotification,
    log: (level, text) => void process.stderr.write(`desk ${level}: ${text}\n`),
  });
}

/** In a window of the operating system, which no page can draw over or click; nothing is the default. */
async function confirmSigning(text: string): Promise<boolean> {
  const { response } = await dialog.showMessageBox({
    type: 'warning',
    title: 'Sign this decision?',
    message: 'This is what you are about to sign.',
    detail: text,
    buttons: ['Do not sign', 'Sign'],
    defaultId: 0,
    cancelId: 0,
    noLink: true,
  });
  return response === 1;
}

function readDeskId(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomUUID(), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Every window is as strict as the first: sandboxed, isolated, our page alone. */
function openWindow(folder: string, panel?: string): BrowserWindow {
  const stateFile = join(folder, panel === undefined ? 'window.json' : `window-${panel}.json`);
  const window = new BrowserWindow({
    ...readWindowState(stateFile),
    minWidth: panel === undefined ? 900 : 480,
    minHeight: panel === undefined ? 600 : 360,
    backgroundColor: '#0b0f15',
    webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false },
  });
  window.on('close', () => writeWindowState(stateFile, window.getBounds()));
  if (panel === undefined) void window.loadURL(`${ORIGIN}/`);
  return window;
}

/**
 * What the page asks for as a new window is never opened for it: where it names a panel, the host
 * opens one of its own, with a port of its own to the same desk. Asked for again, it comes to the front.
 */
function givePanelsWindows(desk: Desk, folder: string, first: BrowserWindow): void {
  const open = new Map<string, BrowserWindow>();
  first.webContents.setWindowOpenHandler(({ url }) => {
    const wanted = panelWindowOf(url);
    if (wanted === null) return { action: 'deny' };
    const before = open.get(wanted.panel);
    if (before) before.focus();
    else if (open.size < PANEL_WINDOWS_MAX) {
      const window = openWindow(folder, wanted.panel);
      open.set(wanted.panel, window);
      connect(desk, window);
      window.on('closed', () => open.delete(wanted.panel));
      void window.loadURL(wanted.url);
    }
    return { action: 'deny' };
  });
  // Panels go with the window that they came out of.
  first.on('closed', () => {
    for (const window of open.values()) window.close();
  });
}

/** Each time its page has loaded, the window is served anew: what an old page missed is sent again. */
function connect(desk: Desk, window: BrowserWindow): void {
  const port = createWindowPort(ipcMain, window.webContents);
  let stop = (): void => {};
  window.webContents.on('did-finish-load', () => {
    stop();
    stop = serveWindow(desk, port);
  });
  window.on('closed', () => stop());
}
