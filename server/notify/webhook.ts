import { lookup } from 'node:dns';
import { request as requestHttp, type RequestOptions } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { macOf, signatureHeader } from '../payments/message-signature.ts';
import { SAYS_MAX, wordsOf, type Outcome, type Outgoing } from './outgoing.ts';
import { isThisMachine, urlProblem, type Hook } from './settings.ts';

export const HOOK_SIGNATURE = 'propdesk-signature';
export const HOOK_IDEMPOTENCY = 'idempotency-key';
export const HOOK_KIND = 'alert-webhook/1';
/** From the first byte out to the last byte in. */
const HOOK_MS = 10_000;
/** An answer says yes or no: more of it is not read. */
const ANSWER_BYTES_MAX = 4_096;
export const HOOK_BODY_BYTES_MAX = 256 * 1024;

export interface HookOptions {
  readonly hook: Hook;
  readonly secret: Uint8Array;
  now(): number;
  /** How names are looked up: by the system, unless a test says otherwise. */
  readonly resolve?: typeof lookup;
}

/** Posts a message to the one address that was set up for it; follows nothing, trusts no answer. */
export function sendToHook(
  { messageId, body }: Pick<Outgoing, 'messageId' | 'body'>,
  { hook, secret, now, resolve = lookup }: HookOptions,
): Promise<Outcome> {
  const problem = urlProblem(hook.url);
  if (problem !== null) return Promise.resolve({ type: 'refused', says: problem });
  const bytes = Buffer.from(body);
  if (bytes.length > HOOK_BODY_BYTES_MAX) {
    return Promise.resolve({ type: 'refused', says: 'it is larger than a webhook may be' });
  }
  const t = now();
  const url = new URL(hook.url);
  const options: RequestOptions = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-length': bytes.length,
      'user-agent': 'propdesk',
      [HOOK_IDEMPOTENCY]: messageId,
      [HOOK_SIGNATURE]: signatureHeader({ t, v: macOf(secret, HOOK_KIND, t, bytes) }),
    },
    agent: false,
    lookup: lookupOf(hook, url.hostname, resolve),
    signal: AbortSignal.timeout(HOOK_MS),
  };
  return post(url, options, bytes);
}

function post(url: URL, options: RequestOptions, bytes: Uint8Array): Promise<Outcome> {
  return new Promise((done) => {
    const send = url.protocol === 'https:' ? requestHttps : requestHttp;
    const inside = addressProblem(url, options);
    if (inside !== null) return done({ type: 'refused', says: inside });
    const outgoing = send(url, options, (answer) => {
      const status = answer.statusCode ?? 0;
      let read = 0;
      answer.on('data', (chunk: Uint8Array) => {
        read += chunk.length;
        // Whoever keeps talking has said enough.
        if (read > ANSWER_BYTES_MAX) answer.destroy();
      });
      answer.on('close', () => done(outcomeOf(status)));
      answer.on('error', () => {});
    });
    outgoing.on('error', (error) => done(failureOf(error)));
    outgoing.end(bytes);
  });
}

function failureOf(error: Error): Outcome {
  if (error.message === INSIDE_TEXT) return { type: 'refused', says: INSIDE_TEXT };
  const isLate = error.name === 'TimeoutError' || error.name === 'AbortError';
  const says = isLate ? `no answer within ${HOOK_MS / 1_000} seconds` : wordsOf(error);
  return { type: 'failed', says };
}

/** Statuses that may pass: the other side was busy, or asks for it once more. */
const AGAIN = [408, 409, 421, 425, 429];

function outcomeOf(status: number): Outcome {
  const says = `answered ${status}`.slice(0, SAYS_MAX);
  if (status >= 200 && status < 300) return { type: 'sent', says };
  if (status >= 300 && status < 400) {
    return { type: 'refused', says: `${says}: it points elsewhere, and is not followed` };
  }
  return status >= 500 || status === 0 || AGAIN.includes(status)
    ? { type: 'failed', says }
    : { type: 'refused', says };
}

/** Networks in which a hook lies only when its setting says so. */
const INSIDE = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  INSIDE.addSubnet(net, prefix, 'ipv4');
}
for (const [net, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  INSIDE.addSubnet(net, prefix, 'ipv6');
}

export function isInside(address: string): boolean {
  return INSIDE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

/** A name that is an address is looked up by nobody: it is judged as it is written. */
function addressProblem({ hostname }: URL, { lookup: judged }: RequestOptions): string | null {
  const plain = hostname.replace(/^\[|\]$/g, '');
  if (judged === undefined || isIP(plain) === 0 || !isInside(plain)) return null;
  return INSIDE_TEXT;
}

const INSIDE_TEXT =
  'its address lies within this network: set "inside" for the hook if that is meant';

/** Looks names up, and takes no address within the firm's own network unless that is meant. */
function lookupOf(
  { inside }: Hook,
  host: string,
  resolve: typeof lookup,
): LookupFunction | undefined {
  if (inside || isThisMachine(host)) return undefined;
  return (name, options, done) => {
    resolve(name, { ...options, all: true }, (error, addresses) => {
      if (error) return done(error, '', 4);
      const bad = addresses.find(({ address }) => isInside(address));
      const [first] = addresses;
      if (bad || !first) return done(new Error(INSIDE_TEXT), '', 4);
      if (options.all === true) done(null, addresses);
      else done(null, first.address, first.family);
    });
  };
}
