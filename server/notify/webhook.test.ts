import type { lookup } from 'node:dns';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isFresh, macOf, readSignatureHeader } from '../payments/message-signature.ts';
import type { Hook } from './settings.ts';
import { HOOK_BODY_BYTES_MAX, HOOK_KIND, isInside, sendToHook } from './webhook.ts';

const SECRET = new Uint8Array(32).fill(7);
const MESSAGE = { messageId: 'm-1', body: '{"type":"alerts","text":"grün"}' };

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  readonly body: Buffer;
}

async function withHook(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  work: (hook: Hook, got: Got[]) => Promise<void>,
): Promise<void> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ headers: request.headers, url: request.url ?? '', body: Buffer.concat(chunks) });
      answer(request, response);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  try {
    await work({ url: `http://127.0.0.1:${port}/alerts?x=1`, inside: false }, got);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}
const send = (hook: Hook, message = MESSAGE, t = 1_770_000_000_000) =>
  sendToHook(message, { hook, secret: SECRET, now: () => t });
const answering =
  (status: number, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse): void =>
    void response.writeHead(status, headers).end('thanks');

describe('a webhook', () => {
  it('gets the body as it was made, under a key that stays, signed over the time and the body', () =>
    withHook(answering(200), async (hook, got) => {
      expect(await send(hook)).toEqual({ type: 'sent', says: 'answered 200' });
      const [first] = got;
      expect(first?.body.toString()).toBe(MESSAGE.body);
      expect(first?.headers['idempotency-key']).toBe('m-1');
      expect(first?.url).toBe('/alerts?x=1');
      const signature = readSignatureHeader(String(first?.headers['propdesk-signature']));
      expect(signature?.t).toBe(1_770_000_000_000);
      expect(isFresh(signature?.t ?? 0, 1_770_000_000_000)).toBe(true);
      const wanted = macOf(SECRET, HOOK_KIND, signature?.t ?? 0, first?.body ?? new Uint8Array());
      expect(signature?.v).toBe(wanted);
      // One letter more, or another second, and it is another signature.
      expect(macOf(SECRET, HOOK_KIND, signature?.t ?? 0, Buffer.from(`${MESSAGE.body} `))).not.toBe(
        wanted,
      );
      expect(
        macOf(SECRET, HOOK_KIND, (signature?.t ?? 0) + 1, first?.body ?? new Uint8Array()),
      ).not.toBe(wanted);
    }));

  it('that is tried again has the same key and body, and a fresh signature', () =>
    withHook(answering(503), async (hook, got) => {
      await send(hook);
      await send(hook, MESSAGE, 1_770_000_060_000);
      expect(new Set(got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
      expect(new Set(got.map(({ body }) => body.toString())).size).toBe(1);
      expect(new Set(got.map(({ headers }) => headers['propdesk-signature'])).size).toBe(2);
    }));

  it.each([
    [204, 'sent'],
    [400, 'refused'],
    [401, 'refused'],
    [404, 'refused'],
    [409, 'failed'],
    [429, 'failed'],
    [500, 'failed'],
    [503, 'failed'],
  ])('that answers %i is %s', (status, type) =>
    withHook(answering(status), async (hook) => {
      expect(await send(hook)).toMatchObject({ type });
    }),
  );

  it('that points elsewhere is not followed there', () =>
    withHook(answering(200), (elsewhere, gotElsewhere) =>
      withHook(answering(307, { location: elsewhere.url }), async (hook) => {
        expect(await send(hook)).toMatchObject({ type: 'refused' });
        expect(gotElsewhere).toEqual([]);
      }),
    ));

  it('that talks without an end is heard no further than so', () =>
    withHook(
      (_request, response) => {
        response.writeHead(200);
        const talk = setInterval(() => response.write('x'.repeat(1_000)), 1);
        response.on('close', () => clearInterval(talk));
      },
      async (hook) => {
        expect(await send(hook)).toMatchObject({ type: 'sent' });
      },
    ));

  it('that hangs up, or is not there, fails for now', async () => {
    await withHook(
      (request) => void request.socket.destroy(),
      async (hook) => {
        expect(await send(hook)).toMatchObject({ type: 'failed' });
      },
    );
    expect(await send({ url: 'http://127.0.0.1:1/x', inside: false })).toMatchObject({
      type: 'failed',
    });
  });

  it('of another machine is https, whatever a setting said', async () => {
    expect(await send({ url: 'http://hooks.example/x', inside: true })).toEqual({
      type: 'refused',
      says: 'it is not https',
    });
  });

  it.each([
    'https://10.1.2.3/x',
    'https://169.254.169.254/latest',
    'https://[fd00::1]/x',
    'https://[::ffff:10.0.0.1]/x',
    'https://0.0.0.0/x',
  ])('within the firm’s own network is refused unless that is meant: %s', async (url) => {
    expect(await send({ url, inside: false })).toMatchObject({
      type: 'refused',
      says: expect.stringContaining('within this network') as string,
    });
  });

  it.each([
    ['one address within', ['10.0.0.5']],
    ['one public address and one within', ['8.8.8.8', '192.168.0.9']],
    ['no address', []],
  ])('whose name leads to %s is never called', async (_words, addresses) => {
    const resolve = ((_name: string, _options: object, done: (...answer: unknown[]) => void) =>
      done(
        null,
        addresses.map((address) => ({ address, family: 4 })),
      )) as unknown as typeof lookup;
    const hook = { url: 'https://hooks.example/x', inside: false };
    const outcome = await sendToHook(MESSAGE, { hook, secret: SECRET, now: () => 1, resolve });
    expect(outcome).toMatchObject({
      type: 'refused',
      says: expect.stringContaining('within this network') as string,
    });
  });

  it('larger than a webhook may be is never sent', () =>
    withHook(answering(200), async (hook, got) => {
      const body = 'x'.repeat(HOOK_BODY_BYTES_MAX + 1);
      expect(await send(hook, { ...MESSAGE, body })).toMatchObject({ type: 'refused' });
      expect(got).toEqual([]);
    }));

  it('may lie at any public address', () => {
    expect(['8.8.8.8', '2606:4700::1111', '172.32.0.1', '11.0.0.1'].map(isInside)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(
      [
        '127.0.0.1',
        '::1',
        '172.31.0.1',
        '192.168.1.1',
        '100.64.0.1',
        'fe80::1',
        '::ffff:7f00:1',
      ].map(isInside),
    ).toEqual([true, true, true, true, true, true, true]);
  });
});
