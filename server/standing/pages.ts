import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLive, type StandingLink } from '#core/sharing/links.ts';
import { languageFor, LANGUAGES, type Language } from '#core/standing/catalogue/index.ts';
import { livePart, refusalPage, standingPage } from '#core/standing/page.ts';
import type { Standing } from '#core/standing/standing.ts';
import type { Result } from '#core/kernel/result.ts';
import { LIVE_SCRIPT, styleOf } from './assets.ts';
import type { LinkTokens } from './link-tokens.ts';
import type { Openings } from './openings.ts';

export const STANDING_PATH = '/standing/';
/** Open live streams of one link, and of all links together. */
export const STREAMS_PER_LINK_MAX = 3;
export const STREAMS_MAX = 500;
/** Pages and files in a minute, of one link and of all together. */
const REQUESTS_PER_LINK_MAX = 60;
const REQUESTS_MAX = 3_000;
/** Packs of one link in a minute: each is made anew. */
const PACKS_PER_LINK_MAX = 3;
const MINUTE_MS = 60_000;
/** How often a stream is told; nothing is sent while nothing moves, but for a sign of life. */
const TELL_EVERY_MS = 2_000;
const ALIVE_EVERY_MS = 20_000;

export interface StandingPagePorts {
  readonly firm: string;
  readonly colour: string;
  link(linkId: string): StandingLink | undefined;
  readonly tokens: LinkTokens;
  readonly openings: Pick<Openings, 'opened'>;
  standing(accountId: string): Promise<Standing | null>;
  /** The pack of a verdict of an account, as one file. */
  pack(accountId: string, seq: number): Promise<Result<string, string>>;
  now(): number;
}

export interface StandingPages {
  /** Answers a request to one of its pages; false for any other, which is left as it is. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  streams(): number;
  close(): void;
}

interface Stream {
  readonly link: StandingLink;
  readonly language: Language;
  readonly response: ServerResponse;
  said: string;
  saidAt: number;
}

interface Server {
  readonly ports: StandingPagePorts;
  readonly style: string;
  readonly streams: Set<Stream>;
  readonly rates: ReturnType<typeof createRates>;
}

/** Nothing of another origin, nothing inline, in no frame: RFC 9110 and CSP level 3. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'no-store',
} as const;

/** What traders see of their accounts: read only, by a link that ends. */
export function createStandingPages(ports: StandingPagePorts): StandingPages {
  const server: Server = {
    ports,
    style: styleOf(ports.colour),
    streams: new Set(),
    rates: createRates(ports.now),
  };
  const timer = setInterval(() => void tellAll(server), TELL_EVERY_MS);
  timer.unref();
  return {
    handle: async (request, response) => {
      const { url = '' } = request;
      if (!url.startsWith(STANDING_PATH)) return false;
      request.resume();
      await answer(request, response, server);
      return true;
    },
    streams: () => server.streams.size,
    close: () => {
      clearInterval(timer);
      for (const { response } of server.streams) response.end();
      server.streams.clear();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  server: Server,
): Promise<void> {
  const { method = '' } = request;
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://page.invalid');
  if (method !== 'GET' && method !== 'HEAD') {
    return send(response, 405, 'text/plain', 'this page can only be read\n');
  }
  if (pathname === `${STANDING_PATH}style.css`) {
    return send(response, 200, 'text/css', server.style);
  }
  if (pathname === `${STANDING_PATH}live.js`) {
    return send(response, 200, 'text/javascript', LIVE_SCRIPT);
  }
  const language = languageOf(searchParams.get('lang'), request);
  const [token = '', part = '', seq = '', ...rest] = pathname
    .slice(STANDING_PATH.length)
    .split('/');
  const link = linkOf(token, server.ports);
  if (!link || rest.length > 0) return refuse(response, 404, 'gone', language, server);
  if (
    !server.rates.admit(link.linkId, REQUESTS_PER_LINK_MAX) ||
    !server.rates.admit('', REQUESTS_MAX)
  ) {
    return refuse(response, 429, 'busy', language, server);
  }
  if (part === '' && seq === '') return page(token, link, language, request, response, server);
  if (part === 'live' && seq === '') return follow(link, language, response, server);
  if (part === 'evidence') return evidence(link, seq, language, response, server);
  return refuse(response, 404, 'gone', language, server);
}

/** The link that a token opens now: unknown, forged, revoked and expired ones are all the same. */
function linkOf(token: string, { tokens, link, now }: StandingPagePorts): StandingLink | null {
  const linkId = tokens.claimed(token);
  const known = linkId === null ? undefined : link(linkId);
  if (!known || !tokens.isOf(token, known)) return null;
  return isLive(known, now()) ? known : null;
}

function languageOf(wished: string | null, { headers }: IncomingMessage): Language {
  const known = LANGUAGES.find((language) => language === wished);
  return known ?? languageFor(headers['accept-language'] ?? '');
}

async function page(
  token: string,
  link: StandingLink,
  language: Language,
  { method }: IncomingMessage,
  response: ServerResponse,
  server: Server,
): Promise<void> {
  const { ports } = server;
  const standing = await ports.standing(link.accountId);
  if (!standing) return refuse(response, 404, 'gone', language, server);
  // A program that only looks whether the address is one has not opened it.
  if (method === 'GET') ports.openings.opened(link.linkId, ports.now());
  const frame = {
    firm: ports.firm,
    path: `${STANDING_PATH}${token}`,
    expiresAt: link.expiresAt,
  };
  send(response, 200, 'text/html', standingPage(standing, language, frame));
}

/** The evidence for a verdict of this account, and of no other: a pack names its account. */
async function evidence(
  { linkId, accountId }: StandingLink,
  seq: string,
  language: Language,
  response: ServerResponse,
  server: Server,
): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(seq)) return refuse(response, 404, 'gone', language, server);
  if (!server.rates.admit(`pack ${linkId}`, PACKS_PER_LINK_MAX)) {
    return refuse(response, 429, 'busy', language, server);
  }
  const made = await server.ports.pack(accountId, Number(seq));
  if (!made.ok) return refuse(response, 503, 'busy', language, server);
  const name = `evidence-${accountId.replaceAll(/[^\w-]/g, '_')}-${seq}.html`;
  send(response, 200, 'text/html', made.value, {
    'content-disposition': `attachment; filename="${name}"`,
  });
}

function follow(
  link: StandingLink,
  language: Language,
  response: ServerResponse,
  server: Server,
): void {
  const { streams } = server;
  const own = [...streams].filter((one) => one.link.linkId === link.linkId);
  if (streams.size >= STREAMS_MAX || own.length >= STREAMS_PER_LINK_MAX) {
    return refuse(response, 429, 'busy', language, server);
  }
  response.writeHead(200, { ...HEADERS, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write('retry: 5000\n\n');
  const stream: Stream = { link, language, response, said: '', saidAt: 0 };
  streams.add(stream);
  response.on('close', () => streams.delete(stream));
  void tell(stream, server);
}

async function tellAll(server: Server): Promise<void> {
  await Promise.all([...server.streams].map((stream) => tell(stream, server)));
}

/** What moved, at most every so often; a reader that is slow to take it is told less. */
async function tell(stream: Stream, { ports, streams }: Server): Promise<void> {
  const { response, language } = stream;
  const link = ports.link(stream.link.linkId);
  const standing = link && isLive(link, ports.now()) ? await ports.standing(link.accountId) : null;
  if (!streams.has(stream) || response.writableNeedDrain) return;
  if (!standing) {
    response.end('event: gone\ndata: {}\n\n');
    streams.delete(stream);
    return;
  }
  const data = JSON.stringify(livePart(standing, language));
  const quiet = ports.now() - stream.saidAt > ALIVE_EVERY_MS;
  if (data === stream.said && !quiet) return;
  stream.said = data;
  stream.saidAt = ports.now();
  response.write(`event: standing\ndata: ${data}\n\n`);
}

function refuse(
  response: ServerResponse,
  status: number,
  key: 'gone' | 'busy',
  language: Language,
  { ports }: Server,
): void {
  const more = status === 404 ? undefined : { 'retry-after': '60' };
  send(response, status, 'text/html', refusalPage(key, language, ports.firm), more);
}

function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  more: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { ...HEADERS, 'content-type': `${type}; charset=utf-8`, ...more });
  response.end(body);
}

/** Names counted in one minute; beyond it none is admitted before the next. */
const NAMES_MAX = 10_000;

function createRates(now: () => number): { admit(name: string, max: number): boolean } {
  let minute = 0;
  let counts = new Map<string, number>();
  return {
    admit: (name, max) => {
      const present = Math.floor(now() / MINUTE_MS);
      if (present !== minute) [minute, counts] = [present, new Map()];
      const count = (counts.get(name) ?? 0) + 1;
      if (counts.size >= NAMES_MAX && count === 1) return false;
      counts.set(name, count);
      return count <= max;
    },
  };
}
