import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { WebSocket } from 'ws';
import type { Journal } from './journal.ts';

/*
 * The reference client of the bridge protocol: what a plugin's writer may use as it is, or read to
 * write the same in another language. It knows nothing of the server but resources/bridge.
 */

const PROTOCOL = 1;
const RECONNECT_MS = { min: 200, max: 15_000 } as const;
/** Often enough for any heartbeat that a server asks for. */
const TICK_MS = 200;
const HEARTBEAT_MS = 10_000;
/** Bytes and lines of one message; below what any server allows. */
const MESSAGE = { bytes: 131_072, lines: 500 } as const;
/** Bytes that may wait in the socket before more is handed to it. */
const UNSENT_BYTES_MAX = 1_048_576;

export interface ActionResult {
  readonly result: 'done' | 'refused';
  readonly reason: string;
}

export interface BridgeClientOptions {
  readonly url: string;
  readonly bridge: string;
  readonly key: Uint8Array;
  readonly stream: string;
  readonly journal: Journal;
  readonly software: { readonly name: string; readonly version: string };
  /** Told after every connection: instruments, and accounts as they were opened. */
  readonly snapshot?: (offers: readonly unknown[]) => readonly unknown[];
  /** Called once for an id, and once more if this program ended before it remembered. */
  readonly act: (action: { readonly type: string }, actionId: string) => Promise<ActionResult>;
  readonly refused?: (seq: number, reason: string) => void;
  readonly acknowledged?: (seq: number) => void;
  readonly note?: (line: string) => void;
}

export interface BridgeClient {
  /** Tells a record. It is on this machine's disk soon, and is told until it is acknowledged. */
  tell(record: unknown): number;
  /** Messages that the server has not acknowledged. */
  readonly waiting: number;
  readonly isConnected: boolean;
  close(): void;
}

export function createBridgeClient(options: BridgeClientOptions): BridgeClient {
  const { journal, stream } = options;
  const note = options.note ?? (() => {});
  let socket: WebSocket | null = null;
  let isOpen = false;
  let isClosed = false;
  let nonce = '';
  let serverNonce = '';
  let sent = 0;
  let acknowledged = 0;
  let window = 0;
  let heartbeatMs = HEARTBEAT_MS;
  let heardAt = Date.now();
  let spokeAt = Date.now();
  let waitMs: number = RECONNECT_MS.min;
  let isFlushing = false;
  /** Actions of this connection: one that is asked for again while it runs is not done twice. */
  const inHand = new Map<string, 'running' | 'finished'>();

  const send = (text: string): void => {
    spokeAt = Date.now();
    socket?.send(text);
  };
  const proof = (side: 'bridge' | 'server'): string =>
    createHmac('sha256', options.key)
      .update([`propdesk-bridge/${PROTOCOL}`, side, options.bridge, serverNonce, nonce].join('\n'))
      .digest('hex');

  /** Hands the socket what is durable and fits the server's window. */
  const pump = (): void => {
    while (isOpen && socket !== null && socket.bufferedAmount < UNSENT_BYTES_MAX) {
      const end = Math.min(journal.durable - 1, acknowledged + window, sent + MESSAGE.lines);
      if (sent >= end) return;
      const lines: string[] = [];
      let bytes = 0;
      while (sent < end && bytes < MESSAGE.bytes) {
        const line = journal.line(sent + 1);
        lines.push(line);
        bytes += Buffer.byteLength(line) + 1;
        sent += 1;
      }
      send(lines.join('\n'));
    }
  };
  const append = (message: Parameters<Journal['append']>[0]): number => {
    const seq = journal.append(message);
    if (!isFlushing) {
      isFlushing = true;
      // All that is told in one turn is made durable with one write.
      setImmediate(() => {
        isFlushing = false;
        if (isClosed) return;
        journal.flush();
        pump();
      });
    }
    return seq;
  };
  const act = async (actionId: string, action: { readonly type: string }): Promise<void> => {
    if (inHand.has(actionId)) return;
    inHand.set(actionId, 'running');
    let outcome = journal.done(actionId);
    if (outcome === undefined) {
      try {
        outcome = await options.act(action, actionId);
      } catch (error) {
        outcome = { result: 'refused', reason: String(error).slice(0, 400) };
      }
      if (isClosed) return;
      journal.remember(actionId, outcome);
    }
    inHand.set(actionId, 'finished');
    append({ type: 'outcome', actionId, result: outcome.result, reason: outcome.reason });
  };
  const hear = (message: ServerMessage): void => {
    if (message.type === 'challenge') {
      serverNonce = message.nonce;
      journal.flush();
      const { epoch, first, next } = journal;
      send(
        JSON.stringify({
          type: 'proof',
          mac: proof('bridge'),
          streams: [{ stream, epoch, first, next }],
        }),
      );
    } else if (message.type === 'welcome') {
      const [given, wanted] = [
        Buffer.from(message.mac, 'hex'),
        Buffer.from(proof('server'), 'hex'),
      ];
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
        note('the server does not have the key: nothing is told to it');
        socket?.close();
        return;
      }
      isOpen = true;
      waitMs = RECONNECT_MS.min;
      heartbeatMs = message.heartbeatMs;
      window = message.limits.unacknowledgedMax;
      acknowledged = message.resume[stream] ?? 0;
      sent = acknowledged;
      if (acknowledged > 0) confirm(acknowledged);
      for (const [actionId, state] of inHand) if (state === 'finished') inHand.delete(actionId);
      if (journal.first > acknowledged + 1) declareLost(acknowledged + 1, journal.first - 1);
      for (const record of options.snapshot?.(message.offers) ?? []) {
        append({ type: 'record', record, ifUnknown: true });
      }
      pump();
    } else if (message.type === 'ack') {
      confirm(message.streams[stream] ?? acknowledged);
      pump();
    } else if (message.type === 'action') {
      void act(message.actionId, message.action);
    } else if (message.type === 'refused') {
      options.refused?.(message.seq, message.reason);
    } else if (message.type === 'error') {
      note(`${message.code}: ${message.message}`);
    }
  };
  const confirm = (seq: number): void => {
    acknowledged = seq;
    journal.acknowledge(seq);
    options.acknowledged?.(seq);
  };
  /** The server is behind what is held here: its data were put back. Said, never passed over. */
  const declareLost = (seq: number, through: number): void => {
    const reason = 'acknowledged once and not held any more';
    send(JSON.stringify({ type: 'lost', stream, seq, through, reason }));
    sent = through;
  };
  const connect = (): void => {
    if (isClosed) return;
    nonce = randomBytes(32).toString('hex');
    const opening = new WebSocket(options.url, { perMessageDeflate: false });
    socket = opening;
    heardAt = Date.now();
    opening.on('open', () =>
      send(
        JSON.stringify({
          type: 'hello',
          protocols: [PROTOCOL],
          bridge: options.bridge,
          software: options.software,
          nonce,
        }),
      ),
    );
    opening.on('message', (data) => {
      heardAt = Date.now();
      for (const line of String(data as Buffer).split('\n')) {
        if (line !== '') hear(JSON.parse(line) as ServerMessage);
      }
    });
    opening.on('error', (error) => note(`connection: ${error.message}`));
    opening.on('close', () => {
      isOpen = false;
      socket = null;
      if (isClosed) return;
      // Not all bridges of a firm at the same moment.
      setTimeout(connect, waitMs * (0.5 + Math.random()));
      waitMs = Math.min(RECONNECT_MS.max, waitMs * 2);
    });
  };
  const ticker = setInterval(() => {
    const at = Date.now();
    if (socket !== null && at - heardAt > 2.5 * heartbeatMs) socket.terminate();
    else if (isOpen && at - spokeAt >= heartbeatMs) send('{"type":"heartbeat"}');
    pump();
  }, TICK_MS);
  connect();
  return {
    tell: (record) => append({ type: 'record', record }),
    get waiting() {
      return journal.next - journal.first;
    },
    get isConnected() {
      return isOpen;
    },
    close: () => {
      isClosed = true;
      clearInterval(ticker);
      socket?.close();
      journal.flush();
      journal.close();
    },
  };
}

type ServerMessage =
  | { readonly type: 'challenge'; readonly nonce: string }
  | {
      readonly type: 'welcome';
      readonly mac: string;
      readonly resume: Readonly<Record<string, number>>;
      readonly heartbeatMs: number;
      readonly limits: { readonly unacknowledgedMax: number };
      readonly offers: readonly unknown[];
    }
  | { readonly type: 'ack'; readonly streams: Readonly<Record<string, number>> }
  | { readonly type: 'action'; readonly actionId: string; readonly action: { type: string } }
  | { readonly type: 'refused'; readonly seq: number; readonly reason: string }
  | { readonly type: 'error'; readonly code: string; readonly message: string }
  | { readonly type: 'heartbeat' };
