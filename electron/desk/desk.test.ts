import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { afterAll, describe, expect, it } from 'vitest';
import type { Port, PortMessage } from '#core/desk-api/port.ts';
import { CHANNEL, createWindowPort, type IpcEvent } from '../main/port.ts';
import { describeDeskPort, openPlayedDesk, type PortPair } from './desk.contract.ts';

/** Two ends that clone what crosses, as Electron's IPC does. */
function electronPair(): Promise<PortPair> {
  const page = { url: 'app://propdesk/', parent: null };
  const toHost = new Set<(event: IpcEvent, message: unknown) => void>();
  const toPage = new Set<(message: PortMessage) => void>();
  const window = {
    send: (_channel: string, message: unknown) => {
      const cloned = structuredClone(message) as PortMessage;
      queueMicrotask(() => toPage.forEach((hear) => hear(cloned)));
    },
    isDestroyed: () => false,
  };
  const receiver = {
    on: (_channel: string, listener: (event: IpcEvent, message: unknown) => void) =>
      toHost.add(listener),
    removeListener: (_channel: string, listener: (event: IpcEvent, message: unknown) => void) =>
      toHost.delete(listener),
  };
  const renderer: Port = {
    send: (message) => {
      const cloned = structuredClone(message);
      queueMicrotask(() =>
        toHost.forEach((hear) => hear({ sender: window, senderFrame: page }, cloned)),
      );
    },
    onMessage: (listener) => {
      toPage.add(listener);
      return () => void toPage.delete(listener);
    },
  };
  return Promise.resolve({ renderer, host: createWindowPort(receiver, window), close: () => {} });
}

/** A real socket on this machine, as the loopback host has. */
async function socketPair(): Promise<PortPair> {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'] });
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const { port } = http.address() as AddressInfo;
  const accepted = new Promise<Port>((done) => {
    server.on('connection', (socket) => done(portOf(socket)));
  });
  const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
  return {
    renderer: portOf(client),
    host: await accepted,
    close: async () => {
      client.close();
      await server.close();
    },
  };
}

interface Socketlike {
  emit(name: string, message: unknown): unknown;
  on(name: string, listener: (message: PortMessage) => void): unknown;
  off(name: string, listener: (message: PortMessage) => void): unknown;
}
function portOf(socket: unknown): Port {
  const wire = socket as Socketlike;
  return {
    send: (message) => void wire.emit('message', message),
    onMessage: (listener) => {
      wire.on('message', listener);
      return () => void wire.off('message', listener);
    },
  };
}

describeDeskPort('an Electron window', electronPair);
describeDeskPort('a loopback socket', socketPair);

describe('the port of an Electron window', () => {
  it('hears only its own main frame on our own page', () => {
    let hear: ((event: IpcEvent, message: unknown) => void) | null = null;
    const window = { send: () => {}, isDestroyed: () => false };
    const receiver = {
      on: (channel: string, listener: typeof hear) => {
        expect(channel).toBe(CHANNEL);
        hear = listener;
      },
      removeListener: () => {},
    };
    const heard: PortMessage[] = [];
    createWindowPort(receiver, window).onMessage((message) => heard.push(message));
    const call = { type: 'call', id: 1, name: 'session.get', input: {} };
    const say = (event: IpcEvent, message: unknown): void => hear?.(event, message);
    say({ sender: {}, senderFrame: { url: 'app://propdesk/', parent: null } }, call);
    say({ sender: window, senderFrame: { url: 'https://example.org/', parent: null } }, call);
    say({ sender: window, senderFrame: { url: 'app://propdesk/', parent: {} } }, call);
    say({ sender: window, senderFrame: null }, call);
    say(
      { sender: window, senderFrame: { url: 'app://propdesk/', parent: null } },
      { type: 'reply' },
    );
    expect(heard).toEqual([]);
    say({ sender: window, senderFrame: { url: 'app://propdesk/', parent: null } }, call);
    expect(heard).toEqual([call]);
  });
});

describe('a desk and its server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'propdesk-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const terms = {
    accountId: 'A1',
    traderId: 'T1',
    traderName: 'Ada',
    platform: 'demo',
    currency: 'USD',
    nominalSize: 1,
    startBalance: 1,
    program: { programId: 'p', name: 'P' },
    phase: { phaseId: 'f', name: 'F' },
    ruleSet: { ruleSetId: 's', version: 1, hash: 'a'.repeat(64) },
    positionRounding: 'exact',
  };
  const fact = (seq: number, kind: string, data: object): object => ({
    envelope: {
      partition: 0,
      seq,
      kind,
      version: 1,
      stream: 'account:A1',
      streamVersion: seq,
      occurredAt: 5,
      recordedAt: 5,
      actor: { type: 'engine', id: 'rules' },
      causation: { type: 'none' },
      marksBefore: 0,
    },
    data,
  });
  const changed = (seq: number, from: string, to: string): object =>
    fact(seq, 'accountStatusChanged', {
      accountId: 'A1',
      at: 5,
      from,
      to,
      ruleId: null,
      reason: 'breached',
    });
  const statusOf = async (
    desk: ReturnType<typeof openPlayedDesk>['desk'],
  ): Promise<string | undefined> => (await desk.api['accounts.list']({})).accounts[0]?.status;

  it('keeps facts once, asks again after a gap, and restarts from its cache', async () => {
    const file = join(folder, 'desk.sqlite');
    const { desk, server } = openPlayedDesk(file);
    server.listener.connected();
    await expect.poll(() => server.hellos.length).toBe(1);
    server.listener.facts({ fromSeq: 1, toSeq: 1, facts: [fact(1, 'accountOpened', terms)] });
    const paused = { fromSeq: 2, toSeq: 4, facts: [changed(3, 'active', 'paused')] };
    server.listener.facts(paused);
    server.listener.facts(paused);
    expect(await statusOf(desk)).toBe('paused');
    server.listener.facts({ fromSeq: 9, toSeq: 9, facts: [changed(9, 'paused', 'failed')] });
    expect(await statusOf(desk)).toBe('paused');
    await expect.poll(() => server.hellos.at(-1)).toEqual({ logId: 'log', cursor: 4 });
    desk.close();
    const again = openPlayedDesk(file);
    expect(await statusOf(again.desk)).toBe('paused');
    again.server.listener.connected();
    await expect.poll(() => again.server.hellos[0]).toEqual({ logId: 'log', cursor: 4 });
    again.desk.close();
  });

  it('never passes a fact that it cannot read', async () => {
    const { desk, server } = openPlayedDesk();
    server.listener.connected();
    await expect.poll(() => server.hellos.length).toBe(1);
    server.listener.facts({ fromSeq: 1, toSeq: 1, facts: [fact(1, 'fromTheFuture', {})] });
    const { connection } = await desk.api['session.get']({});
    expect([connection.state, connection.lastSeq]).toEqual(['refused', 0]);
    desk.close();
  });

  it('keeps a command until the server has answered, and sends the same one again', async () => {
    const { desk, server } = openPlayedDesk();
    const first = await desk.api['alerts.acknowledge']({ alertSeq: 7, note: '' });
    expect(first.state).toBe('queued');
    server.answer = (name, input) =>
      name === 'command'
        ? { type: 'accepted', commandId: (input as { commandId: string }).commandId, seq: 8 }
        : null;
    server.listener.connected();
    await expect.poll(() => server.asked.filter(({ name }) => name === 'command').length).toBe(2);
    const ids = server.asked.map(({ input }) => (input as { commandId: string }).commandId);
    expect(new Set(ids)).toEqual(new Set([first.commandId]));
    desk.close();
  });
});
