import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { err } from '#core/kernel/result.ts';
import type { PayingFirm } from '#server/payments/testing/paying-firm.ts';
import { createApi, type ApiPorts } from '../api.ts';
import { clientKeys } from '../client-keys.ts';
import { CLIENT_SIGNATURE, signRequest } from '../client-signature.ts';
import { openRequestStore, type RequestStore } from '../request-store.ts';

export const SITE_SECRET: Uint8Array = Buffer.alloc(32, 1);
const OTHER_SECRET = Buffer.alloc(32, 2);

export interface Said {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Headers;
}

export interface Asked {
  readonly client?: string;
  readonly secret?: Uint8Array;
  readonly t?: number;
  readonly key?: string;
  /** Sent in place of what was signed. */
  readonly sent?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A client of the API, and the API over HTTP on a governed firm. */
export interface ApiRig {
  readonly url: string;
  readonly requests: RequestStore;
  readonly ports: ApiPorts;
  post(path: string, body: unknown, asked?: Asked): Promise<Said>;
  get(path: string, asked?: Asked): Promise<Said>;
  /** As it is: nothing signed, nothing set. */
  raw(path: string, init: RequestInit): Promise<Said>;
  /** Requests that the API left to others. */
  left: number;
  close(): Promise<void>;
}

export async function openApiRig(paying: PayingFirm): Promise<ApiRig> {
  const requests = openRequestStore(':memory:');
  const ports = portsOf(paying, requests);
  const api = createApi(ports);
  const server = createServer((request, response) => {
    void api.handle(request, response).then((handled) => {
      if (handled) return;
      rig.left += 1;
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let keys = 0;
  const raw = async (path: string, init: RequestInit): Promise<Said> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const body = (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return { status: response.status, body, headers: response.headers };
  };
  const signed = (
    method: 'GET' | 'POST',
    path: string,
    text: string,
    key: string,
    asked: Asked,
  ) => {
    const { client = 'site', secret = SITE_SECRET, t = nextInstant(paying) } = asked;
    const body = Buffer.from(text);
    const part = { method, path, idempotencyKey: key, body };
    return { [CLIENT_SIGNATURE]: signRequest({ client, secret, t }, part) };
  };
  const rig: ApiRig = {
    url,
    requests,
    ports,
    left: 0,
    raw,
    post: (path, value, asked = {}) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      keys += 1;
      const { key = `key-${String(keys).padStart(6, '0')}` } = asked;
      return raw(asked.path ?? path, {
        method: 'POST',
        body: asked.sent ?? text,
        headers: {
          'content-type': 'application/json',
          'idempotency-key': key,
          ...signed('POST', path, text, key, asked),
          ...asked.headers,
        },
      });
    },
    get: (path, asked = {}) =>
      raw(asked.path ?? path, {
        headers: { ...signed('GET', path, '', '', asked), ...asked.headers },
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
      requests.close();
    },
  };
  return rig;
}

let instants = 0;

/** Another for every request, so that no two have the same signature. */
function nextInstant({ firm }: PayingFirm): number {
  instants += 1;
  return firm.clock + (instants % 60_000);
}

function portsOf(paying: PayingFirm, requests: RequestStore): ApiPorts {
  const silent = { info: () => {}, warn: () => {}, error: () => {} };
  return {
    governance: () => paying.governance,
    command: paying.command,
    account: (accountId) => {
      const { book } = paying.firm.partition.ingest;
      const number = book.numberOf(accountId);
      return number === undefined ? null : book.terms(number);
    },
    content: (digest) => paying.firm.store.content(digest),
    vault: paying.vault,
    methods: new Set(['testRail'] as const),
    bankAccounts: [],
    letterKey: 'the key of letters',
    evidence: () => Promise.resolve(err('the log has no such entry')),
    clients: clientKeys([
      { id: 'site', secret: Buffer.from(SITE_SECRET).toString('base64url') },
      { id: 'other', secret: OTHER_SECRET.toString('base64url') },
    ]),
    requests,
    webhooks: paying.webhooks,
    now: () => paying.firm.clock,
    log: silent,
  };
}

export const OTHER: Pick<Asked, 'client' | 'secret'> = { client: 'other', secret: OTHER_SECRET };
