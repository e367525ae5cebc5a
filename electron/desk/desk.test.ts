import { mkdtempSync, rmSync } from 'node:fs';
import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { afterAll, describe, expect, it } from 'vitest';
import { signedLog } from '#core/audit/testing/signed-log.ts';
import type { Port, PortMessage } from '#core/desk-api/port.ts';
import { CHANNEL, createWindowPort, type IpcEvent } from '../main/port.ts';
import { migrations } from './store/migrations.ts';
import { openConnection } from './store/open.ts';
import { openSocketLink } from './sync/socket-link.ts';
import { openDeskStore } from './store/store.ts';
import { describeDeskPort, openPlayedDesk, signIn, type PortPair } from './desk.contract.ts';

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
    await signIn(desk);
    server.listener.connected();
    await expect.poll(() => server.hellos.length).toBe(2);
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

  it('follows no log that was put back, and says so, also after a restart of its own', async () => {
    const file = join(folder, 'witness.sqlite');
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const key = {
      publicKey: new Uint8Array(Buffer.from(x, 'base64url')),
      sign: (message: string) => new Uint8Array(sign(null, Buffer.from(message), privateKey)),
    };
    const showing =
      (size: number, first?: string) =>
      (name: string, input: unknown): unknown => {
        const seen = (input as { size: number }).size;
        return name === 'checkpoint'
          ? signedLog('propdesk/log', size, first).reply(key, seen)
          : null;
      };
    const stateAfter = async (size: number, first?: string): Promise<string> => {
      const { desk, server } = openPlayedDesk(file);
      server.answer = showing(size, first);
      server.listener.connected();
      await new Promise((done) => setTimeout(done, 50));
      const { connection } = await desk.api['session.get']({});
      desk.close();
      return `${connection.state}: ${connection.message}`;
    };
    expect(await stateAfter(40)).toMatch(/^live/);
    expect(await stateAfter(90)).toMatch(/^live/);
    expect(await stateAfter(60)).toMatch(/^refused: .*rolled back: it had 90 entries, now 60/);
    expect(await stateAfter(120, 'rewritten')).toMatch(/^refused: .*rewritten: its first 90/);
    expect(await stateAfter(90)).toMatch(/^live/);
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

  const greeted = async (databaseFile?: string): Promise<ReturnType<typeof openPlayedDesk>> => {
    const played = openPlayedDesk(databaseFile);
    played.server.listener.connected();
    await signIn(played.desk);
    played.server.listener.accounts({ seq: 1, part: 0, parts: 1, accounts: [], recentFacts: [] });
    return played;
  };
  const accepting = (_name: string, input: unknown): unknown => ({
    type: 'accepted',
    commandId: (input as { commandId: string }).commandId,
    seq: 8,
  });

  it('keeps a command until the server has answered, and sends the same one again', async () => {
    const { desk, server } = await greeted();
    const first = await desk.api['alerts.acknowledge']({ alertSeq: 7, note: '' });
    expect(first.state).toBe('queued');
    server.answer = accepting;
    server.listener.disconnected('test');
    server.listener.connected();
    await expect.poll(() => server.asked.length).toBeGreaterThan(1);
    const ids = server.asked.map(({ input }) => (input as { commandId: string }).commandId);
    expect(new Set(ids)).toEqual(new Set([first.commandId]));
    desk.close();
  });

  it('sends an undecided command again while the connection lasts', async () => {
    const { desk, server } = await greeted();
    server.answer = () => ({ type: 'busy' });
    const { state } = await desk.api['alerts.acknowledge']({ alertSeq: 7, note: '' });
    expect(state).toBe('queued');
    server.answer = accepting;
    await expect.poll(() => server.asked.length, { timeout: 5_000 }).toBeGreaterThan(1);
    desk.close();
  });

  it('reports a rejected acknowledgement as rejected, with the reason', async () => {
    const { desk, server } = await greeted();
    server.answer = (_name, input) => ({
      type: 'rejected',
      commandId: (input as { commandId: string }).commandId,
      code: 'notFound',
      message: 'there is no fact 99',
    });
    const reply = desk.api['alerts.acknowledge']({ alertSeq: 99, note: '' });
    await expect(reply).rejects.toThrow('there is no fact 99');
    desk.close();
  });

  it('is not held up by an answer that cannot be read', async () => {
    const { desk, server } = await greeted();
    const first = await desk.api['alerts.acknowledge']({ alertSeq: 7, note: '' });
    server.answer = (name, input) =>
      (input as { commandId: string }).commandId === first.commandId ? 42 : accepting(name, input);
    const second = await desk.api['alerts.acknowledge']({ alertSeq: 8, note: '' });
    expect(second.state).toBe('accepted');
    desk.close();
  });

  it('refuses another log, keeps what it had, and sends it no command of the old one', async () => {
    const file = join(folder, 'other-log.sqlite');
    const { desk, server } = await greeted(file);
    server.listener.facts({ fromSeq: 2, toSeq: 2, facts: [fact(2, 'accountOpened', terms)] });
    server.listener.disconnected('test');
    await desk.api['alerts.acknowledge']({ alertSeq: 2, note: '' });
    server.welcome = { ...server.welcome, logId: 'another' };
    server.answer = accepting;
    server.asked.length = 0;
    server.listener.connected();
    server.listener.accounts({ seq: 9, part: 0, parts: 1, accounts: [], recentFacts: [] });
    server.listener.facts({ fromSeq: 3, toSeq: 3, facts: [changed(3, 'active', 'failed')] });
    const { connection } = await desk.api['session.get']({});
    expect([connection.state, connection.otherLog, connection.lastSeq]).toEqual([
      'refused',
      true,
      2,
    ]);
    expect(await statusOf(desk)).toBe('active');
    expect(server.asked).toEqual([]);
    const { setAside } = await desk.api['session.startOver']({});
    server.listener.accounts({ seq: 9, part: 0, parts: 1, accounts: [], recentFacts: [] });
    expect(setAside).toBe(1);
    expect(server.asked).toEqual([]);
    expect((await desk.api['session.get']({})).connection).toMatchObject({
      state: 'live',
      lastSeq: 9,
    });
    desk.close();
  });

  it('stays refused after an unreadable fact, without asking again and again', async () => {
    const { desk, server } = openPlayedDesk();
    server.listener.connected();
    for (let times = 0; times < 20; times += 1) {
      server.listener.facts({ fromSeq: 1, toSeq: 1, facts: [fact(1, 'fromTheFuture', {})] });
      server.listener.facts({ fromSeq: 2, toSeq: 2, facts: [] });
    }
    const { connection } = await desk.api['session.get']({});
    expect([connection.state, server.hellos.length]).toEqual(['refused', 1]);
    desk.close();
  });
});

describe('the wire to a server', () => {
  it('connects once the token is there, though the first handshake was refused', async () => {
    const http = createServer();
    const server = new Server(http, { transports: ['websocket'] });
    server.use((socket, next) =>
      socket.handshake.auth.token === 'right' ? next() : next(new Error('unauthorised')),
    );
    await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
    const { port } = http.address() as AddressInfo;
    let token = 'wrong';
    const reasons: string[] = [];
    let connected = 0;
    const ignore = (): void => {};
    const link = openSocketLink(
      { url: `http://127.0.0.1:${port}`, token: () => token, deskId: 'd', session: () => null },
      {
        connected: () => (connected += 1),
        disconnected: (reason) => reasons.push(reason),
        signedOut: ignore,
        governed: ignore,
        accounts: ignore,
        facts: ignore,
        rows: ignore,
        pulse: ignore,
        presence: ignore,
        exposure: ignore,
      },
    );
    await expect.poll(() => reasons, { timeout: 5_000 }).toContain('unauthorised');
    token = 'right';
    await expect.poll(() => connected, { timeout: 10_000 }).toBe(1);
    link.close();
    await server.close();
  }, 20_000);
});

describe('the store of a desk', () => {
  it('refuses data that a newer Propdesk wrote, and says what to do', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'propdesk-')), 'newer.sqlite');
    openDeskStore(file).close();
    const connection = openConnection(file);
    connection.pragma('user_version = 9999');
    connection.close();
    expect(() => openDeskStore(file)).toThrow(/newer Propdesk.*update Propdesk/);
    rmSync(dirname(file), { recursive: true });
  });

  it('gives commands that waited before the log was written beside them to the log they had', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'propdesk-')), 'older.sqlite');
    const before = new Database(file);
    before.exec(migrations[0]?.sql ?? '');
    before.pragma('user_version = 10');
    before.exec(`INSERT INTO meta VALUES ('logId', 'log'), ('seq', '5');
      INSERT INTO outbox VALUES ('c1', 1, '{"commandId":"c1"}', 'queued', NULL);`);
    before.close();
    const store = openDeskStore(file);
    expect(store.queued('log')).toEqual([{ commandId: 'c1' }]);
    expect(store.queued('another')).toEqual([]);
    store.close();
    rmSync(dirname(file), { recursive: true });
  });
});
