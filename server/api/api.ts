import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { RAIL_MESSAGE_BYTES_MAX, RAIL_SIGNATURE } from '../payments/rail-messages.ts';
import type { PaymentLog } from '../payments/payment-worker.ts';
import { wordsOf } from '../payments/payment-provider.ts';
import type { Webhooks } from '../payments/webhooks.ts';
import { jsonIn, readBody } from './body.ts';
import type { ClientKeys } from './client-keys.ts';
import {
  claimOf,
  CLIENT_SIGNATURE,
  createSeenSignatures,
  IDEMPOTENCY_KEY,
  isSignedBy,
  type Claim,
  type SeenSignatures,
} from './client-signature.ts';
import { refuse, type Answer, type ApiError } from './errors.ts';
import { IDEMPOTENCY_PATTERN, OPENAPI_PATH, openapiOf, WEBHOOK_PATH } from './openapi.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import type { RequestStore } from './request-store.ts';
import { BODY_BYTES_MAX, type Route, type RoutePorts } from './route.ts';
import { routes } from './routes.ts';

/** Bytes that may be on their way in at once, before anybody knows whether they are signed. */
const READING_BYTES_MAX = 64 * 1024 * 1024;
/** What is left of a refused body is taken in for so long, so that the refusal can be read. */
const DRAIN_MS = 1_000;

export interface ApiPorts extends RoutePorts {
  readonly clients: ClientKeys;
  readonly requests: RequestStore;
  /** Null where no rail sends events. */
  readonly webhooks: Webhooks | null;
  now(): number;
  readonly log: PaymentLog;
}

export interface Api {
  /** Answers a request to one of its paths; false for any other, which is left as it is. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<boolean>;
}

interface Server {
  readonly ports: ApiPorts;
  readonly seen: SeenSignatures;
  readonly rates: RateLimit;
  /** Requests that are being answered, by client and key: who asks again meanwhile waits. */
  readonly underWay: Map<string, Promise<Answer>>;
  readonly description: object;
  /** Bytes that requests may still send: what each has announced or may have at the most. */
  reading: number;
}

/** The HTTP API for the firm's own systems: signed, strict, and every change with a key. */
export function createApi(ports: ApiPorts): Api {
  const server: Server = {
    ports,
    seen: createSeenSignatures(),
    rates: createRateLimit(),
    underWay: new Map(),
    description: openapiOf(routes),
    reading: 0,
  };
  return {
    handle: async (request, response) => {
      const { url = '' } = request;
      const path = url.replace(/\?.*$/, '');
      if (path !== OPENAPI_PATH && path !== '/v1' && !path.startsWith('/v1/')) return false;
      try {
        send(request, response, await answerTo(request, url, server));
      } catch (error) {
        ports.log.error({ path, error: wordsOf(error) }, 'a request to the API failed');
        send(request, response, refuse(500, 'failed', 'try again later, with the same key'));
      }
      return true;
    },
  };
}

async function answerTo(request: IncomingMessage, url: string, server: Server): Promise<Answer> {
  const { method = '' } = request;
  if (url.includes('?')) return refuse(400, 'invalid', 'no path here takes a query: leave it out');
  if (url === OPENAPI_PATH) {
    return method === 'GET' ? { status: 200, body: server.description } : otherMethod('GET');
  }
  if (url === WEBHOOK_PATH) {
    return method === 'POST' ? hear(request, server) : otherMethod('POST');
  }
  const found = routes.flatMap((route) => {
    const id = idIn(url, route.path);
    return id === null ? [] : [{ route, id }];
  });
  const match = found.find(({ route }) => route.method === method);
  if (match) return answerSigned(request, url, match.route, match.id, server);
  if (found.length === 0) return refuse(404, 'noSuchPath', `see ${OPENAPI_PATH} for what there is`);
  return otherMethod(found.map(({ route }) => route.method).join(', '));
}

function otherMethod(allow: string): Answer {
  const message = `this path takes ${allow}`;
  return { error: { status: 405, code: 'otherMethod', message, headers: { allow } } };
}

/** What stands in place of the name in a path; empty where it has none, null for another path. */
function idIn(url: string, path: string): string | null {
  const [before = '', after] = path.split(/\{\w+\}/);
  if (after === undefined) return url === before ? '' : null;
  if (!url.startsWith(before) || !url.endsWith(after)) return null;
  const id = url.slice(before.length, url.length - after.length);
  return /^[A-Za-z0-9._-]{1,80}$/.test(id) ? id : null;
}

function headerOf({ headers }: IncomingMessage, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

const NOT_SIGNED =
  'sign the request with a client’s secret and the present time; see the security of ' +
  OPENAPI_PATH;

/** In this order: who could have sent it, all of it, who did, whether again, how often. */
async function answerSigned(
  request: IncomingMessage,
  url: string,
  route: Route,
  id: string,
  server: Server,
): Promise<Answer> {
  const { ports, seen, rates } = server;
  const claim = claimOf(headerOf(request, CLIENT_SIGNATURE), ports.clients, ports.now());
  if (!claim) return refuse(401, 'notSigned', NOT_SIGNED);
  const read = await bodyOf(request, route.method === 'POST' ? route.bytesMax : 0, server);
  if (!(read instanceof Uint8Array)) return read;
  const idempotencyKey = headerOf(request, IDEMPOTENCY_KEY);
  const signed = { method: route.method, path: url, idempotencyKey, body: read };
  if (!isSignedBy(claim, signed)) return refuse(401, 'notSigned', NOT_SIGNED);
  if (!seen.use(claim.v, ports.now())) {
    return refuse(401, 'replayed', 'this signature was used: sign again, with the present time');
  }
  if (!rates.admit(claim.client, ports.now())) {
    return refuse(429, 'tooMany', 'wait a second, then go on more slowly');
  }
  if (route.method === 'GET') {
    return route.answer({ client: claim.client, idempotencyKey: '', id, body: null }, ports);
  }
  return answerOnce(request, claim, { route, url, id, idempotencyKey, body: read }, server);
}

async function bodyOf(
  request: IncomingMessage,
  bytesMax: number,
  server: Server,
): Promise<Uint8Array | Answer> {
  if (server.reading + bytesMax > READING_BYTES_MAX) {
    return refuse(503, 'busy', 'try again in a second');
  }
  server.reading += bytesMax;
  const read = await readBody(request, bytesMax).finally(() => (server.reading -= bytesMax));
  if (read.ok) return read.value;
  if (read.error === 'tooLarge') {
    return refuse(413, 'tooLarge', `send at most ${bytesMax} bytes`);
  }
  return refuse(408, 'tooSlow', 'send all of the body at once');
}

interface Posted {
  readonly route: Extract<Route, { method: 'POST' }>;
  readonly url: string;
  readonly id: string;
  readonly idempotencyKey: string;
  readonly body: Uint8Array;
}

/** Checks a request that changes something, and does it once for its key. */
async function answerOnce(
  request: IncomingMessage,
  { client }: Claim,
  posted: Posted,
  server: Server,
): Promise<Answer> {
  const { idempotencyKey: key, route, url, id } = posted;
  const type = headerOf(request, 'content-type').toLowerCase().replaceAll(' ', '');
  if (!/^application\/json(;charset=utf-8)?$/.test(type)) {
    return refuse(415, 'otherType', 'send JSON, as application/json in UTF-8', 'Content-Type');
  }
  if (!new RegExp(IDEMPOTENCY_PATTERN).test(key)) {
    const message = 'send 8 to 80 letters, digits, dots, colons or dashes that name this request';
    return refuse(400, 'noKey', message, 'Idempotency-Key');
  }
  const value = jsonIn(posted.body);
  if (value === undefined) return refuse(400, 'invalid', 'the body is no JSON in UTF-8');
  const parsed = route.body.safeParse(value);
  if (!parsed.success) return invalid(parsed.error);
  const begun = server.ports.requests.begin(client, key, wholeOf(url, posted.body));
  if (begun.type === 'answered') return begun.answer;
  if (begun.type === 'differs') {
    const message = 'this key was used for another request: choose a new one';
    return refuse(409, 'keyUsed', message, 'Idempotency-Key');
  }
  const call = { client, idempotencyKey: key, id, body: parsed.data as never };
  return together(`${client}/${key}`, server, async () => {
    const answer = await route.answer(call, server.ports);
    const isFinal = 'status' in answer || answer.error.status < 500;
    if (isFinal) server.ports.requests.answered(client, key, answer);
    return answer;
  });
}

function wholeOf(url: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(`${url}\n`), body]);
}

/** The first that is wrong, by its place; a key that nobody knows is named. */
function invalid({ issues }: z.core.$ZodError): Answer {
  const [issue] = issues;
  const path = (issue?.path ?? []).map(String);
  if (issue?.code !== 'unrecognized_keys') {
    return refuse(400, 'invalid', issue?.message ?? 'it is malformed', path.join('.'));
  }
  const [key = ''] = issue.keys;
  return refuse(400, 'unknownField', 'leave out what is not known here', [...path, key].join('.'));
}

function together(
  name: string,
  { underWay }: Server,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const known = underWay.get(name);
  if (known) return known;
  const begun = work().finally(() => underWay.delete(name));
  underWay.set(name, begun);
  return begun;
}

async function hear(request: IncomingMessage, server: Server): Promise<Answer> {
  const { webhooks } = server.ports;
  if (!webhooks) return refuse(404, 'noRail', 'no payment rail is set up here');
  const read = await bodyOf(request, Math.min(BODY_BYTES_MAX, RAIL_MESSAGE_BYTES_MAX), server);
  if (!(read instanceof Uint8Array)) return read;
  const said = await webhooks.receive(read, headerOf(request, RAIL_SIGNATURE));
  if (said.status === 200) return { status: 200, body: { received: said.code } };
  return refuse(said.status, said.code, said.message);
}

function written({ status, headers, ...error }: ApiError): {
  readonly status: number;
  readonly headers: ApiError['headers'];
  readonly body: object;
} {
  return { status, headers, body: { error } };
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const { status, headers, body } =
    'error' in answer ? written(answer.error) : { ...answer, headers: {} };
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...(status === 429 || status === 503 ? { 'retry-after': '1' } : {}),
    ...(request.complete ? {} : { connection: 'close' }),
    ...headers,
  });
  response.end(JSON.stringify(body));
  if (request.complete) return;
  request.resume();
  setTimeout(() => request.destroy(), DRAIN_MS).unref();
}
