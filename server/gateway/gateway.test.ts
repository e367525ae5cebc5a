import { afterEach, describe, expect, it } from 'vitest';
import {
  FACT_MESSAGES_IN_FLIGHT_MAX,
  FACTS_PER_MESSAGE_MAX,
  ROW_FRAMES_IN_FLIGHT_MAX,
} from '#core/sync/protocol.ts';
import { ROW_WIDTH } from '#core/sync/row-frame.ts';
import type { GatewayPorts } from './gateway.ts';
import {
  factAt,
  HELLO,
  OFFICER,
  outcomeOf,
  serveGateway,
  TOKEN,
  type Served,
} from './testing/served.ts';

const auth = { token: TOKEN, deskId: 'desk', session: null };

const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) await served.close();
});

async function serve(over: Partial<GatewayPorts> = {}): Promise<Served> {
  const served = await serveGateway(over);
  open.push(served);
  return served;
}

describe('who may speak to the gateway', () => {
  it.each([
    ['no token', {}],
    ['another token', { ...auth, token: 'another-token-than-ours' }],
    ['more than it asks for', { ...auth, role: 'admin' }],
    ['an operator of its own choice', { ...auth, operatorId: OFFICER }],
  ])('refuses %s', async (_name, given) => {
    const { connect } = await serve();
    expect(await outcomeOf(connect({ auth: given }))).toBe('unauthorised');
  });

  it.each([
    ['a page of another origin', { Origin: 'https://example.org' }],
    ['a page of this machine at another port', { Origin: 'http://127.0.0.1:1' }],
    ['a name bound to this address', { Host: 'rebound.example' }],
  ])('refuses %s', async (_name, extraHeaders) => {
    const { connect } = await serve();
    expect(await outcomeOf(connect({ extraHeaders }))).not.toBe('connected');
  });

  it('welcomes its own host with its token', async () => {
    const { port, connect, session } = await serve();
    const extraHeaders = { Origin: `http://127.0.0.1:${port}` };
    const socket = connect({ auth: { ...auth, session: await session(OFFICER) }, extraHeaders });
    expect(await outcomeOf(socket)).toBe('connected');
    expect(await socket.emitWithAck('hello', HELLO)).toMatchObject({
      type: 'welcome',
      mode: 'tail',
    });
  });
});

describe('what a desk may ask', () => {
  it('refuses a cursor beyond the end of the log: the log was rolled back', async () => {
    const { deskOf } = await serve();
    const socket = await deskOf(OFFICER);
    const reply = await socket.emitWithAck('hello', { ...HELLO, cursor: 2 });
    expect(reply).toMatchObject({ type: 'refused', reason: 'cursorAhead' });
  });

  it('gives a desk of another log a snapshot of its own', async () => {
    const { deskOf } = await serve();
    const socket = await deskOf(OFFICER);
    const reply = await socket.emitWithAck('hello', { ...HELLO, logId: 'other', cursor: 9 });
    expect(reply).toMatchObject({ type: 'welcome', mode: 'snapshot', logId: 'log' });
  });

  it('answers a malformed message with its place and lives on', async () => {
    const { deskOf } = await serve();
    const socket = await deskOf(OFFICER);
    expect(await socket.emitWithAck('hello', null)).toMatchObject({ reason: 'invalid' });
    expect(await socket.emitWithAck('detail', { accountId: 7 })).toMatchObject({
      type: 'rejected',
      reason: expect.stringContaining('accountId') as string,
    });
    socket.emit('look', 'no callback here');
    expect(await socket.emitWithAck('hello', HELLO)).toMatchObject({ type: 'welcome' });
  });

  it('takes the person of a command from the session, not from the command', async () => {
    const seen: unknown[] = [];
    const { deskOf } = await serve({
      command: ({ commandId, actor }) => {
        seen.push(actor);
        return Promise.resolve({ type: 'accepted', commandId, seq: 1 });
      },
    });
    const intent = { type: 'acknowledgeAlert', alertSeq: 1, note: '' };
    const command = { commandId: 'c', operatorId: 'somebody-else', issuedAt: 1, intent };
    await (await deskOf(OFFICER)).emitWithAck('command', command);
    expect(seen).toEqual([{ type: 'operator', id: OFFICER }]);
  });

  it('decides nothing beyond its rate: the answer is busy', async () => {
    let decided = 0;
    const { deskOf } = await serve({
      command: ({ commandId }) => {
        decided += 1;
        return Promise.resolve({ type: 'accepted', commandId, seq: 1 });
      },
    });
    const socket = await deskOf(OFFICER);
    await socket.emitWithAck('hello', HELLO);
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
  it('gets no more fact messages than the window holds', async () => {
    const lastSeq = FACTS_PER_MESSAGE_MAX * (FACT_MESSAGES_IN_FLIGHT_MAX + 5);
    const { gateway, deskOf } = await serve({
      lastSeq: () => lastSeq,
      deskFacts: (fromSeq, _toSeq, limit) =>
        Array.from({ length: Math.min(limit, lastSeq - fromSeq + 1) }, (_unused, at) =>
          factAt(fromSeq + at),
        ),
    });
    const socket = await deskOf(OFFICER);
    const acknowledge: (() => void)[] = [];
    socket.on('facts', (_message, received: () => void) => acknowledge.push(received));
    await socket.emitWithAck('hello', HELLO);
    await expect.poll(() => acknowledge.length).toBe(FACT_MESSAGES_IN_FLIGHT_MAX);
    for (let times = 0; times < 10; times += 1) gateway.facts(lastSeq);
    await socket.emitWithAck('detail', { accountId: 'A' });
    expect(acknowledge.length).toBe(FACT_MESSAGES_IN_FLIGHT_MAX);
    acknowledge[0]?.();
    await expect.poll(() => acknowledge.length).toBe(FACT_MESSAGES_IN_FLIGHT_MAX + 1);
  });

  it('gets no more row frames than the window holds, then the latest numbers', async () => {
    const { gateway, deskOf } = await serve();
    const socket = await deskOf(OFFICER);
    const acknowledge: (() => void)[] = [];
    socket.on('rows', (_bytes, received: () => void) => acknowledge.push(received));
    await socket.emitWithAck('hello', HELLO);
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
