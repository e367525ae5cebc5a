import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { LinkState, OrderVault } from './order-vault.ts';

/** A buyer's page: "/credentials/<secret>". */
export const CREDENTIALS_PATH = '/credentials/';
/** A second long enough for people, and for nobody who tries secrets out. */
const OPENINGS_PER_SECOND_MAX = 20;

export interface CredentialPages {
  /** Answers a request to one of its pages; false for any other, which is left as it is. */
  handle(request: IncomingMessage, response: ServerResponse): boolean;
}

export interface CredentialPagePorts {
  readonly vault: Pick<OrderVault, 'look' | 'open'>;
  now(): number;
  /** Somebody has read credentials. */
  opened(): void;
}

/**
 * Shows credentials once. A page that is only fetched shows a button: programs that follow the
 * links of every mail press none, so they use nothing up.
 */
export function createCredentialPages(ports: CredentialPagePorts): CredentialPages {
  const recent: number[] = [];
  const isTooOften = (): boolean => {
    const now = ports.now();
    while (recent.length > 0 && (recent[0] ?? now) < now - 1_000) recent.shift();
    if (recent.length >= OPENINGS_PER_SECOND_MAX) return true;
    recent.push(now);
    return false;
  };
  return {
    handle: (request, response) => {
      const { url = '', method = '' } = request;
      if (!url.startsWith(CREDENTIALS_PATH)) return false;
      // Nothing that a browser sends with it is needed.
      request.resume();
      const token = url.slice(CREDENTIALS_PATH.length);
      if (!/^[A-Za-z0-9_-]{43}$/.test(token)) send(response, 404, ended('none'));
      else if (isTooOften())
        send(response, 429, message('Too many at once', 'Try again in a moment.'));
      else if (method === 'GET' || method === 'HEAD') show(token, response, ports);
      else if (method === 'POST') reveal(token, request, response, ports);
      else send(response, 405, message('Not here', 'Open the link of your mail.'));
      return true;
    },
  };
}

function show(token: string, response: ServerResponse, { vault }: CredentialPagePorts): void {
  const { state, accountId } = vault.look(token);
  if (state !== 'ready') return send(response, state === 'none' ? 404 : 410, ended(state));
  const text =
    `<p>Account <b>${escaped(accountId)}</b> is open. Its password is shown <b>once</b>: have ` +
    'something ready to keep it in.</p><form method="post"><button>Show the password</button></form>';
  send(response, 200, page('Your account', text));
}

function reveal(
  token: string,
  { headers }: IncomingMessage,
  response: ServerResponse,
  ports: CredentialPagePorts,
): void {
  // The button is pressed on our own page, never on somebody else's.
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin') {
    return send(
      response,
      403,
      message('Not from here', 'Open the link of your mail, then press the button.'),
    );
  }
  const opened = ports.vault.open(token, ports.now());
  if (!opened.ok) return send(response, opened.error === 'none' ? 404 : 410, ended(opened.error));
  const { accountId, password } = opened.value;
  const text =
    `<dl><dt>Account</dt><dd><code>${escaped(accountId)}</code></dd>` +
    `<dt>Password</dt><dd><code>${escaped(password)}</code></dd></dl>` +
    '<p>Keep it now: it is wiped here, and this page cannot be opened again.</p>';
  send(response, 200, page('Your password', text));
  ports.opened();
}

const ENDED: Readonly<Record<LinkState, readonly [title: string, text: string]>> = {
  none: ['No such link', 'It may be cut off: copy all of it from your mail.'],
  ready: ['Not now', 'Try again in a moment.'],
  read: [
    'Opened already',
    'This password was shown once and is wiped. If that was not you, tell the firm at once.',
  ],
  expired: ['Run out', 'Nobody opened this link in time. Ask the firm for a new one.'],
};

function ended(state: LinkState): string {
  return message(...ENDED[state]);
}

function message(title: string, text: string): string {
  return page(title, `<p>${escaped(text)}</p>`);
}

const STYLE =
  ':root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}' +
  'main{max-width:34rem;margin:12vh auto;padding:0 1rem}' +
  'button{font:inherit;padding:.6rem 1.2rem;cursor:pointer}' +
  'code{font-size:1.15rem;user-select:all}dt{opacity:.7}dd{margin:0 0 .8rem}';
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const POLICY =
  `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; ` +
  "frame-ancestors 'none'; base-uri 'none'";

function page(title: string, body: string): string {
  return (
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(title)}</title>` +
    '<meta name="viewport" content="width=device-width"><meta name="robots" content="noindex">' +
    `<style>${STYLE}</style><main><h1>${escaped(title)}</h1>${body}</main></html>`
  );
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}

/** Nothing is kept, shown elsewhere, run or passed on. */
function send(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': POLICY,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'x-robots-tag': 'noindex',
  });
  response.end(body);
}
