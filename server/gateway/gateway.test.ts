import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { io, type Socket } from 'socket.io-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Fact } from '#core/facts/registry.ts';
import { createAccountsView } from '#core/sync/accounts-view.ts';
import {
  FACT_MESSAGES_IN_FLIGHT_MAX,
  FACTS_PER_MESSAGE_MAX,
  PROTOCOL_VERSION,
  ROW_FRAMES_IN_FLIGHT_MAX,
} from '#core/sync/protocol.ts';
import { ROW_WIDTH } from '#core/sync/row-frame.ts';
import { createGateway, type Gateway, type GatewayPorts } from './gateway.ts';

const TOKEN = 'a-token-of-this-test';
const auth = { token: TOKEN, operatorId: 'officer', deskId: 'desk' };
const hello = { protocolVersion: PROTOCOL_VERSION, logId: 'log', cursor: 1 };

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function serve(
  over: Partial<GatewayPorts> = {},
): Promise<{ gateway: Gateway; port: number }> {
  const http = createServer();
  const gateway = createGateway({
    http,
    token: TOKEN,
    log: pino({ level: 'silent' }),
    logId: 'log',
    view: createAccountsView(),
    lastSeq: () => 1,
    deskFacts: () => [],
    recentAlerts: () => [],
    detail: () => Promise.resolve(null),
    command: ({ commandId }) => Promise.resolve({ type: 'accepted', commandId, seq: 1 }),
    programs: () => ({ programs: [], delivers: [] }),
    previews: {
      start: () => null,
      state: () => ({ type: 'failed', message: 'none' }),
      cancel: () => {},
    },
    slice: () => Promise.resolve(null),
    checkpoint: () => ({ note: '', publicKey: '', proof: [] }),
    quarantined: () => [],
    now: () => 1,
    ...over,
  });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  open.push(() => gateway.close());
  return { gateway, port: (http.address() as AddressInfo).port };
}

function connect(
  port: number,
  options: { auth?: object; extraHeaders?: Record<string, string> } = {},
): Socket {
  const socket = io(`http://127.0.0.1:${port}`, {
    transports: ['websocket'],
    reconnection: false,
    auth,
    ...options,
  });
  open.push(() => void socket.close());
  return socket;
}

const outcome = (socket: Socket): Promise<string> =>
  new Promise((done) => {
    socket.on('connect', () => done('connected'));
    socket.on('connect_error', ({ message }) => done(message));
  });

describe('who may speak to the gateway', () => {
  it.each([
    ['no token', {}],
    ['another token', { ...auth, token: 'another-token-than-ours' }],
    ['more than it asks for', { ...auth, role: 'admin' }],
  ])('refuses %s', async (_name, given) => {
    const { port } = await serve();
    expect(await outcome(connect(port, { auth: given }))).toBe('unauthorised');
  });

  it.each([
    ['a page of another origin', { Origin: 'https://example.org' }],
    ['a page of this machine at another port', { Origin: 'http://127.0.0.1:1' }],
    ['a name bound to this address', { Host: 'rebound.example' }],
  ])('refuses %s', async (_name, extraHeaders) => {
    const { port } = await serve();
    expect(await outcome(connect(port, { extraHeaders }))).not.toBe('connected');
  });

  it('welcomes its own host with its token', async () => {
    const { port } = await serve();
    const socket = connect(port, { extraHeaders: { Origin: `http://127.0.0.1:${port}` } });
    expect(await outcome(socket)).toBe('connected');
    expect(await socket.emitWithAck('hello', hello)).toMatchObject({
      type: 'welcome',
      mode: 'tail',
    });
  });
});

describe('what a desk may ask', () => {
  it('refuses a cursor beyond the end of the log: the log was rolled back', async () => {
    const { port } = await serve();
    const reply = await connect(port).emitWithAck('hello', { ...hello, cursor: 2 });
    expect(reply).toMatchObject({ type: 'refused', reason: 'cursorAhead' });
  });

  it('gives a desk of another log a snapshot of its own', async () => {
    const { port } = await serve();
    const reply = await connect(port).emitWithAck('hello', { ...hello, logId: 'other', cursor: 9 });
    expect(reply).toMatchObject({ type: 'welcome', mode: 'snapshot', logId: 'log' });
  });

  it('answers a malformed message with its place and lives on', async () => {
    const { port } = await serve();
    const socket = connect(port);
    expect(await socket.emitWithAck('hello', null)).toMatchObject({ reason: 'invalid' });
    expect(await socket.emitWithAck('detail', { accountId: 7 })).toMatchObject({
      type: 'rejected',
      reason: expect.stringContaining('accountId') as string,
    });
    socket.emit('look', 'no callback here');
    expect(await socket.emitWithAck('hello', hello)).toMatchObject({ type: 'welcome' });
  });

  it('takes the operator of a command from the session, not from the command', async () => {
    const seen: string[] = [];
    const { port } = await serve({
      command: ({ commandId, operatorId }) => {
        seen.push(operatorId);
        return Promise.resolve({ type: 'accepted', commandId, seq: 1 });
      },
    });
    const intent = { type: 'acknowledgeAlert', alertSeq: 1, note: '' };
    const command = { commandId: 'c', operatorId: 'somebody-else', issuedAt: 1, intent };
    await connect(port).emitWithAck('command', command);
    expect(seen).toEqual(['officer']);
  });

  it('decides nothing beyond its rate: the answer is busy', async () => {
    let decided = 0;
    const { port } = await serve({
      command: ({ commandId }) => {
        decided += 1;
        return Promise.resolve({ type: 'accepted', commandId, seq: 1 });
      },
    });
    const socket = connect(port);
    await socket.emitWithAck('hello', hello);
    const intent = { type: 'acknowledgeAlert', alertSeq: 1, note: '' };
    const replies = await Promise.all(
      Array.from({ length: 300 }, (_unused, at) =>
        socket.emitWithAck('command', {
          commandId: `c${at}`,
          operatorId: 'o',
          issuedAt: 1,
          intent,
        }),
      ),
    );
    const types = replies.map(({ type }: { type: string }) => type);
    expect(types.filter((type) => type === 'accepted').length).toBe(decided);
    expect(types.filter((type) => type === 'busy').length).toBe(300 - decided);
    expect(decided).toBeLessThan(300);
  });
});

describe('a desk that does not read', () => {
  const factAt = (seq: number): Fact => ({ envelope: { seq } }) as unknown as Fact;

  it('gets no more fact messages than the window holds', async () => {
    const lastSeq = FACTS_PER_MESSAGE_MAX * (FACT_MESSAGES_IN_FLIGHT_MAX + 5);
    const { gateway, port } = await serve({
      lastSeq: () => lastSeq,
      deskFacts: (fromSeq, _toSeq, limit) =>
        Array.from({ length: Math.min(limit, lastSeq - fromSeq + 1) }, (_unused, at) =>
          factAt(fromSeq + at),
        ),
    });
    const socket = connect(port);
    const acknowledge: (() => void)[] = [];
    socket.on('facts', (_message, received: () => void) => acknowledge.push(received));
    await socket.emitWithAck('hello', hello);
    await expect.poll(() => acknowledge.length).toBe(FACT_MESSAGES_IN_FLIGHT_MAX);
    for (let times = 0; times < 10; times += 1) gateway.facts(lastSeq);
    await socket.emitWithAck('detail', { accountId: 'A' });
    expect(acknowledge.length).toBe(FACT_MESSAGES_IN_FLIGHT_MAX);
    acknowledge[0]?.();
    await expect.poll(() => acknowledge.length).toBe(FACT_MESSAGES_IN_FLIGHT_MAX + 1);
  });

  it('gets no more row frames than the window holds, then the latest numbers', async () => {
    const { gateway, port } = await serve();
    const socket = connect(port);
    const acknowledge: (() => void)[] = [];
    socket.on('rows', (_bytes, received: () => void) => acknowledge.push(received));
    await socket.emitWithAck('hello', hello);
    const timer = setInterval(
      () => gateway.rows(1, new Float64Array(ROW_WIDTH).fill(0), Date.now()),
      10,
    );
    await expect.poll(() => acknowledge.length).toBe(ROW_FRAMES_IN_FLIGHT_MAX);
    await new Promise((done) => setTimeout(done, 200));
    clearInterval(timer);
    expect(acknowledge.length).toBe(ROW_FRAMES_IN_FLIGHT_MAX);
    acknowledge[0]?.();
    await expect.poll(() => acknowledge.length).toBe(ROW_FRAMES_IN_FLIGHT_MAX + 1);
  });
});
