import type { ProgramOffer } from '#core/accounts/offer.ts';
import { isProof, newNonce, proofOf } from './proof.ts';
import {
  BRIDGE_LIMITS,
  BRIDGE_PROTOCOL,
  fromBridgeSchema,
  type BridgeAction,
  type BridgeError,
  type FromBridge,
  type Numbered,
  type StreamStanding,
  type ToBridge,
} from './messages.ts';

/** A side that has nothing to say says so this often. */
export const HEARTBEAT_MS = 10_000;
/** A side that said nothing for so long is gone. */
const SILENT_MS = 2.5 * HEARTBEAT_MS;
/** A stranger has so long to prove that it is none. */
const HANDSHAKE_MS = 10_000;
/** An action without an answer is sent again after so long. */
const REPEAT_MS = 30_000;

/** How far a stream came: its numbering, and the last number in it. */
export interface StreamPlace {
  readonly epoch: string;
  readonly seq: number;
}
export type Places = Readonly<Record<string, StreamPlace>>;

export interface SessionPorts {
  readonly bridge: string;
  readonly key: Uint8Array;
  readonly log: string;
  readonly offers: () => readonly ProgramOffer[];
  /** What is durable, and what was received and may still wait. */
  readonly committed: () => Places;
  readonly received: (stream: string) => StreamPlace | undefined;
  /** A stream begins a numbering of its own. */
  readonly begin: (stream: string, epoch: string) => void;
  readonly take: (message: Numbered) => void;
  /** Actions without an outcome, oldest first. */
  readonly pending: () => ReadonlyMap<string, BridgeAction>;
  /** The bridge proved who it is. */
  readonly opened: () => void;
  readonly send: (line: string) => void;
  readonly close: (code: BridgeError) => void;
  readonly now: () => number;
}

/** One connection, from its first line on: what it may say when. It knows no socket and no clock. */
export interface Session {
  receive(text: string): void;
  /** Called often: heartbeats, silence, actions to repeat. */
  tick(): void;
  /** Something became durable. */
  acknowledge(): void;
  refused(message: Numbered, reason: string): void;
  /** Something is to be done: new actions, or room for those that wait. */
  sendActions(): void;
  end(code: BridgeError, message: string): void;
  readonly isOpen: boolean;
}

export function createSession(ports: SessionPorts): Session {
  const { now } = ports;
  const startedAt = now();
  let heardAt = startedAt;
  let spokeAt = startedAt;
  let state: 'hello' | 'proof' | 'open' | 'closed' = 'hello';
  let said = { bridge: ports.bridge, serverNonce: newNonce(), bridgeNonce: '' };
  const streams = new Map<string, StreamStanding>();
  const acknowledged = new Map<string, number>();
  /** When each action was last sent here; answered ones stay out until the commit removes them. */
  const sentAt = new Map<string, number>();
  const answered = new Set<string>();

  const send = (message: ToBridge): void => {
    if (state === 'closed') return;
    spokeAt = now();
    ports.send(JSON.stringify(message));
  };
  const end = (
    code: BridgeError,
    message: string,
    where: { stream?: string; expected?: number; got?: number } = {},
  ): void => {
    if (state === 'closed') return;
    send({ type: 'error', code, message, ...where });
    state = 'closed';
    ports.close(code);
  };

  const hello = (message: Extract<FromBridge, { type: 'hello' }>): void => {
    if (!message.protocols.includes(BRIDGE_PROTOCOL)) {
      const spoken = message.protocols.join(', ');
      return end(
        'badProtocol',
        `this server speaks protocol ${BRIDGE_PROTOCOL}, the bridge ${spoken}`,
      );
    }
    // A wrong name is answered like a wrong key: a stranger learns neither.
    said = { ...said, bridge: message.bridge, bridgeNonce: message.nonce };
    state = 'proof';
    send({ type: 'challenge', protocol: BRIDGE_PROTOCOL, nonce: said.serverNonce });
  };
  const prove = (message: Extract<FromBridge, { type: 'proof' }>): void => {
    const isRight = isProof(message.mac, proofOf(ports.key, 'bridge', said));
    if (!isRight || said.bridge !== ports.bridge) {
      return end('badProof', 'the name of the bridge or its key is not the one of this server');
    }
    const resume: Record<string, number> = {};
    for (const standing of message.streams) {
      const { stream, epoch, next } = standing;
      const durable = ports.committed()[stream];
      const seq = durable?.epoch === epoch ? durable.seq : 0;
      if (next <= seq) {
        const text =
          `${stream} holds numbers up to ${next - 1}, here ${seq} is durable: ` +
          "an older copy of the bridge's journal was put back; begin a new epoch";
        return end('sequenceBehind', text, { stream, expected: seq + 1, got: next });
      }
      resume[stream] = seq;
      streams.set(stream, standing);
      acknowledged.set(stream, seq);
      if (ports.received(stream)?.epoch !== epoch) ports.begin(stream, epoch);
    }
    state = 'open';
    ports.opened();
    send({
      type: 'welcome',
      mac: proofOf(ports.key, 'server', said),
      log: ports.log,
      resume,
      heartbeatMs: HEARTBEAT_MS,
      limits: BRIDGE_LIMITS,
      offers: [...ports.offers()],
    });
    sendActions();
  };
  const numbered = (message: Numbered): void => {
    const { stream, seq } = message;
    if (!streams.has(stream)) {
      return end('unknownStream', `"${stream}" was not named with the proof`, { stream });
    }
    const received = ports.received(stream)?.seq ?? 0;
    // Sent again after a connection broke: it is here already.
    if (seq <= received) return;
    if (seq !== received + 1) {
      const text = `${stream} goes on with ${received + 1}; what cannot be sent again is declared lost`;
      return end('sequenceGap', text, { stream, expected: received + 1, got: seq });
    }
    if (seq - (acknowledged.get(stream) ?? 0) > BRIDGE_LIMITS.unacknowledgedMax) {
      const text = `${stream} has ${BRIDGE_LIMITS.unacknowledgedMax} messages without acknowledgement: wait for one`;
      return end('windowExceeded', text, { stream, got: seq });
    }
    if (message.type === 'lost' && message.through < seq) {
      return end('badMessage', `lost: through ${message.through} lies before ${seq}`);
    }
    if (message.type === 'outcome') {
      answered.add(message.actionId);
      sentAt.delete(message.actionId);
    }
    ports.take(message);
    if (message.type === 'outcome') sendActions();
  };
  const sendActions = (): void => {
    if (state !== 'open') return;
    const pending = ports.pending();
    for (const actionId of answered) if (!pending.has(actionId)) answered.delete(actionId);
    const at = now();
    for (const [actionId, action] of pending) {
      const last = sentAt.get(actionId);
      if (answered.has(actionId) || (last !== undefined && at - last < REPEAT_MS)) continue;
      if (last === undefined && sentAt.size >= BRIDGE_LIMITS.unansweredActionsMax) return;
      sentAt.set(actionId, at);
      send({ type: 'action', actionId, action });
    }
  };
  const line = (text: string): void => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return end('badMessage', `a line is no JSON: ${text.slice(0, 80)}`);
    }
    const parsed = fromBridgeSchema.safeParse(json);
    if (!parsed.success) {
      const [first] = parsed.error.issues;
      return end('badMessage', `${first?.path.join('.') || 'message'}: ${first?.message}`);
    }
    const message = parsed.data;
    if (message.type === 'heartbeat' && state === 'open') return;
    if (message.type === 'hello' && state === 'hello') return hello(message);
    if (message.type === 'proof' && state === 'proof') return prove(message);
    if ('seq' in message && state === 'open') return numbered(message);
    end('unexpected', `a ${message.type} is not expected in this state (${state})`);
  };

  return {
    receive: (text) => {
      heardAt = now();
      if (Buffer.byteLength(text) > BRIDGE_LIMITS.messageBytesMax) {
        return end('tooLarge', `a message has ${BRIDGE_LIMITS.messageBytesMax} bytes at the most`);
      }
      const lines = text.split('\n');
      if (lines.length > BRIDGE_LIMITS.linesPerMessageMax + 1) {
        return end(
          'tooLarge',
          `a message has ${BRIDGE_LIMITS.linesPerMessageMax} lines at the most`,
        );
      }
      for (const one of lines) {
        if (state === 'closed') return;
        if (one !== '') line(one);
      }
    },
    tick: () => {
      const at = now();
      if (state !== 'open' && at - startedAt > HANDSHAKE_MS) {
        return end('tooSlow', `nothing was proved within ${HANDSHAKE_MS} ms`);
      }
      if (at - heardAt > SILENT_MS) return end('silent', `nothing was heard for ${SILENT_MS} ms`);
      if (state !== 'open') return;
      sendActions();
      if (at - spokeAt >= HEARTBEAT_MS) send({ type: 'heartbeat' });
    },
    acknowledge: () => {
      if (state !== 'open') return;
      const moved: Record<string, number> = {};
      for (const [stream, { epoch }] of streams) {
        const durable = ports.committed()[stream];
        if (durable?.epoch !== epoch || durable.seq === acknowledged.get(stream)) continue;
        acknowledged.set(stream, durable.seq);
        moved[stream] = durable.seq;
      }
      if (Object.keys(moved).length > 0) send({ type: 'ack', streams: moved });
    },
    refused: ({ stream, seq }, reason) => {
      if (state === 'open') send({ type: 'refused', stream, seq, reason: reason.slice(0, 400) });
    },
    sendActions,
    end: (code, message) => end(code, message),
    get isOpen() {
      return state === 'open';
    },
  };
}
