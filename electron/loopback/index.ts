import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { Server } from 'socket.io';
import type { Port } from '#core/desk-api/port.ts';
import { createDesk, type Desk } from '#desk/desk.ts';
import { serveWindow } from '#desk/window.ts';
import { openPassphraseVault } from '#desk/signing/passphrase-vault.ts';
import { openSocketLink } from '#desk/sync/socket-link.ts';

/*
 * The desk in plain Node, for a browser on this machine: bound to 127.0.0.1, opened by a token
 * that works once, then a cookie. Never packed into the app.
 */
const PORTS_TRIED_MAX = 20;

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
  '.map': 'application/json',
};

const data = resolve(process.env.PROPDESK_DATA ?? '.propdesk');
const serverUrl =
  process.env.PROPDESK_SERVER_URL ?? `http://127.0.0.1:${process.env.PROPDESK_SERVER_PORT ?? 7410}`;
const tokenFile = process.env.PROPDESK_TOKEN_FILE ?? join(data, 'server', 'desk-token');
const deskFolder = join(data, 'desk');
const page = resolve(import.meta.dirname, '..', '..', 'out', 'renderer');

mkdirSync(deskFolder, { recursive: true });
const secret = readSecret(join(deskFolder, 'session-secret'));
let launchToken: string | null =
  process.env.PROPDESK_LAUNCH_TOKEN ?? randomBytes(24).toString('base64url');
const deskId = readSecret(join(deskFolder, 'desk-id')).slice(0, 16);

const desk: Desk = createDesk({
  kind: 'loopback',
  deskId,
  version: '0.1.0',
  now: Date.now,
  databaseFile: join(deskFolder, 'desk.sqlite'),
  twinFile: join(deskFolder, 'signed.log'),
  vault: openPassphraseVault(join(deskFolder, 'keys')),
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
  confirm: () => Promise.resolve(true),
  connect: (listener, session) =>
    openSocketLink({ url: serverUrl, token: serverToken, deskId, session }, listener),
  notify: () => {}, // The page shows its own notifications.
  log: (level, text) => void process.stderr.write(`desk ${level}: ${text}\n`),
});

const http = createServer((request, response) => {
  try {
    serve(request, response);
  } catch (error) {
    process.stderr.write(`desk error: ${String(error)}\n`);
    if (!response.headersSent) response.writeHead(500);
    response.end();
  }
});
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
  maxHttpBufferSize: 1024 * 1024,
  allowRequest: (request, decide) => decide(null, isOwn(request) && hasSession(request)),
});
io.on('connection', (socket) => {
  const port: Port = {
    send: (message) => void socket.emit('message', message),
    onMessage: (listener) => {
      socket.on('message', listener);
      return () => void socket.off('message', listener);
    },
  };
  socket.on('disconnect', serveWindow(desk, port));
});

const port = await listen(Number(process.env.PROPDESK_DESK_PORT ?? 7420));
process.stdout.write(
  `Propdesk desk (plain Node host) → http://127.0.0.1:${port}/?token=${launchToken}\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    desk.close();
    void io.close();
    process.exit(0);
  });
}

function serve(request: IncomingMessage, response: ServerResponse): void {
  if (!isOwn(request)) return void response.writeHead(421).end('wrong host\n');
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const token = url.searchParams.get('token');
  if (token !== null) return exchange(token, request, response);
  if (!hasSession(request)) {
    response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' });
    return void response.end(
      'Open the address that Propdesk printed when it started: its token lets you in.\n',
    );
  }
  sendFile(url.pathname === '/' ? '/index.html' : url.pathname, response);
}

/** The launch token works once; what stays is a cookie that scripts cannot read. */
function exchange(token: string, request: IncomingMessage, response: ServerResponse): void {
  const valid = launchToken !== null && same(token, launchToken);
  if (!valid && !hasSession(request)) {
    response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' });
    return void response.end('This address was used already. Restart Propdesk for a new one.\n');
  }
  if (valid) launchToken = null;
  response.writeHead(303, {
    location: '/',
    'set-cookie': `${cookieName()}=${sessionValue()}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000`,
    'cache-control': 'no-store',
  });
  response.end();
}

function sendFile(path: string, response: ServerResponse): void {
  const file = normalize(join(page, path));
  const inside = file.startsWith(page + sep) && existsSync(file) && statSync(file).isFile();
  if (!inside) return void response.writeHead(404).end('not found\n');
  response.writeHead(200, {
    'content-type': CONTENT_TYPES[extname(file)] ?? 'application/octet-stream',
    'cache-control': file.endsWith('.html') ? 'no-store' : 'private, max-age=3600',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // Grid and chart set styles from script; nothing else may come from anywhere but here.
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
      "font-src 'self' data:; connect-src 'self' ws://127.0.0.1:* ws://localhost:*; base-uri 'none'; " +
      "form-action 'none'; frame-ancestors 'none'",
  });
  response.end(readFileSync(file));
}

/** The exact host and, where a browser sends one, the exact origin: a rebound name gets nothing. */
function isOwn(request: IncomingMessage): boolean {
  const { port: own } = http.address() as AddressInfo;
  const hosts = [`127.0.0.1:${own}`, `localhost:${own}`];
  const { host = '', origin } = request.headers;
  return (
    hosts.includes(host) &&
    (origin === undefined || hosts.some((one) => origin === `http://${one}`))
  );
}

function hasSession(request: IncomingMessage): boolean {
  const cookies = (request.headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  const value = cookies
    .find((cookie) => cookie.startsWith(`${cookieName()}=`))
    ?.slice(cookieName().length + 1);
  return value !== undefined && same(value, sessionValue());
}

/** Cookies know no ports: two desks on one machine need two names. */
function cookieName(): string {
  return `propdesk-${(http.address() as AddressInfo).port}`;
}

function sessionValue(): string {
  return createHash('sha256').update(`session ${secret}`).digest('base64url');
}

function same(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function readSecret(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  return readFileSync(file, 'utf8').trim();
}

/** Without the server's token the desk still opens and shows its cache. */
function serverToken(): string {
  return existsSync(tokenFile) ? readFileSync(tokenFile, 'utf8').trim() : 'not-there-yet-not-there';
}

async function listen(wanted: number): Promise<number> {
  for (let tried = 0; tried < PORTS_TRIED_MAX; tried += 1) {
    const free = await new Promise<boolean>((done) => {
      http.once('error', () => done(false));
      http.listen(wanted === 0 ? 0 : wanted + tried, '127.0.0.1', () => done(true));
    });
    if (free) return (http.address() as AddressInfo).port;
  }
  throw new Error(`no free port from ${wanted} on`);
}
