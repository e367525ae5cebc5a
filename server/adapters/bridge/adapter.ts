import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { WebSocket, WebSocketServer } from 'ws';
import type { ProgramOffer } from '#core/accounts/offer.ts';
import type { Need } from '#core/rules/rule-kind.ts';
import type { Known, PlatformAdapter, RecordSource } from '../platform-adapter.ts';
import { createLiveSource, unusable, withinTime } from '../live-source.ts';
import { BRIDGE_LIMITS, type BridgeAction, type Numbered } from './messages.ts';
import { createSession, type Places, type Session, type StreamPlace } from './session.ts';

/** Connections at once, strangers included. */
const CONNECTIONS_MAX = 16;
const TICK_MS = 1_000;
/** Bytes that may wait to be sent; a bridge that reads slower than that is ended. */
const UNSENT_BYTES_MAX = 16_777_216;

export interface BridgeOptions {
  /** The bridge's name, and the platform's in every fact. */
  readonly bridge: string;
  readonly key: Uint8Array;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** PEM texts; null when something in front of this server ends TLS, or on one machine. */
  readonly tls: { readonly certificate: string; readonly key: string } | null;
  /** What the plugin delivers beyond deals and prices. */
  readonly delivers: readonly Need[];
  readonly log: string;
  readonly offers: () => readonly ProgramOffer[];
  readonly now: () => number;
  /** What people at the server should read. */
  readonly note: (line: string) => void;
  readonly listening?: (port: number) => void;
  /** It cannot listen: nothing will ever come. */
  readonly failed: (error: Error) => void;
}

/** Every wish but a bought account's opening: its password would have to cross the bridge. */
export const BRIDGE_ACTIONS: readonly BridgeAction['type'][] = [
  'closePositions',
  'disableTrading',
  'resumeTrading',
  'bookOperation',
  'openAccount',
  'offerProgram',
];

/**
 * A platform behind a plugin that speaks the bridge protocol. The connection may end at any moment,
 * on either side: what was not acknowledged is told again, what was told twice is taken once.
 */
export function createBridgeAdapter(options: BridgeOptions): PlatformAdapter {
  return {
    id: options.bridge,
    capabilities: {
      deterministic: false,
      actions: BRIDGE_ACTIONS,
      delivers: options.delivers,
      orderMessages: false,
      margin: false,
    },
    open: (cursor, known) => openBridge(options, (cursor as Places | null) ?? {}, known),
  };
}

interface Connection {
  readonly socket: WebSocket;
  readonly session: Session;
}

function openBridge(options: BridgeOptions, cursor: Places, known?: Known): RecordSource {
  let committed = cursor;
  const received = new Map<string, StreamPlace>(Object.entries(cursor));
  const pending = new Map<string, BridgeAction>();
  const connections = new Set<Connection>();
  let current: Connection | null = null;
  let standing = 'waiting for the bridge';

  const feed = createLiveSource<Placed, Places>({
    cursor,
    moved: (places, { message, epoch }) => {
      const seq = message.type === 'lost' ? message.through : message.seq;
      return { ...places, [message.stream]: { epoch, seq } };
    },
    recordsOf: ({ message }) => recordsOf(message, options.now(), known),
    outcomeOf: ({ message }) => {
      if (message.type !== 'outcome') return null;
      const { actionId, result, reason } = message;
      return { actionId, result, reason };
    },
    execute: (action, actionId) => {
      if (action.type === 'createAccount') return;
      pending.set(actionId, action);
      current?.session.sendActions();
    },
    committed: (places, outcomes) => {
      committed = places;
      for (const { actionId } of outcomes) pending.delete(actionId);
      current?.session.acknowledge();
      current?.session.sendActions();
    },
    refused: ({ message }, reason) => current?.session.refused(message, reason),
    room: () => {
      for (const { socket } of connections) socket.resume();
    },
    standing: () => standing,
    close: () => close(),
  });

  const server = serverOf(options);
  const sockets = new WebSocketServer({
    server,
    maxPayload: BRIDGE_LIMITS.messageBytesMax,
    perMessageDeflate: false,
  });
  const accept = (socket: WebSocket): void => {
    // Without a listener an error of one connection would end the server.
    socket.on('error', () => socket.terminate());
    if (connections.size >= CONNECTIONS_MAX) return socket.terminate();
    const session = createSession({
      bridge: options.bridge,
      key: options.key,
      log: options.log,
      offers: options.offers,
      committed: () => committed,
      received: (stream) => received.get(stream),
      begin: (stream, epoch) => {
        if (received.has(stream)) {
          options.note(`bridge: ${stream} begins a new numbering (${epoch}), from 1 on`);
        }
        received.set(stream, { epoch, seq: 0 });
      },
      take: (message) => {
        const seq = message.type === 'lost' ? message.through : message.seq;
        const epoch = received.get(message.stream)?.epoch ?? '';
        received.set(message.stream, { epoch, seq });
        feed.push({ message, epoch });
        if (feed.isFull) socket.pause();
      },
      pending: () => pending,
      opened: () => {
        current?.session.end('replaced', 'the same bridge has connected again');
        current = connection;
        standing = `connected since ${new Date(options.now()).toISOString().slice(0, 19)}Z`;
        options.note(`bridge: ${options.bridge} is connected`);
      },
      send: (line) => {
        if (socket.bufferedAmount > UNSENT_BYTES_MAX) socket.terminate();
        else if (socket.readyState === WebSocket.OPEN) socket.send(line);
      },
      close: (code) => socket.close(1008, code),
      now: options.now,
    });
    const connection: Connection = { socket, session };
    connections.add(connection);
    socket.on('message', (data, isBinary) => {
      if (isBinary) session.end('badMessage', 'messages are text');
      else session.receive((data as Buffer).toString('utf8'));
    });
    socket.on('close', () => {
      connections.delete(connection);
      if (current !== connection) return;
      current = null;
      standing = `disconnected since ${new Date(options.now()).toISOString().slice(0, 19)}Z`;
      options.note(`bridge: ${options.bridge} is gone`);
    });
  };
  sockets.on('connection', accept);
  server.on('error', options.failed);
  server.listen(options.port, options.host, () => {
    const address = server.address();
    if (typeof address === 'object' && address !== null) options.listening?.(address.port);
  });
  const ticker = setInterval(() => {
    for (const { session } of connections) session.tick();
  }, TICK_MS);
  const close = (): void => {
    clearInterval(ticker);
    for (const { session, socket } of connections) {
      session.end('stopping', 'the server stops; connect again');
      socket.terminate();
    }
    sockets.close();
    server.close();
  };
  return feed.source;
}

/** A message with the numbering it was received in. */
interface Placed {
  readonly message: Numbered;
  readonly epoch: string;
}

function recordsOf(message: Numbered, now: number, known?: Known): readonly unknown[] {
  if (message.type === 'outcome') return [];
  if (message.type === 'lost') {
    const { stream, seq, through, reason } = message;
    const text = `the bridge has lost messages ${seq} to ${through} of ${stream}: ${reason}`;
    return [unusable(text, message)];
  }
  const { record, ifUnknown } = message;
  const accountId = (record as { terms?: { accountId?: unknown } }).terms?.accountId;
  if (ifUnknown && typeof accountId === 'string' && known?.hasAccount(accountId)) return [];
  return [withinTime(record, now)];
}

function serverOf({ tls }: BridgeOptions): Server {
  if (tls === null) return createServer(refuse);
  return createSecureServer({ cert: tls.certificate, key: tls.key }, refuse);
}

/** Only WebSockets are served here. */
function refuse(
  _request: unknown,
  response: { writeHead(status: number): unknown; end(): unknown },
): void {
  response.writeHead(426);
  response.end();
}
